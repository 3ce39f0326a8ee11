//! The engine → the npm package → the lab.

use std::path::Path;

use anyhow::Result;

use crate::build::{notices, wasm};
use crate::machine::node;
use crate::machine::toolchain::Route;
use crate::support::command::{command, run};
use crate::support::fresh::unless_fresh;
use crate::{root, say};

/// Another version of a tool makes another output.
const LOCK: &str = "package-lock.json";

/// Builds all three with the notices of what others wrote, and puts the lab into the package; each only when it is made
/// from something new.
pub fn build(toolchain: Option<Route>) -> Result<()> {
    let crates = wasm::build(toolchain)?;
    node::ensure()?;
    notices::build(&crates)?;
    package()?;
    lab()?;
    packed_lab()
}

/// `pkg/src` → `pkg/dist`.
fn package() -> Result<()> {
    // The sources import the types that wasm-bindgen generated.
    let inputs = ["pkg/src", "pkg/tsconfig.json", "pkg/compact.mjs", "tsconfig.base.json", "pkg/wasm", LOCK];
    unless_fresh("package", &inputs.map(Path::new), &[Path::new("pkg/dist/index.js")], || {
        say("package: compiling pkg/src with tsc");
        // What an older source left behind would be packed.
        let _ = std::fs::remove_dir_all(root().join("pkg/dist"));
        compile(Path::new("pkg/dist"))
    })
}

/// `pkg/src` → `out`.
pub fn compile(out: &Path) -> Result<()> {
    run(node::tool("tsc").args(["--project", "pkg", "--outDir"]).arg(out))?;
    run(command("node").arg("pkg/compact.mjs").arg(out))
}

/// `www/` → `www/dist`.
fn lab() -> Result<()> {
    let inputs = ["www", "pkg/dist", "pkg/wasm", notices::FILE, LOCK];
    unless_fresh("lab", &inputs.map(Path::new), &[Path::new("www/dist/index.html")], || {
        say("lab: building www with Vite");
        run(node::tool("vite").arg("build").current_dir(root().join("www")))
    })
}

/// The lab once more, from `www/` and `pkg/` as they are, as the package would carry it.
pub fn lab_into(scratch: &Path, folder: &Path) -> Result<()> {
    let built = scratch.join("www");
    let mut vite = node::tool("vite");
    vite.args(["build", "--emptyOutDir", "--outDir"]).arg(&built);
    run(vite.current_dir(root().join("www")))?;
    run(command("node").arg("www/pack-lab.mjs").arg(&built).arg(folder))?;
    Ok(std::fs::remove_dir_all(built)?)
}

/// `www/dist` → `pkg/lab`, which `npx shotglass serve` serves.
fn packed_lab() -> Result<()> {
    let inputs = ["www/dist", "www/pack-lab.mjs", "pkg/wasm"];
    unless_fresh("packed-lab", &inputs.map(Path::new), &[Path::new("pkg/lab/engine.json")], || {
        say("lab: into the package");
        run(command("node").arg("www/pack-lab.mjs"))
    })
}
