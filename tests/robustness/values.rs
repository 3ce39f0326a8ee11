//! Metadata that is in shape, and says what cannot be or what the engine does not run.

use super::feed::{Chunks, Fate, feed};
use super::named::expect;
use super::sound;
use super::support::gguf::Value;
use super::support::tiny::vocabulary;

fn expect_set(key: &str, value: Value, code: &str) {
    let mut file = sound();
    let name = format!("{key} = {value:.80?}");
    file.set(key, value);
    expect(&name, &file.bytes(), code);
}

fn expect_removed(key: &str, code: &str) {
    let mut file = sound();
    file.remove(key);
    expect(&format!("no {key}"), &file.bytes(), code);
}

#[test]
fn architectures_that_are_not_run() {
    for other in ["gemma3n", "t5", "bert", "LLAMA", "", "llama "] {
        expect_set("general.architecture", Value::string(other), "unsupported-architecture");
    }
    expect_set("general.architecture", Value::string(&"a".repeat(1 << 20)), "unsupported-architecture");
    expect_set("general.architecture", Value::U32(1), "unsupported-architecture");
    expect_removed("general.architecture", "unsupported-architecture");
    expect_set("llama.expert_count", Value::U32(8), "unsupported-architecture");
    expect_set("llama.rope.scaling.type", Value::string("dynamic"), "unsupported-architecture");
    expect_set("llama.attention.value_length", Value::U32(8), "unsupported-architecture");
    expect_set("llama.expert_count", Value::U32(0), "loaded");
    expect_set("llama.rope.scaling.type", Value::string("none"), "loaded");
}

/// Each of these was once passed over in silence, and gave other numbers than llama.cpp does.
#[test]
fn keys_that_change_the_numbers_are_not_passed_over() {
    let plain = feed(&sound().bytes(), true, Chunks::Whole);
    let logits_with = |keys: &[(&str, Value)]| {
        let mut file = sound();
        keys.iter().for_each(|(key, value)| file.set(&format!("llama.{key}"), value.clone()));
        feed(&file.bytes(), true, Chunks::Whole)
    };
    let factor = |factor: f32| ("rope.scaling.factor", Value::F32(factor));
    let kind = |kind: &str| ("rope.scaling.type", Value::string(kind));
    // These scale nothing, in llama.cpp too.
    let same = [
        vec![factor(1.0)],
        vec![factor(0.0)],
        vec![("rope.scale_linear", Value::F32(1.0))],
        vec![kind("none"), factor(4.0)],
        vec![kind("linear")],
        vec![kind("yarn")],
    ];
    for keys in same {
        assert!(logits_with(&keys) == plain, "{keys:?}");
    }
    let original = ("rope.scaling.original_context_length", Value::U32(20));
    let other = [
        vec![factor(4.0)],
        vec![factor(0.5)],
        vec![("rope.scale_linear", Value::F32(4.0))],
        vec![kind("linear"), factor(4.0)],
        vec![kind("yarn"), factor(4.0), original],
        vec![("rope.scaling.attn_factor", Value::F32(1.5))],
    ];
    for keys in other {
        let fate = logits_with(&keys);
        assert!(matches!(fate, Fate::Loaded(Ok(_))) && fate != plain, "{keys:?}: {}", fate.code());
    }
    for wrong in [-1.0, f32::NAN, f32::INFINITY] {
        assert_eq!(logits_with(&[factor(wrong)]).code(), "corrupt", "a factor of {wrong}");
    }
    expect_set("llama.attention.causal", Value::Bool(false), "unsupported-architecture");
    expect_set("llama.attention.causal", Value::Bool(true), "loaded");
}

/// "Download it again" would be bad advice for these.
#[test]
fn a_sound_file_is_not_called_damaged() {
    let list = |numbers: &[u32]| Value::Array(4, numbers.iter().copied().map(Value::U32).collect());
    for key in ["llama.attention.head_count", "llama.feed_forward_length"] {
        expect_set(key, list(&[2, 1]), "unsupported-architecture");
    }
    expect_set("llama.attention.head_count_kv", list(&[1, 0]), "unsupported-architecture");
    // A list of equal numbers is the number.
    expect_set("llama.attention.head_count", list(&[2, 2]), "loaded");
    expect_set("llama.attention.head_count_kv", list(&[1, 1]), "loaded");
    expect_set("llama.feed_forward_length", list(&[64, 64]), "loaded");
    // A float that was written as an integer means the same.
    expect_set("llama.attention.layer_norm_rms_epsilon", Value::U32(1), "loaded");
    expect_set("llama.rope.freq_base", Value::U32(10_000), "loaded");
    for key in ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.bos_token_id"] {
        expect_set(key, Value::I32(-1), "loaded");
    }
    let mut twice = vocabulary();
    twice[100] = twice[200].clone();
    let twice = Value::strings(twice.iter().map(String::as_str));
    expect_set("tokenizer.ggml.tokens", twice, "unsupported-tokenizer");
}

