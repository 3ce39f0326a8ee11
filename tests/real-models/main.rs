//! The engine on a real model: against itself, and what it and the float32 truth say for `model.test.mjs`.
//!
//! `SHOTGLASS_REAL_MODEL` names the file. Leaves in `target/golden/real-models/`: `prompts.json` (`[{ name, text, ids }]`) and,
//! with a row of natural-log probabilities for each prompt, `truth.f32`, `eight.f32` and `sixteen.f32` (the engine with
//! activations of 8 and of 16 bits).

#[path = "../support/mod.rs"]
mod support;

mod prompts;

use std::time::Instant;

use serde_json::json;
use shotglass::kernels::{Compute, Precision};
use shotglass::{Loader, Session};
use support::distribution::{log_softmax, to_bytes};
use support::golden_folder;
use support::twin::Twin;

use prompts::{Prompt, prompts};

/// Local layers of gemma-3-270m see this many positions.
const WINDOW: usize = 512;

/// The bytes of the file.
fn file() -> Vec<u8> {
    let path =
        std::env::var_os("SHOTGLASS_REAL_MODEL").expect("cargo xtask test --only real-models names it");
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn load(bytes: &[u8], precision: Precision) -> Session {
    let compute = Compute { precision, ..Compute::default() };
    let mut loader = Loader::new(Some(bytes.len() as u64)).with(compute);
    loader.push(bytes).expect("the file is sound");
    loader.finish(None).expect("the file is whole")
}

fn encode(session: &Session, text: &str) -> Vec<u32> {
    session.tokenizer().encode(text).expect("any text has tokens")
}

#[test]
fn engine_and_truth_say_what_comes_next() {
    let bytes = file();
    let eight = load(&bytes, Precision::Eight);
    let asked: Vec<(Prompt, Vec<u32>)> = prompts()
        .into_iter()
        .map(|prompt| {
            let ids = encode(&eight, &prompt.text);
            (prompt, ids)
        })
        .collect();
    let longest = asked.iter().map(|(_, ids)| ids.len()).max().expect("a prompt");
    assert!(longest > WINDOW, "the longest prompt of {longest} tokens does not leave the window");
    let list: Vec<_> = asked
        .iter()
        .map(|(Prompt { name, text }, ids)| json!({ "name": name, "text": text, "ids": ids }))
        .collect();
    write("prompts.json", json!(list).to_string().as_bytes());

    let ids: Vec<&[u32]> = asked.iter().map(|(_, ids)| ids.as_slice()).collect();
    answer("eight.f32", &ids, engine(eight));
    answer("sixteen.f32", &ids, engine(load(&bytes, Precision::Sixteen)));
    let twin = Twin::read(&bytes).expect("candle reads the file");
    answer("truth.f32", &ids, |ids| {
        let logits = twin.last_logits(ids).expect("the truth runs");
        log_softmax(&logits).into_iter().map(|logprob| logprob as f32).collect()
    });
}

fn engine(mut session: Session) -> impl FnMut(&[u32]) -> Vec<f32> {
    move |ids| {
        session.run(ids).expect("the prompt runs");
        session.logprobs().expect("it was run")
    }
}

/// Writes what one of them says of all prompts.
fn answer(name: &str, prompts: &[&[u32]], mut of: impl FnMut(&[u32]) -> Vec<f32>) {
    let started = Instant::now();
    let rows: Vec<u8> = prompts.iter().flat_map(|ids| to_bytes(&of(ids))).collect();
    let tokens: usize = prompts.iter().map(|ids| ids.len()).sum();
    println!("{name}: {tokens} tokens in {:.1} s", started.elapsed().as_secs_f64());
    write(name, &rows);
}

/// Writes a file whole or not at all.
fn write(name: &str, contents: &[u8]) {
    let folder = golden_folder().join("real-models");
    std::fs::create_dir_all(&folder).expect("target is writable");
    let part = folder.join(format!("{name}.part"));
    std::fs::write(&part, contents).expect("target is writable");
    std::fs::rename(&part, folder.join(name)).expect("target is writable");
}

fn bits(session: &Session) -> Vec<u32> {
    session.logits().expect("something was run").iter().map(|logit| logit.to_bits()).collect()
}

/// Splits around the ends of pages and of chunks, on both sides of the window, and after another ending.
#[test]
fn cached_is_uncached_bit_for_bit() {
    let loaded = load(&file(), Precision::Eight);
    for Prompt { name, text } in prompts().into_iter().filter(|prompt| prompt.is_split()) {
        let ids = encode(&loaded, &text);
        let fresh = || loaded.fork().expect("it forks");
        let mut whole = fresh();
        assert_eq!(whole.run(&ids).expect("the prompt runs"), 0, "nothing is cached at first");
        let expected = bits(&whole);

        let splits = [1, 15, 33, 64, 65, WINDOW - 1, WINDOW, WINDOW + 1, ids.len() - 1, ids.len()];
        for split in splits.into_iter().filter(|&split| split <= ids.len()) {
            let mut session = fresh();
            session.run(&ids[..split]).expect("the prefix runs");
            assert_eq!(session.run(&ids).expect("the whole runs"), split, "{name}: the prefix is cached");
            assert!(bits(&session) == expected, "{name} of {} tokens split at {split}", ids.len());
        }
        let mut session = fresh();
        let other = [&ids[..ids.len() / 2], &ids[..20]].concat();
        session.run(&other).expect("another ending runs");
        session.run(&ids).expect("the whole runs");
        assert!(bits(&session) == expected, "{name} after another ending");
        let mut session = fresh();
        for end in 1..=ids.len() {
            session.run(&ids[..end]).expect("one more token runs");
        }
        assert!(bits(&session) == expected, "{name} token by token");
    }
}
