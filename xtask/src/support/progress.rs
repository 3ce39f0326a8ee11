//! A line that tells how far a download is.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

/// Rewrites one line on a terminal; elsewhere (a log) writes a line now and then.
pub struct Progress {
    label: String,
    total: Option<u64>,
    started: Instant,
    drawn: Option<Instant>,
    every: Duration,
    is_terminal: bool,
}

impl Progress {
    pub fn new(label: &str, total: Option<u64>) -> Self {
        let is_terminal = stderr().is_terminal();
        Self {
            label: label.to_owned(),
            total,
            started: Instant::now(),
            // A log needs no line that says 0 bytes.
            drawn: (!is_terminal).then(Instant::now),
            every: Duration::from_millis(if is_terminal { 100 } else { 5000 }),
            is_terminal,
        }
    }

    /// Tells of `done` bytes, unless it did so a moment ago.
    pub fn update(&mut self, done: u64) {
        if self.drawn.is_none_or(|drawn| drawn.elapsed() >= self.every) {
            self.draw(done);
        }
    }

    /// The last word, with the whole time.
    pub fn finish(mut self, done: u64) {
        self.draw(done);
        if self.is_terminal {
            eprintln!();
        }
    }

    fn draw(&mut self, done: u64) {
        self.drawn = Some(Instant::now());
        let line = line(&self.label, done, self.total, self.started.elapsed());
        // A terminal that has gone away is no reason to end a download.
        let _ = if self.is_terminal {
            write!(stderr(), "\r\x1b[K{line}").and_then(|()| stderr().flush())
        } else {
            writeln!(stderr(), "{line}")
        };
    }
}

fn line(label: &str, done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let megabytes = |bytes: f64| bytes / 1e6;
    let rate = megabytes(done as f64) / elapsed.as_secs_f64().max(1e-3);
    let done_mb = megabytes(done as f64);
    match total {
        Some(total) if total > 0 => format!(
            "  {label}: {done_mb:.1} of {:.1} MB ({:.0} %), {rate:.1} MB/s",
            megabytes(total as f64),
            // Rounded down: 100 % is said when everything is there.
            (done as f64 / total as f64 * 100.0).floor(),
        ),
        _ => format!("  {label}: {done_mb:.1} MB, {rate:.1} MB/s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_rate_are_told() {
        let after = Duration::from_secs(2);
        assert_eq!(
            line("model", 49_000_000, Some(98_000_000), after),
            "  model: 49.0 of 98.0 MB (50 %), 24.5 MB/s"
        );
        assert_eq!(line("model", 49_000_000, None, after), "  model: 49.0 MB, 24.5 MB/s");
    }

    #[test]
    fn a_download_is_never_complete_before_its_last_byte() {
        let line = line("model", 999_999, Some(1_000_000), Duration::from_secs(1));
        assert!(line.contains("(99 %)"), "{line}");
    }
}
