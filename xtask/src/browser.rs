//! The browsers that the tests drive, and the browser of the person who started the lab.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command::{command, find};
use crate::{apt, say};

/// A browser for the tests.
pub struct Browser {
    name: &'static str,
    /// Names another one than those on the `PATH`.
    pub variable: &'static str,
    programs: &'static [&'static str],
    /// Debian's.
    package: &'static str,
}

pub const CHROMIUM: Browser = Browser {
    name: "Chromium",
    variable: "CHROME",
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
};

pub const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};

/// Those that the tests need.
pub const ALL: [&Browser; 2] = [&CHROMIUM, &FIREFOX];

impl Browser {
    /// What the variable names, or one on the `PATH`, or Debian's package.
    pub fn ensure(&self) -> Result<PathBuf> {
        let Self { name, variable, package, .. } = self;
        if self.find_installed().is_none() {
            say(&format!("{name}: none found, installing Debian's package {package}"));
            apt::ensure(&[package]).with_context(|| {
                format!("the browser tests need a {name}: install one, or name it in {variable}")
            })?;
        }
        let file =
            self.find_installed().with_context(|| format!("the package {package} brought no {name}"))?;
        if !file.is_file() {
            bail!(
                "{variable} names {}, which is not a file: give the path of a {name}, or unset it",
                file.display()
            );
        }
        Ok(file)
    }

    /// What the variable names, be it there or not, or the first on the `PATH`.
    pub fn find_installed(&self) -> Option<PathBuf> {
        std::env::var_os(self.variable).map(PathBuf::from).or_else(|| find(self.programs))
    }
}

/// Opens an address in the person's browser. Where there is none, the printed address must do.
pub fn open(address: &str) {
    let Some(opener) = find(&["xdg-open", "open"]) else {
        return;
    };
    let _ =
        command(opener).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
