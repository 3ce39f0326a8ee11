//! The licences that a part of the package may be under, told by what a package declares and by the words of its texts.

/// One of them.
pub struct Licence {
    /// Its SPDX identifier, with the exception that belongs to it.
    pub id: &'static str,
    /// Words that its text has, in lower case and with single spaces.
    words: &'static str,
    /// The text for a package that declares it and ships none; the holders of the copyright stand for `{copyright}`.
    pub template: Option<&'static str>,
}

/// The one that is taken where a package offers several stands first. None asks more of those who use the package
/// than to keep its notice.
const ALLOWED: [Licence; 13] = [
    with_template(
        "MIT",
        "permission is hereby granted, free of charge, to any person obtaining a copy of this software",
        include_str!("texts/MIT.txt"),
    ),
    licence(
        "ISC",
        "provided that the above copyright notice and this permission notice appear in all copies",
    ),
    licence("BSD-2-Clause", "redistributions in binary form must reproduce the above copyright"),
    with_template("BSD-3-Clause", "neither the name of", include_str!("texts/BSD-3-Clause.txt")),
    licence("Zlib", "altered source versions must be plainly marked as such"),
    licence("BSL-1.0", "boost software license - version 1.0"),
    with_template(
        "Apache-2.0",
        "apache license version 2.0, january 2004",
        include_str!("../../../../LICENSE-APACHE"),
    ),
    with_template(
        "Apache-2.0 WITH LLVM-exception",
        "llvm exceptions to the apache 2.0 license",
        concat!(include_str!("../../../../LICENSE-APACHE"), "\n\n", include_str!("texts/LLVM-exception.txt")),
    ),
    with_template("Unicode-3.0", "unicode license v3", include_str!("texts/Unicode-3.0.txt")),
    licence("OFL-1.1", "sil open font license version 1.1 - 26 february 2007"),
    licence("0BSD", "permission to use, copy, modify, and/or distribute this software for any purpose"),
    licence("CC0-1.0", "cc0 1.0 universal"),
    licence("Unlicense", "this is free and unencumbered software released into the public domain"),
];

const fn licence(id: &'static str, words: &'static str) -> Licence {
    Licence { id, words, template: None }
}

const fn with_template(id: &'static str, words: &'static str, template: &'static str) -> Licence {
    Licence { id, words, template: Some(template) }
}

impl Licence {
    /// Whether this is its text, or holds it.
    pub fn is_in(&self, text: &str) -> bool {
        one_line(text).to_lowercase().contains(self.words)
    }
}

/// The same words with single spaces: how texts are compared that differ in how they are set.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The licences that a package is taken under, by its SPDX expression; none where the expression leaves no choice that
/// is allowed. Of several choices one is taken whose text `is_there`, then the one that stands first in the list.
pub fn choose(expression: &str, is_there: impl Fn(&Licence) -> bool) -> Option<Vec<&'static Licence>> {
    // Older packages write a slash for OR.
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let cost = |licence: &'static Licence| {
        let place = ALLOWED.iter().position(|other| other.id == licence.id).unwrap_or_default();
        place + if is_there(licence) { 0 } else { ALLOWED.len() }
    };
    let mut reader = Reader { words: &words, cost: &cost };
    let chosen = reader.any_of()?;
    (reader.words.is_empty()).then(|| chosen.licences()).flatten()
}

/// What a part of an expression comes to.
enum Choice {
    /// Nothing in it is allowed.
    Refused,
    Taken {
        cost: usize,
        licences: Vec<&'static Licence>,
    },
}

impl Choice {
    fn licences(self) -> Option<Vec<&'static Licence>> {
        match self {
            Self::Refused => None,
            Self::Taken { licences, .. } => Some(licences),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Refused, other) | (other, Self::Refused) => other,
            (Self::Taken { cost, licences }, Self::Taken { cost: other, .. }) if cost <= other => {
                Self::Taken { cost, licences }
            }
            (_, other) => other,
        }
    }

    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Taken { cost, mut licences }, Self::Taken { cost: other, licences: more }) => {
                for licence in more {
                    if !licences.iter().any(|known| known.id == licence.id) {
                        licences.push(licence);
                    }
                }
                Self::Taken { cost: cost.max(other), licences }
            }
            _ => Self::Refused,
        }
    }
}

