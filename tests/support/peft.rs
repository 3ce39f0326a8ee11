//! Holds a training run against one that PyTorch and PEFT ran, which `tests/golden/peft/record.py` has recorded.

use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use shotglass::Session;
use shotglass::adapter::{LayerAdapter, Target};
use shotglass::train::{Example, Optimizer, Progress, Settings, Step, Trainer, low_rank};

/// The prime that makes the indices of the elements that are recorded of a vector.
const STRIDE: usize = 104_729;

/// The first steps of the run that is recorded for a model, `tiny` or `default`, are those of PyTorch and PEFT: the loss
/// and the norm of all gradients of each, and of the recorded ones the gradients and the weights.
///
/// How near they are follows from the activations, which have 16 bits: one is rounded by 2⁻¹⁶ of the largest in its row,
/// and the seven matrices of each layer are as many independent errors. The first step may differ by four times
/// 2⁻¹⁶ · √(7 · layers), and later ones by four times that, because AdamW divides each gradient by its own size, so
/// that small ones, with all of their error, change the weights as much as large ones.
pub fn compare(name: &str, session: &Session, steps: usize) {
    let path = format!("tests/golden/peft/{name}.json");
    let file =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is in the repository");
    let record: Value = serde_json::from_slice(&file).expect("it is JSON");
    let layers = session.model().config().layers;
    let rounding = 2f64.powi(-16) * (7.0 * layers as f64).sqrt();
    let mut trainer = trainer(&record, session, 0..layers);
    for at in 0..steps {
        let bound = if at == 0 { 4.0 } else { 16.0 } * rounding;
        let step = step(&mut trainer);
        let near = |what: &str, gap: f64| {
            println!("{name}, step {}, {what}: {:.0} % of the bound", step.step, 100.0 * gap / bound);
            assert!(gap <= bound, "{name}, step {}, {what}: {gap:.1e} is more than {bound:.1e}", step.step);
        };
        let share = |ours: f64, theirs: f64| (ours - theirs).abs() / theirs;
        near("loss", share(step.loss, number(&record["losses"][at])));
        near("norm", share(step.gradient_norm, number(&record["norms"][at])));
        let mut recorded = record["recorded"].as_array().expect("steps").iter();
        let Some(known) = recorded.find(|known| number(&known["step"]) == step.step as f64) else { continue };
        for part in ["A", "B"] {
            let norms = known["gradientNorms"].as_array().expect("norms");
            let gaps: Vec<f64> = of_part(part, trainer.gradients(), norms)
                .into_iter()
                .map(|(ours, norm)| {
                    let ours = length(ours.iter().map(|&x| x.into()));
                    // Before the first step B is 0, and so are the gradients of A.
                    if at == 0 && part == "A" { ours + number(norm) } else { share(ours, number(norm)) }
                })
                .collect();
            let worst = gaps.iter().copied().fold(0.0, f64::max);
            let mean = length(gaps.iter().copied()) / (gaps.len() as f64).sqrt();
            near(&format!("norms of the gradients of {part}"), if at == 0 { worst } else { mean });

            let pairs = samples(part, trainer.gradients(), &known["gradients"]);
            let whole = length(pairs.iter().map(|(_, theirs)| *theirs));
            let gap = length(pairs.iter().map(|(ours, theirs)| ours - theirs));
            near(&format!("gradients of {part}"), if whole > 0.0 { gap / whole } else { gap });

            // An element whose gradient is smaller than its error can go the other way.
            let mut gaps: Vec<f64> = samples(part, &trainer.adapter().layers, &known["weights"])
                .iter()
                .map(|(ours, theirs)| (ours - theirs).abs() / number(&record["settings"]["learningRate"]))
                .collect();
            gaps.sort_by(f64::total_cmp);
            near(&format!("nine of ten weights of {part}"), gaps[gaps.len() * 9 / 10]);
        }
    }
}

/// The record of a model, `tiny` or `default`.
pub fn record(name: &str) -> Value {
    let path = format!("tests/golden/peft/{name}.json");
    let file =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is in the repository");
    serde_json::from_slice(&file).expect("it is JSON")
}

/// The run of a record at its beginning, or one of fewer layers with the same settings and rows. PyTorch's run began with
/// the A that this seed gives.
pub fn trainer(record: &Value, session: &Session, layers: Range<usize>) -> Trainer {
    let (settings, model) = (&record["settings"], session.model().clone());
    let size = |name: &str| number(&settings[name]) as usize;
    let examples: Vec<Example> = record["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let ids = row["ids"].as_array().expect("ids").iter().map(|id| number(id) as u32).collect();
            Example::Text { ids, from: number(&row["from"]) as usize }
        })
        .collect();
    let optimizer = Optimizer {
        learning_rate: number(&settings["learningRate"]),
        warm_up: size("warmUp"),
        weight_decay: number(&settings["weightDecay"]),
        clip: number(&settings["clip"]),
        ..Optimizer::default()
    };
    let alpha = number(&settings["alpha"]) as f32;
    let adapter = low_rank(&model, &Target::ALL, layers, size("rank"), alpha, size("seed") as u64);
    let settings = Settings { steps: size("steps"), optimizer, ..Settings::default() };
    Trainer::new(model, adapter.expect("it fits"), &examples, settings).expect("it fits")
}

/// The next step of a run.
pub fn step(trainer: &mut Trainer) -> Step {
    loop {
        if let Progress::Step(step) = trainer.advance().expect("it runs") {
            return step;
        }
    }
}

/// All A, or all B, with what was recorded of each. The order is that of layers, and of the matrices in each.
fn of_part<'a>(part: &str, layers: &'a [LayerAdapter], known: &'a [Value]) -> Vec<(&'a [f32], &'a Value)> {
    let maps = layers.iter().flat_map(|layer| Target::ALL.map(|target| layer.low_rank(target)));
    let vectors = maps.flatten().flat_map(|map| [&map.a[..], &map.b[..]]);
    let pairs: Vec<_> = vectors.zip(known).skip(usize::from(part == "B")).step_by(2).collect();
    assert_eq!(2 * pairs.len(), known.len(), "as many vectors");
    pairs
}

/// Our elements, and those that were recorded.
fn samples(part: &str, layers: &[LayerAdapter], known: &Value) -> Vec<(f64, f64)> {
    let pairs = of_part(part, layers, known.as_array().expect("vectors")).into_iter();
    let elements = pairs.flat_map(|(vector, known)| {
        let known = known.as_array().expect("elements").iter().enumerate();
        known.map(|(index, theirs)| (vector[(index + 1) * STRIDE % vector.len()].into(), number(theirs)))
    });
    elements.collect()
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn length(values: impl Iterator<Item = f64>) -> f64 {
    values.map(|x| x * x).sum::<f64>().sqrt()
}
