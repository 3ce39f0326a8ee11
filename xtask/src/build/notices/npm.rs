//! The npm packages of which something is in the package or in the lab.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use super::Package;

/// The workspaces whose dependencies are bundled; those that they only build or test with are not.
const BUNDLED: [&str; 2] = ["pkg", "www"];

/// What makes the lab's scripts out of others puts code of its own into them: Vite loads modules ahead, and Rolldown
/// joins them. Nothing of what these two depend on gets there.
const BUNDLERS: [&str; 2] = ["node_modules/vite", "node_modules/rolldown"];

/// All of them, by `package-lock.json` of the checkout in `root`, and by what `npm ci` put into `node_modules`.
pub fn packages(root: &Path, lock: &Value) -> Result<Vec<Package>> {
    let lock = lock["packages"].as_object().context("package-lock.json names no packages")?;
    let mut folders = closure(lock, &BUNDLED)?;
    folders.extend(BUNDLERS.map(str::to_owned));
    folders.iter().map(|folder| package(&root.join(folder))).collect()
}

/// The folders of everything that these workspaces depend on, and of what that depends on in turn.
fn closure(lock: &Map<String, Value>, workspaces: &[&str]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = workspaces.iter().map(|&name| name.to_owned()).collect();
    while let Some(folder) = open.pop() {
        let package = lock.get(&folder);
        let package = package.with_context(|| format!("package-lock.json does not name {folder}"))?;
        let optional = package["optionalDependencies"].as_object();
        for name in package["dependencies"].as_object().into_iter().chain(optional).flat_map(Map::keys) {
            let there = resolve(lock, &folder, name);
            let Some(there) = there else {
                let is_optional = optional.is_some_and(|optional| optional.contains_key(name));
                anyhow::ensure!(is_optional, "package-lock.json does not name {name}, which {folder} needs");
                continue;
            };
            // A link leads to one of our own workspaces.
            let is_ours = lock[&there]["link"].as_bool() == Some(true);
            if !is_ours && found.insert(there.clone()) {
                open.push(there);
            }
        }
    }
    Ok(found)
}

/// Where Node finds a package that one in `folder` asks for: beside its own packages, or in a folder further up.
fn resolve(lock: &Map<String, Value>, folder: &str, name: &str) -> Option<String> {
    let folders = Path::new(folder).ancestors().filter(|folder| !folder.ends_with("node_modules"));
    let names = folders.map(|folder| folder.join("node_modules").join(name));
    names.map(|path| path.to_string_lossy().replace('\\', "/")).find(|path| lock.contains_key(path))
}

/// What a package says of itself.
fn package(folder: &Path) -> Result<Package> {
    let manifest = folder.join("package.json");
    let read = std::fs::read_to_string(&manifest)
        .with_context(|| format!("{} cannot be read: npm ci", manifest.display()))?;
    let manifest: Value = serde_json::from_str(&read).with_context(|| manifest.display().to_string())?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let author =
        text(manifest.get("author").map_or(&Value::Null, |author| author.get("name").unwrap_or(author)));
    Ok(Package {
        name: text(&manifest["name"]),
        version: text(&manifest["version"]),
        declared: text(&manifest["license"]),
        authors: Some(author).filter(|author| !author.is_empty()).into_iter().collect(),
        folders: vec![folder.to_owned()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;
    use serde_json::json;

    #[test]
    fn what_is_bundled_is_what_dependencies_lead_to_and_no_tool() {
        let lock = json!({
            "pkg": { "dependencies": { "a": "1" }, "devDependencies": { "tool": "1" } },
            "www": { "dependencies": { "ours": "*", "c": "1" } },
            "node_modules/ours": { "resolved": "pkg", "link": true },
            "node_modules/a": { "dependencies": { "@x/b": "1" }, "optionalDependencies": { "elsewhere": "1" } },
            "node_modules/@x/b": {},
            "node_modules/a/node_modules/@x/b": { "dependencies": { "a": "1" } },
            "node_modules/c": {},
            "node_modules/tool": {},
        });
        let lock = lock.as_object().expect("an object");
        let found: Vec<String> = closure(lock, &BUNDLED).expect("found").into_iter().collect();
        assert_eq!(found, ["node_modules/a", "node_modules/a/node_modules/@x/b", "node_modules/c"]);
    }

    #[test]
    fn a_dependency_that_the_lock_file_does_not_have_is_named() {
        let lock = json!({ "pkg": { "dependencies": { "a": "1" } }, "www": {} });
        let error = closure(lock.as_object().expect("an object"), &BUNDLED).expect_err("a is missing");
        assert_eq!(error.to_string(), "package-lock.json does not name a, which pkg needs");
    }

    #[test]
    fn this_checkout_bundles_what_its_lock_file_says() {
        let lock = std::fs::read_to_string(root().join("package-lock.json")).expect("package-lock.json");
        let lock: Value = serde_json::from_str(&lock).expect("JSON");
        let lock = lock["packages"].as_object().expect("packages");
        let found = closure(lock, &BUNDLED).expect("found");
        for workspace in BUNDLED {
            for name in lock[workspace]["dependencies"].as_object().expect("dependencies").keys() {
                let is_ours = lock[&format!("node_modules/{name}")]["link"].as_bool() == Some(true);
                assert!(is_ours || found.contains(&format!("node_modules/{name}")), "{name}");
            }
        }
        assert!(!found.contains("node_modules/vite"), "it only builds the lab: {found:?}");
    }
}
