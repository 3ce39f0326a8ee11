//! `shotglass snapshot` of this checkout: recorded results for pages, and whether they still hold.

use anyhow::Result;
use clap::Args;

use crate::build::package;
use crate::machine::model;
use crate::machine::toolchain::Route;
use crate::support::command::command;

#[derive(Args)]
pub struct SnapshotArgs {
    /// What `shotglass snapshot` takes, for example `--preset plural --shots 0,4 --out plural.json`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

/// Builds the package, makes sure of the default model, and ends as the command ends: with 3 where a figure moved.
pub fn snapshot(args: &SnapshotArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let model = model::ensure()?;
    let status = command("node")
        .args(["pkg/dist/cli/index.js", "snapshot"])
        .args(&args.arguments)
        .env("SHOTGLASS_MODEL", model)
        .status()?;
    if status.success() { Ok(()) } else { std::process::exit(status.code().unwrap_or(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    #[command(disable_help_flag = true)]
    struct Cli {
        #[command(flatten)]
        build: crate::BuildArgs,
        #[command(flatten)]
        args: SnapshotArgs,
    }

    #[test]
    fn everything_behind_the_name_reaches_the_command() {
        let parsed =
            |words: &[&str]| Cli::try_parse_from([&["snapshot"], words].concat()).expect("arguments");
        for words in
            [vec!["--preset", "plural", "--shots", "0,4"], vec!["--check", "a.md"], vec!["--help"], vec![]]
        {
            let Cli { build, args } = parsed(&words);
            assert_eq!(args.arguments, words);
            assert!(build.toolchain.is_none());
        }
    }
}
