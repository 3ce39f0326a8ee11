//! Normalisation, positions, gate and attention, against the same in 64 bits.

use proptest::prelude::*;
use shotglass::kernels::dot_product::{COLUMNS, QUERIES, mask, score, softmax, weighted_sum};
use shotglass::kernels::float::{exp, rms_norm, swiglu};
use shotglass::model::Rope;
use wide::f32x4;

fn floats(len: usize) -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-8.0f32..8.0, len)
}

fn close(a: f32, b: f64) -> bool {
    (f64::from(a) - b).abs() <= 2e-6 * (1.0 + b.abs())
}

proptest! {
    #[test]
    fn rms_norm_leaves_a_mean_square_of_one((x, weight) in (1usize..70).prop_flat_map(|n| (floats(n), floats(n)))) {
        let mut out = vec![0.0; x.len()];
        rms_norm(&x, &weight, 1e-5, &mut out);
        let mean = x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / x.len() as f64;
        for ((&x, &weight), &out) in x.iter().zip(&weight).zip(&out) {
            prop_assert!(close(out, f64::from(x) / (mean + 1e-5).sqrt() * f64::from(weight)));
        }
    }

    #[test]
    fn swiglu_is_its_formula((gate, up) in (1usize..40).prop_flat_map(|n| (floats(n), floats(n)))) {
        let mut out = gate.clone();
        swiglu(&mut out, &up);
        for ((&gate, &up), &out) in gate.iter().zip(&up).zip(&out) {
            let gate = f64::from(gate);
            prop_assert!(close(out, gate / (1.0 + (-gate).exp()) * f64::from(up)));
        }
    }

    /// The dot product of two rotated heads depends on their distance alone (Su et al. 2021, §3.2).
    #[test]
    fn rotation_keeps_distances(q in floats(8), k in floats(8), at in 0usize..4000, distance in 0usize..4000) {
        let rotated = |head: &[f32], position: usize| {
            let (mut head, mut angles) = (head.to_vec(), [(0.0, 0.0); 4]);
            let rope = Rope::new(8, 8, 10_000.0, vec![]);
            rope.angles(position, &mut angles);
            rope.apply(&angles, &mut head);
            head
        };
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
        let here = dot(&rotated(&q, at + distance), &rotated(&k, at));
        let there = dot(&rotated(&q, distance), &rotated(&k, 0));
        prop_assert!((here - there).abs() < 1e-4 * (1.0 + dot(&q, &q).max(dot(&k, &k))), "{here} is not {there}");
    }

    #[test]
    fn an_exponential_is_right_to_its_last_bits(x in prop::array::uniform4(-87.0f32..88.0)) {
        for (x, power) in x.into_iter().zip(exp(f32x4::new(x)).to_array()) {
            let truth = f64::from(x).exp();
            prop_assert!((f64::from(power) - truth).abs() <= 2.4e-7 * truth, "e^{} is not {}", x, power);
        }
    }

    #[test]
    fn attention_is_its_formula(
        (head, queries, keys, values, lens) in (1usize..6).prop_flat_map(|size| {
            let head = [2, 8, 16, 36, 80][size - 1];
            let lens = prop::collection::vec(1usize..64, 1..=QUERIES);
            (Just(head), floats(QUERIES * head), floats(64 * head), floats(64 * head), lens)
        })
    ) {
        // Queries and keys lie four side by side, values in columns of eight.
        let (mut query_lanes, mut key_lanes) = (vec![0.0; QUERIES * head], vec![0.0; 64 * head]);
        let mut value_columns = vec![];
        for first in (0..head).step_by(COLUMNS) {
            value_columns.extend(values.chunks(head).flat_map(|row| &row[first..head.min(first + COLUMNS)]));
        }
        for d in 0..head {
            for q in 0..QUERIES {
                query_lanes[d * QUERIES + q] = queries[q * head + d];
            }
            for slot in 0..64 {
                key_lanes[slot / 4 * 4 * head + 4 * d + slot % 4] = keys[slot * head + d];
            }
        }
        let slots = lens.iter().copied().max().unwrap_or(0);
        let groups = slots.div_ceil(4);
        let (mut weights, mut out) = (vec![f32x4::ZERO; groups * QUERIES], vec![0.0; QUERIES * head]);
        score(lens.len(), &query_lanes, &key_lanes[..groups * 4 * head], 0.25, &mut weights);
        for (q, &len) in lens.iter().enumerate() {
            mask(&mut weights, q, len..4 * groups);
        }
        softmax(lens.len(), &mut weights);
        weighted_sum(lens.len(), &weights, &value_columns, slots, &mut out);

        for (q, &len) in lens.iter().enumerate() {
            let dot = |p: usize| (0..head).map(|d| f64::from(queries[q * head + d]) * f64::from(keys[p * head + d])).sum::<f64>();
            let scores: Vec<f64> = (0..len).map(|p| 0.25 * dot(p)).collect();
            let max = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = scores.iter().map(|s| (s - max).exp()).sum();
            for d in 0..head {
                let mixed: f64 =
                    (0..len).map(|p| (scores[p] - max).exp() / total * f64::from(values[p * head + d])).sum();
                let out = out[q * head + d];
                prop_assert!((f64::from(out) - mixed).abs() < 1e-3, "{} is not {}", out, mixed);
            }
            prop_assert!((len..4 * groups).all(|slot| weights[slot / 4 * QUERIES + q].as_array()[slot % 4] == 0.0));
        }
    }
}

/// What is not a number stays none, and what is too large for one is infinite.
#[test]
fn exponentials_at_the_edges() {
    let out = exp(f32x4::new([f32::NEG_INFINITY, f32::INFINITY, f32::NAN, 0.0])).to_array();
    assert!(out[0] == 0.0 && out[1] == f32::INFINITY && out[2].is_nan() && out[3] == 1.0, "{out:?}");
    assert_eq!(
        exp(f32x4::new([-1e30, 1e30, -88.0, 89.0])).to_array(),
        [0.0, f32::INFINITY, 0.0, f32::INFINITY]
    );
}

/// Su et al. 2021, eq. 15 for d = 4 at position 3: angles 3 and 3 · 10000^(−1/2) = 0.03. With a
/// divisor of 2 the first angle is half, and a third pair beyond the rotated dimensions stays as it is.
#[test]
fn a_rotation_by_hand() {
    let rotated = |rope: Rope, mut heads: Vec<f32>| {
        let mut angles = [(0.0, 0.0); 2];
        rope.angles(3, &mut angles);
        rope.apply(&angles, &mut heads);
        heads
    };
    let expect = |heads: Vec<f32>, by_hand: Vec<f64>| {
        assert_eq!(heads.len(), by_hand.len());
        assert!(heads.iter().zip(&by_hand).all(|(&a, &b)| close(a, b)), "{heads:?} is not {by_hand:?}");
    };
    let whole = Rope::new(4, 4, 10_000.0, vec![]);
    let by_hand = vec![3f64.cos(), 3f64.sin(), -2.0 * 0.03f64.sin(), 2.0 * 0.03f64.cos()];
    expect(rotated(whole, vec![1.0, 0.0, 0.0, 2.0]), by_hand);

    let part = Rope::new(6, 4, 10_000.0, vec![2.0, 1.0]);
    let head = vec![1.0, 0.0, 0.0, 2.0, 5.0, 6.0];
    let by_hand = vec![1.5f64.cos(), 1.5f64.sin(), -2.0 * 0.03f64.sin(), 2.0 * 0.03f64.cos(), 5.0, 6.0];
    expect(rotated(part, [head.clone(), head].concat()), [by_hand.clone(), by_hand].concat());
}