/// Reads an expression from the left. Each part is none where the words are no expression.
struct Reader<'a> {
    words: &'a [&'a str],
    cost: &'a dyn Fn(&'static Licence) -> usize,
}

impl<'a> Reader<'a> {
    fn any_of(&mut self) -> Option<Choice> {
        let mut choice = self.all_of()?;
        while self.take("OR") {
            choice = choice.or(self.all_of()?);
        }
        Some(choice)
    }

    fn all_of(&mut self) -> Option<Choice> {
        let mut choice = self.one()?;
        while self.take("AND") {
            choice = choice.and(self.one()?);
        }
        Some(choice)
    }

    fn one(&mut self) -> Option<Choice> {
        if self.take("(") {
            let choice = self.any_of()?;
            return self.take(")").then_some(choice);
        }
        let mut id = self.next()?.to_owned();
        if self.take("WITH") {
            id = format!("{id} WITH {}", self.next()?);
        }
        Some(match ALLOWED.iter().find(|licence| licence.id == id) {
            Some(licence) => Choice::Taken { cost: (self.cost)(licence), licences: vec![licence] },
            None => Choice::Refused,
        })
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.first() == Some(&word);
        if is_next {
            self.words = &self.words[1..];
        }
        is_next
    }

    fn next(&mut self) -> Option<&'a str> {
        let (word, rest) = self.words.split_first()?;
        self.words = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(expression: &str, there: &[&str]) -> Option<Vec<&'static str>> {
        let licences = choose(expression, |licence| there.contains(&licence.id))?;
        Some(licences.iter().map(|licence| licence.id).collect())
    }

    #[test]
    fn mit_is_taken_where_it_is_offered() {
        for expression in
            ["MIT", "Apache-2.0 OR MIT", "MIT/Apache-2.0", "(Zlib OR (Apache-2.0 OR MIT))", "GPL-3.0 OR MIT"]
        {
            assert_eq!(chosen(expression, &["MIT", "Apache-2.0"]), Some(vec!["MIT"]), "{expression}");
        }
    }

    #[test]
    fn a_licence_whose_text_is_there_is_taken_before_one_whose_text_is_not() {
        assert_eq!(chosen("MIT OR Apache-2.0", &["Apache-2.0"]), Some(vec!["Apache-2.0"]));
        assert_eq!(chosen("MIT OR Apache-2.0", &[]), Some(vec!["MIT"]));
    }

    #[test]
    fn all_that_must_be_met_is_taken_once() {
        assert_eq!(chosen("(MIT OR Apache-2.0) AND Unicode-3.0", &["MIT"]), Some(vec!["MIT", "Unicode-3.0"]));
        assert_eq!(
            chosen("MIT AND Apache-2.0 WITH LLVM-exception AND (MIT OR Apache-2.0)", &["MIT"]),
            Some(vec!["MIT", "Apache-2.0 WITH LLVM-exception"])
        );
    }

    #[test]
    fn what_is_not_allowed_or_no_expression_is_refused() {
        for expression in [
            "GPL-3.0-only",
            "MIT AND GPL-3.0-only",
            "Apache-2.0 WITH Other-exception",
            "MPL-2.0 OR LGPL-2.1",
            "SEE LICENSE IN LICENSE",
            "",
            "MIT OR",
            "(MIT",
            "MIT)",
            "MIT MIT",
        ] {
            assert_eq!(chosen(expression, &["MIT"]), None, "{expression}");
        }
    }

    #[test]
    fn each_template_is_the_text_of_its_licence_and_of_no_other_that_came_before() {
        for licence in ALLOWED.iter().filter(|licence| licence.template.is_some()) {
            let template = licence.template.expect("it has one");
            assert!(licence.is_in(template), "{}", licence.id);
            let others = ALLOWED.iter().filter(|other| other.id != licence.id && other.is_in(template));
            for other in others {
                // Each of these holds the other.
                let holds =
                    [("BSD-3-Clause", "BSD-2-Clause"), ("Apache-2.0 WITH LLVM-exception", "Apache-2.0")];
                assert!(holds.contains(&(licence.id, other.id)), "{} is taken for {}", licence.id, other.id);
            }
        }
    }
}
