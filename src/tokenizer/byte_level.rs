//! Byte-level BPE (Radford et al. 2019, §2.2). A piece is written in an alphabet of 256 printable characters, one for
//! each byte, and neighbors are merged in the order in which the merges were learned. The `tokenizers` crate does the
//! merging.

use std::collections::HashMap;

use tokenizers::Model;
use tokenizers::models::bpe::{BPE, Vocab};

use super::encoding::Placed;
use super::pieces::{Pieces, PreTokenizer};
use crate::error::{Error, Result};

/// The merges of a vocabulary, and how text is cut before.
#[derive(Debug)]
pub struct ByteLevel {
    pub(super) bpe: BPE,
    pub(super) pieces: Pieces,
    /// GPT-2's character for each byte; `None` for a byte that has no token.
    pub(super) alphabet: [Option<char>; 256],
}

impl ByteLevel {
    /// Reads merges, each of which is a pair with a space between its halves. With `whole_words_first`, a piece that
    /// is itself a token is taken whole, before any merge.
    pub fn new(
        vocabulary: HashMap<String, u32>,
        merges: &[String],
        cutting: PreTokenizer,
        whole_words_first: bool,
    ) -> Result<ByteLevel> {
        let is_token = |c: &char| vocabulary.contains_key(c.encode_utf8(&mut [0; 4]) as &str);
        let alphabet = alphabet().map(|c| Some(c).filter(is_token));
        let merges = merges
            .iter()
            .map(|merge| match merge.split_once(' ') {
                Some((left, right)) => Ok((left.to_owned(), right.to_owned())),
                None => Err(Error::corrupt(format!("merge {merge:?} is not a pair"))),
            })
            .collect::<Result<Vec<_>>>()?;
        let bpe = BPE::builder()
            .vocab_and_merges(vocabulary.into_iter().collect::<Vocab>(), merges)
            .ignore_merges(whole_words_first)
            .build()
            .map_err(|error| Error::corrupt(format!("its merges: {error}")))?;
        Ok(ByteLevel { bpe, pieces: Pieces::new(cutting), alphabet })
    }

    /// How many bytes of a piece have a token.
    pub fn known_bytes(&self, piece: &str) -> usize {
        piece.bytes().filter(|&byte| self.alphabet[byte as usize].is_some()).count()
    }

    /// Spells and merges a piece, which begins at `start` in the text. Nothing merges across a byte without a token.
    pub fn merge(&self, text: &str, mut start: usize, piece: &str, placed: &mut Vec<Placed>) -> Result<()> {
        for bytes in piece.as_bytes().split_inclusive(|&byte| self.alphabet[byte as usize].is_none()) {
            let spelled: String = bytes.iter().filter_map(|&byte| self.alphabet[byte as usize]).collect();
            let tokens = self.bpe.tokenize(&spelled);
            let mut at = start;
            for token in tokens.map_err(|error| Error::InvalidText { what: error.to_string() })? {
                // Each character of the spelling is one byte of the text.
                let end = at + token.value.chars().count();
                // A token with only some bytes of a character has the range of the whole character.
                placed.push(Placed {
                    id: token.id,
                    start: floor(text, at),
                    end: ceiling(text, end),
                    added: 0,
                    is_bos: false,
                });
                at = end;
            }
            start += bytes.len();
        }
        Ok(())
    }
}

/// The pre-tokenizer with one of llama.cpp's names, and whether its files follow Llama 3: a piece that is itself a
/// token is taken whole, before any merge, and a text begins with the token for beginnings.
pub fn cutting(pre: &str) -> Option<(PreTokenizer, bool)> {
    Some(match pre {
        "" | "default" => (PreTokenizer::Default, false),
        "gpt-2" | "gpt2" | "phi-2" | "jina-es" | "jina-de" | "jina-v2-es" | "jina-v2-de" | "modern-bert"
        | "mpt" | "olmo" | "jais" | "trillion" | "granite-docling" | "gigachat" | "a.x-4.0" | "mellum"
        | "exaone4" => (PreTokenizer::Gpt2, false),
        "smollm" | "starcoder" | "refact" | "command-r" | "codeshell" | "exaone" | "minerva-7b"
        | "mellum2" => (PreTokenizer::SmolLm, false),
        "llama-bpe" | "llama3" | "llama-v3" | "falcon3" | "falcon-h1" | "pixtral" | "midm-2.0" | "lfm2" => {
            (PreTokenizer::Llama3, true)
        }
        "dbrx" | "smaug-bpe" | "chatglm-bpe" | "glm4" => (PreTokenizer::Llama3, false),
        "qwen2" | "deepseek-r1-qwen" | "hunyuan" | "stablelm2" | "megrez" | "grok-2" | "solar-open"
        | "kormo" | "f2llmv2" => (PreTokenizer::Qwen2, false),
        "qwen35" => (PreTokenizer::Qwen35, false),
        "gpt-4o" | "llama4" | "kanana2" | "talkie" | "minimax-m2" => (PreTokenizer::Gpt4o, false),
        _ => return None,
    })
}

/// GPT-2's printable character for each byte: the byte itself if it is printable Latin-1, otherwise the next free
/// character from U+0100.
pub fn alphabet() -> [char; 256] {
    let mut next = 0x100;
    std::array::from_fn(|byte| match byte as u8 {
        byte @ (0x21..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF) => char::from(byte),
        _ => {
            next += 1;
            char::from_u32(next - 1).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    })
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
