//! Adapters as files: what is written is read back, and what does not fit is refused with a sentence.
//!
//! Leaves each model in `target/golden/adapters/<species>-<type>.gguf` for the tests in JavaScript and for llama.cpp, with an
//! adapter in `<species>-<type>.lora`, and in `<species>-<type>.json` what this engine says with it at scale 0.75.

use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::adapter::{Adapter, LayerAdapter};
use shotglass::adapter_file::Numbers;

use super::support::adapters::{ia3, lora};
use super::support::distribution::{kl, log_softmax, to_bytes};
use super::support::gguf::{Gguf, Value};
use super::support::golden_folder;
use super::support::zoo::zoo;
use super::{load, prompt};

fn all(model: &Gguf, rank: usize, dtype: GgmlDType) -> Gguf {
    lora(model, (rank, 12.0), dtype, 1, |_| true)
}

fn read(session: &Session, file: &Gguf) -> Adapter {
    session.read_adapter(&file.bytes()).expect("it was made for the model")
}

/// The largest difference of two numbers, relative to the largest number.
fn difference(ours: &Adapter, exact: &Adapter) -> f32 {
    let numbers = |adapter: &Adapter| {
        let maps = adapter.layers.iter().flat_map(|layer| layer.low_rank.iter().flatten());
        let gains = adapter.layers.iter().flat_map(|layer| layer.gains.iter().flatten().flatten());
        maps.flat_map(|map| [&map.a, &map.b]).flatten().chain(gains).copied().collect::<Vec<f32>>()
    };
    let (ours, exact) = (numbers(ours), numbers(exact));
    assert_eq!(ours.len(), exact.len());
    let largest = exact.iter().fold(0f32, |most, x| most.max(x.abs()));
    ours.iter().zip(&exact).fold(0f32, |most, (ours, exact)| most.max((ours - exact).abs())) / largest
}

#[test]
fn what_is_written_is_read_back() {
    for species in zoo() {
        let file = species.file(GgmlDType::Q4_1);
        let session = load(&file.bytes());
        let mut files = vec![all(&file, 5, GgmlDType::F32)];
        if !species.is_joined {
            files.push(ia3(&file, 2));
        }
        for file in files {
            let mut adapter = read(&session, &file);
            adapter.name = "An “adapter”".to_owned();
            let write = |adapter: &Adapter, numbers| {
                session.write_adapter(adapter, numbers).expect("its ranks are small")
            };
            let bytes = write(&adapter, Numbers::F32);
            let again = session.read_adapter(&bytes).expect("it is whole");
            assert_eq!(again, adapter, "{}", species.name);
            let half = write(&adapter, Numbers::F16);
            assert!(half.len() < bytes.len() * 3 / 4);
            let half = session.read_adapter(&half).expect("it is whole");
            assert!(difference(&half, &again) < 1e-3, "{}", species.name);
        }
    }
}

/// Whether two adapters give nearly the same distribution.
fn near(loaded: &Session, one: &Adapter, other: &Adapter) -> bool {
    let [one, other] = [one, other].map(|adapter| {
        let mut session = loaded.fork().expect("it forks");
        session.tune(Some(&Arc::new(adapter.clone())), 1.0).expect("it fits");
        session.run(&prompt(30, 1)).expect("it runs");
        log_softmax(&session.logits().expect("it ran"))
    });
    kl(&one, &other) < 1e-5
}

#[test]
fn ranks_of_joined_matrices_are_bounded_together() {
    let gpt2 = zoo().into_iter().find(|species| species.name == "gpt2").expect("it is in the zoo");
    let file = gpt2.file(GgmlDType::F32);
    let session = load(&file.bytes());
    let mut adapter = read(&session, &lora(&file, (22, 0.0), GgmlDType::F32, 3, |name| name.contains("qkv")));
    assert!(session.write_adapter(&adapter, Numbers::F32).is_ok(), "all have one A");
    for layer in &mut adapter.layers {
        for (index, map) in layer.low_rank.iter_mut().flatten().enumerate() {
            map.a.iter_mut().for_each(|x| *x *= 1.0 + index as f32);
        }
    }
    let error = session.write_adapter(&adapter, Numbers::F32).expect_err("3 · 22 > 64");
    assert!(error.to_string().contains("its ranks are 66 together, and a file may have 64"), "{error}");
    adapter.layers.iter_mut().for_each(|layer| layer.low_rank[1] = None);
    let bytes = session.write_adapter(&adapter, Numbers::F32).expect("2 · 22 < 64");
    assert!(near(&session, &session.read_adapter(&bytes).expect("it is whole"), &adapter));
}

