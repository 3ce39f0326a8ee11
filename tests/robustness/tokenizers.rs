//! SentencePiece vocabularies that are wrong in one way each, files that want a token at the beginning, and the order
//! in which a file is refused.

use super::feed::{Chunks, Fate, feed};
use super::named::expect;
use super::sound;
use super::support::gguf::{Gguf, Value};

const SCORES: &str = "tokenizer.ggml.scores";
const TYPES: &str = "tokenizer.ggml.token_type";

/// As many tokens as the weights have rows.
fn tokens() -> Vec<String> {
    let bytes = (0..256).map(|byte| format!("<0x{byte:02X}>"));
    let words = ["▁", "a", "b", "▁a", "ab", "▁ab", "  "].map(str::to_owned);
    let all = ["<unk>", "<s>", "</s>"].map(str::to_owned).into_iter().chain(bytes).chain(words);
    all.chain((0..33).map(|number| format!("<unused{number}>"))).collect()
}

fn set_tokens(file: &mut Gguf, tokens: &[String]) {
    file.set("tokenizer.ggml.tokens", Value::strings(tokens.iter().map(String::as_str)));
}

fn scores(scores: impl IntoIterator<Item = f32>) -> Value {
    Value::Array(6, scores.into_iter().map(Value::F32).collect())
}

/// The sound file with a SentencePiece vocabulary.
fn pieces() -> Gguf {
    let mut file = sound();
    let tokens = tokens();
    assert_eq!(tokens.len(), 299, "one for each row");
    let types = |id: usize| match id {
        0 => 2,
        1 | 2 => 3,
        3..259 => 6,
        265 => 4,
        _ => 1,
    };
    set_tokens(&mut file, &tokens);
    file.set("tokenizer.ggml.model", Value::string("llama"));
    file.set(TYPES, Value::Array(5, (0..299).map(|id| Value::I32(types(id))).collect()));
    file.set(SCORES, scores((0..299).map(|id| -(id as f32))));
    for key in ["merges", "pre", "add_bos_token", "add_space_prefix"] {
        file.remove(&format!("tokenizer.ggml.{key}"));
    }
    file
}

fn expect_bent(name: &str, code: &str, bend: impl FnOnce(&mut Gguf)) {
    let mut file = pieces();
    bend(&mut file);
    expect(name, &file.bytes(), code);
}

#[test]
fn scores_that_cannot_be() {
    expect_bent("a sound vocabulary", "loaded", |_| {});
    expect_bent("no scores", "corrupt", |file| file.remove(SCORES));
    for (name, value) in [
        ("one score", scores([1.0])),
        ("too few scores", scores([0.0; 298])),
        ("too many scores", scores([0.0; 300])),
        ("a score that is no number", scores((0..299).map(|id| if id == 150 { f32::NAN } else { 0.0 }))),
        ("scores that are text", Value::strings(["1"])),
        ("a number for scores", Value::F32(1.0)),
    ] {
        expect_bent(name, "corrupt", |file| file.set(SCORES, value));
    }
    expect_bent("equal scores", "loaded", |file| file.set(SCORES, scores([0.0; 299])));
    let infinite = (0..299).map(|id| if id % 2 == 0 { f32::INFINITY } else { f32::NEG_INFINITY });
    expect_bent("infinite scores", "loaded", |file| file.set(SCORES, scores(infinite)));
}

#[test]
fn tokens_that_cannot_be() {
    let without = |id: usize| {
        let mut all = tokens();
        all[id] = "something else".to_owned();
        all
    };
    // Byte 0x80, and the letter `z`, which would do if it were a token itself.
    for id in [3 + 0x80, 3 + 0x7A] {
        expect_bent("a byte without a token", "unsupported-tokenizer", |file| set_tokens(file, &without(id)));
    }
    // 0xFF is in no text, and `a` is a token itself.
    for id in [3 + 0xFF, 3 + 0x61] {
        expect_bent("a byte that needs no token", "loaded", |file| set_tokens(file, &without(id)));
    }
    let mut twice = tokens();
    twice[290] = "ab".to_owned();
    expect_bent("a token twice", "unsupported-tokenizer", |file| set_tokens(file, &twice));
    expect_bent("no types", "loaded", |file| file.remove(TYPES));
    expect_bent("all tokens special", "loaded", |file| {
        file.set(TYPES, Value::Array(5, vec![Value::I32(4); 299]));
    });
    let long = [&tokens()[..298], &["▁".repeat(20_000)]].concat();
    expect_bent("a long token", "loaded", |file| set_tokens(file, &long));
}

/// As many as no published model has. They are read, and do not fit the weights.
#[test]
fn three_hundred_thousand_tokens_are_read() {
    let mut file = pieces();
    let many = tokens().into_iter().chain((299..300_000).map(|id| format!("▁token{id}"))).collect::<Vec<_>>();
    set_tokens(&mut file, &many);
    file.set(SCORES, scores((0..300_000).map(|id| -(id as f32))));
    match feed(&file.bytes(), true, Chunks::Whole) {
        Fate::Refused("corrupt", message) => assert!(message.contains("300000"), "{message}"),
        fate => panic!("{fate:?}"),
    }
}

#[test]
fn a_token_for_beginnings_is_named_where_it_is_wanted() {
    let key = "tokenizer.ggml.bos_token_id";
    for value in [Value::I32(-1), Value::U32(299)] {
        expect_bent("wanted, not named, and not insisted on", "loaded", |file| file.set(key, value.clone()));
        expect_bent("wanted, and not named", "corrupt", |file| {
            file.set(key, value.clone());
            file.set("tokenizer.ggml.add_bos_token", Value::Bool(true));
        });
    }
    expect_bent("not a number", "corrupt", |file| file.set(key, Value::string("1")));
    expect_bent("not a bool", "loaded", |file| {
        file.set("tokenizer.ggml.add_bos_token", Value::string("yes"));
    });
}

/// A file of another architecture is told so, and not first to be quantized again.
#[test]
fn the_architecture_is_checked_before_the_tokenizer_and_that_before_the_types() {
    let mut file = sound();
    let bad_type = |file: &mut Gguf| file.tensor("blk.0.attn_q.weight").kind = 200;
    bad_type(&mut file);
    expect("an unknown type", &file.bytes(), "unsupported-quantization");
    file.set("tokenizer.ggml.model", Value::string("rwkv"));
    expect("and an unknown tokenizer", &file.bytes(), "unsupported-tokenizer");
    file.set("general.architecture", Value::string("mamba"));
    expect("and an unknown architecture", &file.bytes(), "unsupported-architecture");
}
