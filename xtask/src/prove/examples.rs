//! What `cargo xtask examples` proves: the packed package in the tools that people build apps and docs with.
//!
//! Each example is a folder of `examples/`: a small site and a README that an author follows. Its test in
//! `tests/examples` does what the README says and looks at the site in Chromium. The tests install hundreds of packages,
//! so `cargo xtask test` leaves them out; they are run before a release.

use std::path::PathBuf;

use anyhow::Result;

use crate::machine::toolchain::Route;
use crate::prove::test;
use crate::support::command::{cargo, command, read, run};
use crate::support::steps::Step;
use crate::{root, say};

/// Of mdBook, which is no npm package.
const MDBOOK: &str = "0.5.4";

/// A folder of `examples/`, and what its test proves.
const EXAMPLES: [(&str, &str); 8] = [
    ("webpack", "an app built by webpack 5"),
    ("next", "an app built and served by Next.js"),
    ("vitepress", "docs with VitePress"),
    ("github-pages", "plain files under a sub-path"),
    ("image", "a picture and a link, where scripts are stripped"),
    ("mdbook", "docs with mdBook"),
    ("docusaurus", "docs with Docusaurus"),
    ("jupyter", "a notebook, as a widget"),
];

/// The steps of `cargo xtask examples`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    let mut steps = vec![test::build(toolchain), test::chromium(), test::model()];
    steps.extend(EXAMPLES.map(|(name, about)| Step {
        name,
        about,
        needs: &["build", "chromium", "model"],
        work: Box::new(move || {
            if name == "mdbook" {
                ensure_mdbook()?;
            }
            test::node_test(&format!("tests/examples/{name}.test.mjs"))
        }),
    }));
    steps
}

/// Where the programs lie that only examples use.
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

    /// The names in a folder, without this ending.
    fn names(folder: &str, ending: &str) -> Vec<String> {
        let entries = std::fs::read_dir(root().join(folder)).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("it can be read").file_name());
        let mut names: Vec<_> = names
            .filter_map(|name| name.to_str().and_then(|name| name.strip_suffix(ending)).map(str::to_owned))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn each_example_has_a_folder_and_a_test() {
        let mut examples = EXAMPLES.map(|(name, _)| name);
        examples.sort_unstable();
        assert_eq!(names("examples", ""), examples);
        assert_eq!(names("tests/examples", ".test.mjs"), examples);
    }
}
