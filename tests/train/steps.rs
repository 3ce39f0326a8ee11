//! Runs as a whole: what a step does to the numbers, and that equal settings give equal bits.

use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use shotglass::adapter::{Adapter, Gain, LayerAdapter, Target};
use shotglass::kernels::Precision;
use shotglass::train::{Evaluation, Example, Loss, Optimizer, Progress, Settings, Trainer, gains, low_rank};
use shotglass::{Error, Session};

use super::support::distribution::log_softmax;
use super::support::tiny::{Shape, model};
use super::support::zoo::zoo;
use super::support::{golden_folder, training};
use super::{bits, ia3, ids, load, load_with, lora, step, texts};

/// A llama in the types of the default model.
fn default_file() -> Vec<u8> {
    model(&Shape::default()).bytes()
}

fn trainer(session: &Session, adapter: Adapter, settings: Settings) -> Trainer {
    Trainer::new(session.model().clone(), adapter, &texts(), settings).expect("it fits")
}

/// The numbers of an adapter, and those at which it changes nothing.
fn numbers(layers: &[LayerAdapter]) -> Vec<(f64, f64)> {
    let mut numbers = Vec::new();
    for LayerAdapter { low_rank, gains } in layers {
        for map in low_rank.iter().flatten() {
            numbers.extend(map.a.iter().chain(&map.b).map(|&x| (f64::from(x), 0.0)));
        }
        numbers.extend(gains.iter().flatten().flatten().map(|&x| (f64::from(x), 1.0)));
    }
    numbers
}

fn evaluate(session: &Session, examples: &[Example], adapter: &Adapter) -> f64 {
    let mut evaluation =
        Evaluation::new(session.model().clone(), examples, Loss::default()).expect("they fit");
    loop {
        if let Some(loss) = evaluation.advance(adapter).expect("it runs") {
            return loss;
        }
    }
}

/// Three steps with every part of the optimizer, against algorithm 2 of Loshchilov & Hutter 2019 in 64 bits.
#[test]
fn steps_are_those_of_adamw() {
    let session = load(&default_file(), 1);
    for adapter in [lora(session.model(), 0..2), ia3(session.model())] {
        let optimizer = Optimizer {
            learning_rate: 0.01,
            warm_up: 2,
            betas: [0.8, 0.95],
            epsilon: 1e-6,
            weight_decay: 0.1,
            clip: 0.5,
        };
        let settings = Settings { steps: 4, optimizer, ..Settings::default() };
        let mut trainer = trainer(&session, adapter, settings);
        let mut truth = numbers(&trainer.adapter().layers);
        let (mut m, mut v) = (vec![0.0; truth.len()], vec![0.0; truth.len()]);
        // It rises in two steps, and falls in two.
        for (t, rate) in [(1, 0.005), (2, 0.01), (3, 0.01), (4, 0.005)] {
            let report = step(&mut trainer);
            let gradients = numbers(trainer.gradients());
            let norm = gradients.iter().map(|(g, _)| g * g).sum::<f64>().sqrt();
            assert!((report.gradient_norm - norm).abs() < 1e-9 * norm && norm > 0.5, "{norm}: it is clipped");
            assert!((report.learning_rate - rate).abs() < 1e-12, "step {t}: {}", report.learning_rate);
            for (at, (x, neutral)) in truth.iter_mut().enumerate() {
                let g = gradients[at].0 * 0.5 / norm;
                m[at] = 0.8 * m[at] + 0.2 * g;
                v[at] = 0.95 * v[at] + 0.05 * g * g;
                let (mean, square) = (m[at] / (1.0 - 0.8_f64.powi(t)), v[at] / (1.0 - 0.95_f64.powi(t)));
                *x -= rate * (mean / (square.sqrt() + 1e-6) + 0.1 * (*x - *neutral));
            }
            for ((ours, _), (truth, _)) in numbers(&trainer.adapter().layers).iter().zip(&truth) {
                assert!((ours - truth).abs() < 2e-6, "step {t}: {ours}, not {truth}");
            }
        }
        assert_eq!(trainer.advance(), Ok(Progress::Finished));
    }
}

#[test]
fn the_loss_falls() {
    let session = load(&default_file(), 1);
    let model = session.model();
    let fresh = [
        (low_rank(model, &Target::ALL, 0..2, 4, 8.0, 1).expect("it fits"), 0.01),
        (gains(model, &Gain::ALL, 0..2).expect("it fits"), 0.03),
    ];
    for (adapter, learning_rate) in fresh {
        let before = evaluate(&session, &texts(), &adapter);
        let optimizer = Optimizer { learning_rate, ..Optimizer::default() };
        let mut trainer =
            trainer(&session, adapter, Settings { steps: 20, optimizer, ..Settings::default() });
        let losses: Vec<f64> = (0..20).map(|_| step(&mut trainer).loss).collect();
        assert_eq!(losses[0], before, "a fresh adapter changes nothing");
        let after = evaluate(&session, &texts(), trainer.adapter());
        println!("{before} … {after}");
        assert!(after < 0.7 * before, "{losses:?}, {after}");
    }
}

