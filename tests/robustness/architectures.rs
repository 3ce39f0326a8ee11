//! Files of every architecture, wrong in the ways that each of them has.

use candle_core::quantized::GgmlDType;

use super::feed::{Chunks, Fate, feed};
use super::support::gguf::{Gguf, Value};
use super::support::zoo::{Species, zoo};

fn fate(file: &Gguf) -> Fate {
    feed(&file.bytes(), true, Chunks::Whole)
}

fn files() -> impl Iterator<Item = (Species, Gguf)> {
    zoo().into_iter().map(|species| (species.clone(), species.file(GgmlDType::Q4_1)))
}

fn file(name: &str) -> Gguf {
    files().find(|(species, _)| species.name == name).expect("a species of the zoo").1
}

/// The code for the file of this species with these keys set, or taken out.
fn code(name: &str, changes: &[(&str, Option<Value>)]) -> String {
    let mut file = file(name);
    for (key, value) in changes {
        match value {
            Some(value) => file.set(key, value.clone()),
            None => file.remove(key),
        }
    }
    let fate = fate(&file);
    match &fate {
        Fate::Loaded(Err(code)) => format!("loaded, then {code}"),
        fate => fate.code().to_owned(),
    }
}

#[test]
fn every_species_loads_and_runs() {
    for (species, file) in files() {
        let fate = fate(&file);
        assert!(matches!(fate, Fate::Loaded(Ok(_))), "{}: {fate:?}", species.name);
    }
}

/// What each value makes of each key is not known beforehand; `feed` fails where anything panics, hangs, takes memory, or
/// says something unheard of.
#[test]
fn no_value_of_any_key_is_trusted() {
    let mut loaded = 0;
    for (species, file) in files() {
        let own = format!("{}.", species.architecture);
        let keys = file.metadata.iter().map(|(key, _)| key.clone()).filter(|key| key.starts_with(&own));
        for key in keys.collect::<Vec<_>>() {
            let mut without = file.clone();
            without.remove(&key);
            let mut bent = vec![without];
            let number = |n: u32| Value::Array(4, vec![Value::U32(n); species.layers]);
            for value in [
                Value::U32(0),
                Value::U32(1),
                Value::U32(3),
                Value::I32(-1),
                Value::U32(u32::MAX),
                Value::U64(u64::MAX),
                Value::F32(0.0),
                Value::F32(-1.0),
                Value::F32(f32::NAN),
                Value::F32(f32::INFINITY),
                Value::F64(1e300),
                Value::F64(1e-300),
                Value::Bool(true),
                Value::string("1"),
                number(0),
                number(2),
                Value::Array(4, Vec::new()),
            ] {
                let mut file = file.clone();
                file.set(&key, value);
                bent.push(file);
            }
            for file in bent {
                let fate = fate(&file);
                let is_known = ["loaded", "corrupt", "unsupported-architecture"].contains(&fate.code());
                assert!(is_known, "{}: {key}: {fate:?}", species.name);
                loaded += usize::from(fate.code() == "loaded");
            }
        }
    }
    println!("{loaded} files load");
}

