//! Normalisation, positions, gate and attention, against the same in 64 bits.

use proptest::prelude::*;
use shotglass::kernels::dot_product::{COLUMNS, QUERIES, mask, score, softmax, weighted_sum};
use shotglass::kernels::float::{exp, geglu, gelu, gelu_tanh, layer_norm, rms_norm, soft_cap, swiglu};
use shotglass::model::Rope;
use shotglass::model::config::{Pairs, Scaling, Spectrum, Yarn};
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
        let mut out = x.clone();
        rms_norm(&mut out, &weight, 1e-5);
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

    #[test]
    fn layer_norm_leaves_a_mean_of_zero_and_a_variance_of_one(
        (x, weight, bias) in (1usize..70).prop_flat_map(|n| (floats(n), floats(n), floats(n)))
    ) {
        let mut out = x.clone();
        layer_norm(&mut out, &weight, &bias, 1e-5);
        let count = x.len() as f64;
        let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let variance = x.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
        let largest = x.iter().map(|&x| f64::from(x.abs())).fold(0.0, f64::max);
        for (((&x, &weight), &bias), &out) in x.iter().zip(&weight).zip(&bias).zip(&out) {
            let deviation = (variance + 1e-5).sqrt();
            let truth = (f64::from(x) - mean) / deviation * f64::from(weight) + f64::from(bias);
            // The mean is rounded to 32 bits, and where all values are near it, what is left of them is small.
            let rounding = 2.0 * f64::from(f32::EPSILON) * largest / deviation * f64::from(weight).abs();
            let most = 2e-6 * (1.0 + truth.abs()) + rounding;
            prop_assert!((f64::from(out) - truth).abs() <= most, "{} is not {}", out, truth);
        }
    }

    #[test]
    fn gelu_is_its_formula((x, up) in (1usize..40).prop_flat_map(|n| (floats(n), floats(n)))) {
        let tanh_form = |x: f64| {
            x / 2.0 * (1.0 + ((2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3))).tanh())
        };
        let (mut gated, mut plain, mut exact) = (x.clone(), x.clone(), x.clone());
        geglu(&mut gated, &up);
        gelu_tanh(&mut plain);
        gelu(&mut exact);
        for (i, (&x, &up)) in x.iter().zip(&up).enumerate() {
            let x = f64::from(x);
            prop_assert!(close(gated[i], tanh_form(x) * f64::from(up)));
            prop_assert!(close(plain[i], tanh_form(x)));
            let truth = x / 2.0 * (1.0 + libm::erf(x / 2f64.sqrt()));
            prop_assert!(close(exact[i], truth), "{} is not {}", exact[i], truth);
        }
    }

    #[test]
    fn a_soft_cap_is_its_formula(x in (1usize..40).prop_flat_map(floats), cap in 0.5f32..60.0) {
        let mut out = x.clone();
        soft_cap(&mut out, cap);
        for (&x, &out) in x.iter().zip(&out) {
            let truth = f64::from(cap) * (f64::from(x) / f64::from(cap)).tanh();
            // Near zero, 1 − 2/2 has the rounding of 1.
            prop_assert!((f64::from(out) - truth).abs() <= 2e-7 * f64::from(cap) + 2e-6 * truth.abs());
        }
    }

    /// The dot product of two rotated heads depends on their distance alone (Su et al. 2021, §3.2).
    #[test]
    fn rotation_keeps_distances(
        (q, k, is_halved) in (floats(8), floats(8), any::<bool>()), at in 0usize..4000, distance in 0usize..4000
    ) {
        let pairs = if is_halved { Pairs::Halves } else { Pairs::Neighbors };
        let rotated = |head: &[f32], position: usize| {
            let (mut head, mut angles) = (head.to_vec(), [(0.0, 0.0); 4]);
            let rope = Rope::new(8, 8, pairs, Spectrum::new(10_000.0), &[]);
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
        weighted_sum(lens.len(), &weights, &value_columns, 0..slots, &mut out);

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
    let whole = Rope::new(4, 4, Pairs::Neighbors, Spectrum::new(10_000.0), &[]);
    let by_hand = vec![3f64.cos(), 3f64.sin(), -2.0 * 0.03f64.sin(), 2.0 * 0.03f64.cos()];
    expect(rotated(whole, vec![1.0, 0.0, 0.0, 2.0]), by_hand);

    let part = Rope::new(6, 4, Pairs::Neighbors, Spectrum::new(10_000.0), &[2.0, 1.0]);
    let head = vec![1.0, 0.0, 0.0, 2.0, 5.0, 6.0];
    let by_hand = vec![1.5f64.cos(), 1.5f64.sin(), -2.0 * 0.03f64.sin(), 2.0 * 0.03f64.cos(), 5.0, 6.0];
    expect(rotated(part, [head.clone(), head].concat()), [by_hand.clone(), by_hand].concat());
}

/// The same pairs in the order of halves: 0 and 2, 1 and 3, and what is beyond stays.
#[test]
fn a_rotation_of_halves_by_hand() {
    let rope = Rope::new(6, 4, Pairs::Halves, Spectrum::new(10_000.0), &[]);
    let (mut angles, mut head) = ([(0.0, 0.0); 2], [1.0, 0.0, 0.0, 2.0, 5.0, 6.0]);
    rope.angles(3, &mut angles);
    rope.apply(&angles, &mut head);
    let by_hand = [3f64.cos(), -2.0 * 0.03f64.sin(), 3f64.sin(), 2.0 * 0.03f64.cos(), 5.0, 6.0];
    assert!(head.iter().zip(by_hand).all(|(&a, b)| close(a, b)), "{head:?} is not {by_hand:?}");
}

/// Peng et al. 2023, §3.2, for d = 8, base 10, s = 4 and L = 100: within L the pairs turn 15.9, 8.95, 5.03 and 2.83
/// times. Pair 0 turns more often than β = 12 and keeps its frequency; pair 3 less often than α = 4 and has a quarter
/// of it. In between, the ramp begins at the whole number below the place of β and ends at the one above that of α.
#[test]
fn yarn_by_hand() {
    let yarn = Yarn { factor: 4.0, original: 100.0, fast: 12.0, slow: 4.0 };
    let spectrum = Spectrum { base: 10.0, scaling: Scaling::Yarn(yarn), magnitude: 1.5 };
    let mut angles = [(0.0, 0.0); 4];
    Rope::new(8, 8, Pairs::Halves, spectrum, &[]).angles(2, &mut angles);
    // 8 ln(100 / 24π) / (2 ln 10) = 0.49 and 8 ln(100 / 8π) / (2 ln 10) = 2.40: from pair 0 to pair 3.
    for (pair, &(cos, sin)) in angles.iter().enumerate() {
        let slowness = pair as f64 / 3.0;
        let frequency = 10f64.powf(-(pair as f64) / 4.0) * (1.0 - slowness + slowness / 4.0);
        assert!(
            close(cos, 1.5 * (2.0 * frequency).cos()) && close(sin, 1.5 * (2.0 * frequency).sin()),
            "{pair}"
        );
    }
}