/// The forward pass of training is that of a session with the adapter, bit for bit in every architecture, so the loss is
/// what the session says of the tokens.
#[test]
fn an_evaluation_agrees_with_a_session() {
    for species in zoo() {
        for dtype in [GgmlDType::F32, GgmlDType::Q4_1] {
            let mut session = load_with(&species.file(dtype).bytes(), 1, Precision::Eight);
            let model = session.model().clone();
            for adapter in [lora(&model, 0..species.layers), ia3(&model)] {
                let ours = evaluate(&session, &texts(), &adapter);
                session.tune(Some(&Arc::new(adapter)), 1.0).expect("it fits");
                let (mut sum, mut count) = (0.0, 0.0);
                for example in texts() {
                    let Example::Text { ids, from } = example else { panic!("they are texts") };
                    session.run(&ids[..ids.len() - 1]).expect("it runs");
                    for (position, &id) in (from - 1..).zip(&ids[from..]) {
                        let logits = session.logits_at(position).expect("the position was run");
                        sum -= log_softmax(&logits)[id as usize];
                        count += 1.0;
                    }
                }
                let truth = sum / count;
                // Exponentials of 32 bits are summed. A sum in another order would make some codes of 8 bits others.
                assert!((ours - truth).abs() < 2e-6, "{}: {ours}, not {truth}", species.name);
            }
        }
    }
}

/// Examples that take several batches, dropout, and a new order of the examples.
#[test]
fn every_number_of_threads_gives_the_same_bits() {
    let file = default_file();
    let examples: Vec<Example> = (0..9).map(|seed| Example::Text { ids: ids(60, seed), from: 50 }).collect();
    let run = |threads: usize, seed: u64| {
        let session = load(&file, threads);
        let settings = Settings { steps: 3, batch: 6, dropout: 0.2, seed, ..Settings::default() };
        let adapter = lora(session.model(), 0..2);
        let mut trainer =
            Trainer::new(session.model().clone(), adapter, &examples, settings).expect("it fits");
        let losses: Vec<u64> = (0..3).map(|_| step(&mut trainer).loss.to_bits()).collect();
        (losses, bits(&trainer.adapter().layers))
    };
    let expected = run(1, 5);
    assert!(run(2, 5) == expected, "two threads");
    assert!(run(3, 5) == expected, "three threads");
    assert!(run(1, 6) != expected, "another seed");
}

/// Leaves a run and its model in `target/golden/train` for `tests/wasm`, where each build must have the same bits.
#[test]
fn a_run_is_recorded_for_the_builds() {
    let file = default_file();
    let record = training::run(&file, 1).expect("it runs");
    for threads in [2, 3] {
        assert_eq!(training::run(&file, threads).expect("it runs"), record, "{threads} threads");
    }
    let folder = golden_folder().join("train");
    std::fs::create_dir_all(&folder).expect("target is writable");
    std::fs::write(folder.join("model.gguf"), file).expect("target is writable");
    std::fs::write(folder.join("run.txt"), record).expect("target is writable");
}

/// Only the upper layer is trained, so the rows below it are kept from step to step.
#[test]
fn rows_below_the_first_layer_that_is_trained_are_kept() {
    let session = load(&default_file(), 1);
    let model = session.model();
    let optimizer = Optimizer { learning_rate: 0.0, ..Optimizer::default() };
    let settings = Settings { steps: 2, optimizer, ..Settings::default() };
    let mut upper = trainer(&session, lora(model, 1..2), settings);
    let calls = |trainer: &mut Trainer| {
        let mut calls = 1;
        while trainer.advance().expect("it runs") == Progress::Working {
            calls += 1;
        }
        calls
    };
    let first = calls(&mut upper);
    let gradients = bits(upper.gradients());
    assert!(calls(&mut upper) < first, "the layer below does not run again");
    assert!(bits(upper.gradients()) == gradients, "the gradients are the same");
}

/// With a learning rate of 0, three steps of 2, 2 and 1 examples show each of five once.
#[test]
fn every_example_has_its_turn() {
    let session = load(&default_file(), 1);
    let examples: Vec<Example> = (0..5).map(|seed| Example::Text { ids: ids(8, seed), from: 4 }).collect();
    let adapter = lora(session.model(), 0..2);
    let all = evaluate(&session, &examples, &adapter);
    let optimizer = Optimizer { learning_rate: 0.0, ..Optimizer::default() };
    let settings = Settings { steps: 6, batch: 2, optimizer, ..Settings::default() };
    let mut trainer = Trainer::new(session.model().clone(), adapter, &examples, settings).expect("it fits");
    let losses: Vec<f64> = (0..6).map(|_| step(&mut trainer).loss).collect();
    for losses in losses.chunks(3) {
        let mean = (2.0 * losses[0] + 2.0 * losses[1] + losses[2]) / 5.0;
        assert!((mean - all).abs() < 1e-9, "{mean}, not {all}");
    }
    assert_ne!(losses[..3], losses[3..], "the second order is another one");
}

