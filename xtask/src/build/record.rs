//! What the real model says of the presets → `pkg/src/records/` and, how often it is right,
//! `www/src/measured/measured.json`, by `www/record/record.mjs`.

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
}

/// Builds the package, asks the default model, and writes or compares.
pub fn record(args: &RecordArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let model = model::ensure()?;
    say("record: asking the model of every preset takes a few minutes");
    let mut node = command("node");
    node.arg("www/record/record.mjs").args(arguments(args)).env("SHOTGLASS_MODEL", model);
    if args.gemma {
        node.env("SHOTGLASS_GEMMA", model::ensure_gemma()?);
    }
    run(&mut node)
}

fn arguments(args: &RecordArgs) -> Vec<&str> {
    let check = args.check.then_some("--check");
    check.into_iter().chain(args.only.iter().flat_map(|id| ["--only", id.as_str()])).collect()
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
}
