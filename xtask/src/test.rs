//! Everything that `cargo xtask test` proves, in order: what is quick and close to the source first.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::command::{cargo, command, run};
use crate::steps::Step;
use crate::toolchain::Route;
use crate::{browser, model, node, package, publish, root, wasm};

/// The steps of `cargo xtask test`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    vec![
        Step {
            name: "xtask",
            about: "the commands' own tests",
            needs: &[],
            // The profile that built this program, so that nothing is compiled twice.
            work: Box::new(|| run(cargo().args(["test", "--locked", "--package", "xtask"]))),
        },
        Step {
            name: "rust",
            about: "the engine on small generated models",
            needs: &[],
            work: Box::new(|| run(&mut engine_tests()?)),
        },
        build(toolchain),
        chromium(),
        Step {
            name: "firefox",
            about: "a Firefox for the steps below",
            needs: &[],
            work: Box::new(|| browser::FIREFOX.ensure().map(drop)),
        },
        Step {
            name: "wasm",
            about: "the kernels of each build, in Node and in Chromium",
            needs: &["chromium"],
            work: Box::new(move || {
                wasm::build_tests(toolchain)?;
                node::ensure()?;
                node_tests("tests/wasm")
            }),
        },
        model(),
        Step {
            name: "golden",
            about: "what llama.cpp says, for the next step",
            needs: &["build", "model"],
            work: Box::new(|| run(with_env(command("node").arg("tests/golden/llama.mjs"))?)),
        },
        Step {
            name: "rust-real",
            about: "the engine on the default model, against llama.cpp and the float32 truth",
            needs: &["golden"],
            work: Box::new(|| {
                let golden = ["--features", "real-model", "--test", "golden"];
                run(engine_tests()?.args(golden))
            }),
        },
        Step {
            name: "lab",
            about: "the lab's own logic, in Node",
            needs: &["build"],
            work: Box::new(|| node_tests("tests/lab")),
        },
        Step {
            name: "bench",
            about: "the benchmark's own arithmetic; nothing is measured",
            needs: &["build"],
            work: Box::new(|| node_tests("tests/bench")),
        },
        Step {
            name: "package",
            about: "the package in Node",
            needs: &["build", "model"],
            work: Box::new(|| node_tests("tests/package")),
        },
        Step {
            name: "browser",
            about: "the package and the lab in Chromium and in Firefox",
            needs: &["build", "model", "chromium", "firefox"],
            work: Box::new(|| node_tests("tests/browser")),
        },
        Step {
            name: "tarball",
            about: "the packed package, installed elsewhere",
            needs: &["build", "model", "chromium"],
            work: Box::new(|| {
                node_tests("tests/tarball")?;
                publish::tested()
            }),
        },
    ]
}

/// The step that others build on.
pub fn build(toolchain: Option<Route>) -> Step {
    Step {
        name: "build",
        about: "WebAssembly, the package, the lab",
        needs: &[],
        work: Box::new(move || package::build(toolchain)),
    }
}

/// The step of those that look at a page.
pub fn chromium() -> Step {
    Step {
        name: "chromium",
        about: "a Chromium for the steps below",
        needs: &[],
        work: Box::new(|| browser::CHROMIUM.ensure().map(drop)),
    }
}

/// The step of those that ask the model.
pub fn model() -> Step {
    Step {
        name: "model",
        about: "the default model, every byte checked",
        needs: &[],
        work: Box::new(|| model::ensure().map(drop)),
    }
}

fn engine_tests() -> Result<Command> {
    let mut cargo = cargo();
    // Optimised: the same tests take minutes otherwise.
    cargo.args(["test", "--locked", "--release", "--workspace", "--exclude", "xtask"]);
    with_env(&mut cargo)?;
    Ok(cargo)
}

/// Runs all `*.test.mjs` of a folder, one file at a time: each may hold the model in memory.
pub fn node_tests(dir: &str) -> Result<()> {
    let files = test_files(&root().join(dir))?;
    run(with_env(
        command("node").args(["--test", "--test-reporter=spec", "--test-concurrency=1"]).args(files),
    )?)
}

fn test_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).with_context(|| format!("{} cannot be read", dir.display()))?;
    let mut files =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    // `node --test` with no file runs whatever it finds, and passes where it finds nothing.
    ensure!(!files.is_empty(), "{} holds no *.test.mjs", dir.display());
    Ok(files)
}

/// What every test may rely on: where the model is, the tests that were compiled to WebAssembly, and the browser.
fn with_env(command: &mut Command) -> Result<&mut Command> {
    command.env("SHOTGLASS_MODEL", model::path()?);
    command.env("SHOTGLASS_WASM_TESTS", wasm::tests_folder());
    for browser in browser::ALL {
        if let Some(file) = browser.find_installed() {
            command.env(browser.variable, file);
        }
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_need_is_a_step_further_up() {
        for steps in [steps(None), crate::check::steps(None)] {
            for (i, step) in steps.iter().enumerate() {
                for need in step.needs {
                    assert!(steps[..i].iter().any(|above| above.name == *need), "{} needs {need}", step.name);
                }
            }
        }
    }

    #[test]
    fn a_folder_without_tests_is_an_error() {
        let dir = std::env::temp_dir().join(format!("shotglass-tests-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a temporary folder");
        test_files(&dir).expect_err("it is empty");
        for name in ["b.test.mjs", "a.test.mjs", "helper.mjs"] {
            std::fs::write(dir.join(name), "").expect("write");
        }
        let names: Vec<_> = test_files(&dir)
            .expect("two files")
            .iter()
            .map(|file| file.file_name().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(names, ["a.test.mjs", "b.test.mjs"]);
        std::fs::remove_dir_all(&dir).expect("clean up");
        test_files(&dir).expect_err("it is gone");
    }
}