#[test]
fn keys_that_an_architecture_needs() {
    let key = |architecture: &str, key: &str| format!("{architecture}.{key}");
    for (species, file) in files() {
        for needed in [
            "block_count",
            "context_length",
            "embedding_length",
            "feed_forward_length",
            "attention.head_count",
            if species.has_layer_norm {
                "attention.layer_norm_epsilon"
            } else {
                "attention.layer_norm_rms_epsilon"
            },
        ] {
            let mut file = file.clone();
            file.remove(&key(species.architecture, needed));
            assert_eq!(fate(&file).code(), "corrupt", "{} without {needed}", species.name);
        }
        for kv_heads in [0, 3, species.heads as u32 + 1, 2 * species.heads as u32, u32::MAX] {
            let mut file = file.clone();
            file.set(&key(species.architecture, "attention.head_count_kv"), Value::U32(kv_heads));
            assert_eq!(fate(&file).code(), "corrupt", "{} with {kv_heads} key heads", species.name);
        }
        for (more, value) in [
            ("attention.value_length", Value::U32(8)),
            ("expert_count", Value::U32(4)),
            ("attention.causal", Value::Bool(false)),
        ] {
            let mut file = file.clone();
            file.set(&key(species.architecture, more), value);
            assert_eq!(fate(&file).code(), "unsupported-architecture", "{} with {more}", species.name);
        }
    }
    assert_eq!(code("gptneox", &[("gptneox.use_parallel_residual", None)]), "corrupt");
    assert_eq!(code("granite", &[("granite.logit_scale", None)]), "corrupt");
    for optional in ["embedding_scale", "residual_scale", "attention.scale"] {
        assert_eq!(code("granite", &[(&key("granite", optional), None)]), "loaded", "no {optional}");
    }
    assert_eq!(code("granite", &[("granite.rope.scaling.finetuned", Some(Value::Bool(false)))]), "loaded");
}

#[test]
fn key_heads_of_each_layer_that_cannot_be() {
    let (name, key) = ("llama-heads-by-layer", "llama.attention.head_count_kv");
    let list = |numbers: &[u32]| Value::Array(4, numbers.iter().copied().map(Value::U32).collect());
    let sentence = |numbers: &[u32]| {
        let mut file = file(name);
        file.set(key, list(numbers));
        match fate(&file) {
            Fate::Refused(code, sentence) => (code, sentence),
            other => panic!("{numbers:?}: {other:?}"),
        }
    };
    assert_eq!(code(name, &[(key, Some(list(&[4, 2, 1])))]), "loaded");
    for (numbers, code, words) in [
        (&[4, 0, 1][..], "unsupported-architecture", "some of its layers have no attention"),
        (&[0, 0, 0], "unsupported-architecture", "some of its layers have no attention"),
        (&[4, 3, 1], "corrupt", "is 3 in layer 1, which does not divide 4 heads"),
        (&[4, 2, 8], "corrupt", "is 8 in layer 2, which does not divide 4 heads"),
        (&[4, 2], "corrupt", "has 2 numbers, not 3"),
        (&[4, 2, 1, 1], "corrupt", "has 4 numbers, not 3"),
        (&[], "corrupt", "has 0 numbers, not 3"),
        // Possible, and not those of the tensors.
        (&[4, 1, 2], "corrupt", "tensor"),
    ] {
        let (found, sentence) = sentence(numbers);
        assert!(found == code && sentence.contains(words), "{numbers:?}: {found}: {sentence}");
    }
    let negative = Value::Array(5, vec![Value::I32(4), Value::I32(-2), Value::I32(1)]);
    assert_eq!(code(name, &[(key, Some(negative))]), "corrupt");
    for alike in ["attention.head_count", "feed_forward_length"] {
        let key = format!("llama.{alike}");
        let (right, wrong) = if alike == "feed_forward_length" { (96, 64) } else { (4, 2) };
        assert_eq!(code(name, &[(&key, Some(list(&[right; 3])))]), "loaded", "{alike}");
        for (numbers, expected) in [
            (&[right, wrong, right][..], "unsupported-architecture"),
            (&[right; 2], "corrupt"),
            (&[0; 3], "corrupt"),
        ] {
            assert_eq!(code(name, &[(&key, Some(list(numbers)))]), expected, "{alike} of {numbers:?}");
        }
    }
}