#[test]
fn sizes_that_cannot_be() {
    let sizes = [
        "llama.block_count",
        "llama.context_length",
        "llama.embedding_length",
        "llama.feed_forward_length",
        "llama.attention.head_count",
    ];
    for key in sizes {
        expect_removed(key, "corrupt");
        for value in [
            Value::U32(0),
            Value::U32(u32::MAX),
            Value::U64(u64::MAX),
            Value::U64(1 << 32),
            Value::I32(-1),
            Value::F32(2.0),
            Value::string("2"),
        ] {
            expect_set(key, value, "corrupt");
        }
    }
    // Sizes that could be, and are not those of the tensors.
    for (key, value) in [
        ("llama.block_count", 1000),
        ("llama.block_count", 3),
        ("llama.embedding_length", 64),
        ("llama.embedding_length", 33),
        ("llama.feed_forward_length", 96),
        ("llama.attention.head_count", 3),
        ("llama.attention.head_count", 1 << 20),
        ("llama.attention.head_count_kv", 0),
        ("llama.attention.head_count_kv", 2),
        ("llama.attention.head_count_kv", 3),
        ("llama.attention.head_count_kv", u32::MAX),
        ("llama.attention.key_length", 0),
        ("llama.attention.key_length", 15),
        ("llama.attention.key_length", u32::MAX),
        ("llama.rope.dimension_count", 15),
        ("llama.rope.dimension_count", 18),
        ("llama.rope.dimension_count", u32::MAX),
    ] {
        expect_set(key, Value::U32(value), "corrupt");
    }
    // A layer fewer leaves tensors over that nobody uses.
    expect_set("llama.block_count", Value::U32(1), "unsupported-architecture");
}

#[test]
fn a_long_context_takes_no_memory_before_it_is_used() {
    // `expect` watches the memory.
    expect_set("llama.context_length", Value::U32(1 << 20), "loaded");
    expect_set("llama.context_length", Value::U64(8192), "loaded");
    expect_set("llama.context_length", Value::U32(u32::MAX), "corrupt");
}

#[test]
fn a_context_shorter_than_the_prompt_is_told() {
    let mut file = sound();
    file.set("llama.context_length", Value::U32(1));
    assert_eq!(feed(&file.bytes(), true, Chunks::Whole), Fate::Loaded(Err("prompt-too-long")));
}

#[test]
fn numbers_that_cannot_be() {
    let epsilon = "llama.attention.layer_norm_rms_epsilon";
    expect_removed(epsilon, "corrupt");
    expect_removed("llama.rope.freq_base", "loaded");
    for value in [Value::F32(-1.0), Value::F32(f32::NAN), Value::F32(f32::INFINITY), Value::string("1")] {
        expect_set(epsilon, value, "corrupt");
    }
    for value in [
        Value::F32(0.0),
        Value::F32(-1.0),
        Value::F32(f32::NAN),
        Value::F32(f32::INFINITY),
        Value::string("10000"),
    ] {
        expect_set("llama.rope.freq_base", value, "corrupt");
    }
    expect_set("llama.rope.freq_base", Value::F64(1e6), "loaded");
}

/// Every place of a text is compared with the beginnings of all special tokens: three thousand of ever greater length took
/// 15 s for 64 kB.
#[test]
fn special_tokens_have_a_length_that_can_be_looked_for() {
    for (length, code) in [(256, "loaded"), (257, "unsupported-tokenizer")] {
        let mut tokens = vocabulary();
        let last = tokens.len() - 1;
        tokens[last] = "<".repeat(length);
        let mut types = vec![Value::I32(1); tokens.len()];
        types[last] = Value::I32(3);
        let mut file = sound();
        file.set("tokenizer.ggml.tokens", Value::strings(tokens.iter().map(String::as_str)));
        file.set("tokenizer.ggml.token_type", Value::Array(5, types));
        file.set("tokenizer.ggml.merges", Value::Array(8, Vec::new()));
        expect(&format!("a special token of {length} bytes"), &file.bytes(), code);
    }
}

#[test]
fn tokenizers_that_are_not_run() {
    for model in ["bert", "t5", "rwkv", "none", ""] {
        expect_set("tokenizer.ggml.model", Value::string(model), "unsupported-tokenizer");
    }
    expect_removed("tokenizer.ggml.model", "unsupported-tokenizer");
    expect_set("tokenizer.ggml.model", Value::U32(2), "unsupported-tokenizer");
    for pre in ["tekken", "SMOLLM", "gpt-5"] {
        expect_set("tokenizer.ggml.pre", Value::string(pre), "unsupported-tokenizer");
    }
    for pre in ["default", "", "gpt-4o", "qwen35", "dbrx"] {
        expect_set("tokenizer.ggml.pre", Value::string(pre), "loaded");
    }
    expect_removed("tokenizer.ggml.pre", "loaded");
}

