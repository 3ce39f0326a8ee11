//! Encodes a text in parts. A long text takes long, and the caller may want to stop in between.

use std::borrow::Cow;
use std::ops::Range;

use super::{Kind, Tokenizer};
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
    /// Whether the text is yet to begin, with the token for beginnings.
    is_due: bool,
    /// Whether the prefix of SentencePiece is due: at the beginning of a text, and after a special token.
    is_first: bool,
    pub(super) placed: Vec<Placed>,
}

/// A token and its range in a text, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub id: u32,
    pub start: usize,
    pub end: usize,
    /// How many bytes at the beginning of the token are not in the text.
    pub added: usize,
    /// Whether it is the token for beginnings that was added.
    pub is_bos: bool,
}

impl<'t> Encoding<'t> {
    /// A text of at most `limit` tokens, of which nothing has been encoded.
    pub fn new(text: impl Into<Cow<'t, str>>, limit: usize) -> Encoding<'t> {
        Encoding {
            text: text.into(),
            limit,
            part: PART,
            done: 0,
            special: (0..0, 0),
            is_due: true,
            is_first: true,
            placed: Vec::new(),
        }
    }

    /// The same without a space in front of it.
    pub(super) fn without_prefix(text: &'t str, limit: usize) -> Encoding<'t> {
        Encoding { is_first: false, ..Encoding::new(text, limit) }
    }

    /// The rest of a text whose beginning has been encoded.
    pub(super) fn tail(text: &'t str, limit: usize) -> Encoding<'t> {
        Encoding { is_due: false, ..Encoding::without_prefix(text, limit) }
    }

    /// The tokens of the part that has been encoded.
    pub fn ids(&self) -> Vec<u32> {
        self.placed.iter().map(|token| token.id).collect()
    }

    /// For each of these, how many bytes at its beginning the text does not have: all of the token for beginnings, and
    /// the space that SentencePiece puts in front of a text.
    pub fn added(&self) -> Vec<u32> {
        self.placed.iter().map(|token| token.added as u32).collect()
    }
}

impl Tokenizer {
    /// Encodes the next part of a text, and returns whether it was the last one.
    ///
    /// # Errors
    /// `prompt-too-long` if the text has more tokens than allowed. The tokens of a long text are not all counted.
    pub fn encode_more(&self, encoding: &mut Encoding) -> Result<bool> {
        let Encoding { text, limit, part, done, special, is_due, is_first, placed } = encoding;
        if std::mem::take(is_due)
            && let Some(id) = self.bos.filter(|_| self.adds_bos)
        {
            // A text that begins with the token begins once.
            if self.specials.at_start(text.as_bytes()).is_none_or(|(_, first)| first != id) {
                placed.push(Placed { id, start: 0, end: 0, added: self.bytes(id).len(), is_bos: true });
            }
        }
        let end = text.len().min(done.saturating_add(*part));
        while *done < end {
            if special.0.end <= *done {
                *special = self.specials.first(text, *done).unwrap_or((text.len()..text.len(), 0));
            }
            let (Range { start, end: behind }, id) = special.clone();
            if start == *done {
                placed.push(Placed { id, start, end: behind, added: 0, is_bos: false });
                (*done, *is_first) = (behind, true);
                continue;
            }
            // A piece does not depend on the text before it, so the pieces of the rest are the rest of the pieces.
            for piece in self.pieces(&text[*done..start]) {
                // A single piece can be a whole long text, and counting is faster than merging.
                within(placed.len() + self.least_tokens(piece, *limit), *limit, false)?;
                match &self.kind {
                    Kind::ByteLevel(bytes) => bytes.merge(text, *done, piece, placed)?,
                    Kind::SentencePiece(pieces) => pieces.merge(*done, piece, *is_first, placed),
                }
                (*done, *is_first) = (*done + piece.len(), false);
                if *done >= end {
                    break;
                }
            }
        }
        let is_all = *done == text.len();
        within(placed.len(), *limit, is_all)?;
        Ok(is_all)
    }

    /// The parts of a text without special tokens that no token extends across.
    fn pieces<'a>(&'a self, text: &'a str) -> Box<dyn Iterator<Item = &'a str> + 'a> {
        match &self.kind {
            Kind::ByteLevel(bytes) => Box::new(bytes.pieces.of(text)),
            Kind::SentencePiece(pieces) => Box::new(pieces.pieces(text)),
        }
    }

    /// The least number of tokens in a piece, or 0 if it cannot exceed `limit`.
    fn least_tokens(&self, piece: &str, limit: usize) -> usize {
        if piece.len() / self.longest <= limit {
            return 0;
        }
        let bytes = match &self.kind {
            Kind::ByteLevel(bytes) => bytes.known_bytes(piece),
            Kind::SentencePiece(_) => piece.len(),
        };
        bytes / self.longest
    }
}

/// Refuses more than `limit` tokens. `is_all` says whether all tokens of the text were counted.
fn within(tokens: usize, limit: usize, is_all: bool) -> Result<()> {
    match tokens > limit {
        true => Err(Error::PromptTooLong { tokens, is_all, limit }),
        false => Ok(()),
    }
}
