//! Converts text to tokens and back, with the vocabulary of the file.
//!
//! There are two kinds. `byte_level` is the BPE of GPT-2 and most models since, and `sentence_piece` that of
//! Llama 2 and Gemma. This module holds what they have in common: special tokens, the token that a text begins with,
//! and the bytes of every token.

mod byte_level;
mod encoding;
mod letters;
mod pieces;
mod read;
#[cfg(test)]
mod reference;
mod sentence_piece;
mod specials;

use self::byte_level::ByteLevel;
pub use self::encoding::Encoding;
use self::encoding::Placed;
use self::sentence_piece::SentencePiece;
use self::specials::Specials;
use crate::error::{Error, Result};

/// One token of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Its index in the vocabulary.
    pub id: u32,
    /// The bytes that it stands for. They are not always valid UTF-8.
    pub bytes: Vec<u8>,
    /// `bytes` as text, with U+FFFD in place of invalid UTF-8.
    pub text: String,
}

/// A context and a continuation, encoded together and then split.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The tokens of the context.
    pub context: Vec<u32>,
    /// The tokens of the continuation, at least one.
    pub continuation: Vec<u32>,
    /// The text of the continuation, including the whitespace that it took from the end of the context.
    pub text: String,
}

/// The tokenizer of a file.
#[derive(Debug)]
pub struct Tokenizer {
    kind: Kind,
    specials: Specials,
    /// The bytes of all tokens, one after the other. Those of token `id` are `ends[id - 1]..ends[id]`.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    end_tokens: Vec<u32>,
    bos: Option<u32>,
    adds_bos: bool,
    empty_context: Option<String>,
    chat_template: Option<String>,
    /// Whether a text may be encoded in two parts, cut before a space. A special token can prevent it.
    cuts_before_space: bool,
    /// Most bytes of a text that one token stands for.
    longest: usize,
}

/// How text that holds no special token becomes tokens.
#[derive(Debug)]
enum Kind {
    ByteLevel(Box<ByteLevel>),
    SentencePiece(SentencePiece),
}

impl Tokenizer {
    /// A tokenizer that makes ids of texts, and knows nothing else of its tokens.
    #[cfg(test)]
    fn without_texts(kind: Kind, specials: Specials) -> Tokenizer {
        Tokenizer {
            kind,
            specials,
            bytes: Vec::new(),
            ends: Vec::new(),
            end_tokens: Vec::new(),
            bos: None,
            adds_bos: false,
            empty_context: None,
            chat_template: None,
            cuts_before_space: false,
            longest: 1,
        }
    }

    /// The same tokenizer, which adds its token for beginnings only if that is wanted.
    pub fn with_bos(self, is_wanted: bool) -> Tokenizer {
        Tokenizer { adds_bos: self.adds_bos && is_wanted, ..self }
    }

    /// Number of tokens in the vocabulary.
    pub fn vocabulary_size(&self) -> usize {
        self.ends.len()
    }

    /// Tokens that end a text.
    pub fn end_tokens(&self) -> &[u32] {
        &self.end_tokens
    }

    /// The token that the file names for beginnings.
    pub fn bos(&self) -> Option<u32> {
        self.bos
    }

    /// Whether every text begins with that token.
    pub fn adds_bos(&self) -> bool {
        self.adds_bos
    }

    /// The text that stands for an empty context: no text where the token for beginnings is added. Otherwise it is
    /// the token `<|endoftext|>`, which preceded every text in training, or else the one for beginnings.
    pub fn empty_context(&self) -> Result<&str> {
        if self.adds_bos {
            return Ok("");
        }
        self.empty_context.as_deref().ok_or_else(|| Error::InvalidOption {
            name: "reference",
            must: "a text that is not empty: this model has no token for a beginning".to_owned(),
            got: "empty".to_owned(),
        })
    }

    /// The Jinja template of the file that turns a conversation into a prompt.
    pub fn chat_template(&self) -> Option<&str> {
        self.chat_template.as_deref()
    }

