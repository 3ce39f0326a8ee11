//! The packed file → npm. Everything that speaks against it is told at once, and then nothing is published.
//!
//! npm makes a statement of provenance (which commit the file was built from, and by what) only where a continuous
//! integration vouches for it, so this is run there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::build::pack;
use crate::machine::toolchain::Route;
use crate::support::command::{command, read, run};
use crate::support::fresh;
use crate::{root, say};

/// The stamp of the step `tarball` of `cargo xtask test`.
const TESTED: &str = "tarball-tested";

#[derive(Args)]
pub struct PublishArgs {
    /// Do everything but the publishing: pack, and tell what speaks against it.
    #[arg(long)]
    dry_run: bool,
}

/// The host of the address in `pkg/package.json`, until the project has one: no host ever has this name.
const PLACEHOLDER: &str = "repository.invalid";

/// What the decision hangs on.
struct State {
    version: String,
    /// `git status --porcelain`.
    changes: String,
    /// The tags at HEAD.
    tags: String,
    changelog: String,
    /// The address of the repository in `pkg/package.json`.
    repository: String,
    /// Whether npm can get a token that says which run of a continuous integration this is.
    has_identity: bool,
    /// Whether the tests of the packed file passed with what lies in `pkg/` now.
    is_tested: bool,
}

/// Packs, and publishes unless something speaks against it.
pub fn publish(args: &PublishArgs, toolchain: Option<Route>) -> Result<()> {
    let file = pack::pack(toolchain)?;
    let refusals = refusals(&state()?);
    for refusal in &refusals {
        say(&format!("publish: {refusal}"));
    }
    let mut npm = command("npm");
    npm.arg("publish").arg(&file).args(["--provenance", "--access", "public"]);
    match (refusals.len(), args.dry_run) {
        (0, false) => run(&mut npm),
        (0, true) => {
            println!("nothing speaks against it; without --dry-run: npm publish {}", file.display());
            Ok(())
        }
        (count, _) => bail!("{count} things speak against publishing, see above; nothing was published"),
    }
}

/// Remembers that the tests of the packed file passed with what lies in `pkg/`.
pub fn tested() -> Result<()> {
    fresh::mark(TESTED, &pack::CONTENTS.map(Path::new))
}

fn state() -> Result<State> {
    let manifest = fs::read_to_string(root().join("pkg/package.json")).context("pkg/package.json")?;
    let manifest: Value = serde_json::from_str(&manifest).context("pkg/package.json")?;
    let has = |name| std::env::var_os(name).is_some();
    Ok(State {
        version: pack::version()?,
        changes: read(command("git").args(["status", "--porcelain"]))?,
        tags: read(command("git").args(["tag", "--points-at", "HEAD"]))?,
        changelog: fs::read_to_string(root().join("CHANGELOG.md")).context("CHANGELOG.md")?,
        repository: manifest["repository"]["url"].as_str().unwrap_or_default().to_owned(),
        // GitHub's, and GitLab's.
        has_identity: has("ACTIONS_ID_TOKEN_REQUEST_URL") || has("SIGSTORE_ID_TOKEN"),
        is_tested: fresh::is_marked(TESTED, &pack::CONTENTS.map(Path::new))?,
    })
}

/// A sentence for each thing that speaks against publishing.
fn refusals(state: &State) -> Vec<String> {
    let version = &state.version;
    let heading = |line: &str| {
        let title = line.strip_prefix("## ").unwrap_or_default();
        title.split([' ', '[', ']']).find(|word| !word.is_empty()) == Some(version)
    };
    let mut refusals = Vec::new();
    let mut refuse_if = |speaks_against: bool, sentence: String| {
        if speaks_against {
            refusals.push(sentence);
        }
    };
    refuse_if(
        !state.changes.is_empty(),
        format!("files differ from the last commit; commit or stash them:\n{}", state.changes),
    );
    refuse_if(
        !state.tags.lines().any(|tag| tag.strip_prefix('v') == Some(version)),
        format!("the commit has no tag v{version}: git tag v{version}"),
    );
    refuse_if(
        !state.changelog.lines().any(heading),
        format!("CHANGELOG.md has no heading for {version}: name what is under \"Unreleased\""),
    );
    refuse_if(
        state.repository.is_empty() || state.repository.contains(PLACEHOLDER),
        "pkg/package.json names no real `repository`; npm compares it with where the build ran".to_owned(),
    );
    refuse_if(
        !state.has_identity,
        "there is no identity token: npm makes provenance in a continuous integration alone \
         (GitHub: `permissions: id-token: write`; GitLab: `id_tokens: SIGSTORE_ID_TOKEN`)"
            .to_owned(),
    );
    refuse_if(
        !state.is_tested,
        "this content was not tested as a packed file: cargo xtask test --only tarball".to_owned(),
    );
    refusals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready() -> State {
        State {
            version: "1.2.3".to_owned(),
            changes: String::new(),
            tags: "latest\nv1.2.3".to_owned(),
            changelog: "# Changelog\n\n## 1.2.3 (2026-11-22)\n\n## 1.2.2\n".to_owned(),
            repository: "git+https://example.org/shotglass.git".to_owned(),
            has_identity: true,
            is_tested: true,
        }
    }

    #[test]
    fn nothing_speaks_against_what_is_ready() {
        assert!(refusals(&ready()).is_empty());
        let linked = State { changelog: "## [1.2.3] - 2026-11-22".to_owned(), ..ready() };
        assert!(refusals(&linked).is_empty());
    }

    #[test]
    fn each_thing_that_is_missing_is_told_alone() {
        let cases = [
            (State { changes: " M README.md".to_owned(), ..ready() }, "files differ"),
            (State { tags: "v1.2.30\n1.2.3".to_owned(), ..ready() }, "the commit has no tag v1.2.3"),
            (State { tags: String::new(), ..ready() }, "the commit has no tag v1.2.3"),
            (
                State { changelog: "## Unreleased\n\n1.2.3\n".to_owned(), ..ready() },
                "CHANGELOG.md has no heading",
            ),
            (
                State { changelog: "## 1.2.30\n### 1.2.3\n".to_owned(), ..ready() },
                "CHANGELOG.md has no heading",
            ),
            (State { repository: String::new(), ..ready() }, "pkg/package.json names no real `repository`"),
            (
                State { repository: format!("git+https://{PLACEHOLDER}/shotglass.git"), ..ready() },
                "pkg/package.json names no real `repository`",
            ),
            (State { has_identity: false, ..ready() }, "there is no identity token"),
            (State { is_tested: false, ..ready() }, "this content was not tested"),
        ];
        for (state, wanted) in cases {
            let refusals = refusals(&state);
            assert!(refusals.len() == 1 && refusals[0].starts_with(wanted), "{wanted}: {refusals:?}");
        }
    }

    #[test]
    fn one_manifest_names_the_repository() {
        let with_repository: Vec<_> = ["Cargo.toml", "xtask/Cargo.toml", "package.json", "pkg/package.json"]
            .into_iter()
            .filter(|path| fs::read_to_string(root().join(path)).expect(path).contains("repository"))
            .collect();
        assert_eq!(with_repository, ["pkg/package.json"]);
    }

    #[test]
    fn all_that_is_missing_is_told_at_once() {
        let nothing = State {
            changes: "?? x".to_owned(),
            tags: String::new(),
            changelog: String::new(),
            repository: String::new(),
            has_identity: false,
            is_tested: false,
            ..ready()
        };
        assert_eq!(refusals(&nothing).len(), 6);
    }
}
