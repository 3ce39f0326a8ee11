//! A list of named steps: each says when it starts and how long it took, and the first that fails ends the run.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};

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
    fn runs_beside(&self) -> bool {
        BESIDE.contains(&self.name)
    }
}

/// Steps that run only when they are asked for by name, because they take a download that few need.
const ON_REQUEST: [&str; 1] = ["real-models"];

/// Steps that leave a core idle, because they wait for a network, a compiler's last crate or one program: they run one
/// after the other beside those that are not named here, as soon as what they need is done. llama.cpp is not among them:
/// its threads wait for each other in a loop.
const BESIDE: [&str; 8] = ["build", "chromium", "firefox", "webkit", "model", "site", "tarball", "lab"];

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
    let board = &Board::new(steps);
    let (beside, others): (Vec<&Step>, Vec<&Step>) = steps.iter().partition(|step| step.runs_beside());
    thread::scope(|scope| {
        scope.spawn(move || board.run(&beside));
        board.run(&others);
    });
    board.summary(steps)
}

/// What the two rows of steps know of each other.
struct Board {
    /// The steps of both; one that is not among them was not asked for, and nobody waits for it.
    names: Vec<&'static str>,
    done: Mutex<HashMap<&'static str, Done>>,
    told: Condvar,
}

/// What a step came to, and how long it took.
struct Done {
    result: Result<()>,
    took: Duration,
}

impl Done {
    fn left_out(&self) -> Option<&LeftOut> {
        self.result.as_ref().err()?.downcast_ref()
    }

    fn has_failed(&self) -> bool {
        self.result.is_err() && self.left_out().is_none()
    }
}

impl Board {
    fn new(steps: &[&Step]) -> Self {
        Board {
            names: steps.iter().map(|step| step.name).collect(),
            done: Mutex::default(),
            told: Condvar::new(),
        }
    }

    /// Runs these steps one after the other, each when what it needs is done, until one of either row fails.
    fn run(&self, steps: &[&Step]) {
        for step in steps {
            if !self.is_next(step) {
                break;
            }
            say(&format!("{}: {}", step.name, step.about));
            let started = Instant::now();
            // After a panic the other row would wait for ever.
            let result =
                catch_unwind(AssertUnwindSafe(&step.work)).unwrap_or_else(|_| Err(anyhow!("it panicked")));
            let done = Done { result, took: started.elapsed() };
            match done.left_out() {
                Some(left_out) => eprintln!("- {} {left_out}", step.name),
                None => eprintln!("{} {} ({})", mark(&done), step.name, seconds(done.took)),
            }
            self.lock().insert(step.name, done);
            self.told.notify_all();
        }
    }

    /// Waits for what a step needs; false where a step has failed.
    fn is_next(&self, step: &Step) -> bool {
        let waits = |done: &HashMap<_, _>| {
            step.needs.iter().any(|name| self.names.contains(name) && !done.contains_key(name))
        };
        let is_over = |done: &HashMap<_, Done>| done.values().any(Done::has_failed);
        let done = self.told.wait_while(self.lock(), |done| !is_over(done) && waits(done));
        !is_over(&done.expect("no step holds the board"))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Done>> {
        self.done.lock().expect("no step holds the board")
    }

    /// A line for each step in the order of the list, and the failure that comes first in it.
    fn summary(&self, steps: &[&Step]) -> (String, Result<()>) {
        let mut all = self.lock();
        let mut result = Ok(());
        let mut lines = Vec::new();
        for step in steps {
            let Some(done) = all.remove(step.name) else {
                lines.push(format!("  - {:<14}not reached", step.name));
                continue;
            };
            lines.push(match done.left_out() {
                Some(left_out) => format!("  - {:<14}{left_out}", step.name),
                None => format!("  {} {:<14}{}", mark(&done), step.name, seconds(done.took)),
            });
            if done.has_failed() && result.is_ok() {
                result = done.result.with_context(|| format!("the step `{}` failed", step.name));
            }
        }
        (lines.join("\n"), result)
    }
}

fn mark(done: &Done) -> char {
    if done.has_failed() { '✗' } else { '✓' }
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Barrier};

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
    fn some_steps_run_beside_the_others_and_are_told_in_their_place() {
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

        let steps = [step("a", &[]), fails, step("b", &["chromium"])];
        let (summary, result) = run(&steps.iter().collect::<Vec<_>>());
        assert_eq!(format!("{:#}", result.expect_err("it fails")), "the step `chromium` failed: no network");
        assert!(summary.ends_with("  - b             not reached"), "{summary}");
    }

    #[test]
    fn a_step_waits_for_what_it_needs_on_either_side() {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let slow = |name: &'static str, needs: &'static [&'static str]| {
            let ran = Arc::clone(&ran);
            let work = move || {
                thread::sleep(Duration::from_millis(20));
                ran.lock().expect("no panic").push(name);
                Ok(())
            };
            Step { work: Box::new(work), ..step(name, needs) }
        };
        let steps = [slow("a", &[]), slow("model", &["a"]), slow("b", &["model"]), slow("site", &["b", "x"])];
        let (_, result) = run(&steps.iter().collect::<Vec<_>>());
        result.expect("nothing failed, and nobody asked for `x`");
        assert_eq!(*ran.lock().expect("no panic"), ["a", "model", "b", "site"]);
    }

    /// Two rows that follow the list wait for each other for ever where a step needs one below it.
    #[test]
    fn what_a_step_needs_stands_above_it() {
        use crate::prove::{check, examples, recipes, test};
        for steps in [check::steps(None), test::steps(None), examples::steps(None), recipes::steps(None)] {
            for (at, step) in steps.iter().enumerate() {
                for need in step.needs {
                    assert!(steps[..at].iter().any(|above| above.name == *need), "{}: {need}", step.name);
                }
            }
        }
    }
}
