//! Small packages made up, and what is said of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::*;

const MIT: &str = include_str!("texts/MIT.txt");

/// A package with these files in a folder of its own, which the test removes.
fn package(name: &str, declared: &str, files: &[(&str, &str)]) -> Package {
    // Tests run side by side, and two of them have an `a`.
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let own = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let folder = std::env::temp_dir().join(format!("shotglass-notices-{name}-{own}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    for (file, text) in files {
        fs::write(folder.join(file), text).expect("a file");
    }
    Package {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        declared: declared.to_owned(),
        authors: vec!["Jo Doe".to_owned()],
        folders: vec![folder],
    }
}

fn of(package: &Package) -> Result<Notice> {
    let notice = notice(package);
    for folder in &package.folders {
        fs::remove_dir_all(folder).expect("clean up");
    }
    notice
}

fn refused(package: &Package) -> String {
    of(package).expect_err("it is refused").to_string()
}

/// A new dependency that nobody looked at: the build must not go on and leave its notice out.
#[test]
fn a_dependency_that_may_not_be_bundled_is_an_error_that_names_it() {
    let error = refused(&package("viral", "GPL-3.0-only", &[("LICENSE", "GNU GENERAL PUBLIC LICENSE")]));
    assert!(error.starts_with("viral 1.0.0 is under `GPL-3.0-only`, which"), "{error}");
    let error = refused(&package("silent", "", &[("LICENSE", MIT)]));
    assert!(error.starts_with("silent 1.0.0 declares no licence"), "{error}");
}

/// The same from the lock file on: one line more in `pkg/package.json`, and what `npm install` makes of it.
#[test]
fn a_new_line_in_the_lock_file_is_asked_for_its_notice() {
    let dir = std::env::temp_dir().join(format!("shotglass-notices-lock-{}", std::process::id()));
    let _ = fs::remove_dir_all(&dir);
    for name in ["vite", "rolldown", "old", "new"] {
        let folder = dir.join("node_modules").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        let manifest =
            json!({ "name": name, "version": "1.0.0", "license": "MIT", "author": { "name": "Jo Doe" } });
        fs::write(folder.join("package.json"), manifest.to_string()).expect("a file");
    }
    let said = |dependencies: Value| {
        let lock = json!({ "packages": {
            "pkg": { "dependencies": dependencies },
            "www": {},
            "node_modules/old": {},
            "node_modules/new": {},
        } });
        let titles = |all: Vec<Notice>| all.into_iter().map(|notice| notice.title).collect::<Vec<_>>();
        npm::packages(&dir, &lock).and_then(|packages| notices(&packages)).map(titles)
    };
    assert_eq!(said(json!({ "old": "1" })).expect("notices"), ["old 1.0.0", "rolldown 1.0.0", "vite 1.0.0"]);
    let both = json!({ "old": "1", "new": "1" });
    assert_eq!(said(both.clone()).expect("notices")[0], "new 1.0.0");
    fs::write(dir.join("node_modules/new/LICENSE"), "All rights reserved.").expect("a file");
    let error = said(both.clone()).expect_err("its text is unknown").to_string();
    assert!(error.starts_with("new 1.0.0 is under MIT, and no file of it holds the text"), "{error}");
    fs::remove_file(dir.join("node_modules/new/package.json")).expect("removed");
    let error = said(both).expect_err("it is not installed").to_string();
    assert!(error.contains("node_modules/new/package.json cannot be read"), "{error}");
    fs::remove_dir_all(dir).expect("clean up");
}

#[test]
fn a_dependency_without_a_text_that_we_know_is_an_error_that_names_it() {
    let error = refused(&package("bare", "Zlib", &[("README.md", "Zlib")]));
    assert!(error.starts_with("bare 1.0.0 is under Zlib, and no file of it holds the text"), "{error}");
    assert!(error.contains("(licence files: none)"), "{error}");
    // A text of its own must not be replaced by the standard one.
    let error = refused(&package("odd", "MIT", &[("LICENSE.md", "MIT, but not on Sundays")]));
    assert!(error.contains("odd 1.0.0 is under MIT") && error.contains("LICENSE.md"), "{error}");
}

#[test]
fn of_several_licences_one_is_taken_with_its_text_alone() {
    let files = [("LICENSE-MIT", MIT), ("LICENSE-APACHE", "Apache License\n Version 2.0, January 2004")];
    let notice = of(&package("two", "Apache-2.0 OR MIT", &files)).expect("a notice");
    assert_eq!(notice.line, "- two 1.0.0: MIT (of Apache-2.0 OR MIT)");
    assert_eq!(notice.texts, [("MIT".to_owned(), MIT.trim().to_owned())]);
}

#[test]
fn the_standard_text_stands_for_one_that_is_missing_with_the_authors_and_says_so() {
    let notice = of(&package("short", "MIT", &[("README.md", "hello")])).expect("a notice");
    assert!(notice.line.ends_with("; it ships no text, so this is the standard one"), "{}", notice.line);
    let (id, text) = &notice.texts[0];
    assert_eq!(id, "MIT");
    assert!(text.contains("\nCopyright (c) Jo Doe\n\nPermission is hereby granted"), "{text}");
}

#[test]
fn a_notice_that_is_to_be_passed_on_is() {
    let files = [("LICENSE", MIT), ("NOTICE", "made by Jo"), ("license.js", "MIT")];
    let notice = of(&package("more", "MIT", &files)).expect("a notice");
    let files: Vec<&str> = notice.texts.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(files, ["MIT", "NOTICE"]);
}

#[test]
fn what_a_bundler_is_made_of_is_not_what_it_makes() {
    let file = format!("{MIT}\n# Licenses of bundled dependencies\n## a-tool\n");
    let notice = of(&package("bundler", "MIT", &[("LICENSE.md", &file)])).expect("a notice");
    assert!(!notice.texts[0].1.contains("a-tool"), "{:?}", notice.texts);
}

#[test]
fn equal_texts_are_printed_once_with_all_that_they_belong_to() {
    let wrapped = MIT.replace('\n', "\n    ");
    let other = MIT.replace("{copyright}", "Copyright (c) Jo Doe");
    let files: [(&str, &[(&str, &str)]); 3] = [
        ("a", &[("LICENSE", MIT), ("LICENSE-MIT", MIT)]),
        ("b", &[("LICENSE", &wrapped)]),
        ("c", &[("COPYING", &other)]),
    ];
    let all = files.map(|(name, files)| of(&package(name, "MIT", files)).expect("a notice")).into();
    let text = render(&[("Here", all)]).expect("rendered");
    assert_eq!(text.matches("Permission is hereby granted").count(), 2, "{text}");
    assert!(text.contains("\nMIT: a 1.0.0, b 1.0.0\n\n"), "{text}");
    assert!(text.contains("\nMIT: c 1.0.0\n\n"), "{text}");
    assert!(text.contains("\nHere\n\n- a 1.0.0: MIT\n- b 1.0.0: MIT\n- c 1.0.0: MIT\n"), "{text}");
}

#[test]
fn texts_that_differ_in_whose_they_are_are_printed_once_with_all_holders() {
    let by = |holders: &str| MIT.replace("{copyright}", holders);
    let texts = [
        ("a", by("Copyright (c) 2020 Jo Doe\nCopyright 2021 Al")),
        ("b", by("Copyright © Jo Doe")),
        ("c", by("Copyright (c) 2020 Jo Doe\nCopyright 2021 Al")),
        ("d", by("Copyright (c) 2020 Jo Doe\nNobody may eat it.")),
    ];
    let all = texts.map(|(name, text)| of(&package(name, "MIT", &[("LICENSE", &text)])).expect("a notice"));
    let text = render(&[("Here", all.into())]).expect("rendered");
    assert_eq!(text.matches("Permission is hereby granted").count(), 2, "{text}");
    let heads = "\nMIT: a 1.0.0, c 1.0.0\nCopyright (c) 2020 Jo Doe\nCopyright 2021 Al\nMIT: b 1.0.0\nCopyright © Jo Doe\n\n";
    assert!(text.contains(&format!("{heads}MIT License\n\nPermission is hereby granted")), "{text}");
    assert!(
        text.contains("\nMIT: d 1.0.0\n\nMIT License\n\nCopyright (c) 2020 Jo Doe\nNobody may eat it.\n"),
        "{text}"
    );
}

#[test]
fn the_tables_of_characters_have_the_notice_of_unicode() {
    let notice = notice(&characters()).expect("a notice");
    assert_eq!(notice.line, "- Unicode Character Database 16.0: Unicode-3.0");
    assert!(notice.texts[0].1.contains("Copyright © 1991-2024 Unicode, Inc."), "{:?}", notice.texts);
}
