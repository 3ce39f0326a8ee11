//! Doing a thing only when what it is made from has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Runs `work`, unless it succeeded before on the same `inputs` and all `outputs` are still there.
///
/// Inputs and outputs are files or folders, relative to the root. An input that is missing counts as such.
pub fn unless_fresh(
    name: &str,
    inputs: &[&Path],
    outputs: &[&Path],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let digest = digest(crate::root(), inputs)?;
    let are_there = outputs.iter().all(|path| crate::root().join(path).exists());
    if are_there && holds(name, &digest) {
        return Ok(());
    }

    // A stamp left from before would call half-made outputs fresh if the work is interrupted.
    let _ = fs::remove_file(stamp(name));
    work()?;
    write(name, digest)
}

/// Remembers the content of `inputs` under a name.
pub fn mark(name: &str, inputs: &[&Path]) -> Result<()> {
    write(name, digest(crate::root(), inputs)?)
}

/// Whether the content of `inputs` is what [`mark`] saw last.
pub fn is_marked(name: &str, inputs: &[&Path]) -> Result<bool> {
    Ok(holds(name, &digest(crate::root(), inputs)?))
}

fn stamp(name: &str) -> PathBuf {
    crate::target_dir().join(format!("xtask-stamps/{name}"))
}

fn holds(name: &str, digest: &str) -> bool {
    fs::read_to_string(stamp(name)).is_ok_and(|old| old == digest)
}

fn write(name: &str, digest: String) -> Result<()> {
    let stamp = stamp(name);
    fs::create_dir_all(stamp.parent().expect("the stamp has a folder"))?;
    fs::write(&stamp, digest).with_context(|| format!("could not write {}", stamp.display()))
}

/// The SHA-256, in hex, of the names and contents of files and folders below `root`.
pub fn digest(root: &Path, inputs: &[&Path]) -> Result<String> {
    let mut hash = Sha256::new();
    for input in inputs {
        for file in files(&root.join(input))? {
            let content = fs::read(&file).unwrap_or_default();
            hash.update(file.as_os_str().as_encoded_bytes());
            // Name and content are told apart by the length between them.
            hash.update((content.len() as u64).to_le_bytes());
            hash.update(content);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// The path itself, or every file below it in a stable order. Folders that hold only what tools generated
/// count where they are named, not where they are met.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries = fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    entries.retain(|path| {
        !["dist", "node_modules"].map(Some).contains(&path.file_name().and_then(|n| n.to_str()))
    });
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        all.extend(files(&entry)?);
    }
    Ok(all)
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("shotglass-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(dir.join("folder")).expect("a temporary folder");
        dir
    }

    #[test]
    fn names_contents_and_absence_all_count() {
        let dir = scratch("digest");
        let inputs = [Path::new("folder"), Path::new("missing")];
        let mut seen = vec![digest(&dir, &inputs).expect("digest")];
        let mut see = |what: &str| {
            let now = digest(&dir, &inputs).expect("digest");
            assert!(!seen.contains(&now), "{what} made no difference");
            seen.push(now);
        };

        fs::write(dir.join("folder/a"), "1").expect("write");
        see("a new file");
        fs::write(dir.join("folder/a"), "2").expect("write");
        see("another content");
        fs::rename(dir.join("folder/a"), dir.join("folder/b")).expect("rename");
        see("another name");
        fs::write(dir.join("missing"), "here").expect("write");
        see("a file that was missing");
        fs::remove_dir_all(dir).expect("clean up");
    }

    #[test]
    fn work_is_done_once_per_content_and_again_after_a_failure() {
        let dir = scratch("fresh");
        let (input, output) = (dir.join("folder/in"), dir.join("folder/out"));
        // The process id in the name keeps runs apart: stamps outlive them.
        let name = format!("test-{}", std::process::id());
        let mut runs = 0;
        let mut run = |fails: bool| {
            let result = unless_fresh(&name, &[&input], &[&output], || {
                runs += 1;
                fs::write(&output, "made")?;
                anyhow::ensure!(!fails, "the work failed");
                Ok(())
            });
            (result.is_ok(), runs)
        };

        fs::write(&input, "1").expect("write");
        assert_eq!(run(false), (true, 1));
        assert_eq!(run(false), (true, 1), "nothing changed");
        fs::remove_file(&output).expect("remove");
        assert_eq!(run(false), (true, 2), "the output was gone");
        fs::write(&input, "2").expect("write");
        assert_eq!(run(true), (false, 3), "the input changed");
        assert_eq!(run(false), (true, 4), "it failed before");
        fs::remove_file(stamp(&name)).expect("the stamp is there");
        fs::remove_dir_all(dir).expect("clean up");
    }

    #[test]
    fn a_mark_is_of_one_content() {
        let dir = scratch("mark");
        let name = format!("test-mark-{}", std::process::id());
        let file = dir.join("folder/a");
        let inputs: [&Path; 2] = [&dir.join("folder"), &dir.join("missing")];
        fs::write(&file, "1").expect("write");
        assert!(!is_marked(&name, &inputs).expect("no mark yet"));
        mark(&name, &inputs).expect("a mark");
        assert!(is_marked(&name, &inputs).expect("marked"));
        fs::write(&file, "2").expect("write");
        assert!(!is_marked(&name, &inputs).expect("another content"));
        fs::remove_file(stamp(&name)).expect("the stamp is there");
        fs::remove_dir_all(dir).expect("clean up");
    }
}
