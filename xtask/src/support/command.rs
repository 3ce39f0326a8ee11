//! Running other programs, and saying what went wrong when one fails.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A command that runs in the root of the checkout.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::root());
    command
}

/// The cargo that started this program, so that one toolchain does everything.
///
/// It does not hear what it told this program about its own package: the build script of `ring` asks to run again when
/// one of these variables has changed, and each `cargo xtask` would compile half of this program anew, twice.
pub fn cargo() -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_of_package(name)) {
        cargo.env_remove(name);
    }
    cargo
}

/// Whether cargo sets this variable for a program that it runs, to tell it of its package.
fn is_of_package(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
}

/// Runs to the end; output goes to the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| could_not_start(command))?;
    ensure_success(command, status)
}

/// Runs to the end and returns what was written to stdout, trimmed; stderr goes to the terminal.
pub fn read(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| could_not_start(command))?;
    ensure_success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs for at most `limit`, then ends the process. Output goes to the terminal.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let mut child = command.spawn().with_context(|| could_not_start(command))?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return ensure_success(command, status);
        }
        if started.elapsed() >= limit {
            end(&mut child);
            bail!("`{}` took longer than {limit:?}", shown(command));
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Runs for at most `limit` and returns what was written, however it ended. An error where it could not be started, or
/// took longer.
pub fn output_within(command: &mut Command, limit: Duration) -> Result<Output> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().with_context(|| could_not_start(command))?;
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    // Both streams are read at once, or a full one would hold the process up.
    thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(limit) {
        Ok(output) => Ok(output?),
        Err(_) => {
            let _ = Command::new("kill").arg(id.to_string()).status();
            bail!("`{}` took longer than {limit:?}", shown(command));
        }
    }
}

/// Kills a process and waits for it, so that no zombie stays. It may have ended by itself.
pub fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The first of these programs that is on the `PATH` (or is a path to a file).
pub fn find(programs: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    programs.iter().find_map(|program| {
        std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
    })
}

fn ensure_success(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", shortened(shown(command)));
}

fn could_not_start(command: &Command) -> String {
    format!("could not start `{}`", command.get_program().display())
}

/// True when the program itself is missing, as opposed to one that ran and failed.
pub fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::NotFound)
}

/// At most 200 characters of a command: one that runs all tests names a hundred files, below which nobody finds what failed.
fn shortened(shown: String) -> String {
    match shown.char_indices().nth(200) {
        Some((end, _)) => format!("{} …", &shown[..end]),
        None => shown,
    }
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| {
        let arg = arg.to_string_lossy();
        if arg.contains(' ') { format!("'{arg}'") } else { arg.into_owned() }
    }));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_it_would_be_typed() {
        let mut command = Command::new("/usr/bin/npx");
        command.args(["tsc", "-p", "a folder"]);
        assert_eq!(shown(&command), "npx tsc -p 'a folder'");
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = run(Command::new("false").arg("x")).expect_err("false fails");
        assert!(error.to_string().starts_with("`false x` failed"), "{error}");
        assert!(!is_missing(&error));
    }

    #[test]
    fn a_failure_with_many_arguments_is_short() {
        let error = run(Command::new("false").args(["ünlimited"; 100])).expect_err("false fails").to_string();
        assert!(error.contains(" …` failed"), "{error}");
        assert!(error.chars().count() < 250, "{error}");
    }

    #[test]
    fn a_missing_program_is_told_apart() {
        let error = run(&mut Command::new("no-such-program-here")).expect_err("it is missing");
        assert!(is_missing(&error), "{error:#}");
    }

    #[test]
    fn a_slow_command_is_ended_at_its_limit() {
        let started = Instant::now();
        let error = run_within(Command::new("sleep").arg("20"), Duration::from_millis(200))
            .expect_err("it is too slow");
        assert!(error.to_string().contains("took longer"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn the_output_of_a_failure_is_there_and_a_slow_command_is_ended() {
        let mut fails = Command::new("sh");
        let output =
            output_within(fails.args(["-c", "echo out; echo err >&2; exit 3"]), Duration::from_secs(5))
                .expect("it ran");
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
        assert_eq!(output.status.code(), Some(3));
        let error = output_within(Command::new("sleep").arg("20"), Duration::from_millis(200))
            .expect_err("it is too slow");
        assert!(error.to_string().contains("took longer"), "{error}");
    }
}
