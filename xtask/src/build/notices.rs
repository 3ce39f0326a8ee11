//! What is bundled into the package and the lab that others wrote: who, under which licence, and its text.
//!
//! A dependency whose licence is not allowed, or whose text cannot be found, is an error: nothing is built with it.

mod crates;
mod licence;
mod npm;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::support::fresh::unless_fresh;
use crate::{root, say, target_dir};
use licence::{Licence, choose, one_line};

/// What [`build`] writes; the lab's build takes it from there (`www/vite/notices.ts`).
pub const FILE: &str = "pkg/THIRD-PARTY-NOTICES.txt";

/// Lines of copyright that a package's text leaves out and its files have.
const COPYRIGHTS: [(&str, &str); 1] = [(
    "@fontsource-variable/source-serif-4",
    "© 2014 - 2021 Adobe Systems Incorporated (http://www.adobe.com/), with Reserved Font Name ‘Source’.",
)];

/// Something that others wrote.
struct Package {
    name: String,
    /// Empty where it has none of its own.
    version: String,
    /// An SPDX expression.
    declared: String,
    authors: Vec<String>,
    /// Where its texts lie. None for what has only the text that its licence has anyway.
    folders: Vec<PathBuf>,
}

impl Package {
    fn title(&self) -> String {
        format!("{} {}", self.name, self.version).trim_end().to_owned()
    }
}

/// What is to be said of a package.
#[derive(Debug)]
struct Notice {
    title: String,
    /// A line for the list of all.
    line: String,
    /// Each with its heading.
    texts: Vec<(String, String)>,
}

/// Writes [`FILE`] for the modules that were compiled from the crates with these manifests.
pub fn build(crates: &[PathBuf]) -> Result<()> {
    let list = target_dir().join("notices-crates");
    let names: Vec<_> = crates.iter().map(|manifest| manifest.to_string_lossy()).collect();
    fs::write(&list, names.join("\n")).with_context(|| format!("could not write {}", list.display()))?;
    let sources = ["package-lock.json", "xtask/src/build/notices.rs", "xtask/src/build/notices"];
    let inputs: Vec<&Path> = sources.iter().map(Path::new).chain([list.as_path()]).collect();
    unless_fresh("notices", &inputs, &[Path::new(FILE)], || {
        say("notices: gathering the licences of what is bundled");
        fs::write(root().join(FILE), text(crates)?).with_context(|| format!("could not write {FILE}"))
    })
}

/// The whole of [`FILE`].
pub fn text(crates: &[PathBuf]) -> Result<String> {
    let lock = fs::read_to_string(root().join("package-lock.json")).context("package-lock.json")?;
    let lock: Value = serde_json::from_str(&lock).context("package-lock.json")?;
    render(&[
        ("In the scripts, styles and fonts of the lab", notices(&npm::packages(root(), &lock)?)?),
        (
            "In the WebAssembly modules, and in the scripts that wasm-bindgen makes for them",
            notices(&crates::packages(crates)?)?,
        ),
        ("Data", notices(&[characters()])?),
    ])
}

/// `src/tokenizer/letters.rs`.
fn characters() -> Package {
    Package {
        name: "Unicode Character Database".to_owned(),
        version: "16.0".to_owned(),
        declared: "Unicode-3.0".to_owned(),
        authors: Vec::new(),
        folders: Vec::new(),
    }
}

fn notices(packages: &[Package]) -> Result<Vec<Notice>> {
    let mut notices = packages.iter().map(notice).collect::<Result<Vec<_>>>()?;
    notices.sort_by(|a, b| a.title.cmp(&b.title));
    Ok(notices)
}

