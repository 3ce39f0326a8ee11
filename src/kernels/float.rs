//! The steps between products of matrices: normalization, rotary positions, and the functions inside the feed-forward
//! network.

use wide::{f32x4, i32x4};

use super::load;

/// RMSNorm (Zhang & Sennrich 2019, eq. 4) of one row: `x / √(mean(x²) + ε) · weight`.
pub fn rms_norm(x: &mut [f32], weight: &[f32], epsilon: f32) {
    let scale = 1.0 / (squares(x) / x.len() as f32 + epsilon).sqrt();
    for (x, weight) in x.iter_mut().zip(weight) {
        *x = *x * scale * weight;
    }
}

/// LayerNorm (Ba et al. 2016, eq. 4) of one row: `(x − mean(x)) / √(variance(x) + ε) · weight + bias`.
pub fn layer_norm(x: &mut [f32], weight: &[f32], bias: &[f32], epsilon: f32) {
    let (lanes, tail) = x.split_at(x.len() - x.len() % 4);
    let total =
        sum(lanes.chunks_exact(4).fold(f32x4::ZERO, |sum, x| sum + load(x))) + tail.iter().sum::<f32>();
    let mean = total / x.len() as f32;
    x.iter_mut().for_each(|x| *x -= mean);

    let scale = 1.0 / (squares(x) / x.len() as f32 + epsilon).sqrt();
    for ((x, weight), bias) in x.iter_mut().zip(weight).zip(bias) {
        *x = *x * scale * weight + bias;
    }
}

/// The sum of the squares of a row.
fn squares(x: &[f32]) -> f32 {
    let (lanes, tail) = x.split_at(x.len() - x.len() % 4);
    let squares = lanes.chunks_exact(4).fold(f32x4::ZERO, |sum, x| sum + load(x) * load(x));
    sum(squares) + tail.iter().map(|x| x * x).sum::<f32>()
}

/// Rotates neighboring pairs of one head. Each pair has an angle, given as its cosine and sine.
pub fn rotate(head: &mut [f32], angles: &[(f32, f32)]) {
    for (pair, &(cos, sin)) in head.chunks_exact_mut(2).zip(angles) {
        let (a, b) = (pair[0], pair[1]);
        pair[0] = a * cos - b * sin;
        pair[1] = a * sin + b * cos;
    }
}

/// Rotates pairs of one head of which one is in the first half of the rotated dimensions and the other at the same
/// place in the second half.
pub fn rotate_halves(head: &mut [f32], angles: &[(f32, f32)]) {
    let (first, second) = head.split_at_mut(angles.len());
    for ((a, b), &(cos, sin)) in first.iter_mut().zip(second).zip(angles) {
        (*a, *b) = (*a * cos - *b * sin, *a * sin + *b * cos);
    }
}

/// SwiGLU (Shazeer 2020, eq. 6): `gate = silu(gate) · up`, where `silu(x) = x / (1 + e^(−x))`.
pub fn swiglu(gate: &mut [f32], up: &[f32]) {
    pairwise(gate, up, |gate, up| gate / (f32x4::ONE + exp(-gate)) * up);
}

/// GeGLU (Shazeer 2020, eq. 6): `gate = gelu(gate) · up`, with the tanh form of GELU.
pub fn geglu(gate: &mut [f32], up: &[f32]) {
    pairwise(gate, up, |gate, up| tanh_form(gate) * up);
}

/// The tanh form of GELU (Hendrycks & Gimpel 2016, §2): `x / 2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))`.
pub fn gelu_tanh(x: &mut [f32]) {
    each(x, tanh_form);
}

/// GELU (Hendrycks & Gimpel 2016, eq. 1): `x · Φ(x) = x / 2 · (1 + erf(x / √2))`.
///
/// The tail `erfc(z) = t · p(t) · e^(−z²)` with `t = 1 / (1 + 0.3275911 · z)` is accurate to 1.5·10⁻⁷ (Abramowitz &
/// Stegun 1964, 7.1.26).
pub fn gelu(x: &mut [f32]) {
    each(x, |x| {
        let z = x.abs() * f32x4::splat(std::f32::consts::FRAC_1_SQRT_2);
        let t = f32x4::ONE / (f32x4::ONE + z * f32x4::splat(0.327_591_1));
        let mut polynomial = f32x4::splat(1.061_405_4);
        for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            polynomial = polynomial * t + f32x4::splat(coefficient);
        }
        let half_tail = f32x4::HALF * t * polynomial * exp(-(z * z));
        let below = x * half_tail; // x · Φ(x) where x is negative
        x.simd_gt(f32x4::ZERO).bitselect(x - below, below)
    });
}

