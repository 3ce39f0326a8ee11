//! SentencePiece's BPE (Kudo and Richardson 2018, §3.1), as llama.cpp runs it. A text is written with `▁` for each
//! space, and of all neighbors that form a token those with the highest score are merged first, and of equal ones
//! the leftmost. What is no token then is written in the tokens of its bytes.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::encoding::Placed;
use crate::error::{Error, Result};

/// What stands for a space.
const SPACE: char = '▁';

/// The scores of a vocabulary.
#[derive(Debug)]
pub struct SentencePiece {
    ids: HashMap<String, u32>,
    /// For each token a number that is higher for a higher score.
    ranks: Vec<i32>,
    /// The token of each byte. Bytes that are in no text may have none.
    bytes: Vec<Option<u32>>,
    /// The characters that are followed by a space inside a token, sorted.
    joined: Vec<char>,
    /// Whether a space is put in front of a text, and of what follows a special token.
    pub(super) has_prefix: bool,
}

/// A part of a text that has been merged. It is empty if it belongs to another one.
struct Symbol {
    /// Its range in what is written.
    from: usize,
    to: usize,
    /// Its range in the text.
    start: usize,
    end: usize,
    /// Its neighbors.
    before: Option<usize>,
    behind: Option<usize>,
}

impl SentencePiece {
    /// Checks the scores, one for each token, and the tokens of bytes.
    pub fn new(ids: HashMap<String, u32>, scores: &[f32], has_prefix: bool) -> Result<SentencePiece> {
        if scores.len() != ids.len() {
            let (scores, tokens) = (scores.len(), ids.len());
            return Err(Error::corrupt(format!("it has {scores} scores for {tokens} tokens")));
        }
        if scores.iter().any(|score| score.is_nan()) {
            return Err(Error::corrupt("a score of its tokens is not a number"));
        }
        let token_of = |byte: u8| {
            let bare = ids.get(&char::from(byte).to_string()).filter(|_| byte.is_ascii());
            ids.get(&format!("<0x{byte:02X}>")).or(bare).copied()
        };
        let bytes: Vec<_> = (0..=255).map(token_of).collect();
        let in_text = |byte: &usize| !matches!(*byte, 0xC0 | 0xC1 | 0xF5..);
        if let Some(byte) = (0..256).filter(in_text).find(|&byte| bytes[byte].is_none()) {
            return Err(Error::unsupported_tokenizer(format!("it has no token for byte 0x{byte:02X}")));
        }
        let mut joined = Vec::new();
        for token in ids.keys() {
            for (before, space) in token.chars().zip(token.chars().skip(1)) {
                if space == SPACE
                    && before != SPACE
                    && let Err(place) = joined.binary_search(&before)
                {
                    joined.insert(place, before);
                }
            }
        }
        let ranks = scores.iter().map(|&score| rank(score)).collect();
        Ok(SentencePiece { ids, ranks, bytes, joined, has_prefix })
    }

    /// Whether no token extends from this character across a space behind it.
    pub fn ends_before_space(&self, c: char) -> bool {
        self.joined.binary_search(&c).is_err()
    }

