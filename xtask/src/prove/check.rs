//! Formatting, lints, documentation and types; a warning is an error.

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use crate::build::{package, site, wasm};
use crate::machine::node;
use crate::machine::toolchain::{self, Route};
use crate::prove::advisories;
use crate::prove::test::node_tests;
use crate::support::command::{cargo, run};
use crate::support::steps::{LeftOut, Step};
use crate::{root, say, target_dir};

/// The steps of `cargo xtask check`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    let mut steps = vec![
        Step {
            name: "fmt",
            about: "rustfmt",
            needs: &[],
            work: Box::new(|| {
                if !has(cargo(), "fmt") {
                    return Err(LeftOut::because("rustfmt is not installed (rustup component add rustfmt)"));
                }
                run(cargo().args(["fmt", "--all", "--check"]))
            }),
        },
        Step {
            name: "clippy",
            about: "clippy, this machine, all targets and features",
            needs: &[],
            work: Box::new(|| {
                // Those that run by name are no part of all targets.
                let all = &["--workspace", "--all-targets", "--all-features"][..];
                let named = &["--test", "golden", "--test", "real-models"][..];
                if has(cargo(), "clippy") {
                    return [all, named].into_iter().try_for_each(|targets| {
                        let clippy = ["clippy", "--locked"];
                        run(cargo().args(clippy).args(targets).args(["--", "-D", "warnings"]))
                    });
                }
                say(
                    "clippy is not installed (rustup component add clippy): the compiler's own warnings must do",
                );
                [all, named].into_iter().try_for_each(|targets| {
                    let mut check = cargo();
                    check.args(["check", "--locked"]).args(targets).env("RUSTFLAGS", "-Dwarnings");
                    // With other flags all would be compiled again, here and in the next build.
                    run(check.arg("--target-dir").arg(target_dir().join("check")))
                })
            }),
        },
        Step {
            name: "clippy-wasm",
            about: "clippy, WebAssembly",
            needs: &[],
            work: Box::new(move || clippy_wasm(toolchain::find(toolchain)?)),
        },
        Step {
            name: "rustdoc",
            about: "the documentation of both crates",
            needs: &[],
            work: Box::new(|| {
                let mut doc = cargo();
                doc.args(["doc", "--locked", "--workspace", "--no-deps", "--document-private-items"]);
                run(doc.env("RUSTDOCFLAGS", "-D warnings"))
            }),
        },
        Step {
            name: "build",
            about: "what the TypeScript sources import is generated",
            needs: &[],
            work: Box::new(move || package::build(toolchain)),
        },
        Step {
            name: "biome",
            about: "format and lints of TypeScript, JavaScript, CSS and JSON",
            needs: &["build"],
            work: Box::new(|| run(node::tool("biome").args(["check", "--error-on-warnings", "."]))),
        },
        Step { name: "tsc", about: "types of pkg, www and tests", needs: &["build"], work: Box::new(types) },
        Step {
            name: "layers",
            about: "each folder of the package and of the lab imports only from those below it",
            needs: &["build"],
            work: Box::new(|| node_tests("tests/layers")),
        },
        Step {
            name: "typedoc",
            about: "the reference of the package: all links lead somewhere, every export is documented",
            needs: &["build"],
            work: Box::new(site::typedoc),
        },
    ];
    steps.extend(advisories::steps());
    steps
}

/// Whether cargo has this subcommand.
fn has(mut cargo: Command, subcommand: &str) -> bool {
    let quiet = cargo.args([subcommand, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// The build with all features: what it leaves out is compiled for this machine, too. Debian's Rust comes without clippy,
/// and others may: there the compiler's own warnings must do.
fn clippy_wasm(route: Route) -> Result<()> {
    let mut flags = wasm::rustflags(route)?;
    let has_clippy = route != Route::Debian && has(cargo(), "clippy");
    if !has_clippy {
        flags.push_str("\x1f-Dwarnings");
    }
    let subcommand = if has_clippy { "clippy" } else { "check" };
    let mut clippy = wasm::cargo(route, subcommand, &flags);
    clippy.args([
        "--package=shotglass",
        "--package=shotglass-tests-wasm",
        "--lib",
        "--features=relaxed,threads",
    ]);
    if has_clippy {
        clippy.args(["--", "-D", "warnings"]);
    }
    run(&mut clippy)
}

fn types() -> Result<()> {
    let projects: Vec<_> = ["pkg", "www", "tests"]
        .into_iter()
        .filter(|project| root().join(project).join("tsconfig.json").is_file())
        .collect();
    ensure!(projects.contains(&"pkg"), "pkg/tsconfig.json is missing");
    // `pkg/tsconfig.json` lets every file see the types of Node. This one, of what pages run too, does not.
    for project in projects.into_iter().chain(["pkg/tsconfig.pages.json"]) {
        run(node::tool("tsc").args(["--noEmit", "--project", project]))?;
    }
    Ok(())
}
