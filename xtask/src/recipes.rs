//! What `cargo xtask recipes` proves: the packed package in the tools that people build apps and docs with.
//!
//! Each recipe is a folder of `tests/recipes`: a small site, a README that an author follows, and a test that does what
//! the README says and looks at the site in Chromium. They install hundreds of packages, so `cargo xtask test` leaves
//! them out; they are run before a release.

use std::path::PathBuf;

use anyhow::Result;

use crate::command::{cargo, command, read, run};
use crate::steps::Step;
use crate::toolchain::Route;
use crate::{root, say, test};

/// Of mdBook, which is no npm package.
const MDBOOK: &str = "0.5.4";

/// A folder of `tests/recipes`, and what it proves.
const RECIPES: [(&str, &str); 8] = [
    ("webpack", "an app built by webpack 5"),
    ("next", "an app built and served by Next.js"),
    ("vitepress", "docs with VitePress"),
    ("github-pages", "plain files under a sub-path"),
    ("image", "a picture and a link, where scripts are stripped"),
    ("mdbook", "docs with mdBook"),
    ("docusaurus", "docs with Docusaurus"),
    ("jupyter", "a notebook, as a widget"),
];

/// The steps of `cargo xtask recipes`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    let mut steps = vec![test::build(toolchain), test::chromium(), test::model()];
    steps.extend(RECIPES.map(|(name, about)| Step {
        name,
        about,
        needs: &["build", "chromium", "model"],
        work: Box::new(move || {
            if name == "mdbook" {
                ensure_mdbook()?;
            }
            test::node_tests(&format!("tests/recipes/{name}"))
        }),
    }));
    steps
}

/// Where the programs lie that only recipes use.
fn tools() -> PathBuf {
    root().join("target/tools")
}

/// mdBook, without its server and its search: compiled in two minutes, once.
fn ensure_mdbook() -> Result<()> {
    let program = tools().join("bin/mdbook");
    let is_there =
        program.is_file() && read(command(&program).arg("--version"))? == format!("mdbook v{MDBOOK}");
    if is_there {
        return Ok(());
    }
    say(&format!("mdbook: compiling mdBook {MDBOOK}"));
    let mut install = cargo();
    install.args(["install", "mdbook", "--version", MDBOOK, "--locked", "--no-default-features"]);
    run(install.arg("--root").arg(tools()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_is_a_recipe_and_each_recipe_a_folder() {
        let folders = std::fs::read_dir(root().join("tests/recipes")).expect("the folder is there");
        let mut folders: Vec<_> = folders
            .map(|entry| entry.expect("it can be read"))
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        folders.sort();
        let mut recipes = RECIPES.map(|(name, _)| name);
        recipes.sort_unstable();
        assert_eq!(folders, recipes);
    }
}
