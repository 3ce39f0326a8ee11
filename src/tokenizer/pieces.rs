//! Cuts text into pieces. Merges do not cross their borders.
//!
//! Each pre-tokenizer is defined by a regular expression (Radford et al. 2019, §2.2, and later models). Here each is
//! a matcher written by hand, because an engine for regular expressions, with its tables, is more code than the rest
//! of the module. Tests compare each matcher with the expression, run by the `tokenizers` crate.

use super::letters::{Chars, LETTERS, MARKS, NUMBERS, PUNCTUATION};

/// The ways to cut text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreTokenizer {
    /// As GPT-2 does.
    Gpt2,
    /// Each digit alone, and the text between digits as GPT-2 does.
    SmolLm,
    /// Punctuation alone, and the text between it as GPT-2 does, except that numbers have no space and at most three
    /// digits. This is how llama.cpp cuts where a file does not say how.
    Default,
    /// As Llama 3 does.
    Llama3,
    /// As Llama 3 does, but with each digit alone.
    Qwen2,
    /// As Qwen 2 does, but with the marks on letters as letters.
    Qwen35,
    /// As GPT-4o does, but with the case of ASCII letters only, as in llama.cpp.
    Gpt4o,
}

/// A pre-tokenizer with its tables, which are prepared once.
#[derive(Debug)]
pub struct Pieces {
    cutting: PreTokenizer,
    letters: Chars,
    numbers: Chars,
    /// What else the pre-tokenizer distinguishes: marks, or punctuation.
    others: Chars,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Number,
    Space,
    Other,
}

impl Pieces {
    /// Makes the tables of a pre-tokenizer.
    pub fn new(cutting: PreTokenizer) -> Pieces {
        let others = match cutting {
            PreTokenizer::Default => PUNCTUATION,
            PreTokenizer::Qwen35 => MARKS,
            _ => &[],
        };
        let [letters, numbers, others] = [LETTERS, NUMBERS, others].map(Chars::new);
        Pieces { cutting, letters, numbers, others }
    }

