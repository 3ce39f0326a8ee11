//! The Chromium that the browser tests drive, and the browser of the person who started the lab.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command::{command, find};
use crate::{apt, say};

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The Chromium for the tests: what `CHROME` names, or one on the `PATH`, or Debian's package.
pub fn ensure() -> Result<PathBuf> {
    if find_installed().is_none() {
        say("chromium: none found, installing Debian's package chromium");
        apt::ensure(&["chromium"])
            .context("the browser tests need a Chromium: install one, or name it in CHROME")?;
    }
    let chromium = find_installed().context("the package chromium brought no chromium")?;
    if !chromium.is_file() {
        bail!(
            "CHROME names {}, which is not a file: give the path of a Chromium, or unset it",
            chromium.display()
        );
    }
    Ok(chromium)
}

/// What `CHROME` names, be it there or not, or the first Chromium on the `PATH`.
pub fn find_installed() -> Option<PathBuf> {
    std::env::var_os("CHROME").map(PathBuf::from).or_else(|| find(&CHROMIUM))
}

/// Opens an address in the person's browser. Where there is none, the printed address must do.
pub fn open(address: &str) {
    let Some(opener) = find(&["xdg-open", "open"]) else {
        return;
    };
    let _ =
        command(opener).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
