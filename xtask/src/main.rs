//! Every command of the project: `cargo xtask --help` lists them.
//!
//! `lab` is the whole chain, and each link is a module that can be read alone:
//!
//! 1. [`machine::toolchain`]: a Rust that compiles to WebAssembly;
//! 2. [`build::wasm`]: the crate → `pkg/wasm/`;
//! 3. [`machine::node`]: the npm packages;
//! 4. [`build::notices`]: whose work is bundled, and under which licence;
//! 5. [`build::package`]: `pkg/src` → `pkg/dist`, `www` → `www/dist`;
//! 6. [`machine::model`]: the default model, by its SHA-256;
//! 7. [`serve`]: the lab on a local port.
//!
//! [`prove::test`], [`prove::check`], [`prove::examples`] and [`prove::recipes`] are lists of named [`support::steps`].

mod build;
mod machine;
mod prove;
mod serve;
mod support;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::build::{image, pack, package, publish, record, site, snapshot};
use crate::machine::model;
use crate::machine::toolchain::Route;
use crate::prove::{bench, check, examples, recipes, test};
use crate::support::steps;

/// Build, test and serve shotglass.
///
/// On a fresh machine `cargo xtask lab` and `cargo xtask test` install what is missing, and say so.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything, get the default model and serve the lab on this machine.
    Lab {
        /// The port to serve on; without it, 8321 or the next one that is free.
        #[arg(long)]
        port: Option<u16>,
        /// Print the address, open no browser.
        #[arg(long)]
        no_open: bool,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Run every test: Rust, WebAssembly, TypeScript, a real browser, the packed package.
    Test {
        #[command(flatten)]
        steps: StepArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Check formatting, lints, documentation and types in both languages; warnings are errors.
    Check {
        #[command(flatten)]
        steps: StepArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Build and open small sites with the packed package: webpack, Next.js, and the tools that docs are made with.
    Examples {
        #[command(flatten)]
        steps: StepArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Let programs of others ask the server: llama.cpp's server beside it, and lm-evaluation-harness.
    Recipes {
        #[command(flatten)]
        steps: StepArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Measure shotglass beside the packages that do the same, in one run, and print the table.
    Bench {
        #[command(flatten)]
        args: bench::BenchArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Record what the default model says of the presets, for the package and the lab.
    Record {
        #[command(flatten)]
        args: record::RecordArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Record results for a page, or check recorded ones, as `npx shotglass snapshot` does.
    #[command(disable_help_flag = true)]
    Snapshot {
        #[command(flatten)]
        build: BuildArgs,
        #[command(flatten)]
        args: snapshot::SnapshotArgs,
    },
    /// Draw what the default model says, with a link to the lab, for pages that strip scripts.
    Image {
        #[command(flatten)]
        args: image::ImageArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Build one folder for a static host: the lab, the guides, the examples and both references.
    Site {
        #[command(flatten)]
        args: site::SiteArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Build the WebAssembly module, the npm package and the lab.
    Build {
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Build the npm package and pack it into `target/pack/`; refuses what the sources do not make.
    Pack {
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Pack, and publish to npm, unless something speaks against it.
    Publish {
        #[command(flatten)]
        args: publish::PublishArgs,
        #[command(flatten)]
        build: BuildArgs,
    },
    /// Download the default model into the cache folder, or check the one that is there.
    Model,
}

#[derive(Args)]
struct StepArgs {
    /// Run this step alone; give it again for more steps. `--list` prints their names.
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Print the names of the steps and run nothing.
    #[arg(long)]
    list: bool,
}

#[derive(Args)]
struct BuildArgs {
    /// Compile to WebAssembly by this route alone; without it, the first that works.
    #[arg(long, value_enum, value_name = "ROUTE", env = "SHOTGLASS_TOOLCHAIN")]
    toolchain: Option<Route>,
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Lab { port, no_open, build } => {
            // Asked twice: a taken port is told at once, and a build takes long enough for one to be taken.
            serve::choose_port(port)?;
            package::build(build.toolchain)?;
            let model = model::ensure()?;
            serve::lab(serve::choose_port(port)?, !no_open, &model)
        }
        Command::Test { steps: StepArgs { only, list }, build } => {
            steps::run_or_list("test", &test::steps(build.toolchain), &only, list)
        }
        Command::Check { steps: StepArgs { only, list }, build } => {
            steps::run_or_list("check", &check::steps(build.toolchain), &only, list)
        }
        Command::Examples { steps: StepArgs { only, list }, build } => {
            steps::run_or_list("examples", &examples::steps(build.toolchain), &only, list)
        }
        Command::Recipes { steps: StepArgs { only, list }, build } => {
            steps::run_or_list("recipes", &recipes::steps(build.toolchain), &only, list)
        }
        Command::Bench { args, build } => bench::bench(&args, build.toolchain),
        Command::Record { args, build } => record::record(&args, build.toolchain),
        Command::Snapshot { build, args } => snapshot::snapshot(&args, build.toolchain),
        Command::Image { args, build } => image::image(&args, build.toolchain),
        Command::Site { args, build } => site::site(&args, build.toolchain),
        Command::Build { build } => package::build(build.toolchain),
        Command::Pack { build } => pack::pack(build.toolchain).map(drop),
        Command::Publish { args, build } => publish::publish(&args, build.toolchain),
        Command::Model => {
            let path = model::ensure()?;
            say(&format!("model: {}", path.display()));
            Ok(())
        }
    }
}

/// One line about what happens now. It goes to stderr, as cargo's own lines do.
fn say(line: &str) {
    eprintln!("▸ {line}");
}

/// The root of the checkout.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ stands in the root of the checkout")
}

/// The folder for everything generated that nobody reads: cargo's target folder.
fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // As cargo does: relative to the folder that the command was started in.
        Some(dir) => std::path::absolute(&dir).unwrap_or_else(|_| PathBuf::from(dir)),
        None => root().join("target"),
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
