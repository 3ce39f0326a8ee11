//! A short training run whose every bit is known: natively it is recorded, and in WebAssembly it must be the same.

use shotglass::adapter::{Adapter, Gain, LayerAdapter, Target};
use shotglass::kernels::{Compute, Pool, Precision};
use shotglass::train::{Example, Loss, Optimizer, Progress, Settings, Trainer, gains, low_rank};
use shotglass::{Error, Loader};

use super::noise::Noise;

/// Three steps of LoRA, with dropout and every loss, and three of (IA)³, on a small model's file. It returns the bits of
/// the losses, and a hash of all numbers afterwards.
pub fn run(file: &[u8], threads: usize) -> Result<String, Error> {
    let compute = Compute { precision: Precision::Eight, pool: Pool::new(threads) };
    let mut loader = Loader::new(None).with(compute);
    loader.push(file)?;
    let model = loader.finish(None)?.model().clone();
    let layers = model.config().layers;
    let mut noise = Noise::new(1);
    let mut ids = |len: usize| (0..len).map(|_| noise.below(model.vocabulary_size()) as u32).collect();
    let mut examples: Vec<Example> =
        (0..3).map(|i| Example::Text { ids: ids(20 + 15 * i), from: 10 }).collect();
    examples.push(Example::Choice { context: ids(9), answer: ids(2), others: vec![ids(1), ids(4)] });
    let teacher = (0..model.vocabulary_size()).map(|id| (id % 7) as f32).collect();
    examples.push(Example::Teacher { ids: ids(12), from: 11, logprobs: teacher });

    let lora = low_rank(&model, &Target::ALL, 0..layers, 5, 8.0, 2)?;
    let ia3 = gains(&model, &Gain::ALL, layers / 2..layers)?;
    let mut lines = Vec::new();
    for (adapter, dropout) in [(lora, 0.1), (ia3, 0.0)] {
        let loss = Loss { unlikelihood: 1.0, length_normalized: 1.0, temperature: 2.0 };
        let optimizer =
            Optimizer { learning_rate: 0.01, warm_up: 1, weight_decay: 0.1, ..Optimizer::default() };
        let settings = Settings { steps: 3, batch: 4, loss, optimizer, dropout, seed: 3 };
        let mut trainer = Trainer::new(model.clone(), adapter, &examples, settings)?;
        loop {
            match trainer.advance()? {
                Progress::Working => {}
                Progress::Step(step) => {
                    lines.push(format!("{:016x} {:016x}", step.loss.to_bits(), step.gradient_norm.to_bits()));
                }
                Progress::Finished => break,
            }
        }
        lines.push(format!("{:016x}", hash(trainer.adapter())));
    }
    Ok(lines.join("\n"))
}

/// FNV-1a of the bits of all numbers.
fn hash(adapter: &Adapter) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |numbers: &[f32]| {
        for byte in numbers.iter().flat_map(|x| x.to_le_bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    for LayerAdapter { low_rank, gains } in &adapter.layers {
        for map in low_rank.iter().flatten() {
            add(&map.a);
            add(&map.b);
        }
        gains.iter().flatten().for_each(|gain| add(gain));
    }
    hash
}
