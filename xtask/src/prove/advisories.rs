//! What the advisory databases know of the packages in the two lock files.
//!
//! Neither database comes through a package registry's files: npm's is a service of its registry, which mirrors often
//! lack, and RustSec's is a Git repository that `cargo audit` fetches. A machine that reaches neither cannot tell, which
//! is no reason to fail; a finding always is.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::say;
use crate::support::command::{cargo, command, output_within};
use crate::support::steps::{LeftOut, Step};

/// Beyond this a blocked network is more likely than a slow one.
const LIMIT: Duration = Duration::from_secs(120);

/// The steps of `cargo xtask check`: one for each lock file.
pub fn steps() -> [Step; 2] {
    [
        Step {
            name: "cargo-audit",
            about: "advisories on the crates in Cargo.lock",
            needs: &[],
            work: Box::new(|| {
                let mut audit = cargo();
                audit.args(["audit", "--json"]);
                let output = output_within(&mut audit, LIMIT)
                    .map_err(|error| LeftOut::because(&format!("{error:#}")))?;
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                if said.contains("no such command") {
                    return Err(LeftOut::because(
                        "cargo-audit is not installed (cargo install cargo-audit --locked)",
                    ));
                }
                judge(&of_cargo(&output.stdout).map_err(|_| LeftOut::because(&first_line(&said)))?)
            }),
        },
        Step {
            name: "npm-audit",
            about: "advisories on the npm packages that users get",
            needs: &[],
            work: Box::new(|| {
                let mut audit = command("npm");
                audit.args(["audit", "--omit=dev", "--json", "--fetch-retries=0", "--fetch-timeout=30000"]);
                let output = output_within(&mut audit, LIMIT)
                    .map_err(|error| LeftOut::because(&format!("{error:#}")))?;
                judge(&of_npm(&output.stdout).map_err(|why| LeftOut::because(&format!("{why:#}")))?)
            }),
        },
    ]
}

/// A sentence for each advisory: what must be mended, and what is only good to know.
#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    findings: Vec<String>,
    remarks: Vec<String>,
}

fn judge(report: &Report) -> Result<()> {
    for remark in &report.remarks {
        say(&format!("advisory, for information: {remark}"));
    }
    if !report.findings.is_empty() {
        bail!("known vulnerabilities:\n  {}", report.findings.join("\n  "));
    }
    Ok(())
}

/// Reads the answer of `cargo audit --json`. An error where it has no database to answer from.
fn of_cargo(answer: &[u8]) -> Result<Report> {
    let answer: Value = serde_json::from_slice(answer)?;
    let list = |value: &Value| -> Result<Vec<String>> {
        value.as_array().context("cargo audit did not list them")?.iter().map(crate_advisory).collect()
    };
    let mut report = Report { findings: list(&answer["vulnerabilities"]["list"])?, remarks: Vec::new() };
    for warnings in answer["warnings"].as_object().context("cargo audit gave no warnings")?.values() {
        report.remarks.extend(list(warnings)?);
    }
    Ok(report)
}

fn crate_advisory(entry: &Value) -> Result<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned).context("cargo audit left something out");
    let package = format!("{} {}", text(&entry["package"]["name"])?, text(&entry["package"]["version"])?);
    // A crate that was withdrawn from the registry has no advisory.
    let advisory = &entry["advisory"];
    Ok(if advisory.is_null() {
        format!("{package}: {}", text(&entry["kind"])?)
    } else {
        format!("{package}: {} ({})", text(&advisory["title"])?, text(&advisory["id"])?)
    })
}

/// Reads the answer of `npm audit --json`. An error where the registry gave none.
fn of_npm(answer: &[u8]) -> Result<Report> {
    let answer: Value = serde_json::from_slice(answer).context("npm audit did not answer in JSON")?;
    let Some(packages) = answer["vulnerabilities"].as_object() else {
        let message = answer["message"].as_str().or(answer["error"]["summary"].as_str());
        bail!("the npm registry does not tell: {}", message.unwrap_or("it gave no reason"));
    };
    let findings = packages.iter().flat_map(|(name, package)| {
        let severity = package["severity"].as_str().unwrap_or("unknown");
        let via = package["via"].as_array().map_or(&[][..], Vec::as_slice);
        // A string there names another package of the list, whose advisory is the same.
        via.iter()
            .filter_map(|via| via["title"].as_str())
            .map(move |title| format!("{name}: {title} ({severity})"))
    });
    Ok(Report { findings: findings.collect(), remarks: Vec::new() })
}

fn first_line(text: &str) -> String {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gave no reason").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bytes(value: &Value) -> Vec<u8> {
        value.to_string().into_bytes()
    }

    #[test]
    fn a_vulnerable_crate_fails_and_an_unmaintained_one_is_told() {
        let entry = |name: &str, id: &str| json!({ "package": { "name": name, "version": "1.0.0" }, "advisory": { "id": id, "title": "It is so" } });
        let answer = json!({
            "vulnerabilities": { "found": true, "count": 1, "list": [entry("bad", "RUSTSEC-1")] },
            "warnings": {
                "unmaintained": [entry("old", "RUSTSEC-2")],
                "yanked": [{ "kind": "yanked", "package": { "name": "gone", "version": "2.0.0" }, "advisory": null }],
            },
        });
        let report = of_cargo(&bytes(&answer)).expect("an answer");
        assert_eq!(report.findings, ["bad 1.0.0: It is so (RUSTSEC-1)"]);
        assert_eq!(report.remarks, ["old 1.0.0: It is so (RUSTSEC-2)", "gone 2.0.0: yanked"]);
        let error = judge(&report).expect_err("there is a finding");
        assert!(!error.is::<LeftOut>() && error.to_string().contains("RUSTSEC-1"), "{error}");
        judge(&Report { findings: Vec::new(), ..report }).expect("a remark is no failure");
    }

    #[test]
    fn a_vulnerable_npm_package_fails_once_for_each_advisory() {
        let answer = json!({
            "vulnerabilities": {
                "bad": { "severity": "high", "via": [{ "title": "It is so" }, { "title": "And so" }] },
                "above": { "severity": "high", "via": ["bad"] },
            },
            "metadata": { "vulnerabilities": { "total": 2 } },
        });
        let report = of_npm(&bytes(&answer)).expect("an answer");
        assert_eq!(report.findings, ["bad: It is so (high)", "bad: And so (high)"]);
        judge(&report).expect_err("there are findings");
        let clean = json!({ "vulnerabilities": {}, "metadata": { "vulnerabilities": { "total": 0 } } });
        judge(&of_npm(&bytes(&clean)).expect("an answer")).expect("nothing is known");
    }

    /// What both say where their database cannot be reached must never look like a clean answer.
    #[test]
    fn a_database_that_is_out_of_reach_is_no_answer() {
        of_cargo(b"").expect_err("it said why on the other stream");
        of_cargo(b"{}").expect_err("it listed nothing");
        let refused = json!({ "message": "405 Method Not Allowed", "error": { "summary": "" } });
        let error = of_npm(&bytes(&refused)).expect_err("the registry has no such service");
        assert!(error.to_string().ends_with("405 Method Not Allowed"), "{error}");
        of_npm(b"").expect_err("it said nothing");
    }
}
