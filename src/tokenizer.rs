//! Converts text to tokens and back. It is byte-level BPE with the vocabulary, merges and pre-tokenizer of the file.
//!
//! The algorithm is that of GPT-2 (Radford et al. 2019, §2.2). A regular expression cuts text into pieces. Each piece
//! is written in an alphabet of 256 printable characters, one for each byte, and neighbors are merged in the order in
//! which the merges were learned. The `tokenizers` crate does the merging. This module reads the vocabulary from GGUF
//! metadata, cuts text into pieces, and holds the bytes of every token.

mod encoding;
mod letters;
mod pieces;
mod specials;
#[cfg(test)]
mod reference;

use std::collections::HashMap;

use tokenizers::models::bpe::BPE;

pub use self::encoding::Encoding;
use self::encoding::Placed;
use self::pieces::{Pieces, PreTokenizer};
use self::specials::Specials;
use crate::error::{Error, Result};
use crate::gguf::Metadata;

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
    bpe: BPE,
    pieces: Pieces,
    specials: Specials,
    /// GPT-2's character for each byte; `None` for a byte that has no token.
    alphabet: [Option<char>; 256],
    /// The bytes of all tokens, one after the other. Those of token `id` are `ends[id - 1]..ends[id]`.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    end_tokens: Vec<u32>,
    empty_context: Option<String>,
    chat_template: Option<String>,
    /// Whether a special token contains a space, so that tokens may extend across spaces.
    spaced: bool,
    /// Most bytes of a text that one token stands for.
    longest: usize,
}

/// ggml's types of special tokens (`token_type`), which are found in text as they are.
const CONTROL: i128 = 3;
const USER_DEFINED: i128 = 4;
/// Most bytes of a special token. The search for them takes time in proportion to the longest one, at every position.
const MAX_SPECIAL: usize = 256;

