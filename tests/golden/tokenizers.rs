//! Every kind of tokenizer gives llama.cpp's tokens, on the small vocabularies of `vocabularies.mjs`.

use serde_json::Value;
use shotglass::error::{Error, Result};
use shotglass::gguf::{Metadata, Reader, Sink, TensorInfo};
use shotglass::tokenizer::{Encoding, Tokenizer};

use super::files::read;

/// The names of `vocabularies.mjs`.
const NAMES: [&str; 12] = [
    "gpt-2",
    "smollm",
    "llama-bpe",
    "dbrx",
    "qwen2",
    "qwen35",
    "gpt-4o",
    "default",
    "none",
    "spm",
    "spm-bare",
    "spm-lines",
];

/// A vocabulary, and what llama.cpp says of it.
struct Case {
    name: &'static str,
    tokenizer: Tokenizer,
    texts: Vec<String>,
    ids: Vec<Vec<u32>>,
    bos: Option<u32>,
    adds_bos: bool,
}

/// Takes a file that has no tensors.
struct Nothing;

impl Sink for Nothing {
    fn metadata(&mut self, _: &Metadata, _: usize) -> Result<()> {
        Ok(())
    }

    fn directory(&mut self, _: &[TensorInfo]) -> Result<()> {
        Ok(())
    }

    fn rows(&mut self, _: &TensorInfo, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

fn cases() -> impl Iterator<Item = Case> {
    NAMES.into_iter().map(|name| {
        let bytes = read(&format!("tokenizers/{name}.gguf"));
        let mut reader = Reader::new(Some(bytes.len() as u64));
        reader.push(&bytes, &mut Nothing).expect("the file is sound");
        let metadata = reader.finish().expect("the file is whole");
        let said: Value =
            serde_json::from_slice(&read(&format!("tokenizers/{name}.json"))).expect("llama.mjs wrote it");
        let list = |key: &str| said[key].as_array().expect("a list").iter();
        let number = |id: &Value| id.as_u64().map(|id| id as u32);
        let ids = |ids: &Value| ids.as_array().expect("ids").iter().filter_map(number).collect();
        Case {
            name,
            tokenizer: Tokenizer::from_metadata(&metadata).expect("a tokenizer"),
            texts: list("texts").map(|text| text.as_str().expect("a text").to_owned()).collect(),
            ids: list("ids").map(ids).collect(),
            bos: number(&said["bos"]),
            adds_bos: said["addsBos"].as_bool().expect("whether it adds one"),
        }
    })
}

#[test]
fn tokens_of_every_kind_are_those_of_llama_cpp() {
    let mut wrong = Vec::new();
    for case in cases() {
        let Case { name, tokenizer, texts, ids, .. } = case;
        assert!(texts.len() > 2780 && texts.len() == ids.len(), "{name}");
        let tokenizer = tokenizer.with_bos(false);
        let mut failures = Vec::new();
        for (text, ids) in texts.iter().zip(&ids) {
            let ours = tokenizer.encode(text).expect("any text has tokens");
            if ours != *ids {
                failures.push(format!("{name}: {:.80?}: {:.200?}, but {:.200?}", text, ours, ids));
            }
        }
        println!("{name}: {} strings, {} differ", texts.len(), failures.len());
        wrong.extend(failures.into_iter().take(8));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_begins_with_the_token_that_the_file_wants() {
    for Case { name, tokenizer, texts, ids, bos, adds_bos } in cases() {
        assert_eq!((tokenizer.bos(), tokenizer.adds_bos()), (bos, adds_bos), "{name}");
        let Some(bos) = bos.filter(|_| adds_bos) else { continue };
        assert_eq!(tokenizer.encode("").expect("it is encoded"), [bos], "{name}");
        for (text, ids) in texts.iter().zip(&ids) {
            let begins = ids.first() == Some(&bos);
            let wanted = if begins { ids.clone() } else { [&[bos], &ids[..]].concat() };
            assert_eq!(tokenizer.encode(text).expect("it is encoded"), wanted, "{name}: {text:.80?}");
        }
    }
}

/// The bytes of tokens without what was added are the text: this is how a page draws tokens over it.
#[test]
fn a_text_comes_back_from_its_tokens() {
    for Case { name, tokenizer, texts, .. } in cases() {
        for text in &texts {
            let mut encoding = Encoding::new(text.as_str(), usize::MAX);
            while !tokenizer.encode_more(&mut encoding).expect("it is encoded") {}
            let parts = encoding.ids().into_iter().zip(encoding.added());
            let bytes: Vec<u8> =
                parts.flat_map(|(id, added)| &tokenizer.bytes(id)[added as usize..]).copied().collect();
            assert_eq!(String::from_utf8_lossy(&bytes), *text, "{name}");
        }
    }
}

#[test]
fn a_text_that_is_split_has_the_tokens_of_the_whole() {
    for Case { name, tokenizer, texts, .. } in cases() {
        let mut split = 0;
        for text in &texts {
            let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
            let (context, continuation) = text.split_at(middle);
            match tokenizer.split(context, &[continuation.to_owned()], usize::MAX) {
                Ok(splits) => {
                    let ids = [&splits[0].context[..], &splits[0].continuation].concat();
                    if !context.is_empty() || !continuation.starts_with(' ') {
                        assert_eq!(ids, tokenizer.encode(text).expect("it is encoded"), "{name}: {text:?}");
                    }
                    assert!(text.ends_with(&splits[0].text), "{name}: {text:?}");
                    split += 1;
                }
                Err(Error::MergedContinuation { .. }) => {}
                Err(error) => panic!("{name}: {context:?} + {continuation:?}: {error}"),
            }
        }
        assert!(split > texts.len() / 4, "{name}: only {split} have a boundary in the middle");
    }
}

/// A context without text is the token for beginnings, and the space before the first word is there once.
#[test]
fn a_continuation_of_an_empty_context_follows_the_token_for_beginnings() {
    for Case { name, tokenizer, bos, adds_bos, .. } in cases().filter(|case| case.name.starts_with("spm")) {
        assert!(adds_bos, "{name}");
        let continuations = [" the", "the", "\n"].map(str::to_owned);
        let splits = tokenizer.split("", &continuations, usize::MAX).expect("they are split");
        let whole = |text: &str| tokenizer.encode(text).expect("it is encoded");
        for split in &splits {
            assert_eq!(split.context, [bos.expect("there is one")], "{name}");
        }
        let has_prefix = name != "spm-bare";
        assert_eq!(splits[0].continuation == splits[1].continuation, has_prefix, "{name}");
        for (split, text) in
            splits.iter().zip(if has_prefix { ["the", "the", "\n"] } else { [" the", "the", "\n"] })
        {
            assert_eq!(split.continuation, whole(text)[1..], "{name}: {text:?}");
        }
        assert_eq!(tokenizer.empty_context().expect("it has one"), "", "{name}");
        let without = tokenizer.with_bos(false);
        assert_eq!(without.empty_context().expect("it has one"), "<s>", "{name}");
        assert!(without.split("", &continuations, usize::MAX).expect("they are split")[0].context.is_empty());
    }
}
