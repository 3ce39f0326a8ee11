//! One folder for a static host: the lab, guides, examples, a page for each preset, and the references of both languages.
//!
//! All addresses in it are relative, so it works from any folder of any host. Only two things need to know where it will
//! be: other sites want the whole address of a picture (`og:image`), and `404.html` is shown at any depth.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::build::package;
use crate::machine::toolchain::Route;
use crate::machine::{browser, node};
use crate::support::command::{cargo, command, run};
use crate::support::fresh::unless_fresh;
use crate::{root, say, target_dir};

#[derive(Args)]
pub struct SiteArgs {
    /// The folder to write; without it, `target/site`. What a site left there is replaced.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Where the site will be, for example `https://example.org/shotglass/`. Without it, other sites find no picture of
    /// a page, and `404.html` fits the site's own folder alone.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    url: Option<String>,
}

/// Builds what the site is made of, then the site.
pub fn site(args: &SiteArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let out = match &args.out {
        Some(folder) => std::path::absolute(folder)?,
        None => target_dir().join("site"),
    };
    build(&out, args.url.as_deref())?;
    println!("{}", out.display());
    Ok(())
}

/// Builds the site from `pkg/` and `www/` as they are.
pub fn build(out: &Path, url: Option<&str>) -> Result<()> {
    // It draws the pictures.
    let chromium = browser::CHROMIUM.ensure()?;
    ensure_replaceable(out)?;
    say("site: the lab");
    let mut vite = node::tool("vite");
    vite.args(["build", "--emptyOutDir", "--outDir"]).arg(out).current_dir(root().join("www"));
    // The lab links to the guides beside it.
    run(vite.env("VITE_SITE", "1"))?;
    say("site: the reference of the package");
    typedoc()?;
    copy(&root().join(TYPEDOC), &out.join("api"))?;
    say("site: the reference of the crate");
    rustdoc(&out.join("rust"))?;
    say("site: guides, examples, presets");
    run(command("node").arg("www/site/build.mjs").arg(out).args(url).env("CHROME", chromium))
}

/// Where [`typedoc`] leaves the reference of the package.
const TYPEDOC: &str = "target/typedoc";

/// TypeDoc with the options of this project, for the site and for `check`, which come one after the other. It reads
/// TypeScript's own interface, which the native compiler does not have: the one beside it does.
pub fn typedoc() -> Result<()> {
    let sources =
        ["src", "wasm", "README.md", "package.json", "tsconfig.json", "tsconfig.pages.json", CONFIG];
    let sources = sources.map(|name| Path::new("pkg").join(name));
    let others = ["package-lock.json", "tsconfig.base.json", "www/public/icon.svg"];
    let inputs: Vec<&Path> =
        sources.iter().map(PathBuf::as_path).chain(others.iter().map(Path::new)).collect();
    unless_fresh("typedoc", &inputs, &[Path::new(TYPEDOC)], || {
        let typedoc = "tests/node_modules/typedoc/bin/typedoc";
        run(command("node")
            .args([typedoc, "--logLevel", "Warn", "--options"])
            .arg(Path::new("pkg").join(CONFIG)))
    })
}

const CONFIG: &str = "typedoc.config.mjs";

/// The public documentation of the engine. It gets a folder of its own, because `target/doc` has that of all crates; what
/// was compiled for those is used here, too.
fn rustdoc(out: &Path) -> Result<()> {
    let target = target_dir().join("rustdoc");
    let mut doc = cargo();
    doc.args(["doc", "--locked", "--package", "shotglass", "--lib", "--no-deps"]);
    run(doc.arg("--target-dir").arg(&target).env("CARGO_BUILD_BUILD_DIR", target_dir()))?;
    copy(&target.join("doc"), out)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => copy(&entry.path(), &to)?,
            false => drop(fs::copy(entry.path(), to)?),
        }
    }
    Ok(())
}

/// Refuses a folder with something else in it, which would be removed.
fn ensure_replaceable(out: &Path) -> Result<()> {
    let is_empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    ensure!(
        is_empty || out.join("service-worker.js").is_file(),
        "{} is neither empty nor a site: give another folder with --out",
        out.display()
    );
    Ok(())
}

/// Checks an address, and ends it with a slash: it is that of a folder.
fn address(text: &str) -> Result<String> {
    let Ok(uri) = text.parse::<ureq::http::Uri>() else { bail!("this is not an address") };
    ensure!(
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() && uri.query().is_none(),
        "an address begins with https:// and has no query"
    );
    Ok(format!("{}/", text.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_folder() {
        for text in ["https://example.org/shotglass", "https://example.org/shotglass/"] {
            assert_eq!(address(text).expect(text), "https://example.org/shotglass/");
        }
        for text in ["example.org", "/shotglass/", "ftp://example.org/", "https://example.org/?a", "a b"] {
            address(text).expect_err(text);
        }
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_left_alone() {
        let dir = std::env::temp_dir().join(format!("shotglass-site-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        ensure_replaceable(&dir).expect("it is not there");
        fs::create_dir_all(&dir).expect("a folder");
        ensure_replaceable(&dir).expect("it is empty");
        fs::write(dir.join("letter.txt"), "").expect("a file");
        ensure_replaceable(&dir).expect_err("it holds a letter");
        fs::write(dir.join("service-worker.js"), "").expect("a file");
        ensure_replaceable(&dir).expect("it is a site");
        fs::remove_dir_all(dir).expect("clean up");
    }
}
