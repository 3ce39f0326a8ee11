//! Every number's gradient, in every architecture, against candle's automatic differentiation.

use candle_core::quantized::GgmlDType;
use shotglass::adapter::{Adapter, LayerAdapter};
use shotglass::train::{Example, Loss, Settings, Trainer};

use super::support::zoo::zoo;
use super::truth::truth;
use super::{ia3, ids, load, lora, step, texts};

/// The largest share by which the gradients of a vector may differ from the truth.
const NEAR: f64 = 1e-4;

/// The vectors of an adapter with their names.
fn vectors(layers: &[LayerAdapter]) -> Vec<(String, &[f32])> {
    let mut vectors: Vec<(String, &[f32])> = Vec::new();
    for (layer, LayerAdapter { low_rank, gains }) in layers.iter().enumerate() {
        for (index, map) in low_rank.iter().enumerate() {
            if let Some(map) = map {
                vectors.push((format!("A of matrix {index}, layer {layer}"), &map.a));
                vectors.push((format!("B of matrix {index}, layer {layer}"), &map.b));
            }
        }
        for (index, gain) in gains.iter().enumerate() {
            vectors.extend(gain.iter().map(|gain| (format!("gain {index}, layer {layer}"), &gain[..])));
        }
    }
    vectors
}

/// The loss of a step, and its gradients, are those of the truth. Returns the largest difference.
fn compare(name: &str, file: &[u8], adapter: Adapter, examples: &[Example], loss: Loss) -> f64 {
    let truth = truth(file, &adapter, examples, &loss);
    let settings = Settings { steps: 1, loss, ..Settings::default() };
    let model = load(file, 1).model().clone();
    let mut trainer = Trainer::new(model, adapter, examples, settings).expect("it fits");
    let step = step(&mut trainer);
    let gap = (step.loss - truth.loss).abs() / truth.loss.max(1.0);
    assert!(gap < 1e-5, "{name}: the loss is {}, not {}", step.loss, truth.loss);

    let mut worst = 0.0_f64;
    let (ours, theirs) = (vectors(trainer.gradients()), vectors(&truth.gradients));
    assert_eq!(ours.len(), theirs.len(), "{name}");
    for ((what, ours), (_, theirs)) in ours.into_iter().zip(theirs) {
        let length = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
        let gap = length(&mut ours.iter().zip(theirs).map(|(a, b)| f64::from(*a) - f64::from(*b)));
        let whole = length(&mut theirs.iter().map(|&x| x.into()));
        assert!(whole > 0.0 && gap / whole <= NEAR, "{name}, {what}: {gap:.1e} of {whole:.1e}");
        worst = worst.max(gap / whole);
    }
    worst
}

#[test]
fn every_architecture_has_the_gradients_of_the_truth() {
    for species in zoo() {
        let file = species.file(GgmlDType::F32).bytes();
        let loaded = load(&file, 1);
        let layers = loaded.model().config().layers;
        let worst = compare(species.name, &file, lora(loaded.model(), 0..layers), &texts(), Loss::default());
        println!("{:22} LoRA  {worst:.1e}", species.name);
        if !species.is_joined {
            let worst = compare(species.name, &file, ia3(loaded.model()), &texts(), Loss::default());
            println!("{:22} (IA)³ {worst:.1e}", species.name);
        }
    }
}

#[test]
fn every_loss_has_the_gradients_of_the_truth() {
    let species = zoo().into_iter().find(|species| species.name == "gemma2").expect("it is in the zoo");
    let file = species.file(GgmlDType::F32).bytes();
    let loaded = load(&file, 1);
    let choice = |seed: u64| Example::Choice {
        context: ids(6, seed),
        answer: ids(2, seed + 1),
        others: vec![ids(1, seed + 2), ids(3, seed + 3)],
    };
    let teacher = |len: usize, seed: u64| {
        let mut session = loaded.fork().expect("it forks");
        let text = ids(len, seed);
        let mut logprobs = Vec::new();
        for end in len - 2..=len {
            session.run(&ids(len, seed + 1)[..end]).expect("it runs");
            logprobs.extend(session.logprobs().expect("it was run"));
        }
        Example::Teacher { ids: text, from: len - 3, logprobs }
    };
    let cases: [(&str, Vec<Example>, Loss); 5] = [
        ("unlikelihood", vec![choice(30), choice(40)], Loss { unlikelihood: 1.0, ..Loss::default() }),
        ("length-normalized", vec![choice(30)], Loss { length_normalized: 1.0, ..Loss::default() }),
        (
            "both, and a text",
            [texts(), vec![choice(50), choice(60)]].concat(),
            Loss { unlikelihood: 0.5, length_normalized: 2.0, ..Loss::default() },
        ),
        ("teacher", vec![teacher(12, 70), teacher(25, 80)], Loss::default()),
        ("warm teacher", vec![teacher(12, 70)], Loss { temperature: 2.0, ..Loss::default() }),
    ];
    for (name, examples, loss) in cases {
        let worst = compare(name, &file, lora(loaded.model(), 0..3), &examples, loss);
        println!("{name:22} {worst:.1e}");
    }
}

/// More tokens than run together.
#[test]
fn many_examples_have_the_gradients_of_the_truth() {
    let species = zoo().into_iter().find(|species| species.name == "gptneox").expect("it is in the zoo");
    let file = species.file(GgmlDType::F32).bytes();
    let examples: Vec<Example> =
        (0..7).map(|seed| Example::Text { ids: ids(70 + 5 * seed, seed as u64), from: 1 }).collect();
    let adapter = lora(load(&file, 1).model(), 0..2);
    println!("{:.1e}", compare(species.name, &file, adapter, &examples, Loss::default()));
}

/// An example with more rows than pass a layer at once, in a network whose branches are in sequence, and in a parallel one.
#[test]
fn a_long_example_has_the_gradients_of_the_truth() {
    for name in ["gemma2", "gptneox"] {
        let species = zoo().into_iter().find(|species| species.name == name).expect("it is in the zoo");
        let file = species.file(GgmlDType::F32).bytes();
        let others = vec![ids(5, 62), ids(4, 63), ids(2, 64)];
        let long = Example::Choice { context: ids(90, 60), answer: ids(3, 61), others };
        let loss = Loss { unlikelihood: 1.0, ..Loss::default() };
        let adapter = lora(load(&file, 1).model(), 0..2);
        println!("{name:22} {:.1e}", compare(name, &file, adapter, &[texts()[1].clone(), long], loss));
    }
}

/// The gradient ends at the first layer that has an adapter.
#[test]
fn the_upper_layers_alone_have_the_gradients_of_the_truth() {
    let species = zoo().into_iter().find(|species| species.name == "gemma3").expect("it is in the zoo");
    let file = species.file(GgmlDType::F32).bytes();
    let adapter = lora(load(&file, 1).model(), 4..7);
    println!("{:.1e}", compare(species.name, &file, adapter, &texts(), Loss::default()));
}