    /// Converts text to ids. Special tokens in the text are recognized. The only one that may be added is the token
    /// for beginnings; see [`Tokenizer::adds_bos`]. A byte without a token is left out, as in llama.cpp. In SmolLM2
    /// these are some control characters, such as U+0004.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        self.encode_within(text, usize::MAX)
    }

    /// The same for a text of at most `limit` tokens.
    fn encode_within(&self, text: &str, limit: usize) -> Result<Vec<u32>> {
        let tokens = self.place(Encoding::new(text, limit))?;
        Ok(tokens.iter().map(|token| token.id).collect())
    }

    /// The tokens of a text, with their positions.
    fn place(&self, mut encoding: Encoding) -> Result<Vec<Placed>> {
        while !self.encode_more(&mut encoding)? {}
        Ok(encoding.placed)
    }

    /// Encodes `context` and each of `continuations` together, and splits them at their boundary.
    ///
    /// Spaces at the end of the context belong to the continuations. So does other whitespace there that forms one
    /// token with a continuation. The boundary is the same for all continuations, so that their scores can be
    /// compared. No text may have more than `limit` tokens.
    ///
    /// Where the tokenizer puts a space in front of a text, a continuation of an empty context that begins with one
    /// gets no second.
    pub fn split(&self, context: &str, continuations: &[String], limit: usize) -> Result<Vec<Split>> {
        // The part that no continuation can change is encoded once.
        let cut = self.cut(context);
        let (head, context) = context.split_at(cut);
        let head = if cut == 0 { Vec::new() } else { self.encode_within(head, limit)? };
        let texts: Vec<String> =
            continuations.iter().map(|continuation| format!("{context}{continuation}")).collect();
        let encode = |text: &String| {
            let encoding = match text.starts_with(' ') {
                _ if cut > 0 => Encoding::tail(text, limit),
                true if context.is_empty() => Encoding::without_prefix(text, limit),
                _ => Encoding::new(text, limit),
            };
            self.place(encoding)
        };
        let encodings = texts.iter().map(encode).collect::<Result<Vec<_>>>()?;

        let mut boundary = context.trim_end_matches(' ').len();
        let across = |boundary: usize| {
            encodings.iter().enumerate().find_map(|(index, tokens)| {
                let token = tokens.iter().find(|token| token.end > boundary)?;
                (token.start < boundary).then_some((index, *token))
            })
        };
        while let Some((index, Placed { id, start, .. })) = across(boundary) {
            let is_space = context.get(start..boundary).is_some_and(|text| text.trim().is_empty());
            if !is_space {
                let continuation = continuations[index].clone();
                return Err(Error::MergedContinuation { continuation, token: self.token(id).text });
            }
            boundary = start;
        }

        let splits = encodings.iter().zip(&texts).zip(continuations).map(|((tokens, text), continuation)| {
            let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
            // A token without a text belongs to what follows it, and only that for beginnings to the context.
            let is_before = |token: &&Placed| token.start < boundary || token.is_bos;
            let (context, rest) = ids.split_at(tokens.iter().filter(is_before).count());
            if rest.is_empty() {
                let must = "texts of at least one token each".to_owned();
                return Err(Error::InvalidOption {
                    name: "continuations",
                    must,
                    got: format!("{continuation:?}"),
                });
            }
            Ok(Split {
                context: [&head[..], context].concat(),
                continuation: rest.to_vec(),
                text: text[boundary..].to_owned(),
            })
        });
        splits.collect()
    }

    /// The last position where `text` can be cut and encoded in two parts: after a letter that is followed by a space
    /// and a letter. No piece extends across this position, so no token does, in any text.
    fn cut(&self, text: &str) -> usize {
        let is_cut = |bytes: &[u8]| {
            let is_end = match &self.kind {
                Kind::SentencePiece(pieces) => pieces.ends_before_space(char::from(bytes[0])),
                Kind::ByteLevel(_) => true,
            };
            is_end && bytes[0].is_ascii_alphabetic() && bytes[1] == b' ' && bytes[2].is_ascii_alphabetic()
        };
        let last = text.as_bytes().windows(3).rposition(is_cut);
        last.filter(|_| self.cuts_before_space).map_or(0, |letter| letter + 1)
    }

    /// The bytes of all tokens, one after the other, and where each ends. Token `id` is `ends[id - 1]..ends[id]`.
    pub fn vocabulary(&self) -> (&[u8], &[u32]) {
        (&self.bytes, &self.ends)
    }

    /// The bytes of token `id`, empty for an id outside the vocabulary.
    pub fn bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else { return &[] };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start as usize..end as usize]
    }

    /// Converts ids to text, with U+FFFD in place of invalid UTF-8. The text begins with what the tokenizer added, if
    /// anything: see [`Encoding::added`].
    pub fn decode(&self, ids: &[u32]) -> String {
        let bytes: Vec<u8> = ids.iter().flat_map(|&id| self.bytes(id)).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Token `id` with its bytes and text.
    pub fn token(&self, id: u32) -> Token {
        let bytes = self.bytes(id).to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Token { id, bytes, text }
    }
}
