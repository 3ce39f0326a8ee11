//! Encodes a text in parts. A long text takes long, and the caller may want to stop in between.

use std::borrow::Cow;
use std::ops::Range;

use tokenizers::Model;

use super::Tokenizer;
use crate::error::{Error, Result};

/// Bytes of a text that are encoded together. They take some milliseconds.
const PART: usize = 1 << 16;

/// A text, and the tokens of the part that has been encoded.
#[derive(Debug)]
pub struct Encoding<'t> {
    text: Cow<'t, str>,
    /// Most tokens that the text may have.
    limit: usize,
    /// Bytes that are encoded together.
    pub(super) part: usize,
    /// Number of bytes that have been encoded.
    done: usize,
    /// Range and id of the next special token. After the last one, the range is empty and at the end of the text.
    special: (Range<usize>, u32),
    pub(super) placed: Vec<Placed>,
}

/// A token and its range in a text, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub id: u32,
    pub start: usize,
    pub end: usize,
}

impl<'t> Encoding<'t> {
    /// A text of at most `limit` tokens, of which nothing has been encoded.
    pub fn new(text: impl Into<Cow<'t, str>>, limit: usize) -> Encoding<'t> {
        Encoding { text: text.into(), limit, part: PART, done: 0, special: (0..0, 0), placed: Vec::new() }
    }

    /// The tokens of the part that has been encoded.
    pub fn ids(&self) -> Vec<u32> {
        self.placed.iter().map(|token| token.id).collect()
    }
}

impl Tokenizer {
    /// Encodes the next part of a text, and returns whether it was the last one.
    ///
    /// # Errors
    /// `prompt-too-long` if the text has more tokens than allowed. The tokens of a long text are not all counted.
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
            // A piece does not depend on the text before it, so the pieces of the rest are the rest of the pieces.
            for piece in self.pieces.of(&text[*done..start]) {
                // A single piece can be a whole long text, and counting is faster than merging.
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

    /// The least number of tokens in a piece, or 0 if it cannot exceed `limit`.
    fn least_tokens(&self, piece: &str, limit: usize) -> usize {
        if piece.len() / self.longest <= limit {
            return 0;
        }
        piece.bytes().filter(|&byte| self.alphabet[byte as usize].is_some()).count() / self.longest
    }

    /// Spells and merges a piece, which begins at `start` in the text. Nothing merges across a byte without a token.
    fn merge(&self, text: &str, mut start: usize, piece: &str, placed: &mut Vec<Placed>) -> Result<()> {
        for bytes in piece.as_bytes().split_inclusive(|&byte| self.alphabet[byte as usize].is_none()) {
            let spelled: String = bytes.iter().filter_map(|&byte| self.alphabet[byte as usize]).collect();
            let tokens = self.bpe.tokenize(&spelled);
            let mut at = start;
            for token in tokens.map_err(|error| Error::InvalidText { what: error.to_string() })? {
                // Each character of the spelling is one byte of the text.
                let end = at + token.value.chars().count();
                // A token with only some bytes of a character has the range of the whole character.
                placed.push(Placed { id: token.id, start: floor(text, at), end: ceiling(text, end) });
                at = end;
            }
            start += bytes.len();
        }
        Ok(())
    }
}

/// Refuses more than `limit` tokens. `is_all` says whether all tokens of the text were counted.
fn within(tokens: usize, limit: usize, is_all: bool) -> Result<()> {
    match tokens > limit {
        true => Err(Error::PromptTooLong { tokens, is_all, limit }),
        false => Ok(()),
    }
}

/// The beginning of the character that contains the byte at `at`.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of the character that contains the byte before `at`.
fn ceiling(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
