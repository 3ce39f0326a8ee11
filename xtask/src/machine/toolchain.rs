//! A Rust that compiles to WebAssembly, by the first of three routes that works.
//!
//! The standard library is compiled from its source, like everything else: the one that comes with a target has no
//! atomics in it, and cannot be linked where memory is shared. So what a route has to bring is that source.
//!
//! The third route is for a machine that reaches package registries and nothing else: Debian's `-web`
//! packages bring a recent compiler with the source.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::machine::apt;
use crate::say;
use crate::support::command::{cargo, command, read, run_within};

/// The one target of the project.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The linker is of the same LLVM as the compiler. Before 20 it adds the address of thread-local variables twice where
/// they were compiled for shared memory and are linked without: such a module ends in `memory access out of bounds`.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// Debian's compiler, by its whole path: rustup's may come first.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Beyond this a blocked network is more likely than a slow one.
const RUSTUP_LIMIT: Duration = Duration::from_secs(30);

/// How to get a Rust that compiles to WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Route {
    /// This Rust, which has the source of its standard library already.
    Installed,
    /// This Rust, after `rustup component add rust-src`.
    Rustup,
    /// Debian's rustc and its source.
    Debian,
}

impl Route {
    /// Its name on the command line and in `target/wasm/`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Installed => "installed",
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }

    /// The folder under `target/wasm/`. The first two are the same compiler, so they share one.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Installed | Self::Rustup => "rust",
            Self::Debian => "debian",
        }
    }

    /// A cargo that can compile for [`TARGET`]; the caller adds the rest of the command line.
    pub fn cargo(self, subcommand: &str) -> Command {
        let mut cargo = match self {
            Self::Installed | Self::Rustup => cargo(),
            Self::Debian => debian_cargo(),
        };
        cargo.args([subcommand, "--target", TARGET]);
        // An unstable flag, which is what the variable permits.
        cargo.args(["-Z", "build-std=std,panic_abort"]).env("RUSTC_BOOTSTRAP", "1");
        cargo
    }

    /// Where the source of its standard library is, once it is there.
    pub fn library_source(self) -> Result<PathBuf> {
        let rustc = match self {
            Self::Installed | Self::Rustup => std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()),
            Self::Debian => DEBIAN_RUSTC.into(),
        };
        let sysroot = PathBuf::from(read(command(rustc).args(["--print", "sysroot"]))?);
        Ok(sysroot.join("lib/rustlib/src/rust"))
    }

    /// Makes the route ready, or tells why it is closed.
    fn open(self) -> Result<()> {
        match self {
            Self::Installed => installed(),
            Self::Rustup => rustup(),
            Self::Debian => apt::ensure(&DEBIAN_PACKAGES),
        }
    }

    /// One sentence on what it does.
    fn says(self) -> &'static str {
        match self {
            Self::Installed => "this Rust has the source of its standard library, it is used as it is",
            Self::Rustup => "adding the source of the standard library (rust-src) to this Rust with rustup",
            Self::Debian => "using Debian's rustc-web with rust-web-src",
        }
    }
}

/// The first route that works, or the forced one.
pub fn find(forced: Option<Route>) -> Result<Route> {
    // Two steps may ask at once.
    static FINDING: Mutex<()> = Mutex::new(());
    let _finding = FINDING.lock();
    let routes = match &forced {
        Some(route) => std::slice::from_ref(route),
        None => Route::value_variants(),
    };
    first_open(routes, Route::open)
}

fn first_open(routes: &[Route], mut open: impl FnMut(Route) -> Result<()>) -> Result<Route> {
    let mut answers = Vec::new();
    for &route in routes {
        // The first route costs nothing to try, so it speaks only when it is taken.
        if route != Route::Installed {
            say(&format!("toolchain: {}", route.says()));
        }
        match open(route) {
            Ok(()) => {
                if route == Route::Installed {
                    say(&format!("toolchain: {}", route.says()));
                }
                return Ok(route);
            }
            Err(error) => answers.push(format!("  {}: {error:#}", route.name())),
        }
    }
    bail!("no Rust here compiles to WebAssembly; what each route answered:\n{}", answers.join("\n"))
}

/// Looks where cargo will, not at what rustup says: a Rust that came another way may have the source too.
fn installed() -> Result<()> {
    if !Route::Installed.library_source()?.join("library/std/Cargo.toml").is_file() {
        bail!("this Rust has no source of its standard library");
    }
    Ok(())
}

fn rustup() -> Result<()> {
    run_within(command("rustup").args(["component", "add", "rust-src"]).stdin(Stdio::null()), RUSTUP_LIMIT)
        .context("rustup could not add the component rust-src")?;
    installed()
}

/// Debian's cargo with Debian's rustc: none of this process's own Rust may leak into it.
fn debian_cargo() -> Command {
    let mut cargo = command("/usr/bin/cargo");
    cargo
        .env("RUSTC", DEBIAN_RUSTC)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22")
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("LD_LIBRARY_PATH");
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    const ALL: [Route; 3] = [Route::Installed, Route::Rustup, Route::Debian];

    #[test]
    fn the_routes_are_tried_in_order() {
        assert_eq!(Route::value_variants(), ALL);
    }

    #[test]
    fn the_first_open_route_is_taken_and_no_other_is_tried() {
        let mut tried = Vec::new();
        let route = first_open(&ALL, |route| {
            tried.push(route);
            match route {
                Route::Installed => Err(anyhow!("no source")),
                _ => Ok(()),
            }
        });
        assert_eq!(route.expect("the second is open"), Route::Rustup);
        assert_eq!(tried, [Route::Installed, Route::Rustup]);
    }

    #[test]
    fn when_all_are_closed_the_error_has_the_answer_of_each() {
        let error = first_open(&ALL, |route| Err(anyhow!("{} is closed", route.name())))
            .expect_err("all are closed")
            .to_string();
        for route in ALL {
            let answer = format!("  {0}: {0} is closed", route.name());
            assert!(error.lines().any(|line| line == answer), "{error}");
        }
    }

    #[test]
    fn every_route_builds_the_standard_library() {
        for route in ALL {
            let cargo = route.cargo("build");
            assert!(cargo.get_args().any(|arg| arg == "build-std=std,panic_abort"), "{}", route.name());
            assert!(cargo.get_envs().any(|(name, _)| name == "RUSTC_BOOTSTRAP"), "{}", route.name());
        }
    }
}