#[test]
fn vocabularies_that_cannot_be() {
    let tokens = "tokenizer.ggml.tokens";
    let merges = "tokenizer.ggml.merges";
    let strings = |texts: &[String]| Value::strings(texts.iter().map(String::as_str));
    for key in [tokens, merges] {
        expect_removed(key, "corrupt");
        expect_set(key, Value::U32(1), "corrupt");
        expect_set(key, Value::Array(4, vec![Value::U32(1); 299]), "corrupt");
    }
    expect_set(tokens, Value::Array(8, Vec::new()), "corrupt");

    let right = vocabulary();
    expect_set(tokens, strings(&right[..298]), "corrupt");
    expect_set(tokens, strings(&[&right[..], &["extra".to_owned()]].concat()), "corrupt");

    for merge in ["nopair", "", " ", "q z", "a b c", "Ġ", "ab cd"] {
        expect_set(merges, Value::strings([merge]), "corrupt");
    }
    expect_set(merges, Value::Array(8, Vec::new()), "loaded");
}

#[test]
fn odd_vocabularies_load_and_run() {
    let types = "tokenizer.ggml.token_type";
    expect_removed(types, "loaded");
    for value in [
        Value::U32(3),
        Value::strings(["3"]),
        Value::Array(5, Vec::new()),
        Value::Array(5, vec![Value::I32(3); 299]),
        Value::Array(5, vec![Value::I32(-7); 299]),
        Value::Array(5, vec![Value::I32(3); 5000]),
    ] {
        expect_set(types, value, "loaded");
    }
    let mut odd = vocabulary();
    odd[150] = String::new();
    odd[151] = "\u{0}".to_owned();
    odd[152] = "x".repeat(50_000);
    odd[0] = "a".to_owned() + &"\u{301}".repeat(100);
    let mut file = sound();
    file.set("tokenizer.ggml.tokens", Value::strings(odd.iter().map(String::as_str)));
    file.set("tokenizer.ggml.merges", Value::Array(8, Vec::new()));
    expect("an odd vocabulary", &file.bytes(), "loaded");

    for id in [Value::U32(298), Value::U32(299), Value::U32(u32::MAX)] {
        expect_set("tokenizer.ggml.eos_token_id", id, "loaded");
    }
    expect_set("tokenizer.ggml.eos_token_id", Value::string("2"), "corrupt");
    expect_set("tokenizer.chat_template", Value::string(&"{{ x }}".repeat(10_000)), "loaded");
    expect_set("tokenizer.chat_template", Value::Array(8, Vec::new()), "loaded");
}

#[test]
fn weights_that_are_no_numbers_are_told_and_not_shown() {
    for (name, bits) in [("NaN", f32::NAN), ("infinity", f32::INFINITY), ("the largest float", f32::MAX)] {
        for tensor in ["output_norm.weight", "blk.0.attn_norm.weight", "blk.1.ffn_norm.weight"] {
            let mut file = sound();
            let tensor = file.tensor(tensor);
            tensor.bytes = tensor.bytes.chunks_exact(4).flat_map(|_| bits.to_le_bytes()).collect();
            let fate = feed(&file.bytes(), true, Chunks::Whole);
            // Told when it loads or when it predicts; never a panic, and never a NaN for a probability.
            match fate {
                Fate::Refused(code, _) | Fate::Loaded(Err(code)) => assert_eq!(code, "corrupt", "{name}"),
                Fate::Loaded(Ok(logits)) => {
                    assert!(
                        logits.iter().all(|&bits| !f32::from_bits(bits).is_nan()),
                        "{name} in {}",
                        logits.len()
                    );
                }
            }
        }
    }
    // Scales of quantized blocks, which are half floats.
    for half in [[0x00, 0x7e], [0x00, 0x7c], [0x00, 0xfc], [0xff, 0x7b]] {
        for tensor in ["token_embd.weight", "output.weight", "blk.0.attn_q.weight", "blk.1.ffn_down.weight"] {
            let mut file = sound();
            for block in file.tensor(tensor).bytes.chunks_exact_mut(20) {
                block[..2].copy_from_slice(&half);
            }
            if let Fate::Loaded(Ok(logits)) = feed(&file.bytes(), true, Chunks::Whole) {
                assert!(logits.iter().all(|&bits| !f32::from_bits(bits).is_nan()), "{half:x?} in {tensor}");
            }
        }
    }
}
