//! The steps between products of matrices: normalization, rotary positions, and the gate of the feed-forward network.

use wide::{f32x4, i32x4};

use super::load;

/// RMSNorm (Zhang & Sennrich 2019, eq. 4), row by row: `x / √(mean(x²) + ε) · weight`.
pub fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let size = weight.len();
    for (x, out) in x.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
        let (lanes, tail) = x.split_at(size - size % 4);
        let squares = lanes.chunks_exact(4).fold(f32x4::ZERO, |sum, x| sum + load(x) * load(x));
        let squares = sum(squares) + tail.iter().map(|x| x * x).sum::<f32>();

        let scale = 1.0 / (squares / size as f32 + epsilon).sqrt();
        for ((out, x), weight) in out.iter_mut().zip(x).zip(weight) {
            *out = x * scale * weight;
        }
    }
}

/// Rotates neighboring pairs of one head. Each pair has an angle, given as its cosine and sine.
pub fn rotate(head: &mut [f32], angles: &[(f32, f32)]) {
    for (pair, &(cos, sin)) in head.chunks_exact_mut(2).zip(angles) {
        let (a, b) = (pair[0], pair[1]);
        pair[0] = a * cos - b * sin;
        pair[1] = a * sin + b * cos;
    }
}

/// SwiGLU (Shazeer 2020, eq. 6): `gate = silu(gate) · up`, where `silu(x) = x / (1 + e^(−x))`.
pub fn swiglu(gate: &mut [f32], up: &[f32]) {
    let swiglu = |gate: f32x4, up: f32x4| gate / (f32x4::ONE + exp(-gate)) * up;
    let mut gates = gate.chunks_exact_mut(4);
    let ups = up.chunks_exact(4);
    let rest = ups.remainder();
    for (gate, up) in gates.by_ref().zip(ups) {
        gate.copy_from_slice(swiglu(load(gate), load(up)).as_array());
    }
    for (gate, &up) in gates.into_remainder().iter_mut().zip(rest) {
        [*gate, ..] = swiglu(f32x4::splat(*gate), f32x4::splat(up)).to_array();
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
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
}

/// The sum of the four lanes, in one fixed order.
#[inline(always)]
pub(super) fn sum(lanes: f32x4) -> f32 {
    let [a, b, c, d] = lanes.to_array();
    (a + c) + (b + d)
}