fn notice(package: &Package) -> Result<Notice> {
    let title = package.title();
    let Package { name, declared, .. } = package;
    ensure!(!declared.is_empty(), "{title} declares no licence: use another dependency, or ask its authors");
    let files = texts(&package.folders)?;
    let is_there = |licence: &Licence| files.iter().any(|(_, text)| licence.is_in(text));
    let chosen = choose(declared, is_there).with_context(|| {
        format!(
            "{title} is under `{declared}`, which the package may not contain: use another dependency; if all that \
             its licence asks for is met by a notice, name it in xtask/src/build/notices/licence.rs"
        )
    })?;

    let mut texts = Vec::new();
    for (file, text) in &files {
        let held: Vec<&str> = chosen.iter().filter(|one| one.is_in(text)).map(|one| one.id).collect();
        if !held.is_empty() {
            texts.push((held.join(", "), text.clone()));
        } else if is_remark(file) {
            texts.push((file.clone(), text.clone()));
        }
    }
    let ids: Vec<&str> = chosen.iter().map(|licence| licence.id).collect();
    let mut line = format!("- {title}: {}", ids.join(", "));
    if ids.join(" AND ") != *declared {
        write!(line, " (of {declared})")?;
    }
    let mut is_standard = false;
    for licence in chosen.iter().filter(|licence| !is_there(licence)) {
        let others: Vec<&str> =
            files.iter().map(|(file, _)| file.as_str()).filter(|file| !is_remark(file)).collect();
        let Some(template) = licence.template.filter(|_| others.is_empty()) else {
            bail!(
                "{title} is under {}, and no file of it holds the text (licence files: {}): use another version or \
                 another dependency, or teach xtask/src/build/notices/licence.rs the text",
                licence.id,
                if others.is_empty() { "none".to_owned() } else { others.join(", ") }
            );
        };
        is_standard = !package.folders.is_empty();
        texts.push((licence.id.to_owned(), template.replace("{copyright}", &copyright(package))));
    }
    if is_standard {
        line.push_str("; it ships no text, so this is the standard one");
    }
    for (_, copyright) in COPYRIGHTS.iter().filter(|(of, _)| of == name) {
        write!(line, "\n  {copyright}")?;
    }
    Ok(Notice { title, line, texts })
}

/// The lines that a standard text begins with.
fn copyright(package: &Package) -> String {
    if package.authors.is_empty() {
        return format!("Copyright (c) the authors of {}", package.name);
    }
    let lines = package.authors.iter().map(|author| format!("Copyright (c) {author}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The files in these folders that speak of licences, by name.
fn texts(folders: &[PathBuf]) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if is_licence_file(&name) && path.is_file() {
                let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                let text = String::from_utf8_lossy(&text).replace("\r\n", "\n");
                found.push((name, own_part(&text).trim_start_matches('\n').trim_end().to_owned()));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_licence_file(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let is_code = [".JS", ".TS", ".JSON", ".HTML", ".RS"].iter().any(|end| name.ends_with(end));
    !is_code && (name.contains("LICEN") || name.starts_with("COPYING") || is_remark(&name))
}

/// Whether a file is to be passed on beside the licence.
fn is_remark(file: &str) -> bool {
    let file = file.to_ascii_uppercase();
    file.starts_with("NOTICE") || file.starts_with("COPYRIGHT")
}

/// Vite's file goes on with the licences of what Vite itself is made of, and nothing of that gets into what it makes.
fn own_part(text: &str) -> &str {
    text.split("# Licenses of bundled dependencies").next().unwrap_or(text)
}

/// A text, and those it belongs to.
type Owned<'a> = (&'a str, Vec<&'a str>);

/// The list of all, and then each text once, with those it belongs to. Of texts that differ only in whose copyright it
/// is, all holders are named above the rest, which is printed once.
fn render(sections: &[(&str, Vec<Notice>)]) -> Result<String> {
    let mut all = String::from(
        "THIRD-PARTY NOTICES OF SHOTGLASS\n\n\
         shotglass is under MIT or Apache-2.0, as you like. It contains the work of others: each is listed here with\n\
         the licence that it is taken under, and the texts follow the list. The default model is not part of it.\n",
    );
    let mut texts: BTreeMap<(&str, String), BTreeMap<String, Owned>> = BTreeMap::new();
    for (heading, notices) in sections {
        write!(all, "\n{heading}\n\n")?;
        for notice in notices {
            writeln!(all, "{}", notice.line)?;
            for (id, text) in &notice.texts {
                let same = texts.entry((id, one_line(&without_holders(text)))).or_default();
                let (_, titles) = same.entry(one_line(text)).or_insert_with(|| (text, Vec::new()));
                // A package may have two files with the same text.
                if titles.last() != Some(&notice.title.as_str()) {
                    titles.push(&notice.title);
                }
            }
        }
    }
    for ((id, _), same) in &texts {
        writeln!(all, "\n{}", "=".repeat(80))?;
        for (text, titles) in same.values() {
            writeln!(all, "{id}: {}", titles.join(", "))?;
            for line in text.lines().filter(|line| same.len() > 1 && names_holder(line)) {
                writeln!(all, "{line}")?;
            }
        }
        let (first, _) = same.values().next().context("a text")?;
        let text = if same.len() > 1 { without_holders(first) } else { (*first).to_owned() };
        write!(all, "\n{text}\n")?;
    }
    Ok(all)
}

/// Whether a line of a licence says whose copyright it is, and not what that means.
fn names_holder(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let holder = line.strip_prefix("copyright").map(str::trim_start);
    holder.is_some_and(|rest| rest.starts_with(['©', '1', '2']) || rest.starts_with("(c)"))
}

fn without_holders(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !names_holder(line)).collect();
    lines.join("\n").trim().replace("\n\n\n", "\n\n")
}

#[cfg(test)]
mod tests;