    /// The parts of a text across which no token extends, in order. A part ends before a space.
    pub fn pieces<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let mut rest = text;
        std::iter::from_fn(move || {
            let mut before = None;
            let is_end = |&(_, c): &(usize, char)| {
                let behind = before.replace(c);
                is_space(c) && behind.is_some_and(|c| !is_space(c) && self.ends_before_space(c))
            };
            let end = rest.char_indices().find(is_end).map_or(rest.len(), |(at, _)| at);
            let (piece, behind) = rest.split_at(end);
            rest = behind;
            Some(piece).filter(|piece| !piece.is_empty())
        })
    }

    /// Merges a piece, which begins at `start` in its text. With `is_first`, the prefix is put in front of it.
    pub fn merge(&self, start: usize, piece: &str, is_first: bool, placed: &mut Vec<Placed>) {
        let mut written = String::with_capacity(piece.len() + SPACE.len_utf8());
        let mut symbols: Vec<Symbol> = Vec::new();
        let mut write = |c: char, start: usize, end: usize| {
            let (from, index) = (written.len(), symbols.len());
            written.push(if is_space(c) { SPACE } else { c });
            if let Some(last) = symbols.last_mut() {
                last.behind = Some(index);
            }
            let before = index.checked_sub(1);
            symbols.push(Symbol { from, to: written.len(), start, end, before, behind: None });
        };
        let has_prefix = is_first && self.has_prefix;
        if has_prefix {
            write(SPACE, start, start);
        }
        for (at, c) in piece.char_indices() {
            write(c, start + at, start + at + c.len_utf8());
        }
        self.merge_all(&written, &mut symbols);

        for (index, Symbol { from, to, start, end, .. }) in symbols.into_iter().enumerate() {
            if from == to {
                continue;
            }
            // The prefix is a space of the token that the text does not have.
            let added = usize::from(has_prefix && index == 0);
            match self.ids.get(&written[from..to]) {
                Some(&id) => placed.push(Placed { id, start, end, added, is_bos: false }),
                None => {
                    let ids =
                        written.as_bytes()[from..to].iter().filter_map(|&byte| self.bytes[byte as usize]);
                    placed.extend(ids.map(|id| Placed { id, start, end, added, is_bos: false }));
                }
            }
        }
    }

    fn merge_all(&self, written: &str, symbols: &mut [Symbol]) {
        // Of each pair: its rank, its left and right half, and its length.
        let mut pairs = BinaryHeap::new();
        let pair = |symbols: &[Symbol], left: usize, right: usize| {
            let (from, to) = (symbols[left].from, symbols[right].to);
            let id = self.ids.get(&written[from..to])?;
            Some((self.ranks[*id as usize], Reverse(left), right, to - from))
        };
        pairs.extend((1..symbols.len()).filter_map(|right| pair(symbols, right - 1, right)));
        while let Some((_, Reverse(left), right, length)) = pairs.pop() {
            let size = |index: usize| symbols[index].to - symbols[index].from;
            if size(left) == 0 || size(right) == 0 || size(left) + size(right) != length {
                // One of the halves has been merged with another neighbor.
                continue;
            }
            let Symbol { to, end, behind, .. } = symbols[right];
            symbols[right].from = to;
            (symbols[left].to, symbols[left].end, symbols[left].behind) = (to, end, behind);
            if let Some(behind) = behind {
                symbols[behind].before = Some(left);
            }
            let before = symbols[left].before.and_then(|before| pair(symbols, before, left));
            pairs.extend(before);
            pairs.extend(behind.and_then(|behind| pair(symbols, left, behind)));
        }
    }
}

/// A number that is higher for a higher score. Zeros of both signs have one.
fn rank(score: f32) -> i32 {
    let bits = (score + 0.0).to_bits() as i32;
    if bits < 0 { i32::MIN.wrapping_sub(bits) } else { bits }
}

/// Whether a character is written as `▁`: one in a text is the same as a space.
fn is_space(c: char) -> bool {
    c == ' ' || c == SPACE
}

/// The byte that a token such as `<0x0A>` stands for.
pub fn byte_of(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2 && !digits.starts_with('+'))
}

/// The bytes of a token that is not special.
pub fn spelled(token: &str) -> String {
    token.replace(SPACE, " ")
}

#[cfg(test)]
mod tests {
    use super::super::specials::Specials;
    use super::super::{Encoding, Kind, Tokenizer};
    use super::*;
    use proptest::prelude::*;

    const SPECIAL: &str = "<s>";

