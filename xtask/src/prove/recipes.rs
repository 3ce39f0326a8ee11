//! What `cargo xtask recipes` proves: programs of others against the package and its server, on thousands of requests.
//!
//! Each recipe is a test in `tests/recipes`. They install Python packages into `target/recipes`, some hundred megabytes and
//! for vLLM 6 GB, and check what others change, so `cargo xtask test` leaves them out; they are run before a release.

use anyhow::Result;

use crate::machine::toolchain::Route;
use crate::prove::test;
use crate::support::steps::Step;

/// A file of `tests/recipes`, and what it proves.
const RECIPES: [(&str, &str); 3] = [
    ("llama-server", "llama.cpp's server and ours, on the same prompts"),
    ("harness", "lm-evaluation-harness through two of its clients, against `evaluate`"),
    ("vllm", "vLLM with the same weights in 32 bits, asked through `Model.connect`"),
];

/// The steps of `cargo xtask recipes`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    let mut steps = vec![test::build(toolchain), test::model()];
    steps.extend(RECIPES.map(|(name, about)| Step {
        name,
        about,
        needs: &["build", "model"],
        work: Box::new(move || -> Result<()> { test::node_test(&format!("tests/recipes/{name}.test.mjs")) }),
    }));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::root;

    #[test]
    fn each_recipe_is_a_test_and_each_test_a_recipe() {
        let entries = std::fs::read_dir(root().join("tests/recipes")).expect("the folder is there");
        let names = entries.map(|entry| entry.expect("it can be read").file_name().into_string());
        let mut names: Vec<_> =
            names.filter_map(|name| name.ok()?.strip_suffix(".test.mjs").map(str::to_owned)).collect();
        names.sort();
        let mut recipes = RECIPES.map(|(name, _)| name);
        recipes.sort_unstable();
        assert_eq!(names, recipes);
    }
}
