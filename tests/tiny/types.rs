//! Every type that candle reads: ours against the float32 truth, at every position.

use candle_core::quantized::GgmlDType;
use shotglass::Session;
use shotglass::distribution::Distribution;
use shotglass::kernels::Precision;
use shotglass::prediction::Expected;

use super::support::tiny::{Shape, TYPES, model};
use super::support::truth::Truth;
use super::support::{distribution, golden_folder};
use super::{load, load_with, prompt};

/// Longer than a page of the cache and no multiple of anything.
const LENGTH: usize = 83;

/// How far logits may be from the truth, as root mean square of the difference over root mean square of the logits.
///
/// Floats differ in the order of sums alone. Against quantized weights, activations are rounded, and the sharp attention
/// of random models amplifies what 16 bits lose to a ten-thousandth; 8 bits lose 257 times as much. All types have it
/// alike, because the truth has the same weights.
fn tolerance(dtype: GgmlDType, precision: Precision) -> f64 {
    match (dtype, precision) {
        (GgmlDType::F32 | GgmlDType::F16 | GgmlDType::BF16, _) => 4e-6,
        (_, Precision::Sixteen) => 4e-4,
        (_, Precision::Eight) => 257.0 * 4e-4,
    }
}

#[test]
fn every_type_is_near_the_truth() {
    let mut failures = Vec::new();
    for (name, dtype, _) in TYPES {
        for tied in [true, false] {
            let name = if tied { name.to_owned() } else { format!("{name}-untied") };
            for (precision, difference) in compare(&name, &Shape::of(dtype, tied)) {
                println!("{name:12} {precision:8?} {difference:.2e} of the logits");
                if difference.is_nan() || difference > tolerance(dtype, precision) {
                    failures.push(format!("{name}, {precision:?}: {difference:.2e} from the truth"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("; "));
}

#[test]
fn a_model_made_like_the_default_one_is_near_the_truth() {
    for (precision, difference) in compare("default", &Shape::default()) {
        println!("default      {precision:8?} {difference:.2e} of the logits");
        assert!(
            difference < tolerance(GgmlDType::Q4_1, precision),
            "{precision:?}: {difference:.2e} from the truth"
        );
    }
}

/// Writes the model and its record; returns the root mean square error relative to the logits, for each precision.
fn compare(name: &str, shape: &Shape) -> [(Precision, f64); 2] {
    let bytes = model(shape).bytes();
    assert!(bytes.len() < 500_000, "{name} has {} bytes", bytes.len());
    let ids = prompt(LENGTH, 7);
    let truth =
        Truth::read(&bytes).and_then(|truth| truth.logits(&ids)).expect("the truth reads what we wrote");

    let mut session = load(&bytes);
    session.run(&ids).expect("the prompt runs");
    record(name, &bytes, &session, &ids);

    [Precision::Eight, Precision::Sixteen].map(|precision| {
        let mut session = load_with(&bytes, precision);
        session.run(&ids).expect("the prompt runs");
        let (mut error, mut size) = (0.0, 0.0);
        for (position, truth) in truth.iter().enumerate() {
            let ours = session.logits_at(position).expect("the position was run");
            assert_eq!(ours.len(), truth.len(), "a logit for every token");
            error += ours.iter().zip(truth).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
            size += truth.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
        }
        (precision, (error / size).sqrt())
    })
}

/// What the TypeScript tests compare wasm with.
pub fn record(name: &str, bytes: &[u8], session: &Session, ids: &[u32]) {
    let folder = golden_folder().join("tiny");
    std::fs::create_dir_all(&folder).expect("target is writable");
    let logprobs = session.logprobs().expect("the prompt was run");
    let record = format!("{{\"ids\":{ids:?},\"logprobs\":{logprobs:?}}}\n");
    for (file, contents) in [(format!("{name}.gguf"), bytes), (format!("{name}.json"), record.as_bytes())] {
        // Written beside and renamed: a test in another process may be reading the old one.
        let part = folder.join(format!("{file}.part"));
        std::fs::write(&part, contents).expect("target is writable");
        std::fs::rename(&part, folder.join(&file)).expect("target is writable");
    }
}

#[test]
fn surprisal_is_that_of_the_truth() {
    let bytes = model(&Shape::of(GgmlDType::F32, false)).bytes();
    let ids = prompt(40, 3);
    let truth =
        Truth::read(&bytes).and_then(|truth| truth.logits(&ids)).expect("the truth reads what we wrote");
    let mut session = load(&bytes);
    session.run(&ids).expect("the prompt runs");

    let entries = session.surprisal(0..ids.len(), 3).expect("the tokens were run");
    assert!(entries[0].expected.is_none(), "nothing is predicted before the first token");
    for (position, entry) in entries.iter().enumerate().skip(1) {
        let before = distribution::log_softmax(&truth[position - 1]);
        let expected = entry.expected.as_ref().expect("a distribution before every other token");
        let id = ids[position] as usize;
        let entropy: f64 = before.iter().map(|p| -p.exp() * p).sum();
        let rank = 1 + before.iter().filter(|&&p| p > before[id]).count();
        assert_eq!(entry.id, ids[position]);
        assert!((f64::from(expected.actual.logprob) - before[id]).abs() < 1e-4, "logprob at {position}");
        assert!((expected.prediction.entropy - entropy).abs() < 1e-4, "entropy at {position}");
        assert_eq!(expected.actual.rank, rank, "rank at {position}");
        assert_eq!(expected.prediction.candidates[0].id as usize, distribution::top(&before).0);
        let shown: f64 = expected.prediction.candidates.iter().map(|candidate| candidate.p).sum();
        assert!(
            (shown + expected.prediction.rest.p - 1.0).abs() < 1e-6,
            "candidates and rest are everything"
        );
    }
}

#[test]
fn the_surprisal_of_a_range_is_that_of_each_token_alone() {
    let ids = prompt(40, 3);
    for dtype in [GgmlDType::F32, GgmlDType::Q4_1, GgmlDType::Q4K, GgmlDType::Q8_0] {
        let mut session = load(&model(&Shape::of(dtype, true)).bytes());
        session.run(&ids).expect("the prompt runs");
        let alone = |position: usize| {
            let before = position.checked_sub(1)?;
            let distribution = Distribution::from_logits(session.logits_at(before).ok()?).ok()?;
            Some((distribution.candidate(ids[position]), distribution.top(3), distribution.entropy()))
        };
        // Around the ends of tiles (4) and of what is computed together (16).
        for range in [0..40, 0..1, 0..17, 1..17, 1..18, 7..11, 7..12, 23..40, 39..40] {
            let entries = session.surprisal(range.clone(), 3).expect("the tokens were run");
            assert_eq!(entries.len(), range.len());
            for (position, entry) in range.zip(entries) {
                let batched = entry.expected.map(|Expected { actual, prediction }| {
                    (actual, (prediction.candidates, prediction.rest), prediction.entropy)
                });
                assert_eq!((entry.id, batched), (ids[position], alone(position)), "{dtype:?} at {position}");
            }
        }
    }
}