    /// A vocabulary of all bytes, `▁`, one special token, and some tokens with their scores.
    fn vocabulary(tokens: &[(String, i8)]) -> (HashMap<String, u32>, Vec<f32>) {
        let bytes = (0..=255).map(|byte| (format!("<0x{byte:02X}>"), 0));
        let own = [("▁".to_owned(), -9), (SPECIAL.to_owned(), 0)];
        let all = bytes.chain(own).chain(tokens.iter().cloned());
        let mut ids = HashMap::new();
        let mut scores = Vec::new();
        for (token, score) in all {
            let next = scores.len() as u32;
            if *ids.entry(token).or_insert(next) == next {
                scores.push(f32::from(score));
            }
        }
        (ids, scores)
    }

    fn tokenizer(tokens: &[(String, i8)], has_prefix: bool) -> Tokenizer {
        let (ids, scores) = vocabulary(tokens);
        let special = ids[SPECIAL];
        let kind = Kind::SentencePiece(SentencePiece::new(ids, &scores, has_prefix).expect("a vocabulary"));
        let specials = Specials::new([(SPECIAL.to_owned(), special)].into_iter());
        Tokenizer { cuts_before_space: true, ..Tokenizer::without_texts(kind, specials) }
    }

    /// The same by looking at all pairs before each merge.
    fn slowly(tokens: &[(String, i8)], has_prefix: bool, text: &str) -> Vec<u32> {
        let (ids, scores) = vocabulary(tokens);
        let mut found = Vec::new();
        for (index, part) in text.split(SPECIAL).enumerate() {
            if index > 0 {
                found.push(ids[SPECIAL]);
            }
            if part.is_empty() {
                continue;
            }
            let prefix = if has_prefix { "▁" } else { "" };
            let written = format!("{prefix}{part}").replace(' ', "▁");
            let mut symbols: Vec<String> = written.chars().map(String::from).collect();
            loop {
                let score = |left: usize| Some(scores[*ids.get(&symbols[left..left + 2].concat())? as usize]);
                let pairs = (1..symbols.len()).filter_map(|right| Some((right - 1, score(right - 1)?)));
                // Of equal ones `max_by` takes the last.
                let Some((left, _)) = pairs.rev().max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
                let right = symbols.remove(left + 1);
                symbols[left] += &right;
            }
            for symbol in &symbols {
                match ids.get(symbol) {
                    Some(&id) => found.push(id),
                    None => found.extend(symbol.bytes().map(|byte| ids[&format!("<0x{byte:02X}>")])),
                }
            }
        }
        found
    }

    proptest! {
        #[test]
        fn any_text_has_the_tokens_of_the_slow_way(
            tokens in proptest::collection::vec(("[abé▁]{1,4}", -3..3i8), 0..24),
            text in "([abé ]{1,6}|<s>|你|▁|  |\n){0,12}",
            has_prefix: bool,
        ) {
            let wanted = slowly(&tokens, has_prefix, &text);
            let tokenizer = tokenizer(&tokens, has_prefix);
            // The text is encoded at once, and piece by piece.
            for part in [usize::MAX, 1] {
                let mut encoding = Encoding::new(text.as_str(), usize::MAX);
                encoding.part = part;
                while !tokenizer.encode_more(&mut encoding).expect("it is encoded") {}
                prop_assert_eq!(&encoding.ids(), &wanted, "{:?}", text);
            }
        }

        #[test]
        fn ranks_have_the_order_of_the_scores(a: f32, b: f32) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(rank(a).cmp(&rank(b)), a.partial_cmp(&b).expect("they are numbers"));
        }
    }

    #[test]
    fn zeros_of_both_signs_have_one_rank() {
        assert_eq!(rank(0.0), rank(-0.0));
        assert!(
            rank(f32::NEG_INFINITY) < rank(-1.0) && rank(-1.0) < rank(0.0) && rank(1.0) < rank(f32::INFINITY)
        );
    }

    #[test]
    fn a_byte_is_written_with_two_digits() {
        assert_eq!(
            ["<0x0A>", "<0xff>", "<0x0>", "<0x100>", "<0x+1>", "0x0A"].map(byte_of),
            [Some(10), Some(255), None, None, None, None]
        );
    }
}