    /// The pieces of a text, in order. None is empty, and together they are the text.
    pub fn of<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let mut rest = text;
        // Length of the beginning of `rest` that is cut by itself. It is computed once for all of its pieces;
        // otherwise the text would be searched to its end for each piece.
        let mut part = 0;
        std::iter::from_fn(move || {
            let first = rest.chars().next()?;
            if part == 0 {
                part = self.part(rest, first);
            }
            let length = self.length(&rest[..part], first);
            let (piece, behind) = rest.split_at(length);
            (rest, part) = (behind, part - length);
            Some(piece)
        })
    }

    /// Length in bytes of the beginning of a text that is cut by itself. For SmolLM this is one digit, or everything
    /// up to the next digit; for the default it is punctuation, or everything up to the next of it. For the others it
    /// is the whole text.
    fn part(&self, text: &str, first: char) -> usize {
        match self.cutting {
            PreTokenizer::SmolLm if self.class(first) == Class::Number => first.len_utf8(),
            PreTokenizer::SmolLm => text.find(|c| self.class(c) == Class::Number).unwrap_or(text.len()),
            PreTokenizer::Default => {
                let wanted = !self.is_punctuation(first);
                text.find(|c| self.is_punctuation(c) == wanted).unwrap_or(text.len())
            }
            _ => text.len(),
        }
    }

    /// Length in bytes of the first piece.
    fn length(&self, text: &str, first: char) -> usize {
        match self.cutting {
            PreTokenizer::Gpt2 | PreTokenizer::SmolLm => self.gpt2(text, first),
            PreTokenizer::Default if self.is_punctuation(first) => text.len(),
            PreTokenizer::Default => self.default(text, first),
            PreTokenizer::Llama3 => self.llama3(text, first, 3),
            PreTokenizer::Qwen2 | PreTokenizer::Qwen35 => self.llama3(text, first, 1),
            PreTokenizer::Gpt4o => self.gpt4o(text, first),
        }
    }

    /// `GPT2` of the tests, alternative by alternative.
    fn gpt2(&self, text: &str, first: char) -> usize {
        if let Some(length) = contraction(text, |c| c) {
            return length;
        }
        let space = usize::from(first == ' ');
        match text[space..].chars().next().map(|c| self.class(c)) {
            Some(class) if class != Class::Space => space + self.run(&text[space..], class, usize::MAX),
            _ => self.spaces(text),
        }
    }

    /// The last two expressions of the default, for a text without punctuation: they cut numbers off the pieces of
    /// GPT-2, and three digits at a time off the numbers.
    fn default(&self, text: &str, first: char) -> usize {
        let class = |at: usize| text[at..].chars().next().map(|c| self.class(c));
        if first == ' ' && class(1) == Some(Class::Number) {
            return 1;
        }
        if self.class(first) != Class::Number {
            return self.gpt2(text, first);
        }
        let is_triple = |at: usize| {
            let digits = text.as_bytes().get(at..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        };
        if is_triple(0) {
            return 3;
        }
        let ends = |&(at, c): &(usize, char)| self.class(c) != Class::Number || is_triple(at);
        text.char_indices().find(ends).map_or(text.len(), |(at, _)| at)
    }

    /// `LLAMA3` and `QWEN2` of the tests. A piece of the former has up to three digits, and a piece of the latter
    /// one.
    fn llama3(&self, text: &str, first: char, digits: usize) -> usize {
        if let Some(length) = contraction(text, simple_fold) {
            return length;
        }
        if let Some(from) = self.word(text, first) {
            return from + self.run(&text[from..], Class::Letter, usize::MAX);
        }
        self.between_words(text, first, digits, &['\r', '\n'])
    }

    /// `GPT4O` of the tests. A word ends where a small letter is followed by a capital, and a contraction belongs to
    /// the word before it.
    fn gpt4o(&self, text: &str, first: char) -> usize {
        let Some(from) = self.word(text, first) else {
            return self.between_words(text, first, 3, &['\r', '\n', '/']);
        };
        let is_letter = |c: char| self.class(c) == Class::Letter;
        // Letters that are not ASCII count as both small and capital.
        let end_of = |at: usize, is_wanted: fn(char) -> bool| {
            let end = text[at..].find(|c| !is_wanted(c) || !is_letter(c));
            end.map_or(text.len(), |length| at + length)
        };
        let mut end = end_of(from, |c| !c.is_ascii_lowercase());
        let small = end_of(end, |c| !c.is_ascii_uppercase());
        if small > end {
            end = small;
        } else if let Some(at) = text[from..end].rfind(|c: char| !c.is_ascii_uppercase()) {
            // The small letters of the first alternative can only be those before the last capitals.
            end = end_of(from + at, |c| !c.is_ascii_uppercase());
        }
        end + contraction(&text[end..], |c| c.to_ascii_lowercase()).unwrap_or(0)
    }

    /// Where the letters of a word at the beginning of a text begin: `[^\r\n\p{L}\p{N}]?\p{L}`.
    fn word(&self, text: &str, first: char) -> Option<usize> {
        let behind = first.len_utf8();
        match self.class(first) {
            Class::Letter => Some(0),
            Class::Number => None,
            _ if first == '\r' || first == '\n' => None,
            _ => {
                let next = text[behind..].chars().next()?;
                (self.class(next) == Class::Letter).then_some(behind)
            }
        }
    }

    /// The alternatives for numbers, other characters and whitespace. `ends` may follow other characters.
    fn between_words(&self, text: &str, first: char, digits: usize, ends: &[char]) -> usize {
        let class = self.class(first);
        if class == Class::Number {
            return self.run(text, Class::Number, digits);
        }
        let space = usize::from(first == ' ');
        let other = text[space..].chars().next().map(|c| self.class(c));
        if other == Some(Class::Other) {
            let end = space + self.run(&text[space..], Class::Other, usize::MAX);
            return text[end..].find(|c| !ends.contains(&c)).map_or(text.len(), |length| end + length);
        }
        let run = self.run(text, Class::Space, usize::MAX);
        match text[..run].rfind(['\r', '\n']) {
            Some(newline) => newline + 1,
            None => self.spaces(text),
        }
    }

    /// `\s+(?!\S)|\s+`: all of the whitespace if the text ends with it, otherwise all but its last character, or that
    /// character if it is the only one.
    fn spaces(&self, text: &str) -> usize {
        let run = self.run(text, Class::Space, usize::MAX);
        let last = text[..run].chars().next_back().map_or(0, char::len_utf8);
        if run == text.len() || run == last { run } else { run - last }
    }

    /// Length in bytes of the run of characters of one class at the beginning of a text, with at most `most`
    /// characters.
    fn run(&self, text: &str, class: Class, most: usize) -> usize {
        text.chars().take(most).take_while(|&c| self.class(c) == class).map(char::len_utf8).sum()
    }

    fn class(&self, c: char) -> Class {
        match c {
            'a'..='z' | 'A'..='Z' => Class::Letter,
            '0'..='9' => Class::Number,
            _ if c.is_whitespace() => Class::Space,
            '\0'..='\x7f' => Class::Other,
            _ if self.letters.contains(c) => Class::Letter,
            _ if self.numbers.contains(c) => Class::Number,
            _ if self.cutting == PreTokenizer::Qwen35 && self.others.contains(c) => Class::Letter,
            _ => Class::Other,
        }
    }

    /// `[\p{P}\$\+<=>\^~\|]`, what the default cuts off first.
    fn is_punctuation(&self, c: char) -> bool {
        matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '~' | '|') || self.others.contains(c)
    }
}

