//! The lab on a port of this machine, until Ctrl-C.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::machine::{browser, node};
use crate::support::command::end;
use crate::{root, say};

const DEFAULT_PORT: u16 = 8321;

/// How many ports after the default one are tried.
const SPAN: u16 = 100;

/// Vite starts in well under a second; a machine that is busy gets more.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The port asked for, or the first free one.
pub fn choose_port(asked: Option<u16>) -> Result<u16> {
    choose(asked, |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}

fn choose(asked: Option<u16>, is_free: impl Fn(u16) -> bool) -> Result<u16> {
    match asked {
        Some(port) if is_free(port) => Ok(port),
        Some(port) => bail!(
            "port {port} cannot be had: another program may use it. Give another one, or leave --port out"
        ),
        None => (DEFAULT_PORT..DEFAULT_PORT + SPAN)
            .find(|&port| is_free(port))
            .with_context(|| format!("no port from {DEFAULT_PORT} on is free: give one with --port")),
    }
}

/// Serves `www/dist`, and the model at the address where the lab looks for it, until Ctrl-C.
pub fn lab(port: u16, open: bool, model: &Path) -> Result<()> {
    let stopped = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopped);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))?;

    let address = format!("http://localhost:{port}/");
    let mut server = node::tool("vite")
        .args(["preview", "--strictPort", "--host", "127.0.0.1", "--port"])
        .arg(port.to_string())
        .current_dir(root().join("www"))
        .env("SHOTGLASS_MODEL", model)
        .stdin(Stdio::null())
        // Vite's own greeting names the address a second time.
        .stdout(Stdio::null())
        .spawn()
        .context("could not start Vite")?;

    let started = Instant::now();
    let mut is_up = false;
    let result = loop {
        if stopped.load(Ordering::Relaxed) {
            break Ok(());
        }
        match server.try_wait() {
            Ok(None) => {}
            // Ctrl-C reaches both programs, and Vite may be the first to end.
            Ok(Some(_)) if stopped.load(Ordering::Relaxed) => break Ok(()),
            Ok(Some(status)) => break Err(anyhow::anyhow!("Vite ended by itself ({status})")),
            Err(error) => break Err(error.into()),
        }
        if !is_up && answers(port) {
            is_up = true;
            println!("The lab is at {address} (Ctrl-C ends it)");
            if open {
                browser::open(&address);
            }
        }
        if !is_up && started.elapsed() > START_LIMIT {
            break Err(anyhow::anyhow!("Vite did not answer at {address} within {START_LIMIT:?}"));
        }
        thread::sleep(Duration::from_millis(50));
    };
    end(&mut server);
    if result.is_ok() {
        say("lab: stopped");
    }
    result
}

fn answers(port: u16) -> bool {
    let request = ureq::get(format!("http://127.0.0.1:{port}/"))
        .config()
        .timeout_global(Some(Duration::from_secs(2)))
        .build();
    request.call().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_free_port_is_taken_only_when_none_was_asked_for() {
        let taken = |port| port > DEFAULT_PORT + 1;
        assert_eq!(choose(None, taken).ok(), Some(DEFAULT_PORT + 2));
        assert_eq!(choose(None, |_| true).ok(), Some(DEFAULT_PORT));
        assert_eq!(choose(Some(9000), |_| true).ok(), Some(9000));
        let error = choose(Some(9000), |_| false).expect_err("it is taken");
        assert!(error.to_string().starts_with("port 9000"), "{error}");
        choose(None, |_| false).expect_err("all are taken");
    }

    #[test]
    fn a_port_that_someone_listens_on_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("any port");
        let port = listener.local_addr().expect("an address").port();
        choose_port(Some(port)).expect_err("it is taken");
        drop(listener);
        assert_eq!(choose_port(Some(port)).ok(), Some(port));
    }
}
