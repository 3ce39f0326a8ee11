//! Formatting, lints, documentation and types; a warning is an error.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::command::{cargo, command, run};
use crate::steps::Step;
use crate::toolchain::{self, Route};
use crate::{node, package, root, target_dir, wasm};

/// The steps of `cargo xtask check`.
pub fn steps(toolchain: Option<Route>) -> Vec<Step> {
    vec![
        Step {
            name: "fmt",
            about: "rustfmt",
            needs: &[],
            work: Box::new(|| run(cargo().args(["fmt", "--all", "--check"]))),
        },
        Step {
            name: "clippy",
            about: "clippy, this machine, all targets and features",
            needs: &[],
            work: Box::new(|| {
                let mut clippy = cargo();
                clippy.args(["clippy", "--locked", "--workspace", "--all-targets", "--all-features"]);
                run(clippy.args(["--", "-D", "warnings"]))
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
            name: "typedoc",
            about: "the reference of the package: all links lead somewhere, every export is documented",
            needs: &["build"],
            work: Box::new(|| {
                // It reads TypeScript's own interface, which the native compiler does not have: the one beside it does.
                let typedoc = "tests/node_modules/typedoc/bin/typedoc";
                let mut node = command("node");
                run(node.args([typedoc, "--logLevel", "Warn", "--options", "pkg/typedoc.config.mjs"]))
            }),
        },
    ]
}

/// The build without features, and the one with all. Debian's Rust comes without clippy: there the compiler's own
/// warnings must do.
fn clippy_wasm(route: Route) -> Result<()> {
    let mut flags = wasm::rustflags(route)?;
    let subcommand = if route == Route::Debian {
        flags.push_str("\x1f-Dwarnings");
        "check"
    } else {
        "clippy"
    };
    for features in [&[][..], &["--features=threads"][..]] {
        let mut clippy: Command = route.cargo(subcommand);
        clippy
            .args(["--locked", "--package=shotglass", "--package=shotglass-tests-wasm", "--lib"])
            .arg("--target-dir")
            .arg(target_dir().join("wasm").join(route.folder()))
            .args(features)
            .env("CARGO_ENCODED_RUSTFLAGS", &flags);
        if route != Route::Debian {
            clippy.args(["--", "-D", "warnings"]);
        }
        run(&mut clippy)?;
    }
    Ok(())
}

fn types() -> Result<()> {
    let projects: Vec<_> = ["pkg", "www", "tests"]
        .into_iter()
        .filter(|project| root().join(project).join("tsconfig.json").is_file())
        .collect();
    ensure!(projects.contains(&"pkg"), "pkg/tsconfig.json is missing");
    for project in projects {
        run(node::tool("tsc").args(["--noEmit", "--project", project]))?;
    }
    Ok(())
}
