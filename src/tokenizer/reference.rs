//! The slow reference of the whole tokenizer. It uses the `tokenizers` crate for everything, including regular
//! expressions and special tokens.

use proptest::prelude::*;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::ByteLevel as NoNormalizer;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split as Cut, SplitPattern};
use tokenizers::{AddedToken, PreTokenizedString, SplitDelimiterBehavior, TokenizerImpl};

use super::byte_level::{self, alphabet};
use super::pieces::{Pieces, PreTokenizer};
use super::specials::Specials;
use super::{Encoding, Kind, Tokenizer};

const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// GPT-4o's own has classes for capital and small letters; llama.cpp knows the case of ASCII letters only.
const GPT4O: &str = r"[^\r\n\p{L}\p{N}]?((?=\p{L})[^a-z])*((?=\p{L})[^A-Z])+(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|[^\r\n\p{L}\p{N}]?((?=\p{L})[^a-z])+((?=\p{L})[^A-Z])*(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

impl PreTokenizer {
    /// The expressions that define it, applied in turn.
    pub(crate) fn expressions(self) -> &'static [&'static str] {
        match self {
            PreTokenizer::Gpt2 => &[GPT2],
            PreTokenizer::SmolLm => &[r"\p{N}", GPT2],
            PreTokenizer::Default => &[r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"],
            PreTokenizer::Llama3 => &[LLAMA3],
            PreTokenizer::Qwen2 => &[QWEN2],
            PreTokenizer::Qwen35 => &[QWEN35],
            PreTokenizer::Gpt4o => &[GPT4O],
        }
    }
}

/// All pre-tokenizers.
pub(crate) const ALL: [PreTokenizer; 7] = [
    PreTokenizer::Gpt2,
    PreTokenizer::SmolLm,
    PreTokenizer::Default,
    PreTokenizer::Llama3,
    PreTokenizer::Qwen2,
    PreTokenizer::Qwen35,
    PreTokenizer::Gpt4o,
];

/// Two bytes without a token, across which nothing merges. The first is a part of `é` and `ü`, and the second of `🙂`.
const WITHOUT_TOKEN: [u8; 2] = [0xc3, 0x9f];
const SPECIALS: [&str; 3] = ["<|a|>", "<|", "  "];
const MERGES: [(&str, &str); 9] = [
    ("h", "e"),
    ("l", "l"),
    ("he", "ll"),
    ("Ġ", "he"),
    ("Ċ", "Ċ"),
    ("Ġ", "Ġ"),
    ("ä", "½"),
    ("ä½", "ł"),
    ("Ġ", "ä"),
];

struct Reference(Vec<Cut>);

impl tokenizers::PreTokenizer for Reference {
    fn pre_tokenize(&self, text: &mut PreTokenizedString) -> tokenizers::Result<()> {
        let (unspellable, cuts) = self.0.split_last().expect("it has cuts");
        cuts.iter().try_for_each(|cut| cut.pre_tokenize(text))?;
        ByteLevel::new(false, false, false).pre_tokenize(text)?;
        unspellable.pre_tokenize(text)
    }
}

type Whole = TokenizerImpl<BPE, NoNormalizer, Reference, ByteLevel, ByteLevel>;

fn both(cutting: PreTokenizer) -> (Tokenizer, Whole) {
    let alphabet = alphabet();
    let spelled = |byte: &u8| alphabet[*byte as usize].to_string();
    let mut tokens: Vec<String> =
        (0..=255).filter(|byte| !WITHOUT_TOKEN.contains(byte)).map(|byte| spelled(&byte)).collect();
    tokens.extend(MERGES.map(|(left, right)| format!("{left}{right}")));
    tokens.extend(SPECIALS.map(str::to_owned));
    let vocabulary: Vocab = tokens.iter().cloned().zip(0..).collect();
    let merges = MERGES.map(|(left, right)| (left.to_owned(), right.to_owned())).to_vec();
    let bpe = BPE::builder().vocab_and_merges(vocabulary, merges).build().expect("a vocabulary");

    let mut patterns: Vec<String> = cutting.expressions().iter().map(|&pattern| pattern.to_owned()).collect();
    patterns.push(format!("[{}]", WITHOUT_TOKEN.each_ref().map(spelled).concat()));
    let cut = |pattern| {
        Cut::new(SplitPattern::Regex(pattern), SplitDelimiterBehavior::Isolated, false)
            .expect("an expression")
    };
    let mut whole = Whole::new(bpe.clone());
    whole.with_pre_tokenizer(Some(Reference(patterns.into_iter().map(cut).collect())));
    whole.add_special_tokens(SPECIALS.map(|text| AddedToken::from(text, true))).expect("special tokens");

    let first = (tokens.len() - SPECIALS.len()) as u32;
    let kind = Kind::ByteLevel(Box::new(byte_level::ByteLevel {
        bpe,
        pieces: Pieces::new(cutting),
        alphabet: std::array::from_fn(|byte| {
            Some(alphabet[byte]).filter(|_| !WITHOUT_TOKEN.contains(&(byte as u8)))
        }),
    }));
    let specials = Specials::new(SPECIALS.map(str::to_owned).into_iter().zip(first..));
    (Tokenizer::without_texts(kind, specials), whole)
}

proptest! {
    #[test]
    fn any_text_has_the_tokens_of_the_twin_at_the_same_places(
        text in "(hello|he|l| |  |\n|\n\n|你|佀|é|ü|🙂|ß|<\\|a\\|>|<\\||\\|>|'s|5|\u{3000}|.){0,16}",
    ) {
        for cutting in ALL {
            let (ours, whole) = both(cutting);
            let encoding = whole.encode(text.as_str(), false).expect("it is encoded");
            let wanted: Vec<_> =
                encoding.get_ids().iter().zip(encoding.get_offsets()).map(|(&id, &(start, end))| (id, start, end)).collect();
            // The text is encoded at once, and piece by piece.
            for part in [usize::MAX, 1] {
                let mut encoding = Encoding::new(text.as_str(), usize::MAX);
                encoding.part = part;
                while !ours.encode_more(&mut encoding).expect("it is encoded") {}
                let found: Vec<_> = encoding.placed.iter().map(|token| (token.id, token.start, token.end)).collect();
                prop_assert_eq!(&found, &wanted, "{:?} by {:?}", text, cutting);
            }
        }
    }
}
