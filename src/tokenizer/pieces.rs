//! Cuts text into pieces. Merges do not cross their borders.
//!
//! Each pre-tokenizer is defined by a regular expression (Radford et al. 2019, §2.2, and later models). Here each is
//! a matcher written by hand, because an engine for regular expressions, with its tables, is more code than the rest
//! of the module. Tests compare each matcher with the expression, run by the `tokenizers` crate.

use super::letters::{Chars, LETTERS, NUMBERS};

/// The ways to cut text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreTokenizer {
    /// As GPT-2 does.
    Gpt2,
    /// Each digit alone, and the text between digits as GPT-2 does.
    SmolLm,
    /// As Llama 3 does.
    Llama3,
    /// As Llama 3 does, but with each digit alone.
    Qwen2,
}

/// A pre-tokenizer with its tables, which are prepared once.
#[derive(Debug)]
pub struct Pieces {
    cutting: PreTokenizer,
    letters: Chars,
    numbers: Chars,
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
        Pieces { cutting, letters: Chars::new(LETTERS), numbers: Chars::new(NUMBERS) }
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
    /// up to the next digit. For the others it is the whole text.
    fn part(&self, text: &str, first: char) -> usize {
        match self.cutting {
            PreTokenizer::SmolLm if self.class(first) == Class::Number => first.len_utf8(),
            PreTokenizer::SmolLm => text.find(|c| self.class(c) == Class::Number).unwrap_or(text.len()),
            PreTokenizer::Gpt2 | PreTokenizer::Llama3 | PreTokenizer::Qwen2 => text.len(),
        }
    }

    /// Length in bytes of the first piece.
    fn length(&self, text: &str, first: char) -> usize {
        match self.cutting {
            PreTokenizer::Gpt2 | PreTokenizer::SmolLm => self.gpt2(text, first),
            PreTokenizer::Llama3 => self.llama3(text, first, 3),
            PreTokenizer::Qwen2 => self.llama3(text, first, 1),
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

    /// `LLAMA3` and `QWEN2` of the tests. A piece of the former has up to three digits, and a piece of the latter
    /// one.
    fn llama3(&self, text: &str, first: char, digits: usize) -> usize {
        if let Some(length) = contraction(text, simple_fold) {
            return length;
        }
        let class = self.class(first);
        let behind = &text[first.len_utf8()..];
        let next = behind.chars().next().map(|c| self.class(c));
        match class {
            Class::Letter => return self.run(text, Class::Letter, usize::MAX),
            Class::Number => return self.run(text, Class::Number, digits),
            _ if next == Some(Class::Letter) && first != '\r' && first != '\n' => {
                return first.len_utf8() + self.run(behind, Class::Letter, usize::MAX);
            }
            _ => {}
        }
        let space = usize::from(first == ' ');
        if class == Class::Other || (first == ' ' && next == Some(Class::Other)) {
            let end = space + self.run(&text[space..], Class::Other, usize::MAX);
            let newlines = text[end..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            return end + newlines;
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
            _ => Class::Other,
        }
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
    use super::*;
    use proptest::prelude::*;
    use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
    use tokenizers::{
        OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer as _, SplitDelimiterBehavior,
    };

    const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    impl PreTokenizer {
        /// The expressions that define it, applied in turn.
        pub(crate) fn expressions(self) -> &'static [&'static str] {
            match self {
                PreTokenizer::Gpt2 => &[GPT2],
                PreTokenizer::SmolLm => &[r"\p{N}", GPT2],
                PreTokenizer::Llama3 => &[LLAMA3],
                PreTokenizer::Qwen2 => &[QWEN2],
            }
        }
    }

    const ALL: [PreTokenizer; 4] =
        [PreTokenizer::Gpt2, PreTokenizer::SmolLm, PreTokenizer::Llama3, PreTokenizer::Qwen2];

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

    /// Each character stands between characters of all classes, so that a wrong class cuts elsewhere.
    #[test]
    fn every_character_is_of_the_class_that_the_expressions_have() {
        let twins = twins();
        let chars: Vec<char> = ('\0'..=char::MAX).collect();
        for chunk in chars.chunks(4096) {
            let text: String = chunk.iter().flat_map(|&c| ['a', c, '1', c, ' ', c, '!', c, '\n']).collect();
            agree(&text, &twins[..1]);
        }
    }

    /// All texts of up to four characters, with a character of each kind that the expressions distinguish. Longer
    /// texts would be too many, so those are random.
    #[test]
    fn every_short_text_is_cut_as_by_the_expressions() {
        const KINDS: [char; 12] = [' ', '\t', '\n', '\r', '\u{3000}', 'a', 'é', '5', '٣', '!', '\'', 's'];
        let twins = twins();
        for length in 1..=4 {
            for number in 0..KINDS.len().pow(length) {
                let digit = |place| KINDS[number / KINDS.len().pow(place) % KINDS.len()];
                agree(&(0..length).map(digit).collect::<String>(), &twins);
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
        let text = "word ".repeat(200_000);
        for (pieces, _) in twins() {
            assert_eq!(pieces.of(&text).count(), 200_001, "{:?}", pieces.cutting);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut_as_by_the_expressions(
            text in "([ \t\r\n\u{a0}]{0,3}([a-zéſ你]{1,3}|[0-9٣½]{1,5}|[!'.…🙂]{1,3}|'(s|ll|RE)|\u{301}|.)?){0,24}",
        ) {
            agree(&text, &twins());
        }
    }
}
