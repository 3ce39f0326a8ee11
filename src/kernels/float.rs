//! What lies between the matrices: normalisation, rotary positions, the gate of the feed-forward.

use wide::f32x4;

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

/// The angles of rotary position embedding (Su et al. 2021, eq. 15) for one position:
/// `position · base^(−2i/d) / factor_i`, as cosine and sine, for `i` in `0..d/2`.
pub fn rope_angles(position: usize, base: f64, factors: &[f32], out: &mut [(f32, f32)]) {
    let half = out.len() as f64;
    for (i, out) in out.iter_mut().enumerate() {
        let frequency = libm::pow(base, -(i as f64) / half);
        let factor = factors.get(i).map_or(1.0, |&factor| f64::from(factor));
        let (sin, cos) = libm::sincos(position as f64 * frequency / factor);
        *out = (cos as f32, sin as f32);
    }
}

/// Rotates neighbouring pairs of one head, as the llama architecture's GGUF files have them.
pub fn rope(head: &mut [f32], angles: &[(f32, f32)]) {
    for (pair, &(cos, sin)) in head.chunks_exact_mut(2).zip(angles) {
        let (a, b) = (pair[0], pair[1]);
        pair[0] = a * cos - b * sin;
        pair[1] = a * sin + b * cos;
    }
}

/// SwiGLU (Shazeer 2020, eq. 6): `gate = silu(gate) · up`, where `silu(x) = x / (1 + e^(−x))`.
pub fn swiglu(gate: &mut [f32], up: &[f32]) {
    let silu = |gate: f32x4| gate / (f32x4::ONE + (-gate).exp());
    for (gate, up) in gate.chunks_mut(4).zip(up.chunks(4)) {
        let (mut g, mut u) = ([0.0; 4], [0.0; 4]);
        g[..gate.len()].copy_from_slice(gate);
        u[..up.len()].copy_from_slice(up);
        let out = (silu(g.into()) * f32x4::from(u)).to_array();
        gate.copy_from_slice(&out[..gate.len()]);
    }
}

/// `a += b`.
pub fn add(a: &mut [f32], b: &[f32]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += b;
    }
}

/// The four lanes, in one fixed order.
#[inline(always)]
pub(super) fn sum(lanes: f32x4) -> f32 {
    let [a, b, c, d] = lanes.to_array();
    (a + c) + (b + d)
}