#[test]
fn windows_that_cannot_be() {
    for (name, architecture, layers) in
        [("gemma2", "gemma2", 3), ("gemma3", "gemma3", 7), ("olmo2-window", "olmo2", 5)]
    {
        let (window, pattern) = (
            format!("{architecture}.attention.sliding_window"),
            format!("{architecture}.attention.sliding_window_pattern"),
        );
        for value in
            [Value::U32(0), Value::I32(-1), Value::U32(u32::MAX), Value::F32(21.0), Value::string("21")]
        {
            assert_eq!(
                code(name, &[(&window, Some(value.clone()))]),
                "corrupt",
                "{name}: a window of {value:?}"
            );
        }
        for (value, expected) in [
            (Value::U32(0), "corrupt"),
            (Value::U32(1), "loaded"),
            (Value::U32(u32::MAX), "corrupt"),
            (Value::Array(7, vec![Value::Bool(true); 2]), "corrupt"),
            (Value::Array(7, vec![Value::Bool(true); layers]), "loaded"),
        ] {
            assert_eq!(code(name, &[(&pattern, Some(value.clone()))]), expected, "{name}: every {value:?}");
        }
        assert_eq!(code(name, &[(&window, Some(Value::U32(1)))]), "loaded", "{name} sees its own position");
    }
    assert_eq!(code("phi3", &[("phi3.attention.sliding_window", Some(Value::U32(0)))]), "corrupt");
    assert_eq!(code("phi3", &[("phi3.attention.sliding_window", Some(Value::U32(5)))]), "loaded");
    assert_eq!(
        code("phi3", &[("phi3.attention.sliding_window", Some(Value::U32(4)))]),
        "loaded, then prompt-too-long"
    );
}

#[test]
fn factors_that_cannot_be() {
    let cases = [
        ("gemma2", "gemma2.attn_logit_softcapping"),
        ("gemma2", "gemma2.final_logit_softcapping"),
        ("gemma3", "gemma3.final_logit_softcapping"),
        ("gemma3", "gemma3.rope.freq_base_swa"),
        ("gemma3", "gemma3.rope.freq_base"),
        ("granite", "granite.logit_scale"),
        ("granite", "granite.embedding_scale"),
        ("granite", "granite.residual_scale"),
        ("granite", "granite.attention.scale"),
        ("phi3-long", "phi3.rope.scaling.attn_factor"),
        ("llama-yarn", "llama.rope.scaling.original_context_length"),
        ("llama-yarn", "llama.rope.scaling.yarn_beta_fast"),
        ("llama-yarn", "llama.rope.scaling.yarn_beta_slow"),
    ];
    for (name, key) in cases {
        for value in [
            Value::F32(0.0),
            Value::F32(-1.0),
            Value::F32(f32::NAN),
            Value::F32(f32::INFINITY),
            Value::string("1"),
        ] {
            assert_eq!(code(name, &[(key, Some(value.clone()))]), "corrupt", "{key} = {value:?}");
        }
    }
    assert_eq!(code("granite", &[("granite.logit_scale", Some(Value::F64(1e300)))]), "corrupt");
    assert_eq!(code("granite", &[("granite.logit_scale", Some(Value::F64(1e-300)))]), "corrupt");
    for key in ["llama.rope.scaling.yarn_log_multiplier", "llama.rope.scaling.attn_factor"] {
        assert_eq!(code("llama-yarn", &[(key, Some(Value::F32(1.2)))]), "unsupported-architecture", "{key}");
    }
}