/// A soft cap: `x = cap · tanh(x / cap)`.
pub fn soft_cap(x: &mut [f32], cap: f32) {
    let cap = f32x4::splat(cap);
    // tanh(x) = 1 − 2 / (e^(2x) + 1)
    each(x, |x| cap * (f32x4::ONE - f32x4::splat(2.0) / (exp((x + x) / cap) + f32x4::ONE)));
}

/// `x / (1 + e^(−2y))`, which is `x / 2 · (1 + tanh(y))`, with `y = √(2/π) · (x + 0.044715 · x³)`.
#[inline(always)]
fn tanh_form(x: f32x4) -> f32x4 {
    let y = x * (f32x4::ONE + f32x4::splat(0.044_715) * x * x) * f32x4::splat(0.797_884_6);
    x / (f32x4::ONE + exp(-(y + y)))
}

/// `a = function(a, b)`, four elements at a time.
#[inline(always)]
fn pairwise(a: &mut [f32], b: &[f32], function: impl Fn(f32x4, f32x4) -> f32x4) {
    let mut lanes = a.chunks_exact_mut(4);
    let others = b.chunks_exact(4);
    let rest = others.remainder();
    for (a, b) in lanes.by_ref().zip(others) {
        a.copy_from_slice(function(load(a), load(b)).as_array());
    }
    for (a, &b) in lanes.into_remainder().iter_mut().zip(rest) {
        [*a, ..] = function(f32x4::splat(*a), f32x4::splat(b)).to_array();
    }
}

/// `x = function(x)`, four elements at a time.
#[inline(always)]
fn each(x: &mut [f32], function: impl Fn(f32x4) -> f32x4) {
    let mut lanes = x.chunks_exact_mut(4);
    for x in lanes.by_ref() {
        x.copy_from_slice(function(load(x)).as_array());
    }
    for x in lanes.into_remainder() {
        [*x, ..] = function(f32x4::splat(*x)).to_array();
    }
}

/// 1.5 · 2^23. The sum of it and a float below 2^22 has the nearest integer in its low bits.
pub(super) const SHIFT: f32 = 12_582_912.0;

/// `e^x`, accurate to two units in the last place. It is `2^n · e^r` with `n = round(x / ln 2)` and Cephes' polynomial
/// for `e^r`. The result is zero where it would be below the smallest normal number.
#[inline(always)]
pub fn exp(x: f32x4) -> f32x4 {
    let shifted = x * f32x4::splat(std::f32::consts::LOG2_E) + f32x4::splat(SHIFT);
    let n = shifted - f32x4::splat(SHIFT);
    // ln 2 has two parts here. The first has so few bits that its product with n is exact.
    let r = x - n * f32x4::splat(0.693_359_4) - n * f32x4::splat(-2.121_944_4e-4);

    let mut polynomial = f32x4::splat(1.987_569_1e-4);
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        polynomial = polynomial * r + f32x4::splat(coefficient);
    }
    let fraction = polynomial * (r * r) + r + f32x4::ONE;

    let exponent: i32x4 = bytemuck::cast(shifted);
    let power: f32x4 = bytemuck::cast(bytemuck::cast::<f32x4, i32x4>(fraction) + (exponent << 23u32));
    let power = x.simd_gt(f32x4::splat(88.0)).bitselect(f32x4::splat(f32::INFINITY), power);
    x.simd_lt(f32x4::splat(-87.0)).bitselect(f32x4::ZERO, power)
}

/// `a += b`.
pub fn add(a: &mut [f32], b: &[f32]) {
    add_scaled(a, b, 1.0);
}

/// `a += scale · b`.
pub fn add_scaled(a: &mut [f32], b: &[f32], scale: f32) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += scale * b;
    }
}

/// The sum of the four lanes, in one fixed order.
#[inline(always)]
pub(crate) fn sum(lanes: f32x4) -> f32 {
    let [a, b, c, d] = lanes.to_array();
    (a + c) + (b + d)
}