#[test]
fn what_is_written_is_recorded_for_llama_cpp_and_webassembly() {
    let folder = golden_folder().join("adapters");
    std::fs::create_dir_all(&folder).expect("target is writable");
    // llama.cpp has another name for a llama whose layers differ, and an adapter for a llama would not fit.
    for species in zoo().into_iter().filter(|species| species.kv_heads_by_layer.is_empty()) {
        for (type_name, dtype) in [("f32", GgmlDType::F32), ("q4_1", GgmlDType::Q4_1)] {
            let file = species.file(dtype);
            let mut session = load(&file.bytes());
            let adapter = read(&session, &lora(&file, (3, 5.0), GgmlDType::F32, 20, |_| true));
            let written = session.write_adapter(&adapter, Numbers::F32).expect("its ranks are small");
            session.tune(Some(&Arc::new(adapter)), 0.75).expect("it fits");
            let ids = prompt(75, 102);
            session.run(&ids).expect("it runs");
            let logprobs = session.logprobs().expect("it was run");
            let json = format!("{{\"ids\":{ids:?},\"logprobs\":{logprobs:?}}}\n");
            for (ending, contents) in [("gguf", file.bytes()), ("lora", written), ("json", json.into_bytes())]
            {
                let path = folder.join(format!("{}-{type_name}.{ending}", species.name));
                // Written beside and renamed: a test in another process may be reading the old one.
                let part = path.with_extension(format!("{ending}.part"));
                std::fs::write(&part, contents).expect("target is writable");
                std::fs::rename(&part, path).expect("target is writable");
            }
        }
    }
}

#[test]
fn every_type_of_tensor_is_read() {
    let file = zoo()[0].file(GgmlDType::Q4_1);
    let session = load(&file.bytes());
    let exact = read(&session, &all(&file, 32, GgmlDType::F32));
    let types = [(GgmlDType::F16, 1e-3), (GgmlDType::BF16, 5e-3), (GgmlDType::Q8_0, 1e-2)];
    for (dtype, most) in types {
        let adapter = read(&session, &all(&file, 32, dtype));
        let difference = difference(&adapter, &exact);
        assert!(difference > 0.0 && difference < most, "{dtype:?}: {difference}");
    }
}

/// A matrix of a file may hold several of ours: each gets all of A and its own rows of B.
#[test]
fn a_joined_matrix_is_taken_apart() {
    let joined = zoo().into_iter().find(|species| species.name == "phi3").expect("it is in the zoo");
    let file = joined.file(GgmlDType::F32);
    let session = load(&file.bytes());
    let adapter = read(&session, &lora(&file, (2, 0.0), GgmlDType::F32, 3, |name| name.contains("blk.0.")));
    let LayerAdapter { low_rank, .. } = &adapter.layers[0];
    let [q, k, v, o, gate, up, down] = low_rank.each_ref().map(|map| map.as_ref().expect("all have one"));
    assert!(q.a == k.a && k.a == v.a && gate.a == up.a && q.a != o.a && o.a != down.a);
    assert!(k.b != v.b && gate.b != up.b);
    assert_eq!([q.output(), k.output(), gate.output(), up.output()], [64, 64, 96, 96]);
    assert_eq!(adapter.layers[1], LayerAdapter::default());
}

