//! The file that is published: built, held against its sources, packed, and weighed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::build::{notices, package, wasm};
use crate::machine::toolchain::Route;
use crate::support::command::{command, read};
use crate::support::fresh::files;
use crate::support::size::gzipped;
use crate::{root, target_dir};

/// Everything that the packed file is made of. What is not there yet, or any more, counts too.
pub const CONTENTS: [&str; 9] = [
    "pkg/dist",
    "pkg/wasm",
    "pkg/lab",
    "pkg/package.json",
    "pkg/custom-elements.json",
    "pkg/README.md",
    "pkg/LICENSE-MIT",
    "pkg/LICENSE-APACHE",
    notices::FILE,
];

/// Builds, packs into `target/pack/`, prints the sizes, and answers where the file is.
pub fn pack(toolchain: Option<Route>) -> Result<PathBuf> {
    package::build(toolchain)?;
    let folder = target_dir().join("pack");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    up_to_date(toolchain, &folder)?;

    let mut npm = command("npm");
    npm.args(["pack", "--json", "--workspace", "pkg", "--pack-destination"]).arg(&folder);
    let answer = read(&mut npm)?;
    let answer: Value = serde_json::from_str(&answer).context("npm pack did not answer in JSON")?;
    let packed = &answer[0];
    let file = folder.join(packed["filename"].as_str().context("npm pack did not name its file")?);
    println!("{}", file.display());
    for line in sizes(packed, &root().join("pkg"))? {
        println!("  {line}");
    }
    Ok(file)
}

/// What is built of [`CONTENTS`], each after what it is made from, and what to remove so that it is built anew.
const BUILT: [(&str, &str); 4] = [
    ("pkg/wasm", "pkg/wasm"),
    (notices::FILE, notices::FILE),
    ("pkg/dist", "pkg/dist"),
    ("pkg/lab", "pkg/lab and www/dist"),
];

/// Refuses where something of [`BUILT`] is not what the sources make, byte for byte: changed by hand, left by another
/// version, or built by something else.
fn up_to_date(toolchain: Option<Route>, scratch: &Path) -> Result<()> {
    let mut crates = Vec::new();
    for (built, remove) in BUILT {
        let again = scratch.join("again");
        match built {
            "pkg/wasm" => crates = wasm::build_into(toolchain, &again)?,
            notices::FILE => fs::write(&again, notices::text(&crates)?)?,
            "pkg/dist" => package::compile(&again)?,
            "pkg/lab" => package::lab_into(scratch, &again)?,
            _ => bail!("nothing makes {built}"),
        }
        same_files(&again, &root().join(built), remove)?;
        if again.is_dir() {
            fs::remove_dir_all(again)?;
        } else {
            fs::remove_file(again)?;
        }
    }
    Ok(())
}

/// Says which file is missing in a folder, differs, or should not be there; or that a file differs from the other.
fn same_files(wanted: &Path, there: &Path, remove: &str) -> Result<()> {
    let names = |folder: &Path| -> Result<Vec<PathBuf>> {
        let all = files(folder)?;
        Ok(all.iter().filter_map(|file| file.strip_prefix(folder).ok()).map(Path::to_owned).collect())
    };
    // The name of a file in itself is empty.
    let at = |path: &Path, name: &Path| {
        if name.as_os_str().is_empty() { path.to_owned() } else { path.join(name) }
    };
    let differs = |name: &&PathBuf| match (fs::read(at(wanted, name)), fs::read(at(there, name))) {
        (Ok(wanted), Ok(there)) => wanted != there,
        _ => true,
    };
    let (wanted_names, there_names) = (names(wanted)?, names(there)?);
    let odd = wanted_names.iter().find(differs);
    let odd = odd.or_else(|| there_names.iter().find(|name| !wanted_names.contains(name)));
    match odd {
        None => Ok(()),
        Some(name) => bail!(
            "{} is not what the sources make: remove {remove} and run `cargo xtask build`",
            at(there, name).display()
        ),
    }
}

/// A line for what somebody who installs the package, or loads a page with it, might ask the weight of.
fn sizes(packed: &Value, package: &Path) -> Result<Vec<String>> {
    let bytes =
        |name: &str| packed[name].as_u64().with_context(|| format!("npm pack did not tell the {name}"));
    let mut lines = vec![format!("{} bytes packed, {} unpacked", bytes("size")?, bytes("unpackedSize")?)];
    for module in
        files(&package.join("wasm"))?.iter().filter(|file| file.extension().is_some_and(|e| e == "wasm"))
    {
        let content = fs::read(module)?;
        let name = module.strip_prefix(package)?.display();
        lines.push(format!("{name}: {} bytes, {} gzipped", content.len(), gzipped(&content)?));
    }
    let element = package.join("dist/element");
    if element.is_dir() {
        let mut all = Vec::new();
        for script in files(&element)?.iter().filter(|file| file.extension().is_some_and(|e| e == "js")) {
            all.extend(fs::read(script)?);
        }
        lines.push(format!("dist/element: {} bytes of JavaScript, {} gzipped", all.len(), gzipped(&all)?));
    }
    Ok(lines)
}

