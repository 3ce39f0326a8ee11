//! Reads a tokenizer from the metadata of a file, `tokenizer.ggml.*`.

use std::collections::HashMap;

use super::byte_level::{ByteLevel, alphabet, cutting};
use super::sentence_piece::{SentencePiece, byte_of, spelled};
use super::specials::Specials;
use super::{Kind, Tokenizer};
use crate::error::{Error, Result};
use crate::gguf::{Integers, Metadata, Value};

/// ggml's types of tokens (`token_type`). The first three are special: they are found in text as they are.
const UNKNOWN: i128 = 2;
const CONTROL: i128 = 3;
const USER_DEFINED: i128 = 4;
const BYTE: i128 = 6;
/// Most bytes of a special token. The search for them takes time in proportion to the longest one, at every position.
const MAX_SPECIAL: usize = 256;
/// The token that precedes and ends every document in the training of many models.
const END_OF_TEXT: &str = "<|endoftext|>";

/// The texts of all tokens, and their types, if the file has them.
struct Vocabulary<'m> {
    tokens: &'m [String],
    types: Option<&'m Integers>,
}

impl Vocabulary<'_> {
    fn type_of(&self, id: usize) -> Option<i128> {
        self.types.and_then(|types| types.get(id))
    }

    fn is_special(&self, id: usize) -> bool {
        matches!(self.type_of(id), Some(UNKNOWN | CONTROL | USER_DEFINED))
    }

    /// The special tokens.
    fn specials(&self) -> impl Iterator<Item = (String, u32)> {
        self.tokens
            .iter()
            .zip(0..)
            .filter(|(_, id)| self.is_special(*id as usize))
            .map(|(text, id)| (text.clone(), id))
    }

    /// The ids by text. A text that two tokens have is refused, and so is a special token that is too long.
    fn ids(&self) -> Result<HashMap<String, u32>> {
        let mut ids = HashMap::with_capacity(self.tokens.len());
        for (id, token) in self.tokens.iter().enumerate() {
            if ids.insert(token.clone(), id as u32).is_some() {
                return Err(Error::unsupported_tokenizer(format!("token {token:?} is in it twice")));
            }
            if self.is_special(id) && token.len() > MAX_SPECIAL {
                let length = token.len();
                return Err(Error::unsupported_tokenizer(format!("a special token of {length} bytes")));
            }
        }
        Ok(ids)
    }

    /// Appends the bytes of one token.
    fn spell(&self, id: usize, is_pieces: bool, from_alphabet: &HashMap<char, u8>, bytes: &mut Vec<u8>) {
        let token = &self.tokens[id];
        if self.is_special(id) {
            bytes.extend(token.as_bytes());
        } else if is_pieces {
            let may_be_byte = self.types.is_none() || self.type_of(id) == Some(BYTE);
            match byte_of(token).filter(|_| may_be_byte) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend(spelled(token).bytes()),
            }
        } else {
            match token.chars().map(|c| from_alphabet.get(&c).copied()).collect::<Option<Vec<u8>>>() {
                Some(spelled) => bytes.extend(spelled),
                None => bytes.extend(token.as_bytes()),
            }
        }
    }
}

