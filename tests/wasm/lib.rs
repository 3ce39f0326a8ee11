//! The kernels against their slow twins, compiled as each build of the engine is.
//!
//! The tests of `tests/property` hold on the machine that runs them; these hold where the instructions are
//! others. Each function answers with what is wrong, or with nothing.
#![cfg(target_arch = "wasm32")]

#[path = "../support/blocks.rs"]
mod blocks;
#[path = "../support/budget.rs"]
mod budget;
mod floats;
mod matrices;
#[path = "../support/noise.rs"]
mod noise;
mod pool;
#[path = "../support/shapes.rs"]
mod shapes;
#[path = "../support/speed.rs"]
mod speed;
#[path = "../support/training.rs"]
mod training;

use noise::Noise;
use wasm_bindgen::prelude::*;

/// Matrices of every type, of many sizes.
#[wasm_bindgen]
pub fn matrices(seed: u32, cases: u32) -> Option<String> {
    first_wrong(seed, cases, matrices::check)
}

/// What lies between the matrices.
#[wasm_bindgen]
pub fn floats(seed: u32, cases: u32) -> Option<String> {
    first_wrong(seed, cases, floats::check)
}

/// The work between two chances to stop, where sizes have 32 bits.
#[wasm_bindgen]
pub fn budgets() -> Option<String> {
    shapes::published().find_map(|config| budget::check(&config).err())
}

/// The bits of a training run on a small model's file.
#[wasm_bindgen]
pub fn training(file: &[u8]) -> String {
    training::run(file, 1).unwrap_or_else(|error| error.to_string())
}

/// What products cost, for `tests/bench/products.mjs`.
#[wasm_bindgen]
pub fn speed(threads: usize) -> String {
    speed::table(threads, || now() / 1000.0)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// A pool of as many threads: this one, and workers that have called `work`.
#[wasm_bindgen]
pub fn pool(threads: usize, rounds: u32) -> Option<String> {
    pool::check(threads, rounds).err()
}

fn first_wrong(seed: u32, cases: u32, check: impl Fn(&mut Noise) -> Result<(), String>) -> Option<String> {
    // A seed of its own for each, so that one that fails can be run alone.
    (0..cases).map(|case| seed + case).find_map(|seed| {
        let wrong = check(&mut Noise::new(u64::from(seed))).err()?;
        Some(format!("seed {seed}: {wrong}"))
    })
}