#[test]
fn what_does_not_fit_is_refused_with_a_sentence() {
    let species = &zoo()[0];
    let model = species.file(GgmlDType::Q4_1);
    let session = load(&model.bytes());
    let sound = all(&model, 4, GgmlDType::F32);
    let name = "blk.1.attn_k.weight.lora_b";
    type Bend<'a> = &'a dyn Fn(&mut Gguf);
    let cases: [(&str, Bend); 22] = [
        ("it is a model", &|file| *file = model.clone()),
        ("it is a model", &|file| file.remove("general.type")),
        ("it is a dataset", &|file| file.set("general.type", Value::string("dataset"))),
        ("it is a control vector, which is given as an edit", &|file| {
            file.set("general.architecture", Value::string("controlvector"));
        }),
        ("it was made for a \"qwen2\", and the model is a \"llama\"", &|file| {
            file.set("general.architecture", Value::string("qwen2"));
        }),
        ("it was made for a \"none\", and the model is a \"llama\"", &|file| {
            file.remove("general.architecture")
        }),
        ("it is an adapter of the type \"none\"", &|file| file.remove("adapter.type")),
        ("it is an adapter of the type \"dora\"", &|file| file.set("adapter.type", Value::string("dora"))),
        ("it has no tensors", &|file| file.tensors.clear()),
        ("it has lora_a without lora_b", &|file| {
            file.tensors.retain(|tensor| tensor.name != name);
        }),
        ("it has \"blk.1.attn_k.weight.lora_b\" without lora_a", &|file| {
            file.tensors.retain(|tensor| tensor.name != "blk.1.attn_k.weight.lora_a");
        }),
        ("it changes \"blk.2.attn_k.weight.lora_a\", which an adapter cannot change here", &|file| {
            rename(file, "blk.2.attn_k.weight");
        }),
        ("it changes \"token_embd.weight.lora_a\", which", &|file| rename(file, "token_embd.weight")),
        ("it changes \"blk.0.attn_norm.weight.lora_a\", which", &|file| {
            rename(file, "blk.0.attn_norm.weight")
        }),
        ("it changes \"output.weight.lora_a\", which", &|file| rename(file, "output.weight")),
        ("it changes \"magnitude\", which", &|file| file.tensors[0].name = "magnitude".to_owned()),
        ("what it has beside \"blk.1.attn_k.weight\" has another shape", &|file| shape(file, name, 8, 32)),
        ("what it has beside \"blk.1.attn_k.weight\" has another shape", &|file| shape(file, name, 4, 33)),
        ("beside \"blk.1.attn_k.weight\" its rank is 65 and should be from 1 to 32", &|file| {
            *file = lora(&model, (65, 0.0), GgmlDType::F32, 1, |name| name == "blk.1.attn_k.weight");
        }),
        ("beside \"blk.0.attn_q.weight\" its rank is 65 and should be from 1 to 64", &|file| {
            *file = lora(&model, (65, 0.0), GgmlDType::F32, 1, |name| name == "blk.0.attn_q.weight");
        }),
        ("some of its numbers are infinite or no numbers", &|file| {
            file.tensor(name).bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        }),
        ("some of its numbers are infinite or no numbers", &|file| {
            file.set("adapter.lora.alpha", Value::F64(1e300));
        }),
    ];
    for (sentence, bend) in cases {
        let mut file = sound.clone();
        bend(&mut file);
        let error = session.read_adapter(&file.bytes()).expect_err(sentence);
        assert_eq!(error.code(), "wrong-adapter", "{error}");
        assert!(error.to_string().contains(sentence), "{error}, not {sentence}");
    }

    let mut factors = ia3(&model, 2);
    factors.tensors[0].dims = vec![31];
    factors.tensors[0].bytes.truncate(31 * 4);
    let error = session.read_adapter(&factors.bytes()).expect_err("one is missing");
    assert!(error.to_string().contains("has another shape"), "{error}");
    factors.tensors[0].name = "blk.0.attn_q.weight.ia3".to_owned();
    let error = session.read_adapter(&factors.bytes()).expect_err("(IA)³ multiplies no queries");
    assert!(error.to_string().contains("it changes \"blk.0.attn_q.weight.ia3\", which"), "{error}");

    let mut twice = sound.clone();
    let joined =
        lora(&Gguf::new(model.metadata.clone(), vec![qkv(&model)]), (4, 0.0), GgmlDType::F32, 4, |_| true);
    twice.tensors.extend(joined.tensors);
    let error = session.read_adapter(&twice.bytes()).expect_err("it is there twice");
    assert!(error.to_string().contains("twice, alone and joined with others"), "{error}");
}

/// Renames both parts beside a matrix.
fn rename(file: &mut Gguf, name: &str) {
    for part in ["a", "b"] {
        file.tensor(&format!("blk.0.attn_q.weight.lora_{part}")).name = format!("{name}.lora_{part}");
    }
}

fn shape(file: &mut Gguf, name: &str, columns: u64, rows: u64) {
    let tensor = file.tensor(name);
    tensor.dims = vec![columns, rows];
    tensor.bytes = to_bytes(&vec![0.5; (columns * rows) as usize]);
}

/// The joined matrix that the model could have.
fn qkv(model: &Gguf) -> super::support::gguf::Tensor {
    let mut tensor = model.clone().tensor("blk.0.attn_q.weight").clone();
    tensor.name = "blk.0.attn_qkv.weight".to_owned();
    tensor.dims = vec![64, 128];
    tensor
}
