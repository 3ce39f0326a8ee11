//! The benchmark: what it compares is built here, and `tests/bench/run.mjs` measures it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;

use crate::build::package;
use crate::machine::toolchain::Route;
use crate::machine::{browser, model};
use crate::support::command::{cargo, command, run};
use crate::support::fresh::unless_fresh;
use crate::{root, say};

/// The types that the model is quantized to again; the default file is Q4_1, and gemma's Q4_K_M.
const QUANTIZATIONS: [&str; 2] = ["Q4_0", "Q8_0"];
const GEMMA_QUANTIZATIONS: [&str; 1] = ["Q8_0"];

#[derive(Args)]
pub struct BenchArgs {
    /// Measure only what has this in its name, for example `relaxed`; give it again for more.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// One round of the short measurements, to see that all runs: a minute or two.
    #[arg(long)]
    quick: bool,
    /// Measure gemma-3-270m instead of the default model, on short prompts; its file is a download of 253 MB.
    #[arg(long)]
    gemma: bool,
    /// Where to write all samples; without it, `target/bench/result.json`.
    #[arg(long, value_name = "PATH")]
    json: Option<PathBuf>,
    /// Draw `tests/bench/bench.svg`, which the README shows, from this run.
    #[arg(long, conflicts_with_all = ["only", "quick", "gemma"])]
    picture: bool,
}

/// Builds the package, makes the other quantizations, and measures.
pub fn bench(args: &BenchArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let chromium = browser::CHROMIUM.ensure()?;
    let (model, kinds, prefix) = if args.gemma {
        (model::ensure_gemma()?, GEMMA_QUANTIZATIONS.as_slice(), "gemma-")
    } else {
        (model::ensure()?, QUANTIZATIONS.as_slice(), "")
    };
    for kind in kinds {
        quantize(&model, kind, prefix)?;
    }
    say(
        "bench: a whole run takes about a quarter of an hour; what else the machine does shows in the spread",
    );
    run(command("node")
        .arg("tests/bench/run.mjs")
        .args(arguments(args)?)
        .env("SHOTGLASS_MODEL", model)
        .env("CHROME", chromium))
}

/// The model in another quantized type → `target/bench/`.
fn quantize(model: &Path, kind: &str, prefix: &str) -> Result<()> {
    let output = Path::new("target/bench").join(format!("{prefix}{kind}.gguf"));
    let inputs = [Path::new("tests/bench/quantize.rs"), Path::new("Cargo.lock"), model];
    unless_fresh(&format!("bench-{prefix}{kind}"), &inputs, &[&output], || {
        say(&format!("bench: quantizing the model to {kind}"));
        fs::create_dir_all(root().join("target/bench")).context("could not make target/bench")?;
        let tool = ["run", "--quiet", "--locked", "--release", "--example", "quantize", "--"];
        run(cargo().args(tool).arg(model).arg(&output).arg(kind))
    })
}

/// What `run.mjs` is told: it runs in the root, so a path is made absolute here.
fn arguments(args: &BenchArgs) -> Result<Vec<OsString>> {
    let mut arguments = Vec::new();
    for name in &args.only {
        arguments.extend(["--only".into(), name.into()]);
    }
    for (is_given, name) in [(args.quick, "--quick"), (args.gemma, "--gemma")] {
        if is_given {
            arguments.push(name.into());
        }
    }
    if let Some(path) = &args.json {
        arguments.extend(["--json".into(), std::path::absolute(path)?.into_os_string()]);
    }
    if args.picture {
        arguments.push("--picture".into());
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: BenchArgs,
    }

    fn parsed(words: &[&str]) -> Result<Vec<OsString>> {
        let cli = Cli::try_parse_from([&["bench"], words].concat())?;
        arguments(&cli.args)
    }

    #[test]
    fn the_options_reach_the_run() {
        let words = ["--only", "relaxed", "--only", "llama", "--quick", "--gemma", "--json", "/a/b.json"];
        let expected = words.map(OsString::from);
        assert_eq!(parsed(&words).expect("all are options"), expected);
        assert_eq!(parsed(&["--picture"]).expect("an option"), ["--picture"]);
        let relative = parsed(&["--json", "b.json"]).expect("a path");
        assert!(Path::new(&relative[1]).is_absolute(), "{relative:?}");
    }

    #[test]
    fn a_picture_is_of_a_whole_run() {
        for part in [
            ["--quick", "--picture"].as_slice(),
            &["--gemma", "--picture"],
            &["--only", "relaxed", "--picture"],
        ] {
            parsed(part).expect_err("the picture would show a part");
        }
    }
}