/// The version, which `Cargo.toml` and `pkg/package.json` both have to name: each tool reads its own.
pub fn version() -> Result<String> {
    let cargo = env!("CARGO_PKG_VERSION");
    let package = fs::read_to_string(root().join("pkg/package.json")).context("pkg/package.json")?;
    let package: Value = serde_json::from_str(&package).context("pkg/package.json")?;
    let npm = package["version"].as_str().context("pkg/package.json has no version")?;
    ensure!(npm == cargo, "Cargo.toml has the version {cargo}, pkg/package.json {npm}: make them equal");
    Ok(npm.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::command::run;
    use serde_json::json;

    #[test]
    fn this_checkout_has_one_version() {
        version().expect("one version");
    }

    #[test]
    fn every_folder_that_is_packed_is_held_against_its_sources() {
        let folders: Vec<&str> =
            CONTENTS.into_iter().filter(|path| !path[4..].contains(['.', '-'])).collect();
        assert_eq!(folders.len(), 3, "{folders:?}");
        for built in folders.into_iter().chain([notices::FILE]) {
            assert!(CONTENTS.contains(&built), "{built} is not packed");
            assert!(BUILT.iter().any(|(made, _)| *made == built), "{built} may be stale");
        }
    }

    #[test]
    fn a_lab_that_was_changed_by_hand_is_not_what_is_packed_again() {
        let dir = std::env::temp_dir().join(format!("shotglass-lab-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        let (built, there, again) = (dir.join("www"), dir.join("there"), dir.join("again"));
        fs::create_dir_all(built.join("assets")).expect("a folder");
        fs::write(built.join("index.html"), "hello").expect("a file");
        fs::write(built.join("assets/a.woff2"), [1, 2]).expect("a file");
        for folder in [&there, &again] {
            run(command("node").arg("www/pack-lab.mjs").arg(&built).arg(folder)).expect("packed");
        }
        same_files(&again, &there, "").expect("the same twice");
        fs::write(there.join("assets/a.woff2"), [1, 3]).expect("by hand");
        let error = same_files(&again, &there, BUILT[3].1).expect_err("changed").to_string();
        assert!(error.ends_with("remove pkg/lab and www/dist and run `cargo xtask build`"), "{error}");
        fs::remove_dir_all(dir).expect("clean up");
    }

    #[test]
    fn a_file_alone_is_held_against_its_source_and_must_be_there() {
        let dir = std::env::temp_dir().join(format!("shotglass-file-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a folder");
        let (wanted, there) = (dir.join("again"), dir.join("there.txt"));
        fs::write(&wanted, "notices").expect("a file");
        let refused = || same_files(&wanted, &there, "there.txt").expect_err("refused").to_string();
        let sentence = format!("{} is not what the sources make: remove there.txt", there.display());
        assert!(refused().starts_with(&sentence), "missing: {}", refused());
        fs::write(&there, "by hand").expect("a file");
        assert!(refused().starts_with(&sentence), "changed: {}", refused());
        fs::write(&there, "notices").expect("a file");
        same_files(&wanted, &there, "there.txt").expect("the same");
        fs::remove_dir_all(dir).expect("clean up");
    }

    #[test]
    fn a_changed_a_missing_and_a_strange_file_are_named() {
        let dir = std::env::temp_dir().join(format!("shotglass-same-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        let (wanted, there) = (dir.join("wanted"), dir.join("there"));
        for (folder, name) in
            [(&wanted, "a.js"), (&wanted, "sub/b.js"), (&there, "a.js"), (&there, "sub/b.js")]
        {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, name).expect("a file");
        }
        let refused = |name: &str| {
            let error = same_files(&wanted, &there, "all of it").expect_err(name).to_string();
            assert!(error.starts_with(&format!("{} is not", there.join(name).display())), "{error}");
        };

        same_files(&wanted, &there, "").expect("the same");
        fs::write(there.join("sub/b.js"), "by hand").expect("a file");
        refused("sub/b.js");
        fs::remove_file(there.join("sub/b.js")).expect("removed");
        refused("sub/b.js");
        fs::write(there.join("sub/b.js"), "sub/b.js").expect("a file");
        fs::write(there.join("c.js"), "").expect("a file");
        refused("c.js");
        fs::remove_dir_all(dir).expect("clean up");
    }

    #[test]
    fn the_sizes_are_those_of_the_files() {
        let dir = std::env::temp_dir().join(format!("shotglass-sizes-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        for (name, length) in
            [("wasm/a/x_bg.wasm", 5000), ("dist/element/a.js", 300), ("dist/element/a.d.ts", 9)]
        {
            let file = dir.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            fs::write(file, vec![0; length]).expect("a file");
        }
        let lines = sizes(&json!({ "size": 7, "unpackedSize": 8 }), &dir).expect("sizes");
        assert_eq!(lines[0], "7 bytes packed, 8 unpacked");
        assert!(lines[1].starts_with("wasm/a/x_bg.wasm: 5000 bytes, "), "{lines:?}");
        assert!(lines[2].starts_with("dist/element: 300 bytes of JavaScript, "), "{lines:?}");
        assert!(sizes(&json!({}), &dir).is_err());
        fs::remove_dir_all(dir).expect("clean up");
    }
}
