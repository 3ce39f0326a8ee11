//! The crates whose code is in the WebAssembly modules.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Package;

/// What is said of all crates of Rust's own source but one: they have neither versions nor texts of their own.
const STANDARD_LIBRARY: &str = "The Rust standard library";

/// The one: it is derived from LLVM's, and has a text of its own.
const BUILTINS: &str = "compiler_builtins";

/// All of them, by the manifests of what was compiled.
pub fn packages(manifests: &[PathBuf]) -> Result<Vec<Package>> {
    let is_std = |manifest: &&PathBuf| manifest.ends_with("library/std/Cargo.toml");
    let std = manifests.iter().find(is_std).context("the standard library was not compiled")?;
    let library = std.ancestors().nth(2).context("the standard library has no folder")?;
    let mut packages = vec![standard_library()];
    for manifest in manifests {
        let text = std::fs::read_to_string(manifest)
            .with_context(|| format!("{} cannot be read", manifest.display()))?;
        let mut package = package(manifest, &text)?;
        let is_vendored = manifest.starts_with(library.join("vendor"));
        if manifest.starts_with(library) && !is_vendored {
            if package.name != BUILTINS {
                continue;
            }
            package.folders = above(manifest, library);
        }
        packages.push(package);
    }
    Ok(packages)
}

fn standard_library() -> Package {
    Package {
        name: STANDARD_LIBRARY.to_owned(),
        version: String::new(),
        // Its tables of characters are Unicode's.
        declared: "(MIT OR Apache-2.0) AND Unicode-3.0".to_owned(),
        authors: vec![
            "The Rust Project Contributors (https://thanks.rust-lang.org)".to_owned(),
            "2014 Alex Crichton (std::backtrace)".to_owned(),
            "2019 The Crossbeam Project Developers (std::sync::mpmc)".to_owned(),
        ],
        folders: Vec::new(),
    }
}

/// The folder of a manifest and those above it, below `top`.
fn above(manifest: &Path, top: &Path) -> Vec<PathBuf> {
    let folders = manifest.ancestors().skip(1);
    folders.take_while(|folder| *folder != top).map(Path::to_owned).collect()
}

fn package(manifest: &Path, text: &str) -> Result<Package> {
    let value = |key: &str| strings(text, key).into_iter().next();
    let name = value("name").with_context(|| format!("{} names no crate", manifest.display()))?;
    Ok(Package {
        name,
        version: value("version").unwrap_or_default(),
        declared: value("license").unwrap_or_default(),
        // Addresses of people are not ours to print.
        authors: strings(text, "authors").iter().map(|author| without_address(author)).collect(),
        folders: above(manifest, manifest.ancestors().nth(2).unwrap_or(Path::new(""))),
    })
}

/// The strings of a key in `[package]`, one or a list of them, as cargo writes them into what it publishes.
fn strings(manifest: &str, key: &str) -> Vec<String> {
    let package = manifest.lines().skip_while(|line| *line != "[package]").skip(1);
    let mut lines = package.take_while(|line| !line.starts_with('['));
    let Some(first) = lines.find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=')) else {
        return Vec::new();
    };
    let mut value = first.trim().to_owned();
    if value.starts_with('[') {
        for line in lines.take_while(|_| !first.trim_end().ends_with(']')) {
            value.push_str(line);
            if line.trim_end().ends_with(']') {
                break;
            }
        }
    }
    // What stands between quotes is each second part.
    value.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// `Jo Doe <jo@doe.example>` → `Jo Doe`
fn without_address(author: &str) -> String {
    author.split('<').next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "# Generated\n\n[package]\nedition = \"2021\"\nname = \"a-crate\"\nversion = \"1.2.3\"\n\
        authors = [\n    \"Jo Doe <jo@doe.example>\",\n    \"bluss\",\n]\nkeywords = [\"license\"]\n\
        license = \"MIT OR Apache-2.0\"\n\n[lib]\nname = \"other\"\n";

    #[test]
    fn a_manifest_is_read_as_cargo_publishes_it() {
        let package = package(Path::new("/r/a-crate-1.2.3/Cargo.toml"), MANIFEST).expect("read");
        assert_eq!((package.name.as_str(), package.version.as_str()), ("a-crate", "1.2.3"));
        assert_eq!(package.declared, "MIT OR Apache-2.0");
        assert_eq!(package.authors, ["Jo Doe", "bluss"]);
        assert_eq!(package.folders, [Path::new("/r/a-crate-1.2.3")]);
        assert_eq!(
            strings("[package]\nauthors = [\"a\", \"b\"]\nlicense = \"MIT\"\n", "authors"),
            ["a", "b"]
        );
        assert_eq!(
            strings("[package]\nlicense-file = \"L\"\n\n[lib]\nlicense = \"MIT\"\n", "license"),
            [""; 0]
        );
    }

    #[test]
    fn the_standard_library_is_one_and_what_lies_in_its_folder_of_others_is_not_it() {
        let dir = std::env::temp_dir().join(format!("shotglass-crates-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let crates = ["std", "core", "vendor/memchr-2.7.6", "compiler-builtins/compiler-builtins"];
        let manifests = crates.map(|name| dir.join("library").join(name).join("Cargo.toml"));
        for (manifest, name) in manifests.iter().zip(["std", "core", "memchr", BUILTINS]) {
            std::fs::create_dir_all(manifest.parent().expect("a folder")).expect("a folder");
            std::fs::write(manifest, format!("[package]\nname = \"{name}\"\n")).expect("a file");
        }
        let found = packages(&manifests).expect("packages");
        let names: Vec<&str> = found.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, [STANDARD_LIBRARY, "memchr", BUILTINS]);
        let library = dir.join("library");
        let of_builtins =
            ["compiler-builtins/compiler-builtins", "compiler-builtins"].map(|name| library.join(name));
        assert_eq!(found[2].folders, of_builtins);
        packages(&manifests[1..]).err().expect("without std nothing was compiled");
        std::fs::remove_dir_all(dir).expect("clean up");
    }
}