#[test]
fn learning_rates_of_all_kinds() {
    let session = load(&default_file(), 1);
    let adapter = lora(session.model(), 0..2);
    let with = |learning_rate: f64| {
        let optimizer = Optimizer { learning_rate, ..Optimizer::default() };
        Settings { steps: 5, optimizer, ..Settings::default() }
    };
    for (rate, got) in [(f64::NAN, "NaN"), (-1e-3, "-0.001"), (f64::INFINITY, "inf")] {
        let error = Trainer::new(session.model().clone(), adapter.clone(), &texts(), with(rate))
            .expect_err("it is refused");
        assert_eq!(error.to_string(), format!("learningRate must be a number from 0, but is {got}."));
    }
    let mut still = trainer(&session, adapter.clone(), with(0.0));
    step(&mut still);
    assert!(bits(&still.adapter().layers) == bits(&adapter.layers), "0 changes nothing");

    let mut huge = trainer(&session, adapter.clone(), with(1e30));
    let first = step(&mut huge);
    assert!(first.loss.is_finite());
    let error = loop {
        match huge.advance() {
            Ok(progress) => assert_eq!(progress, Progress::Working),
            Err(error) => break error,
        }
    };
    assert_eq!(error, Error::Diverged { step: 2 });
    assert!(bits(&huge.adapter().layers) == bits(&adapter.layers), "the last good numbers are back");
    assert_eq!(huge.advance(), Ok(Progress::Finished));
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let session = load(&default_file(), 1);
    let adapter = lora(session.model(), 0..2);
    let refused = |example: Example| {
        Trainer::new(session.model().clone(), adapter.clone(), &[example], Settings::default())
            .expect_err("it is refused")
            .code()
    };
    let text = |ids: Vec<u32>, from: usize| Example::Text { ids, from };
    assert_eq!(refused(text(vec![], 0)), "invalid-option");
    assert_eq!(refused(text(vec![1], 1)), "invalid-option");
    assert_eq!(refused(text(vec![1, 2], 0)), "invalid-option");
    assert_eq!(refused(text(vec![1, 2], 2)), "invalid-option");
    assert_eq!(refused(text(vec![1, 299], 1)), "invalid-option");
    assert_eq!(refused(text(ids(258, 1), 1)), "prompt-too-long");
    let choice = |context: &[u32], answer: &[u32]| Example::Choice {
        context: context.to_vec(),
        answer: answer.to_vec(),
        others: vec![vec![3]],
    };
    assert_eq!(refused(choice(&[], &[1])), "invalid-option");
    assert_eq!(refused(choice(&[1], &[])), "invalid-option");
    let teacher = |from: usize, rows: usize| Example::Teacher {
        ids: vec![1, 2],
        from,
        logprobs: vec![-5.7; 299 * rows],
    };
    assert_eq!(refused(teacher(1, 2)), "invalid-option");
    assert_eq!(refused(teacher(2, 0)), "invalid-option");
    assert_eq!(refused(teacher(9, 1)), "invalid-option");

    let model = session.model();
    let new = |examples: &[Example], settings| {
        Trainer::new(model.clone(), adapter.clone(), examples, settings).map(drop)
    };
    assert!(new(&[], Settings::default()).is_err(), "no examples");
    assert!(new(&texts(), Settings { steps: 0, ..Settings::default() }).is_err());
    assert!(new(&texts(), Settings { batch: 0, ..Settings::default() }).is_err());
    for dropout in [1.0, -0.1, f32::NAN] {
        assert!(new(&texts(), Settings { dropout, ..Settings::default() }).is_err(), "{dropout}");
    }
    for temperature in [0.0, f32::NAN, f32::INFINITY] {
        let loss = Loss { temperature, ..Loss::default() };
        assert!(new(&texts(), Settings { loss, ..Settings::default() }).is_err(), "{temperature}");
    }
    for rank in [0, 65] {
        assert!(low_rank(model, &Target::ALL, 0..2, rank, 8.0, 1).is_err(), "rank {rank}");
    }
    assert!(low_rank(model, &[], 0..2, 4, 8.0, 1).is_err(), "no targets");
    assert!(low_rank(model, &Target::ALL, 1..1, 4, 8.0, 1).is_err(), "no layers");
    assert!(low_rank(model, &Target::ALL, 0..3, 4, 8.0, 1).is_err(), "too many layers");
    assert!(low_rank(model, &Target::ALL, 0..2, 4, f32::NAN, 1).is_err(), "no number");
    let other = load(&zoo()[6].file(GgmlDType::F32).bytes(), 1);
    let foreign = Trainer::new(other.model().clone(), adapter.clone(), &texts(), Settings::default());
    assert_eq!(foreign.expect_err("it is another model's").code(), "wrong-adapter");
}