/// Their attention has another scale, which no key says.
#[test]
fn large_gemmas_are_refused_by_name() {
    for (name, key, layers) in [("gemma2", "gemma2.block_count", 46), ("gemma3", "gemma3.block_count", 62)] {
        let mut file = file(name);
        file.set(key, Value::U32(layers));
        match fate(&file) {
            Fate::Refused("unsupported-architecture", sentence) => {
                assert!(sentence.contains("27B"), "{sentence}")
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn every_tensor_must_be_there() {
    for (species, file) in files() {
        let names: Vec<String> = file.tensors.iter().map(|tensor| tensor.name.clone()).collect();
        for name in names.iter().filter(|name| !name.starts_with("blk.0.")) {
            let may_miss = name.starts_with("rope_")
                || name == "output.weight" && !["gptneox", "olmo2"].contains(&species.architecture)
                || name.ends_with(".bias") && ["llama", "granite"].contains(&species.architecture);
            let mut file = file.clone();
            file.tensors.retain(|tensor| tensor.name != *name);
            let expected = if may_miss { "loaded" } else { "corrupt" };
            assert_eq!(fate(&file).code(), expected, "{} without {name}", species.name);
        }
    }
}

#[test]
fn what_is_joined_is_not_there_alone_too() {
    for name in ["llama-joined", "gpt2", "phi3"] {
        let mut file = file(name);
        let mut queries = file.tensor("blk.1.attn_output.weight").clone();
        queries.name = "blk.1.attn_q.weight".to_owned();
        file.tensors.push(queries);
        assert_eq!(fate(&file).code(), "corrupt", "{name}");
    }
    // Half of a pair is not the pair.
    let mut halved = file("phi3");
    let up = halved.tensor("blk.1.ffn_up.weight");
    up.bytes.truncate(up.bytes.len() / 2);
    up.dims[1] /= 2;
    assert_eq!(fate(&halved).code(), "corrupt");
}

/// Where the tensors of two architectures differ, the name of one with the tensors of the other is an error. (Where they do
/// not, such as llama and SmolLM3, nothing in a file could tell.)
#[test]
fn tensors_of_another_architecture() {
    let kind = |s: &Species| {
        let head_norms = s.head_norms.map(|[queries, _]| queries == s.head);
        (
            s.has_layer_norm,
            s.has_pre,
            s.has_post,
            s.has_gate,
            s.is_gate_joined,
            s.has_learned_positions,
            head_norms,
        )
    };
    let mut refused = 0;
    for (species, file) in files() {
        for other in zoo() {
            let mut file = file.clone();
            for (key, _) in &mut file.metadata {
                if let Some(rest) = key.strip_prefix(&format!("{}.", species.architecture)) {
                    *key = format!("{}.{rest}", other.architecture);
                }
            }
            for (key, value) in &other.keys {
                file.set(&format!("{}.{key}", other.architecture), value.clone());
            }
            for epsilon in ["layer_norm_epsilon", "layer_norm_rms_epsilon"] {
                file.set(&format!("{}.attention.{epsilon}", other.architecture), Value::F32(1e-5));
            }
            file.set("general.architecture", Value::string(other.architecture));
            let fate = fate(&file);
            let is_refused = matches!(fate, Fate::Refused("corrupt" | "unsupported-architecture", _));
            assert!(
                is_refused || kind(&species) == kind(&other),
                "{} as {}: {}",
                species.name,
                other.name,
                fate.code()
            );
            refused += usize::from(is_refused);
        }
    }
    assert!(refused > 200, "{refused} are refused");
}

#[test]
fn hybrids_are_refused_by_name() {
    for name in
        ["mamba", "mamba2", "lfm2", "jamba", "falcon-h1", "granitehybrid", "qwen3next", "gemma3n", "rwkv7"]
    {
        let mut file = file("llama-joined");
        file.set("general.architecture", Value::string(name));
        match fate(&file) {
            Fate::Refused("unsupported-architecture", sentence) => {
                assert!(sentence.contains(&format!("{name:?}")) && sentence.contains("qwen3"), "{sentence}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    for part in ["ssm_in.weight", "shortconv.conv.weight", "attn_sinks.weight", "ffn_gate_exps.weight"] {
        for (species, file) in files() {
            let mut file = file.clone();
            let mut tensor = file.tensor("output_norm.weight").clone();
            tensor.name = format!("blk.1.{part}");
            file.tensors.push(tensor);
            match fate(&file) {
                Fate::Refused("unsupported-architecture", sentence) => {
                    assert!(sentence.contains(part), "{}: {sentence}", species.name);
                }
                other => panic!("{} with {part}: {other:?}", species.name),
            }
        }
    }
}
