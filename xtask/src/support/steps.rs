//! A list of named steps: each says when it starts and how long it took, and the first that fails ends the run.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::say;

/// One step of `test`, `check`, `examples` or `recipes`.
pub struct Step {
    pub name: &'static str,
    /// What it does, in a few words.
    pub about: &'static str,
    /// The steps it builds on. They run before it, also when it is asked for alone.
    pub needs: &'static [&'static str],
    pub work: Box<dyn Fn() -> Result<()> + Send + Sync>,
}

impl Step {
    fn runs_ahead(&self) -> bool {
        AHEAD.contains(&self.name)
    }
}

/// Steps that run only when they are asked for by name, because they take a download that few need.
const ON_REQUEST: [&str; 1] = ["real-models"];

/// Steps that wait for a network and need no other: they run one after the other beside those above them in the list.
const AHEAD: [&str; 4] = ["chromium", "firefox", "webkit", "model"];

/// What a step gives instead of an error where this machine lacks what it takes. The run goes on, and the summary says
/// that the step was left out and why.
#[derive(Debug)]
pub struct LeftOut(String);

impl LeftOut {
    pub fn because(reason: &str) -> anyhow::Error {
        LeftOut(reason.to_owned()).into()
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "left out: {}", self.0)
    }
}

impl std::error::Error for LeftOut {}

/// Runs the steps named in `only` with what they need, or all of them but those on request; or prints the list.
pub fn run_or_list(command: &str, steps: &[Step], only: &[String], list: bool) -> Result<()> {
    if list {
        for step in steps {
            println!("{:<14}{}", step.name, step.about);
        }
        return Ok(());
    }
    let (summary, result) = run(&select(steps, only)?);
    eprintln!("\n{command}:\n{summary}");
    result?;
    println!("{command}: everything passed");
    Ok(())
}

/// The steps to run, in the order of the list.
pub fn select<'a>(steps: &'a [Step], only: &[String]) -> Result<Vec<&'a Step>> {
    if only.is_empty() {
        return Ok(steps.iter().filter(|step| !ON_REQUEST.contains(&step.name)).collect());
    }
    let mut wanted = vec![false; steps.len()];
    for name in only {
        let Some(i) = steps.iter().position(|step| step.name == name) else {
            let names: Vec<_> = steps.iter().map(|step| step.name).collect();
            bail!("there is no step `{name}`; the steps are {}", names.join(", "));
        };
        wanted[i] = true;
    }
    // Needs stand above in the list, so one pass from the end meets each step before what it needs.
    for i in (0..steps.len()).rev().filter(|&i| wanted[i]).collect::<Vec<_>>() {
        mark_needs(steps, i, &mut wanted);
    }
    Ok(steps.iter().zip(wanted).filter_map(|(step, wanted)| wanted.then_some(step)).collect())
}

fn mark_needs(steps: &[Step], i: usize, wanted: &mut [bool]) {
    for (j, step) in steps.iter().enumerate() {
        if steps[i].needs.contains(&step.name) && !wanted[j] {
            wanted[j] = true;
            mark_needs(steps, j, wanted);
        }
    }
}

/// Runs until one fails. The summary has a line for each, also for those that were not reached.
fn run(steps: &[&Step]) -> (String, Result<()>) {
    let is_over = &AtomicBool::new(false);
    thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        scope.spawn(move || {
            for step in steps.iter().filter(|step| step.runs_ahead()) {
                // After a failure nobody listens.
                if is_over.load(Ordering::Relaxed) || tell.send(timed(step)).is_err() {
                    break;
                }
            }
        });
        let mut lines = Vec::new();
        let mut result = Ok(());
        for step in steps {
            if result.is_err() {
                lines.push(format!("  - {:<14}not reached", step.name));
                continue;
            }
            let (done, took) = if step.runs_ahead() {
                told.recv().expect("all of them are told, in this order")
            } else {
                timed(step)
            };
            if let Some(left_out) = done.as_ref().err().and_then(|error| error.downcast_ref::<LeftOut>()) {
                lines.push(format!("  - {:<14}{left_out}", step.name));
                eprintln!("- {} {left_out}", step.name);
                continue;
            }
            result = done.with_context(|| format!("the step `{}` failed", step.name));
            let mark = if result.is_ok() { '✓' } else { '✗' };
            lines.push(format!("  {mark} {:<14}{}", step.name, seconds(took)));
            eprintln!("{mark} {} ({})", step.name, seconds(took));
        }
        is_over.store(true, Ordering::Relaxed);
        (lines.join("\n"), result)
    })
}

