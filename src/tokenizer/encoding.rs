//! A text on its way to tokens, a part at a time: long texts take long, and whoever waits may want to stop.

use std::borrow::Cow;
use std::ops::Range;

use tokenizers::Model;

use super::Tokenizer;
use crate::error::{Error, Result};

/// Bytes of a text that are encoded together: some milliseconds.
const PART: usize = 1 << 16;

/// A text, and the tokens of its beginning.
#[derive(Debug)]
pub struct Encoding<'t> {
    text: Cow<'t, str>,
    /// Most tokens that the text may have.
    limit: usize,
    /// Bytes that are encoded together.
    pub(super) part: usize,
    /// Bytes that are encoded.
    done: usize,
    /// The next special token: where it stands, and its id. Behind the last one, where the text ends.
    special: (Range<usize>, u32),
    pub(super) placed: Vec<Placed>,
}

/// A token at its place in a text, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub id: u32,
    pub start: usize,
    pub end: usize,
}

impl<'t> Encoding<'t> {
    /// A text of which nothing is encoded, and which may have `limit` tokens and no more.
    pub fn new(text: impl Into<Cow<'t, str>>, limit: usize) -> Encoding<'t> {
        Encoding { text: text.into(), limit, part: PART, done: 0, special: (0..0, 0), placed: Vec::new() }
    }

    /// The tokens so far.
    pub fn ids(&self) -> Vec<u32> {
        self.placed.iter().map(|token| token.id).collect()
    }
}

impl Tokenizer {
    /// Encodes the next part of a text, and returns whether it was the last.
    ///
    /// # Errors
    /// `prompt-too-long` where the text has more tokens than it may have. Of a long text they are not all counted.
    pub fn encode_more(&self, encoding: &mut Encoding) -> Result<bool> {
        let Encoding { text, limit, part, done, special, placed } = encoding;
        let end = text.len().min(done.saturating_add(*part));
        while *done < end {
            if special.0.end <= *done {
                *special = self.specials.first(text, *done).unwrap_or((text.len()..text.len(), 0));
            }
            let (Range { start, end: behind }, id) = special.clone();
            if start == *done {
                placed.push(Placed { id, start, end: behind });
                *done = behind;
                continue;
            }
            // A piece depends on nothing that stands before it: the pieces of the rest are the rest of the pieces.
            for piece in self.pieces.of(&text[*done..start]) {
                // A single piece can be the whole of a long text, and counting is quicker than merging.
                within(placed.len() + self.least_tokens(piece, *limit), *limit, false)?;
                self.merge(text, *done, piece, placed)?;
                *done += piece.len();
                if *done >= end {
                    break;
                }
            }
        }
        let is_all = *done == text.len();
        within(placed.len(), *limit, is_all)?;
        Ok(is_all)
    }

    /// How many tokens a piece has at least, where that could be more than `limit`.
    fn least_tokens(&self, piece: &str, limit: usize) -> usize {
        if piece.len() / self.longest <= limit {
            return 0;
        }
        piece.bytes().filter(|&byte| self.alphabet[byte as usize].is_some()).count() / self.longest
    }

    /// Spells a piece, which begins at `start` in the text, and merges. Nothing merges across a byte that has no token.
    fn merge(&self, text: &str, mut start: usize, piece: &str, placed: &mut Vec<Placed>) -> Result<()> {
        for bytes in piece.as_bytes().split_inclusive(|&byte| self.alphabet[byte as usize].is_none()) {
            let spelled: String = bytes.iter().filter_map(|&byte| self.alphabet[byte as usize]).collect();
            let tokens = self.bpe.tokenize(&spelled);
            let mut at = start;
            for token in tokens.map_err(|error| Error::InvalidText { what: error.to_string() })? {
                // One character of its spelling is one byte of the text.
                let end = at + token.value.chars().count();
                // A token of some bytes of a character stands at the whole of it.
                placed.push(Placed { id: token.id, start: floor(text, at), end: ceiling(text, end) });
                at = end;
            }
            start += bytes.len();
        }
        Ok(())
    }
}

/// Refuses more than `limit` tokens, of which `is_all` says whether they are all that the text has.
fn within(tokens: usize, limit: usize, is_all: bool) -> Result<()> {
    match tokens > limit {
        true => Err(Error::PromptTooLong { tokens, is_all, limit }),
        false => Ok(()),
    }
}

/// The beginning of the character that a byte is in.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of the character that the byte before is in.
fn ceiling(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