impl Tokenizer {
    /// Reads `tokenizer.ggml.*`.
    pub fn from_metadata(metadata: &Metadata) -> Result<Tokenizer> {
        let model = metadata.string("tokenizer.ggml.model").unwrap_or("none");
        let is_pieces = model == "llama";
        if !is_pieces && model != "gpt2" {
            return Err(Error::unsupported_tokenizer(format!("{model:?}")));
        }
        let missing = |key: &str| Error::corrupt(format!("it has no {key}"));
        let tokens =
            metadata.strings("tokenizer.ggml.tokens").ok_or_else(|| missing("tokenizer.ggml.tokens"))?;
        let vocabulary = Vocabulary { tokens, types: metadata.integers("tokenizer.ggml.token_type") };

        let (kind, adds_bos) = if is_pieces {
            let scores = match metadata.get("tokenizer.ggml.scores") {
                Some(Value::Floats(scores)) => scores,
                _ => return Err(missing("tokenizer.ggml.scores")),
            };
            let has_prefix = flag(metadata, "tokenizer.ggml.add_space_prefix").unwrap_or(true);
            (Kind::SentencePiece(SentencePiece::new(vocabulary.ids()?, scores, has_prefix)?), true)
        } else {
            let merges =
                metadata.strings("tokenizer.ggml.merges").ok_or_else(|| missing("tokenizer.ggml.merges"))?;
            let pre = metadata.string("tokenizer.ggml.pre").unwrap_or_default();
            let (cutting, is_llama3) =
                cutting(pre).ok_or_else(|| Error::unsupported_tokenizer(format!("pre-tokenizer {pre:?}")))?;
            let bytes = ByteLevel::new(vocabulary.ids()?, merges, cutting, is_llama3)?;
            (Kind::ByteLevel(Box::new(bytes)), is_llama3)
        };

        let from_alphabet: HashMap<char, u8> = alphabet().into_iter().zip(0..=255).collect();
        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(tokens.len());
        for id in 0..tokens.len() {
            vocabulary.spell(id, is_pieces, &from_alphabet, &mut bytes);
            ends.push(bytes.len() as u32);
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let longest = match &kind {
            Kind::ByteLevel(_) => starts.zip(&ends).map(|(start, end)| (end - start) as usize).max(),
            // A text may hold the character that stands for a space.
            Kind::SentencePiece(_) => tokens.iter().map(String::len).max(),
        };
        let specials = Specials::new(vocabulary.specials());
        let cuts_before_space = match &kind {
            // The space that comes after a special token would be missing if the text were cut there.
            Kind::SentencePiece(pieces) => {
                !specials.any(|text| holds_gap(text) || pieces.has_prefix && text.ends_with(is_letter))
            }
            Kind::ByteLevel(_) => !specials.any(holds_gap),
        };

        let token = |key: &str, default: Option<usize>| match metadata.get(key) {
            None => Ok(default.filter(|&id| id < tokens.len())),
            Some(_) => metadata.token(key, tokens.len()),
        };
        // llama.cpp takes these for SentencePiece where the file names none.
        let default = |id: usize| Some(id).filter(|_| is_pieces);
        let bos = token("tokenizer.ggml.bos_token_id", default(1))?.map(|id| id as u32);
        let adds_bos = match flag(metadata, "tokenizer.ggml.add_bos_token") {
            Some(true) if bos.is_none() => {
                return Err(Error::corrupt("its texts are to begin with a token that it does not name"));
            }
            asked => asked.unwrap_or(adds_bos) && bos.is_some(),
        };
        let end_of_text = tokens.iter().position(|token| token == END_OF_TEXT);
        let named = [
            token("tokenizer.ggml.eos_token_id", default(2))?,
            token("tokenizer.ggml.eot_token_id", None)?,
            // This is the end of a document. Some files name only the end of a turn.
            end_of_text,
        ];
        let mut end_tokens = Vec::new();
        for id in named.into_iter().flatten() {
            if !end_tokens.contains(&(id as u32)) {
                end_tokens.push(id as u32);
            }
        }
        let empty_context = end_of_text.or(bos.map(|id| id as usize)).map(|id| tokens[id].clone());
        Ok(Tokenizer {
            kind,
            specials,
            bytes,
            ends,
            end_tokens,
            bos,
            adds_bos,
            empty_context,
            chat_template: metadata.string("tokenizer.chat_template").map(str::to_owned),
            cuts_before_space,
            longest: longest.unwrap_or(0).max(1),
        })
    }
}

/// The bool under `key`.
fn flag(metadata: &Metadata, key: &str) -> Option<bool> {
    match metadata.get(key) {
        Some(Value::Integer(n)) => Some(*n != 0),
        _ => None,
    }
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
}

/// Whether a text holds a letter and a space behind it.
fn holds_gap(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0].is_ascii_alphabetic() && pair[1] == b' ')
}
