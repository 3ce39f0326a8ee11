//! Training of adapters on small generated models: against candle's gradients, and against itself.

#[path = "../support/mod.rs"]
mod support;

mod gradients;
mod peft;
mod steps;
mod truth;

use shotglass::adapter::{Adapter, Gain, LayerAdapter, Target};
use shotglass::kernels::{Compute, Pool, Precision};
use shotglass::model::Model;
use shotglass::train::{Example, Progress, Step, Trainer, gains, low_rank};
use shotglass::{Loader, Session};
use support::noise::Noise;
use support::tiny;

/// Loads a file whole, to run on some threads with 16 bits.
fn load(bytes: &[u8], threads: usize) -> Session {
    load_with(bytes, threads, Precision::Sixteen)
}

/// Loads a file whole, to run on some threads with this precision.
fn load_with(bytes: &[u8], threads: usize, precision: Precision) -> Session {
    let compute = Compute { precision, pool: Pool::new(threads) };
    let mut loader = Loader::new(Some(bytes.len() as u64)).with(compute);
    loader.push(bytes).expect("the file is sound");
    loader.finish(None).expect("the file is whole")
}

/// Tokens that look random.
fn ids(len: usize, seed: u64) -> Vec<u32> {
    let mut noise = Noise::new(seed);
    (0..len).map(|_| noise.below(tiny::vocabulary().len()) as u32).collect()
}

/// LoRA of rank 3 beside every matrix of these layers. B is not 0, so that A has gradients.
fn lora(model: &Model, layers: std::ops::Range<usize>) -> Adapter {
    let mut adapter = low_rank(model, &Target::ALL, layers, 3, 5.0, 7).expect("it fits");
    let mut noise = Noise::new(8);
    for map in adapter.layers.iter_mut().flat_map(|layer| layer.low_rank.iter_mut().flatten()) {
        map.b.iter_mut().for_each(|b| *b = 0.2 * noise.normal());
    }
    adapter
}

/// (IA)³ for every row of all layers, with factors that are not 1.
fn ia3(model: &Model) -> Adapter {
    let mut adapter = gains(model, &Gain::ALL, 0..model.config().layers).expect("it fits");
    let mut noise = Noise::new(9);
    for gain in adapter.layers.iter_mut().flat_map(|layer| layer.gains.iter_mut().flatten()) {
        gain.iter_mut().for_each(|x| *x += 0.3 * noise.normal());
    }
    adapter
}

/// The next step of a run.
fn step(trainer: &mut Trainer) -> Step {
    loop {
        match trainer.advance().expect("it runs") {
            Progress::Working => {}
            Progress::Step(step) => return step,
            Progress::Finished => panic!("there is one more step"),
        }
    }
}

/// All numbers of an adapter as bits, so that equal means equal.
fn bits(layers: &[LayerAdapter]) -> Vec<u32> {
    let mut bits = Vec::new();
    for LayerAdapter { low_rank, gains } in layers {
        for map in low_rank.iter().flatten() {
            bits.extend(map.a.iter().chain(&map.b).map(|x| x.to_bits()));
        }
        bits.extend(gains.iter().flatten().flatten().map(|x| x.to_bits()));
    }
    bits
}

/// Two texts of different lengths, the first longer than any short window.
fn texts() -> Vec<Example> {
    vec![Example::Text { ids: ids(31, 1), from: 27 }, Example::Text { ids: ids(9, 2), from: 1 }]
}
