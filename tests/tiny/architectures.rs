//! Every architecture, in three types: against the truth, and against itself.
//!
//! Leaves each model in `target/golden/architectures/<species>-<type>.gguf` for `tests/architectures`, which asks llama.cpp
//! the same, with what this engine says about it in `<species>-<type>.json`.

use candle_core::quantized::GgmlDType;
use shotglass::kernels::Precision;
use shotglass::model::CHUNK;
use shotglass::score::Continued;

use super::support::distribution::{kl, log_softmax};
use super::support::golden_folder;
use super::support::twin::Twin;
use super::support::zoo::{Species, zoo};
use super::{bits, load, load_with, prompt};

/// Floats, and two kinds of blocks.
const TYPES: [(&str, GgmlDType); 3] =
    [("f32", GgmlDType::F32), ("q8_0", GgmlDType::Q8_0), ("q4_1", GgmlDType::Q4_1)];

/// From one token to several pages of the cache and chunks of prefill, and far beyond every window.
const LENGTHS: [usize; 5] = [1, 3, 33, 65, 300];

#[test]
fn every_architecture_is_near_the_truth() {
    let mut failures = Vec::new();
    for species in zoo() {
        for (type_name, dtype) in TYPES {
            let name = format!("{}-{type_name}", species.name);
            let bytes = species.file(dtype).bytes();
            assert!(bytes.len() < 1_300_000, "{name} has {} bytes", bytes.len());
            let (mean, worst) = divergence(&name, &bytes, &species.file_for_llama_cpp(dtype).bytes());
            println!("{name:24} mean {mean:.1e}, worst {worst:.1e}");
            // Floats differ in the order of sums alone.
            let most = if dtype == GgmlDType::F32 { 1e-10 } else { 1e-6 };
            if mean.is_nan() || mean > most {
                failures.push(format!("{name}: {mean:.1e} from the truth"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("; "));
}

/// KL(truth ‖ ours) at 16 bits over all positions of all prompts, in nats: the mean and the largest. Also records the last
/// position of each prompt for llama.cpp, beside the file that it reads.
fn divergence(name: &str, bytes: &[u8], for_llama_cpp: &[u8]) -> (f64, f64) {
    let twin = Twin::read(bytes).expect("the twin reads what we wrote");
    let loaded = load_with(bytes, Precision::Sixteen);
    let (mut divergences, mut records) = (Vec::new(), Vec::new());
    for (seed, len) in LENGTHS.into_iter().enumerate() {
        let ids = prompt(len, seed as u64);
        let truth = twin.logits(&ids, |_| ()).expect("the twin runs");
        let mut session = loaded.fork().expect("it forks");
        session.run(&ids).expect("the prompt runs");
        for (position, truth) in truth.iter().enumerate() {
            let ours = session.logits_at(position).expect("the position was run");
            divergences.push(kl(&log_softmax(truth), &log_softmax(&ours)));
        }
        let logprobs = session.logprobs().expect("it was run");
        records.push(format!("{{\"ids\":{ids:?},\"logprobs\":{logprobs:?}}}"));
    }
    record(name, for_llama_cpp, &format!("[{}]\n", records.join(",")));
    let worst = divergences.iter().copied().fold(0.0, f64::max);
    (divergences.iter().sum::<f64>() / divergences.len() as f64, worst)
}

fn record(name: &str, bytes: &[u8], json: &str) {
    let folder = golden_folder().join("architectures");
    std::fs::create_dir_all(&folder).expect("target is writable");
    for (file, contents) in [(format!("{name}.gguf"), bytes), (format!("{name}.json"), json.as_bytes())] {
        // Written beside and renamed: a test in another process may be reading the old one.
        let part = folder.join(format!("{file}.part"));
        std::fs::write(&part, contents).expect("target is writable");
        std::fs::rename(&part, folder.join(&file)).expect("target is writable");
    }
}

#[test]
fn every_number_of_steps_and_every_split_gives_the_same_bits() {
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::Q4_1).bytes());
        let ids = prompt(2 * CHUNK + 3, 21);
        let fresh = || loaded.fork().expect("it forks");
        let mut whole = fresh();
        whole.run(&ids).expect("the prompt runs");
        let expected = bits(&whole);
        for step in [1, 7, 20, 64] {
            let mut session = fresh();
            for end in (step..ids.len()).step_by(step).chain([ids.len()]) {
                session.run(&ids[..end]).expect("the prompt grows");
            }
            assert_eq!(bits(&session), expected, "{} in steps of {step}", species.name);
        }
        for split in [1, 3, 20, 21, 22, 63, 64, 65, 100] {
            let mut session = fresh();
            let other = [&ids[..split], &prompt(50, split as u64)].concat();
            session.run(&other).expect("another ending runs");
            session.run(&ids).expect("the prompt runs");
            assert_eq!(bits(&session), expected, "{} after another ending at {split}", species.name);
        }
    }
}

/// Continuations run side by side, each in slots of its own behind the context: what a window hides lies in the context, in
/// other continuations, or in the continuation itself.
#[test]
fn scores_are_those_of_a_plain_pass() {
    let continuations = [" the", " re prement in on", &" a st er or".repeat(9)].map(str::to_owned);
    for species in zoo() {
        let loaded = load(&species.file(GgmlDType::Q4_1).bytes());
        for context in ["Q: the in\nA:", &"Q: the and of\nA: 1 is to\n\n".repeat(4)] {
            let mut session = loaded.fork().expect("it forks");
            let encode = |text: &str| loaded.tokenizer().encode(text).expect("it has tokens");
            let scores = session.score(context.trim_end(), &continuations, &[]).expect("they are scored");
            let before = encode(context.trim_end()).len();
            for (continuation, score) in continuations.iter().zip(scores) {
                let ids = encode(&format!("{}{continuation}", context.trim_end()));
                for (at, token) in score.tokens.iter().enumerate() {
                    let mut plain = loaded.fork().expect("it forks");
                    plain.run(&ids[..before + at]).expect("the prompt runs");
                    let logprob = plain.logprobs().expect("it was run")[token.id as usize];
                    assert_eq!(token.id, ids[before + at], "{}: token {at}", species.name);
                    assert_eq!(
                        token.logprob.to_bits(),
                        logprob.to_bits(),
                        "{}: token {at} of {continuation:?} behind {before}",
                        species.name
                    );
                }
            }
        }
    }
}

/// The windows end in the trunk, in a stem or in the branch itself.
#[test]
fn scores_after_many_contexts_are_those_after_each() {
    let beginning = "Q: the and of\nA: 1 is to\n\n".repeat(4);
    let rests = ["Q: a\nA:", "Q: st er or the in and of a prement\nA:", "Q: the\nA:"];
    let continuations = [" the", " re prement in on", &" a st er or".repeat(9)].map(str::to_owned).to_vec();
    let all: Vec<Continued> = rests
        .map(|rest| Continued { context: format!("{beginning}{rest}"), continuations: continuations.clone() })
        .to_vec();
    for species in zoo() {
        let mut session = load(&species.file(GgmlDType::Q4_1).bytes());
        session.begin_scores_of_many(&all).expect("they can be scored");
        while session.advance().expect("a chunk runs") > 0 {}
        let scores = session.scores().expect("all was run");
        for (one, scores) in all.iter().zip(scores.chunks(continuations.len())) {
            let alone = session.score(&one.context, &one.continuations, &[]).expect("they are scored");
            assert_eq!(scores, alone, "{}: {:?}", species.name, one.context);
        }
    }
}

#[test]
fn attention_weights_are_those_of_the_truth() {
    let ids = prompt(83, 31);
    for species in zoo() {
        let bytes = species.file(GgmlDType::F32).bytes();
        let mut truth: Vec<Vec<Vec<Vec<f32>>>> = Vec::new();
        let twin = Twin::read(&bytes).expect("the twin reads what we wrote");
        twin.logits(&ids, |weights| truth.push(weights.to_vec3().expect("three dimensions")))
            .expect("the twin runs");
        let mut session = load(&bytes);
        for position in [0, 5, 20, 21, 22, 82] {
            session.begin_attention(&ids, Some(position)).expect("the position is one of the prompt");
            while session.advance().expect("it runs") > 0 {}
            let ours = session.attention().expect("all was run");
            let rows = ours.weights.chunks_exact(position + 1);
            for (row, truth) in rows.zip(truth.iter().flatten()) {
                for (column, (ours, truth)) in row.iter().zip(&truth[position]).enumerate() {
                    let is_right = (ours - truth).abs() < 1e-5 && (*truth > 0.0 || *ours == 0.0);
                    assert!(is_right, "{}: {position} to {column}: {ours}, not {truth}", species.name);
                }
            }
        }
    }
}

/// Each species is different from llama in a way that shows: nothing that the truth computes may be left out.
#[test]
fn the_zoo_has_every_architecture() {
    let known = shotglass::model::arch::ARCHITECTURES.iter().map(|architecture| architecture.name);
    let species: Vec<Species> = zoo();
    for name in known {
        assert!(species.iter().any(|species| species.architecture == name), "{name} is not in the zoo");
        let error = shotglass::Error::UnsupportedArchitecture { what: String::new() }.to_string();
        assert!(error.contains(name), "the error names {name} as one to look for");
    }
}
