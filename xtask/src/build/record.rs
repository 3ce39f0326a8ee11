//! What the real model says of the presets → `pkg/src/records/` and, how often it is right,
//! `www/src/measured/measured.json`, by `www/record/record.mjs`. How often several models are right →
//! `www/src/measured/models/models.json`, by `www/record/models.mjs`.

use anyhow::Result;
use clap::Args;

use crate::build::package;
use crate::machine::model;
use crate::machine::toolchain::Route;
use crate::say;
use crate::support::command::{command, run};

#[derive(Args)]
pub struct RecordArgs {
    /// Compare the files with a fresh run and write nothing; an error where a p differs by more than 0.0001.
    #[arg(long)]
    check: bool,
    /// Record this preset alone, for example `past-tense`; give it again for more.
    #[arg(long, value_name = "PRESET")]
    only: Vec<String>,
    /// Ask gemma-3-270m, too, of the presets that are for models that read Chinese; its file is a download of 253 MB.
    #[arg(long)]
    gemma: bool,
    /// Record how often several models are right instead; a model that is not at hand keeps what was recorded of it.
    #[arg(long)]
    models: bool,
    /// Look for the files of these models in this folder. Default: that of the default model.
    #[arg(long, value_name = "FOLDER", requires = "models")]
    folder: Option<String>,
}

/// Builds the package, asks the default model, and writes or compares.
pub fn record(args: &RecordArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let model = model::ensure()?;
    say("record: asking a model of every preset takes a few minutes");
    let mut node = command("node");
    node.arg(script(args)).args(arguments(args)).env("SHOTGLASS_MODEL", model);
    if args.gemma {
        node.env("SHOTGLASS_GEMMA", model::ensure_gemma()?);
    }
    run(&mut node)
}

fn script(args: &RecordArgs) -> &'static str {
    if args.models { "www/record/models.mjs" } else { "www/record/record.mjs" }
}

fn arguments(args: &RecordArgs) -> Vec<&str> {
    let check = args.check.then_some("--check");
    let only = args.only.iter().flat_map(|id| ["--only", id.as_str()]);
    let folder = args.folder.iter().flat_map(|folder| ["--folder", folder.as_str()]);
    check.into_iter().chain(only).chain(folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: RecordArgs,
    }

    #[test]
    fn the_options_reach_the_run() {
        let parsed = |words: &[&str]| Cli::try_parse_from([&["record"], words].concat()).expect("options");
        let words = ["--check", "--only", "qa", "--only", "code"];
        assert_eq!(arguments(&parsed(&words).args), words);
        assert!(arguments(&parsed(&[]).args).is_empty());
    }

    #[test]
    fn models_have_a_run_of_their_own() {
        let parsed = |words: &[&str]| Cli::try_parse_from([&["record"], words].concat());
        let args = parsed(&["--models", "--folder", "files", "--only", "topics"]).expect("options").args;
        assert_eq!(script(&args), "www/record/models.mjs");
        assert_eq!(arguments(&args), ["--only", "topics", "--folder", "files"]);
        assert_eq!(script(&parsed(&[]).expect("none").args), "www/record/record.mjs");
        assert!(parsed(&["--folder", "files"]).is_err(), "of one model there is no folder");
    }
}
