//! The browsers that the tests drive, and the browser of the person who started the lab.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::machine::apt;
use crate::say;
use crate::support::command::{command, find};
use crate::support::steps::LeftOut;

/// A browser for the tests.
pub struct Browser {
    name: &'static str,
    /// Everything that it takes: the browser itself, then what it is driven with.
    programs: &'static [Program],
    /// Debian's packages that bring them.
    packages: &'static [&'static str],
}

struct Program {
    /// The environment variable that names one in particular, and tells the tests which it is.
    variable: &'static str,
    /// Names to look for on the `PATH`, or paths.
    names: &'static [&'static str],
}

pub const CHROMIUM: Browser = Browser {
    name: "Chromium",
    programs: &[Program {
        variable: "CHROME",
        names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    }],
    packages: &["chromium"],
};

/// The same engine without windows and profiles, in which a page takes half the time or less. Where it is missing, the
/// whole Chromium does its work.
pub const HEADLESS_SHELL: Browser = Browser {
    name: "Chromium's headless shell",
    programs: &[Program {
        variable: "HEADLESS_SHELL",
        names: &["chromium-headless-shell", "chrome-headless-shell"],
    }],
    packages: &["chromium-headless-shell"],
};

pub const FIREFOX: Browser = Browser {
    name: "Firefox",
    programs: &[Program { variable: "FIREFOX", names: &["firefox-esr", "firefox"] }],
    packages: &["firefox-esr"],
};

/// WebKitGTK's smallest browser. It has no headless mode, so it gets a virtual screen.
pub const WEBKIT: Browser = Browser {
    name: "WebKit",
    programs: &[
        Program {
            variable: "WEBKIT",
            names: &[
                "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
            ],
        },
        Program { variable: "WEBKIT_DRIVER", names: &["WebKitWebDriver"] },
        Program { variable: "XVFB", names: &["Xvfb"] },
    ],
    packages: &["libwebkit2gtk-4.1-0", "webkit2gtk-driver", "xvfb"],
};

/// Those that the tests use.
pub const ALL: [&Browser; 4] = [&CHROMIUM, &HEADLESS_SHELL, &FIREFOX, &WEBKIT];

impl Browser {
    /// Finds what the variables name, or what is there, or installs Debian's packages. Answers where the browser is.
    pub fn ensure(&self) -> Result<PathBuf> {
        let Self { name, programs, packages } = self;
        let packages_list = packages.join(" ");
        if self.find_installed().is_none() {
            say(&format!("{name}: none found, installing Debian's packages {packages_list}"));
            apt::ensure(packages).with_context(|| {
                let variables: Vec<_> = programs.iter().map(|program| program.variable).collect();
                format!(
                    "the browser tests need a {name}: install one, or name it in {}",
                    variables.join(", ")
                )
            })?;
        }
        let found = self
            .find_installed()
            .with_context(|| format!("Debian's packages {packages_list} brought no {name}"))?;
        for (variable, file) in &found {
            if !file.is_file() {
                bail!(
                    "{variable} names {}, which is not a file: correct the path, or unset {variable}",
                    file.display()
                );
            }
        }
        let (_, browser) = found.into_iter().next().context("a browser is a program")?;
        Ok(browser)
    }

    /// The same, except that a system without Debian's packages may do without this browser.
    pub fn ensure_or_leave_out(&self) -> Result<()> {
        if self.find_installed().is_none() && !apt::is_here() {
            let Self { name, packages, .. } = self;
            let packages = packages.join(" ");
            return Err(LeftOut::because(&format!(
                "there is no {name} here, and this is not Debian, whose packages {packages} bring it; its tests are skipped"
            )));
        }
        self.ensure().map(drop)
    }

    /// The same, where another browser can do its work: one that cannot be installed is told and left out.
    pub fn ensure_or_do_without(&self) -> Result<()> {
        let is_there = self.find_installed().is_some();
        match self.ensure() {
            Err(error) if !is_there => {
                say(&format!("{}: another browser does its work ({error:#})", self.name));
                Ok(())
            }
            ensured => ensured.map(drop),
        }
    }

    /// The variables for the tests with the file of each program: those that the environment names, be they there or
    /// not, or the first on the `PATH`. Nothing where one is missing.
    pub fn find_installed(&self) -> Option<Vec<(&'static str, PathBuf)>> {
        let find = |program: &Program| {
            let named = std::env::var_os(program.variable).map(PathBuf::from);
            Some((program.variable, named.or_else(|| find(program.names))?))
        };
        self.programs.iter().map(find).collect()
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