/// What a step came to, and how long it took.
fn timed(step: &Step) -> (Result<()>, Duration) {
    say(&format!("{}: {}", step.name, step.about));
    let started = Instant::now();
    ((step.work)(), started.elapsed())
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use std::sync::{Arc, Barrier, Mutex};

    fn step(name: &'static str, needs: &'static [&'static str]) -> Step {
        Step { name, about: "", needs, work: Box::new(|| Ok(())) }
    }

    fn names(steps: &[&Step]) -> Vec<&'static str> {
        steps.iter().map(|step| step.name).collect()
    }

    #[test]
    fn a_step_alone_brings_what_it_needs_in_the_order_of_the_list() {
        let steps = [step("a", &[]), step("b", &["a"]), step("c", &[]), step("d", &["b"])];
        let select = |only: &[&str]| {
            let only: Vec<_> = only.iter().map(|name| (*name).to_owned()).collect();
            select(&steps, &only).map(|steps| names(&steps))
        };
        assert_eq!(select(&[]).expect("all"), ["a", "b", "c", "d"]);
        assert_eq!(select(&["d"]).expect("d"), ["a", "b", "d"]);
        assert_eq!(select(&["d", "c"]).expect("d and c"), ["a", "b", "c", "d"]);
        let error = select(&["e"]).expect_err("no such step").to_string();
        assert!(error.ends_with("the steps are a, b, c, d"), "{error}");
    }

    #[test]
    fn a_step_on_request_runs_only_when_it_is_named() {
        let steps = [step("a", &[]), step("real-models", &["a"]), step("b", &[])];
        assert_eq!(names(&select(&steps, &[]).expect("all")), ["a", "b"]);
        let named = ["real-models".to_owned()];
        assert_eq!(names(&select(&steps, &named).expect("one")), ["a", "real-models"]);
    }

    #[test]
    fn a_step_that_cannot_run_here_is_told_and_the_others_run() {
        let left_out = Step { work: Box::new(|| Err(LeftOut::because("no such tool"))), ..step("a", &[]) };
        let steps = [left_out, step("b", &[])];
        let (summary, result) = run(&steps.iter().collect::<Vec<_>>());
        result.expect("nothing failed");
        let lines: Vec<_> = summary.lines().collect();
        assert_eq!(lines[0], "  - a             left out: no such tool");
        assert!(lines[1].starts_with("  ✓ b"), "{summary}");
    }

    #[test]
    fn the_first_failure_ends_the_run_and_is_named() {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let step = |name: &'static str, fails: bool| {
            let ran = Arc::clone(&ran);
            Step {
                work: Box::new(move || {
                    ran.lock().expect("no panic").push(name);
                    if fails { Err(anyhow!("why")) } else { Ok(()) }
                }),
                ..step(name, &[])
            }
        };
        let steps = [step("a", false), step("b", true), step("c", false)];
        let (summary, result) = run(&steps.iter().collect::<Vec<_>>());
        assert_eq!(*ran.lock().expect("no panic"), ["a", "b"]);
        let error = result.expect_err("b fails");
        assert_eq!(format!("{error:#}"), "the step `b` failed: why");
        let lines: Vec<_> = summary.lines().map(|line| &line[..line.len().min(20)]).collect();
        assert!(lines[0].starts_with("  ✓ a"), "{summary}");
        assert!(lines[1].starts_with("  ✗ b"), "{summary}");
        assert!(summary.ends_with("  - c             not reached"), "{summary}");
    }

    /// The model is at the barrier while `a` is, so neither has waited for the other.
    #[test]
    fn what_waits_for_a_network_runs_beside_the_others_and_is_told_in_its_place() {
        let both = Arc::new(Barrier::new(2));
        let meets = |name: &'static str| {
            let both = Arc::clone(&both);
            Step {
                work: Box::new(move || {
                    both.wait();
                    Ok(())
                }),
                ..step(name, &[])
            }
        };
        let fails = Step { work: Box::new(|| Err(anyhow!("no network"))), ..step("chromium", &[]) };
        let steps = [meets("a"), meets("model"), step("b", &[])];
        let (summary, result) = run(&steps.iter().collect::<Vec<_>>());
        result.expect("nothing failed");
        let names: Vec<_> = summary.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
        assert_eq!(names, ["a", "model", "b"]);

        let steps = [step("a", &[]), fails, step("b", &[])];
        let (summary, result) = run(&steps.iter().collect::<Vec<_>>());
        assert_eq!(format!("{:#}", result.expect_err("it fails")), "the step `chromium` failed: no network");
        assert!(summary.lines().next().is_some_and(|line| line.starts_with("  ✓ a")), "{summary}");
    }

    #[test]
    fn what_runs_ahead_needs_nothing() {
        for step in crate::prove::test::steps(None).iter().filter(|step| step.runs_ahead()) {
            assert!(step.needs.is_empty(), "{} needs {:?}", step.name, step.needs);
        }
    }
}
