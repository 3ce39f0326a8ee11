//! The workflows in `.github/workflows` run the commands of this program, and nothing else.

use std::fs;

use clap::Parser;

use crate::prove::test;
use crate::support::steps;
use crate::{Cli, Command, StepArgs, root};

/// The lines of all workflows, each with the name of its file.
fn lines() -> Vec<(String, String)> {
    let folder = fs::read_dir(root().join(".github/workflows")).expect("the folder is there");
    let files = folder.map(|entry| entry.expect("it can be read").path());
    files
        .flat_map(|path| {
            let text = fs::read_to_string(&path).expect("it can be read");
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            text.lines().map(|line| (name.clone(), line.trim().to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

/// What stands behind a key, be it the first of a step or not.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix("- ").unwrap_or(line).strip_prefix(key)?.strip_prefix(": ")
}

#[test]
fn each_line_that_runs_is_a_command_that_exists() {
    let mut commands = Vec::new();
    for (file, line) in lines() {
        let Some(run) = value(&line, "run") else { continue };
        // A variable of a workflow is an address.
        let words =
            run.split(' ').map(|word| if word == "\"$ADDRESS\"" { "https://example.org" } else { word });
        let words: Vec<_> = words.collect();
        assert_eq!(words[..2], ["cargo", "xtask"], "{file}: {run}");
        let command = match Cli::try_parse_from(&words[1..]) {
            Ok(cli) => cli.command,
            Err(error) => panic!("{file}: {run}\n{error}"),
        };
        if let Command::Test { steps: StepArgs { only, .. }, .. } = &command {
            steps::select(&test::steps(None), only).expect(run);
        }
        commands.push(words[2].to_owned());
    }
    commands.sort();
    assert_eq!(commands, ["check", "publish", "site", "test", "test"]);
}

/// A tag such as `v5` is moved to other code.
#[test]
fn each_action_is_of_one_version() {
    for (file, line) in lines() {
        let Some(action) = value(&line, "uses") else { continue };
        let version = action.split_once("@v").map(|(_, version)| version).unwrap_or_default();
        let numbers = version.split('.').filter(|part| part.parse::<u32>().is_ok()).count();
        assert_eq!((numbers, version.split('.').count()), (3, 3), "{file}: {action}");
    }
}
