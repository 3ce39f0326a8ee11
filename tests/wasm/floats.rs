//! What lies between the matrices, against the same in 64 bits.

use shotglass::kernels::dot_product::{COLUMNS, QUERIES, mask, score, softmax, weighted_sum};
use shotglass::kernels::float::{geglu, gelu_tanh, layer_norm, rms_norm, soft_cap, swiglu};

use wide::f32x4;

use crate::noise::Noise;

const SLOTS: usize = 64;

pub fn check(noise: &mut Noise) -> Result<(), String> {
    let len = 1 + noise.below(70);
    let (x, y) = (noise.normals(len, 3.0), noise.normals(len, 3.0));

    let mut out = x.clone();
    rms_norm(&mut out, &y, 1e-5);
    let mean = x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / len as f64;
    let truth = |i: usize| f64::from(x[i]) / (mean + 1e-5).sqrt() * f64::from(y[i]);
    compare("rms_norm", &out, truth, 2e-6)?;

    let mut out = x.clone();
    swiglu(&mut out, &y);
    let truth = |i: usize| f64::from(x[i]) / (1.0 + (-f64::from(x[i])).exp()) * f64::from(y[i]);
    compare("swiglu", &out, truth, 2e-6)?;

    let tanh_form = |x: f64| x / 2.0 * (1.0 + (0.797_884_560_802_865 * (x + 0.044_715 * x.powi(3))).tanh());
    let mut out = x.clone();
    geglu(&mut out, &y);
    compare("geglu", &out, |i| tanh_form(f64::from(x[i])) * f64::from(y[i]), 2e-6)?;
    let mut out = x.clone();
    gelu_tanh(&mut out);
    compare("gelu_tanh", &out, |i| tanh_form(f64::from(x[i])), 2e-6)?;

    let mut out = x.clone();
    soft_cap(&mut out, 3.0);
    compare("soft_cap", &out, |i| 3.0 * (f64::from(x[i]) / 3.0).tanh(), 2e-6)?;

    let mut out = x.clone();
    layer_norm(&mut out, &y, &y, 1e-3);
    let mean = x.iter().map(|&x| f64::from(x)).sum::<f64>() / len as f64;
    let variance = x.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / len as f64;
    let truth = |i: usize| ((f64::from(x[i]) - mean) / (variance + 1e-3).sqrt() + 1.0) * f64::from(y[i]);
    compare("layer_norm", &out, truth, 2e-5)?;

    attention(noise)
}

fn attention(noise: &mut Noise) -> Result<(), String> {
    let (head, len) = ([2, 16, 36, 64, 80][noise.below(5)], 1 + noise.below(SLOTS));
    let count = 1 + noise.below(QUERIES);
    let queries = noise.normals(QUERIES * head, 2.0);
    let (keys, values) = (noise.normals(SLOTS * head, 2.0), noise.normals(SLOTS * head, 2.0));

    // Queries and keys lie four side by side, values in columns of eight.
    let (mut query_lanes, mut key_lanes) = (vec![0.0; queries.len()], vec![0.0; keys.len()]);
    for d in 0..head {
        (0..QUERIES).for_each(|q| query_lanes[d * QUERIES + q] = queries[q * head + d]);
        (0..SLOTS).for_each(|slot| key_lanes[slot / 4 * 4 * head + 4 * d + slot % 4] = keys[slot * head + d]);
    }
    let mut value_columns = vec![];
    for first in (0..head).step_by(COLUMNS) {
        value_columns.extend(values.chunks(head).flat_map(|row| &row[first..head.min(first + COLUMNS)]));
    }
    let (mut weights, mut out) = (vec![f32x4::ZERO; SLOTS / 4 * QUERIES], vec![0.0; QUERIES * head]);
    score(count, &query_lanes, &key_lanes, 0.25, &mut weights);
    (0..count).for_each(|q| mask(&mut weights, q, len..SLOTS));
    softmax(count, &mut weights);
    weighted_sum(count, &weights, &value_columns, 0..SLOTS, &mut out);

    for q in 0..count {
        let query = &queries[q * head..][..head];
        let dot =
            |p: usize| (0..head).map(|d| f64::from(query[d]) * f64::from(keys[p * head + d])).sum::<f64>();
        let scores: Vec<f64> = (0..len).map(|p| 0.25 * dot(p)).collect();
        let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = scores.iter().map(|score| (score - most).exp()).sum();
        let weight = |p: usize| (scores[p] - most).exp() / total;
        let shown: Vec<f32> =
            (0..len).map(|slot| weights[slot / 4 * QUERIES + q].as_array()[slot % 4]).collect();
        compare("softmax", &shown, weight, 1e-5)?;
        let mixed = |d: usize| (0..len).map(|p| weight(p) * f64::from(values[p * head + d])).sum();
        compare("attention", &out[q * head..][..head], mixed, 1e-4)?;
    }
    Ok(())
}

fn compare(what: &str, out: &[f32], truth: impl Fn(usize) -> f64, tolerance: f64) -> Result<(), String> {
    for (i, &out) in out.iter().enumerate() {
        let truth = truth(i);
        // Close and not far, so that a NaN is wrong too.
        let is_close = (f64::from(out) - truth).abs() <= tolerance * (1.0 + truth.abs());
        if !is_close {
            return Err(format!("{what}: {out} is not {truth}, at {i}"));
        }
    }
    Ok(())
}
