//! What a token attends to, on the real model, against the truth. `tests/tiny` tries every position; here the real sizes.

use shotglass::kernels::{Compute, Precision};

use super::files::{load, model, texts};
use super::support::truth::Truth;

/// What rounding may cost, of one share at most. With 16 bits it is next to nothing; a head that looks elsewhere, or a
/// layer in another's place, is wrong by a large part of 1.
const TOLERANCES: [(Precision, f32); 2] = [(Precision::Eight, 0.1), (Precision::Sixteen, 1e-3)];

#[test]
fn weights_are_those_of_the_truth() {
    let prompts = texts("prompts.json");
    let truth = Truth::read(&model()).expect("candle reads the model");
    for (precision, tolerance) in TOLERANCES {
        let mut session = load(Compute { precision, ..Compute::default() });
        for name in ["capital", "past-tense-4"] {
            let ids =
                &prompts.iter().find(|prompt| prompt.name == name).expect("a prompt of prompts.mjs").ids;
            let truth = truth.attention_weights(ids).expect("the truth runs");
            let mut worst = 0.0f32;
            for position in [0, 1, ids.len() / 2, ids.len() - 1] {
                session.begin_attention(ids, Some(position)).expect("it is a position of the prompt");
                while session.advance().expect("it runs") > 0 {}
                let ours = session.attention().expect("all was run");
                assert_eq!((ours.layers, ours.heads), (truth.len(), truth[0].len()));
                let truth = truth.iter().flatten().map(|head| &head[position][..=position]);
                for (ours, truth) in ours.weights.chunks_exact(position + 1).zip(truth) {
                    worst = ours.iter().zip(truth).map(|(a, b)| (a - b).abs()).fold(worst, f32::max);
                }
            }
            println!("{name}, {precision:?}: {worst:.1e}");
            assert!(worst < tolerance, "{name}, {precision:?}: {worst} from the truth");
        }
    }
}
