//! What lies between the matrices, against the same in 64 bits.

use shotglass::kernels::attention::{mix, score, softmax};
use shotglass::kernels::float::{rms_norm, swiglu};

use crate::noise::Noise;

const POSITIONS: usize = 64;

pub fn check(noise: &mut Noise) -> Result<(), String> {
    let len = 1 + noise.below(70);
    let (x, y) = (noise.normals(len, 3.0), noise.normals(len, 3.0));

    let mut out = vec![0.0; len];
    rms_norm(&x, &y, 1e-5, &mut out);
    let mean = x.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / len as f64;
    let truth = |i: usize| f64::from(x[i]) / (mean + 1e-5).sqrt() * f64::from(y[i]);
    compare("rms_norm", &out, truth, 2e-6)?;

    let mut out = x.clone();
    swiglu(&mut out, &y);
    let truth = |i: usize| f64::from(x[i]) / (1.0 + (-f64::from(x[i])).exp()) * f64::from(y[i]);
    compare("swiglu", &out, truth, 2e-6)?;

    attention(noise)
}

fn attention(noise: &mut Noise) -> Result<(), String> {
    let (head, len) = ([2, 16, 32, 64, 80][noise.below(5)], 1 + noise.below(POSITIONS));
    let query = noise.normals(head, 2.0);
    let (keys, values) = (noise.normals(POSITIONS * head, 2.0), noise.normals(POSITIONS * head, 2.0));

    // Keys lie four positions side by side.
    let mut side_by_side = vec![0.0; keys.len()];
    for (at, &key) in keys.iter().enumerate() {
        let (position, d) = (at / head, at % head);
        side_by_side[position / 4 * 4 * head + 4 * d + position % 4] = key;
    }
    let (mut weights, mut out) = (vec![0.0; POSITIONS], vec![0.0; head]);
    score(&query, &side_by_side, 0.25, &mut weights);
    weights[len..].fill(f32::NEG_INFINITY);
    softmax(&mut weights);
    mix(&weights[..len], &values, &mut out);

    let dot = |p: usize| (0..head).map(|d| f64::from(query[d]) * f64::from(keys[p * head + d])).sum::<f64>();
    let scores: Vec<f64> = (0..len).map(|p| 0.25 * dot(p)).collect();
    let most = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = scores.iter().map(|score| (score - most).exp()).sum();
    let weight = |p: usize| (scores[p] - most).exp() / total;
    compare("softmax", &weights[..len], weight, 1e-5)?;
    compare("attention", &out, |d| (0..len).map(|p| weight(p) * f64::from(values[p * head + d])).sum(), 1e-4)
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