impl Tokenizer {
    /// Reads `tokenizer.ggml.*`.
    pub fn from_metadata(metadata: &Metadata) -> Result<Tokenizer> {
        let kind = metadata.string("tokenizer.ggml.model").unwrap_or("none");
        if kind != "gpt2" {
            return Err(Error::unsupported_tokenizer(format!("{kind:?}")));
        }
        let missing = |key: &str| Error::corrupt(format!("it has no {key}"));
        let tokens =
            metadata.strings("tokenizer.ggml.tokens").ok_or_else(|| missing("tokenizer.ggml.tokens"))?;
        let merges =
            metadata.strings("tokenizer.ggml.merges").ok_or_else(|| missing("tokenizer.ggml.merges"))?;
        let types = metadata.integers("tokenizer.ggml.token_type");
        let pre = metadata.string("tokenizer.ggml.pre").unwrap_or("gpt-2");
        let (cutting, whole_words_first) =
            cutting(pre).ok_or_else(|| Error::unsupported_tokenizer(format!("pre-tokenizer {pre:?}")))?;

        let type_of = |id: usize| types.and_then(|types| types.get(id));
        let is_special = |id: usize| matches!(type_of(id), Some(CONTROL | USER_DEFINED));
        let alphabet = alphabet();
        let from_alphabet: HashMap<char, u8> =
            (0..=255).map(|byte| (alphabet[byte as usize], byte)).collect();

        let mut vocabulary = HashMap::with_capacity(tokens.len());
        let mut bytes = Vec::new();
        let mut ends = Vec::with_capacity(tokens.len());
        for (id, token) in tokens.iter().enumerate() {
            if vocabulary.insert(token.clone(), id as u32).is_some() {
                return Err(Error::unsupported_tokenizer(format!("token {token:?} is in it twice")));
            }
            if is_special(id) && token.len() > MAX_SPECIAL {
                let length = token.len();
                return Err(Error::unsupported_tokenizer(format!("a special token of {length} bytes")));
            }
            let spelled: Option<Vec<u8>> = token.chars().map(|c| from_alphabet.get(&c).copied()).collect();
            match spelled {
                Some(spelled) if !is_special(id) => bytes.extend(spelled),
                _ => bytes.extend(token.as_bytes()),
            }
            ends.push(bytes.len() as u32);
        }
        let is_token = |c: &char| vocabulary.contains_key(c.encode_utf8(&mut [0; 4]) as &str);
        let alphabet = alphabet.map(|c| Some(c).filter(is_token));
        let merges = merges
            .iter()
            .map(|merge| match merge.split_once(' ') {
                Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
                None => Err(Error::corrupt(format!("merge {merge:?} is not a pair"))),
            })
            .collect::<Result<Vec<_>>>()?;
        let bpe = BPE::builder()
            .vocab_and_merges(vocabulary.into_iter().collect::<tokenizers::models::bpe::Vocab>(), merges)
            .ignore_merges(whole_words_first)
            .build()
            .map_err(|error| Error::corrupt(format!("its merges: {error}")))?;

        let specials = tokens.iter().enumerate().filter(|(id, _)| is_special(*id));
        let specials = Specials::new(specials.map(|(id, token)| (token.clone(), id as u32)));

        let mut end_tokens = Vec::new();
        for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"] {
            if let Some(id) = metadata.token(key, tokens.len())?
                && !end_tokens.contains(&(id as u32))
            {
                end_tokens.push(id as u32);
            }
        }
        // This is the end of a document. Some files name only the end of a turn.
        if let Some(id) = tokens.iter().position(|token| token == "<|endoftext|>")
            && !end_tokens.contains(&(id as u32))
        {
            end_tokens.push(id as u32);
        }
        let bos = metadata.token("tokenizer.ggml.bos_token_id", tokens.len())?;
        let end = tokens.iter().position(|token| token == "<|endoftext|>");
        let empty_context = end.into_iter().chain(bos).find_map(|id| tokens.get(id)).cloned();
        let chat_template = metadata.string("tokenizer.chat_template").map(str::to_owned);
        let spaced = tokens.iter().enumerate().any(|(id, token)| is_special(id) && token.contains(' '));
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let longest = starts.zip(&ends).map(|(start, end)| (end - start) as usize).max().unwrap_or(0);
        let pieces = Pieces::new(cutting);
        Ok(Tokenizer {
            bpe,
            pieces,
            specials,
            alphabet,
            bytes,
            ends,
            end_tokens,
            empty_context,
            chat_template,
            spaced,
            longest: longest.max(1),
        })
    }

    /// Number of tokens in the vocabulary.
    pub fn vocabulary_size(&self) -> usize {
        self.ends.len()
    }

    /// Tokens that end a text.
    pub fn end_tokens(&self) -> &[u32] {
        &self.end_tokens
    }

    /// The text that stands for an empty context: the token `<|endoftext|>`, which preceded every text in training,
    /// or else the one that the file names for beginnings.
    pub fn empty_context(&self) -> Result<&str> {
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

    /// Converts text to ids. Special tokens in the text are recognized, and none is ever added. A byte without a
    /// token is left out, as in llama.cpp. In SmolLM2 these are some control characters, such as U+0004.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        self.encode_within(text, usize::MAX)
    }

    /// The same for a text of at most `limit` tokens.
    fn encode_within(&self, text: &str, limit: usize) -> Result<Vec<u32>> {
        Ok(self.place(text, limit)?.iter().map(|token| token.id).collect())
    }

    /// The same, with the position of each token.
    fn place(&self, text: &str, limit: usize) -> Result<Vec<Placed>> {
        let mut encoding = Encoding::new(text, limit);
        while !self.encode_more(&mut encoding)? {}
        Ok(encoding.placed)
    }

    /// Encodes `context` and each of `continuations` together, and splits them at their boundary.
    ///
    /// Spaces at the end of the context belong to the continuations. So does other whitespace there that forms one
    /// token with a continuation. The boundary is the same for all continuations, so that their scores can be
    /// compared. No text may have more than `limit` tokens.
    pub fn split(&self, context: &str, continuations: &[String], limit: usize) -> Result<Vec<Split>> {
        // The part that no continuation can change is encoded once.
        let (head, context) = context.split_at(self.cut(context));
        let head = self.encode_within(head, limit)?;
        let texts: Vec<String> =
            continuations.iter().map(|continuation| format!("{context}{continuation}")).collect();
        let encodings = texts.iter().map(|text| self.place(text, limit)).collect::<Result<Vec<_>>>()?;

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
            let (context, rest) = ids.split_at(tokens.iter().filter(|token| token.end <= boundary).count());
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
    /// and a letter. No pre-tokenizer has a piece across this position, so no token extends across it in any text.
    fn cut(&self, text: &str) -> usize {
        let is_cut = |bytes: &[u8]| {
            bytes[0].is_ascii_alphabetic() && bytes[1] == b' ' && bytes[2].is_ascii_alphabetic()
        };
        let last = text.as_bytes().windows(3).rposition(is_cut);
        last.filter(|_| !self.spaced).map_or(0, |letter| letter + 1)
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

    /// Converts ids to text, with U+FFFD in place of invalid UTF-8.
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

/// The pre-tokenizer with one of llama.cpp's names, and whether a piece that is itself a token is taken whole, before
/// any merge.
fn cutting(pre: &str) -> Option<(PreTokenizer, bool)> {
    Some(match pre {
        "gpt-2" | "gpt2" | "phi-2" | "jina-es" | "jina-de" | "mpt" | "olmo" | "jais" => {
            (PreTokenizer::Gpt2, false)
        }
        "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" | "exaone" => {
            (PreTokenizer::SmolLm, false)
        }
        "llama-bpe" | "llama3" | "llama-v3" | "falcon3" => (PreTokenizer::Llama3, true),
        "qwen2" | "deepseek-r1-qwen" => (PreTokenizer::Qwen2, false),
        _ => return None,
    })
}

/// GPT-2's printable character for each byte: the byte itself if it is printable Latin-1, otherwise the next free
/// character from U+0100.
fn alphabet() -> [char; 256] {
    let mut next = 0x100;
    std::array::from_fn(|byte| match byte as u8 {
        byte @ (0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF) => char::from(byte),
        _ => {
            next += 1;
            char::from_u32(next - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    })
}
