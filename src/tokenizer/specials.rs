//! The special tokens, which are found in text as they are, before it is cut into pieces.

use std::collections::BinaryHeap;
use std::ops::Range;

/// All special tokens of a vocabulary.
#[derive(Debug)]
pub struct Specials {
    /// Sorted by text. No text is empty.
    sorted: Vec<(String, u32)>,
}

impl Specials {
    /// Makes the set from texts and ids. An empty text is never found.
    pub fn new(tokens: impl Iterator<Item = (String, u32)>) -> Specials {
        let tokens: BinaryHeap<_> = tokens.filter(|(text, _)| !text.is_empty()).collect();
        // A heap is 9 kB less of the module than a sort of the standard library.
        Specials { sorted: tokens.into_sorted_vec() }
    }

    /// Whether any of the texts is so.
    pub fn any(&self, is_so: impl Fn(&str) -> bool) -> bool {
        self.sorted.iter().any(|(text, _)| is_so(text))
    }

    /// Range and id of the first special token from byte `from` on. Of several that begin at the same position, it is
    /// the longest.
    pub fn first(&self, text: &str, from: usize) -> Option<(Range<usize>, u32)> {
        (from..text.len()).find_map(|at| {
            let (length, id) = self.at_start(&text.as_bytes()[at..])?;
            Some((at..at + length, id))
        })
    }

    /// Length and id of the longest special token at the beginning of a text.
    pub fn at_start(&self, text: &[u8]) -> Option<(usize, u32)> {
        let mut longest = None;
        // The tokens that begin with the first `length` bytes of the text. Each step leaves fewer.
        let mut left = &self.sorted[..];
        for length in 1..=text.len() {
            let byte = |token: &(String, u32)| token.0.as_bytes().get(length - 1).copied();
            let wanted = Some(text[length - 1]);
            left = &left[left.partition_point(|token| byte(token) < wanted)..];
            left = &left[..left.partition_point(|token| byte(token) == wanted)];
            match left.first() {
                Some((token, id)) if token.len() == length => longest = Some((length, *id)),
                Some(_) => {}
                None => break,
            }
        }
        longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The parts of a text: special tokens with their ids, and the text between them.
    fn parts(specials: &Specials, text: &str) -> Vec<(Range<usize>, Option<u32>)> {
        let (mut parts, mut at) = (Vec::new(), 0);
        while at < text.len() {
            let found = specials.first(text, at);
            let start = found.as_ref().map_or(text.len(), |(range, _)| range.start);
            if at < start {
                parts.push((at..start, None));
            }
            at = text.len();
            if let Some((range, id)) = found {
                at = range.end;
                parts.push((range, Some(id)));
            }
        }
        parts
    }

    /// The same by trying all tokens at all positions, the longest first.
    fn slowly(tokens: &[(String, u32)], text: &str) -> Vec<(Range<usize>, Option<u32>)> {
        let mut longest_first: Vec<_> = tokens.iter().filter(|token| !token.0.is_empty()).collect();
        longest_first.sort_by_key(|token| std::cmp::Reverse(token.0.len()));
        let mut parts: Vec<(Range<usize>, Option<u32>)> = Vec::new();
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let found = longest_first.iter().find(|token| text[at..].starts_with(&token.0));
            let length = found.map_or(c.len_utf8(), |token| token.0.len());
            match (found, parts.last_mut()) {
                (None, Some((range, None))) => range.end += length,
                _ => parts.push((at..at + length, found.map(|token| token.1))),
            }
            at += length;
        }
        parts
    }

    #[test]
    fn the_leftmost_and_of_those_the_longest_is_found() {
        let names = ["<|a|>", "<|a", "", "  ", "é"];
        let tokens: Vec<_> = (0..).zip(names).map(|(id, name)| (name.to_owned(), id)).collect();
        let specials = Specials::new(tokens.into_iter());
        let found = parts(&specials, "x<|a<|a|>   éè");
        let wanted = [
            (0..1, None),
            (1..4, Some(1)),
            (4..9, Some(0)),
            (9..11, Some(3)),
            (11..12, None),
            (12..14, Some(4)),
            (14..16, None),
        ];
        assert_eq!(found, wanted);
        assert_eq!(parts(&specials, ""), []);
    }

    proptest! {
        #[test]
        fn any_tokens_are_found_as_the_slow_way_finds_them(
            tokens in proptest::collection::btree_set("[abé]{0,4}", 0..12),
            text in "[abcé]{0,40}",
        ) {
            let tokens: Vec<_> = tokens.into_iter().zip(0..).collect();
            let specials = Specials::new(tokens.iter().cloned());
            prop_assert_eq!(parts(&specials, &text), slowly(&tokens, &text));
        }
    }
}