/// Length in bytes of the contraction (`'s|'t|'re|'ve|'m|'ll|'d`) at the beginning of a text, if there is one.
fn contraction(text: &str, fold: impl Fn(char) -> char) -> Option<usize> {
    let behind = text.strip_prefix('\'')?;
    let mut chars = behind.chars();
    let first = chars.next()?;
    let second = chars.next().map(&fold);
    let length = match (fold(first), second) {
        ('s' | 't' | 'm' | 'd', _) => first.len_utf8(),
        ('r' | 'v', Some('e')) | ('l', Some('l')) => 2,
        _ => return None,
    };
    Some(1 + length)
}

/// Folds case as `(?i:…)` does, for the letters of contractions. U+017F is an old form of s.
fn simple_fold(c: char) -> char {
    if c == 'ſ' { 's' } else { c.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::super::reference::ALL;
    use super::*;
    use proptest::prelude::*;
    use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
    use tokenizers::{
        OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _, SplitDelimiterBehavior,
    };

    /// The slow reference: the expressions themselves.
    struct Expressions(Vec<Split>);

    impl Expressions {
        fn new(patterns: &[&str]) -> Expressions {
            let split = |&pattern: &&str| {
                let pattern = SplitPattern::Regex(pattern.to_owned());
                Split::new(pattern, SplitDelimiterBehavior::Isolated, false).expect("an expression")
            };
            Expressions(patterns.iter().map(split).collect())
        }

        fn of(&self, text: &str) -> Vec<String> {
            let mut pieces = PreTokenizedString::from(text);
            self.0.iter().for_each(|split| split.pre_tokenize(&mut pieces).expect("it is cut"));
            let pieces = pieces.get_splits(OffsetReferential::Original, OffsetType::Byte);
            pieces.into_iter().map(|piece| piece.0.to_owned()).filter(|piece| !piece.is_empty()).collect()
        }
    }

    fn agree(text: &str, twins: &[(Pieces, Expressions)]) {
        for (pieces, expressions) in twins {
            let ours: Vec<_> = pieces.of(text).collect();
            assert_eq!(ours, expressions.of(text), "{text:?} by {:?}", pieces.cutting);
        }
    }

    fn twins() -> Vec<(Pieces, Expressions)> {
        ALL.map(|cutting| (Pieces::new(cutting), Expressions::new(cutting.expressions()))).into()
    }

    /// Each character stands between characters of all classes, so that a wrong class cuts elsewhere. Three
    /// pre-tokenizers have all the tables.
    #[test]
    fn every_character_is_of_the_class_that_the_expressions_have() {
        let tables = [PreTokenizer::Gpt2, PreTokenizer::Default, PreTokenizer::Qwen35];
        let twins: Vec<_> =
            twins().into_iter().filter(|(pieces, _)| tables.contains(&pieces.cutting)).collect();
        let chars: Vec<char> = ('\0'..=char::MAX).collect();
        let check = |twin| {
            for chunk in chars.chunks(4096) {
                let text: String =
                    chunk.iter().flat_map(|&c| ['a', c, '1', c, ' ', c, '!', c, '\n']).collect();
                agree(&text, std::slice::from_ref(twin));
            }
        };
        // Side by side: it takes longer than all other tests here together.
        std::thread::scope(|scope| {
            for twin in &twins {
                scope.spawn(|| check(twin));
            }
        });
    }

    /// All texts of up to four characters, with a character of each kind that the expressions distinguish. Longer
    /// texts would be too many, so those are random.
    #[test]
    fn every_short_text_is_cut_as_by_the_expressions() {
        for twin in &twins() {
            let kinds = match twin.0.cutting {
                PreTokenizer::Default => {
                    [' ', '\n', '\u{3000}', 'a', 'é', '5', '٣', '!', '\'', '|', '`', '€']
                }
                PreTokenizer::Qwen35 => {
                    [' ', '\t', '\n', '\r', '\u{3000}', 'a', 'é', '5', '!', '\'', 's', '\u{301}']
                }
                PreTokenizer::Gpt4o => [' ', '\t', '\n', 'a', 'A', 'é', '5', '!', '/', '\'', 's', '\u{301}'],
                _ => [' ', '\t', '\n', '\r', '\u{3000}', 'a', 'é', '5', '٣', '!', '\'', 's'],
            };
            for length in 1..=4 {
                for number in 0..kinds.len().pow(length) {
                    let digit = |place| kinds[number / kinds.len().pow(place) % kinds.len()];
                    agree(&(0..length).map(digit).collect::<String>(), std::slice::from_ref(twin));
                }
            }
        }
    }

    #[test]
    fn contractions_are_cut_as_by_the_expressions() {
        let twins = twins();
        for word in
            ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'Re", "'vE", "'LL", "'ſ", "'r", "'l", "'Le"]
        {
            for (before, behind) in
                [("", ""), ("it", ""), ("it", " x"), ("it ", "x"), ("'", "'"), ("1", "1"), (" ", "é")]
            {
                agree(&format!("{before}{word}{behind}"), &twins);
            }
        }
    }

    /// The text has a megabyte. An earlier version searched for the next number once for each piece, which took
    /// minutes.
    #[test]
    fn a_long_text_without_a_number_is_cut_in_one_go() {
        let words = "word ".repeat(200_000);
        for (pieces, _) in twins() {
            assert_eq!(pieces.of(&words).count(), 200_001, "{:?}", pieces.cutting);
            // These are a single number and a single word in some, and a piece for each few characters in others.
            for text in ["1".repeat(1_000_000), "éB".repeat(400_000)] {
                assert_eq!(pieces.of(&text).map(str::len).sum::<usize>(), text.len(), "{:?}", pieces.cutting);
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_as_by_the_expressions(
            text in "([ \t\r\n\u{a0}]{0,3}([a-zA-Céſ你]{1,3}|[0-9٣½]{1,5}|[!'/$`.…🙂]{1,3}|'(s|ll|RE)|\u{301}|.)?){0,24}",
        ) {
            agree(&text, &twins());
        }
    }
}
