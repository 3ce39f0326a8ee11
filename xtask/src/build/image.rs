//! A picture of what the real model says and a link to the lab, for pages that strip scripts: `www/record/image.mjs`.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::build::package;
use crate::machine::model;
use crate::machine::toolchain::Route;
use crate::support::command::{command, run};

#[derive(Args)]
pub struct ImageArgs {
    /// Which task of the lab, for example `plural`.
    #[arg(long, value_name = "PRESET")]
    preset: String,
    /// After how many demonstrations; without it, as many as the lab opens it with.
    #[arg(long, value_name = "COUNT")]
    shots: Option<u32>,
    /// What is asked; without it, the preset's own query.
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// The address where readers find the lab.
    #[arg(long, value_name = "URL")]
    lab: String,
    /// The folder for the pictures.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// Builds the package, asks the default model, writes the pictures, and prints the lines to paste.
pub fn image(args: &ImageArgs, toolchain: Option<Route>) -> Result<()> {
    package::build(toolchain)?;
    let model = model::ensure()?;
    run(command("node").arg("www/record/image.mjs").args(arguments(args)?).env("SHOTGLASS_MODEL", model))
}

/// What the script is told: it runs in the root, so the folder is made absolute here.
fn arguments(args: &ImageArgs) -> Result<Vec<OsString>> {
    let out = std::path::absolute(&args.out)?;
    let mut arguments: Vec<OsString> = vec!["--preset".into(), args.preset.clone().into()];
    if let Some(shots) = args.shots {
        arguments.extend(["--shots".into(), shots.to_string().into()]);
    }
    if let Some(query) = &args.query {
        arguments.extend(["--query".into(), query.into()]);
    }
    arguments.extend(["--lab".into(), args.lab.clone().into(), "--out".into(), out.into()]);
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: ImageArgs,
    }

    #[test]
    fn the_options_reach_the_script() {
        let words = "image --preset plural --shots 2 --query ox --lab http://a/ --out /b";
        let cli = Cli::try_parse_from(words.split(' ')).expect("all are options");
        let expected: Vec<_> = words.split(' ').skip(1).map(OsString::from).collect();
        assert_eq!(arguments(&cli.args).expect("a path"), expected);
        Cli::try_parse_from(["image", "--preset", "plural"]).err().expect("where to, and which lab");
    }
}
