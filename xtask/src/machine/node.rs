//! Node, and the npm packages that `package-lock.json` names.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::support::command::{command, is_missing, read, run};
use crate::support::fresh::digest;
use crate::{root, say};

/// The oldest Node that Vite, which builds the lab, runs on.
const OLDEST: (u32, u32) = (20, 19);

/// What npm writes last, about what it installed: an interrupted installation has none.
const INSTALLED: &str = "node_modules/.package-lock.json";

/// What [`ensure`] writes after that: the digest of both lock files.
const STAMP: &str = "node_modules/.shotglass-stamp";

/// Makes sure of Node, and that `node_modules` is what `package-lock.json` says.
pub fn ensure() -> Result<()> {
    // Two steps may ask at once.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _installing = INSTALLING.lock();
    check_version()?;
    let read = |file: &str| -> Option<Value> {
        serde_json::from_str(&fs::read_to_string(root().join(file)).ok()?).ok()
    };
    let wanted = read("package-lock.json").context("could not read package-lock.json")?;
    let present = read(INSTALLED);
    if present.is_some_and(|present| is_installed(&wanted, &present)) || is_stamped()? {
        return Ok(());
    }
    say("npm: installing what package-lock.json names (npm ci)");
    // Said outright, because a production setting in the environment would leave the tools out.
    run(command("npm").args(["ci", "--include=dev", "--include=optional"]))
        .context("npm could not install the packages")?;
    fs::write(root().join(STAMP), stamp()?)?;
    Ok(())
}

/// True when `npm ci` did its work on these very files. It may leave out what the lock file names and nothing
/// depends on any more, and another run would not change that.
fn is_stamped() -> Result<bool> {
    let written = fs::read_to_string(root().join(STAMP)).unwrap_or_default();
    Ok(root().join(INSTALLED).exists() && written == stamp()?)
}

fn stamp() -> Result<String> {
    digest(root(), &[Path::new("package-lock.json"), Path::new(INSTALLED)])
}

/// A program from `node_modules/.bin`, run in the root.
pub fn tool(name: &str) -> Command {
    command(root().join("node_modules/.bin").join(name))
}

fn check_version() -> Result<()> {
    let (major, minor) = OLDEST;
    let version = read(command("node").arg("--version")).map_err(|error| {
        if is_missing(&error) {
            error.context(format!("Node is not installed: install Node {major}.{minor} or newer, with npm"))
        } else {
            error
        }
    })?;
    if parse_version(&version).is_none_or(|version| version < OLDEST) {
        bail!("this is Node {version}; install Node {major}.{minor} or newer, with npm");
    }
    Ok(())
}

/// `v20.20.2` → `(20, 20)`.
fn parse_version(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Compares the lock file with the one that npm keeps of what it installed.
///
/// An optional package may be absent: those of other platforms always are.
fn is_installed(wanted: &Value, present: &Value) -> bool {
    let (Some(wanted), Some(present)) = (packages(wanted), packages(present)) else {
        return false;
    };
    let is_as_wanted = |path: &String, package: &Value| match present.get(path) {
        Some(there) => there.get("version") == package.get("version"),
        None => package.get("optional") == Some(&Value::Bool(true)),
    };
    let in_modules = |path: &String| path.split('/').any(|part| part == "node_modules");
    wanted.iter().filter(|(path, _)| in_modules(path)).all(|(path, package)| is_as_wanted(path, package))
        && present.keys().filter(|path| in_modules(path)).all(|path| wanted.contains_key(path))
}

fn packages(lock: &Value) -> Option<&Map<String, Value>> {
    lock.get("packages")?.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse_version("v20.9.0") < Some(OLDEST));
        assert!(parse_version("v20.19.0") >= Some(OLDEST));
        assert!(parse_version("v100.1.0") >= Some(OLDEST));
        assert_eq!(parse_version("nonsense"), None);
    }

    #[test]
    fn an_installation_is_told_from_the_lock_files() {
        let lock = |packages: Value| json!({ "packages": packages });
        let wanted = lock(json!({
            "": { "workspaces": ["pkg"] },
            "node_modules/a": { "version": "1.0.0" },
            "node_modules/other-platform": { "version": "1.0.0", "optional": true },
        }));
        let installed = |packages| is_installed(&wanted, &lock(packages));

        assert!(installed(json!({ "node_modules/a": { "version": "1.0.0" } })));
        assert!(!installed(json!({ "node_modules/a": { "version": "1.0.1" } })));
        assert!(!installed(json!({})), "a package is missing");
        assert!(
            !installed(json!({
                "node_modules/a": { "version": "1.0.0" },
                "node_modules/b": { "version": "1.0.0" },
            })),
            "a package that the lock file no longer names"
        );
        assert!(!is_installed(&wanted, &json!({})));
    }
}
