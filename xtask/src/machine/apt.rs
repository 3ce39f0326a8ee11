//! Debian packages: what is installed, and installing the rest.

use std::process::{Command, Stdio};
use std::sync::Mutex;

use anyhow::{Result, bail};

use crate::say;
use crate::support::command::{command, find, read, run};

/// Installs those of `packages` that are not there. Needs Debian and root; says so when they are missing.
pub fn ensure(packages: &[&str]) -> Result<()> {
    // Two steps may ask at once.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _installing = INSTALLING.lock();
    let missing = missing(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !is_here() {
        bail!("this is not Debian (no apt-get), so the packages {list} cannot be installed");
    }
    if read(command("id").arg("-u"))? != "0" {
        bail!("installing Debian packages needs root: run `apt-get install {list}` as root, then try again");
    }
    say(&format!("apt: installing {list}"));
    run(apt_get().args(["update", "--quiet=2"]))?;
    run(apt_get().args(["install", "--yes", "--quiet=2", "--no-install-recommends"]).args(&missing))
}

/// Whether this is Debian, or one like it.
pub fn is_here() -> bool {
    find(&["apt-get"]).is_some()
}

fn apt_get() -> Command {
    let mut apt = command("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    apt
}

fn missing<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let known = command("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Status}\\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output();
    let known =
        known.map_or_else(|_| String::new(), |output| String::from_utf8_lossy(&output.stdout).into_owned());
    not_installed(packages, &known)
}

/// `known` has a line `name status` for each package that dpkg has heard of; a removed one is not `installed`.
fn not_installed<'a>(packages: &[&'a str], known: &str) -> Vec<&'a str> {
    let installed: Vec<_> = known.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    packages.iter().copied().filter(|package| !installed.contains(package)).collect()
}

#[cfg(test)]
mod tests {
    use super::not_installed;

    #[test]
    fn unknown_and_removed_packages_are_missing() {
        let known = "rustc-web installed\nlld-19 config-files\n";
        assert_eq!(not_installed(&["rustc-web", "lld-19", "cargo-web"], known), ["lld-19", "cargo-web"]);
    }
}
