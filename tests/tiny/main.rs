//! The engine on small generated models, in every type: against the truth, and against itself.
//!
//! Leaves each model in `target/golden/tiny/<type>.gguf` (and `default.gguf`) for the TypeScript tests, with what this
//! engine says about it beside it in `<type>.json`.

#[path = "../support/mod.rs"]
mod support;

mod adapter_files;
mod adapters;
mod architectures;
mod attention;
mod cache;
mod caches;
mod code_books;
mod edits;
mod references;
mod score;
mod states;
mod types;

use shotglass::kernels::{Compute, Precision};
use shotglass::{Loader, Session};
use support::noise::Noise;
use support::tiny;

/// Loads a file whole.
fn load(bytes: &[u8]) -> Session {
    load_with(bytes, Precision::Eight)
}

/// Loads a file whole, to be run with this precision.
fn load_with(bytes: &[u8], precision: Precision) -> Session {
    let compute = Compute { precision, ..Compute::default() };
    let mut loader = Loader::new(Some(bytes.len() as u64)).with(compute);
    loader.push(bytes).expect("the file is sound");
    loader.finish(None).expect("the file is whole")
}

/// A prompt of `len` tokens, drawn with `seed`.
fn prompt(len: usize, seed: u64) -> Vec<u32> {
    let vocabulary = tiny::vocabulary().len();
    let mut noise = Noise::new(seed);
    (0..len).map(|_| noise.below(vocabulary) as u32).collect()
}

/// Bits, so that equal means equal: `-0.0 == 0.0`, and `NaN` would compare with nothing.
fn bits(session: &Session) -> Vec<u32> {
    session.logits().expect("something was run").iter().map(|logit| logit.to_bits()).collect()
}
