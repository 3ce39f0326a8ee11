//! Gradients of the steps between products of matrices. Each function gets `g = ∂L/∂y` of a step `y = f(x)`, and leaves
//! `∂L/∂x`.

use wide::f32x4;

use super::products::{dot, each, each_rows};
use crate::kernels::float::exp;
use crate::kernels::{Pool, load};
use crate::model::config::Activation;
use crate::model::{Norm, Rope};

/// Replaces `g` by the gradient before a normalization of the rows `x`, each as long as its gain.
///
/// With `ĝ = γ ⊙ g` and the normalized row `x̂`:
/// RMSNorm `∂x = (ĝ − x̂ · mean(ĝ ⊙ x̂)) / ρ`, `x̂ = x / ρ`;
/// LayerNorm `∂x = (ĝ − mean(ĝ) − x̂ · mean(ĝ ⊙ x̂)) / σ`, `x̂ = (x − mean(x)) / σ`.
pub(super) fn norm(norm: &Norm, x: &[f32], g: &mut [f32], pool: &Pool) {
    let size = norm.weight.len();
    let mean = |sum: f32| sum / size as f32;
    let ones = vec![1.0; size];
    each_rows(pool, size, g, &|first, g| {
        let mut normal = vec![0.0; size];
        for (x, g) in x[first * size..].chunks_exact(size).zip(g.chunks_exact_mut(size)) {
            let center = if norm.bias.is_some() { mean(dot(x, &ones)) } else { 0.0 };
            normal.iter_mut().zip(x).for_each(|(normal, x)| *normal = x - center);
            let inverse = 1.0 / (mean(dot(&normal, &normal)) + norm.epsilon).sqrt();
            normal.iter_mut().for_each(|x| *x *= inverse);

            g.iter_mut().zip(&norm.weight).for_each(|(g, weight)| *g *= weight);
            let shift = if norm.bias.is_some() { mean(dot(g, &ones)) } else { 0.0 };
            let along = mean(dot(g, &normal));
            for (g, normal) in g.iter_mut().zip(&normal) {
                *g = (*g - shift - normal * along) * inverse;
            }
        }
    });
}

/// Replaces `g` by the gradient before a rotation by `angles`: it rotates by the opposite angles.
pub(super) fn rope(rope: &Rope, angles: &[(f32, f32)], g: &mut [f32]) {
    let back: Vec<(f32, f32)> = angles.iter().map(|&(cos, sin)| (cos, -sin)).collect();
    rope.apply(&back, g);
}

/// Elements in one task of a thread.
const TASK: usize = 4096;

/// Replaces the inputs of the function inside the feed-forward network by their gradients. Without a gate, `up` is not
/// read.
pub(super) fn activation(activation: Activation, gate: &mut [f32], up: &mut [f32], g: &[f32], pool: &Pool) {
    let mut tasks: Vec<_> = if activation.has_gate() {
        gate.chunks_mut(TASK).zip(up.chunks_mut(TASK)).zip(g.chunks(TASK)).collect()
    } else {
        gate.chunks_mut(TASK).map(|gate| (gate, Default::default())).zip(g.chunks(TASK)).collect()
    };
    each(pool, &mut tasks, &|((x, up), g)| match activation {
        Activation::SwiGlu => gated(x, up, g, silu),
        Activation::GeGlu => gated(x, up, g, gelu_tanh),
        Activation::GeluTanh => plain(x, g, gelu_tanh),
        Activation::Gelu => plain(x, g, gelu),
    });
}

/// `∂gate = g ⊙ up ⊙ f′(gate)` and `∂up = g ⊙ f(gate)`, for a function that gives `f` and `f′`.
fn gated(gate: &mut [f32], up: &mut [f32], g: &[f32], function: impl Fn(f32x4) -> (f32x4, f32x4)) {
    for ((gate, up), g) in gate.chunks_mut(4).zip(up.chunks_mut(4)).zip(g.chunks(4)) {
        let (value, slope) = function(padded(gate));
        let g = padded(g);
        let (to_gate, to_up) = (g * padded(up) * slope, g * value);
        gate.copy_from_slice(&to_gate.as_array()[..gate.len()]);
        up.copy_from_slice(&to_up.as_array()[..up.len()]);
    }
}

/// `∂x = g ⊙ f′(x)`.
fn plain(x: &mut [f32], g: &[f32], function: impl Fn(f32x4) -> (f32x4, f32x4)) {
    for (x, g) in x.chunks_mut(4).zip(g.chunks(4)) {
        let to_x = padded(g) * function(padded(x)).1;
        x.copy_from_slice(&to_x.as_array()[..x.len()]);
    }
}

/// At most four values as a vector.
#[inline(always)]
fn padded(x: &[f32]) -> f32x4 {
    if x.len() == 4 {
        return load(x);
    }
    let mut lanes = [0.0; 4];
    lanes[..x.len()].copy_from_slice(x);
    f32x4::new(lanes)
}

/// `silu(x) = x · σ(x)` and its slope, `σ(x) · (1 + x · (1 − σ(x)))`.
#[inline(always)]
fn silu(x: f32x4) -> (f32x4, f32x4) {
    let share = f32x4::ONE / (f32x4::ONE + exp(-x));
    (x * share, share * (f32x4::ONE + x * (f32x4::ONE - share)))
}

/// The tanh form of GELU, `x · σ(2y)` with `y = √(2/π) · (x + 0.044715 · x³)`, and its slope,
/// `σ(2y) · (1 + 2x · y′ · (1 − σ(2y)))`.
#[inline(always)]
fn gelu_tanh(x: f32x4) -> (f32x4, f32x4) {
    let (root, cubic) = (f32x4::splat(0.797_884_6), f32x4::splat(0.044_715) * x * x);
    let y = x * (f32x4::ONE + cubic) * root;
    let slope = root * (f32x4::ONE + f32x4::splat(3.0) * cubic);
    let share = f32x4::ONE / (f32x4::ONE + exp(-(y + y)));
    (x * share, share * (f32x4::ONE + (x + x) * slope * (f32x4::ONE - share)))
}

/// GELU, `x · Φ(x)`, and its slope, `Φ(x) + x · φ(x)`.
#[inline(always)]
fn gelu(x: f32x4) -> (f32x4, f32x4) {
    let (share, bell) = normal(x);
    (x * share, share + x * bell)
}

/// Φ and φ, the distribution and the density of the normal distribution.
fn normal(x: f32x4) -> (f32x4, f32x4) {
    let mut share = [0.0; 4];
    for (share, x) in share.iter_mut().zip(x.to_array()) {
        *share = (0.5 * libm::erfc(f64::from(-x) * std::f64::consts::FRAC_1_SQRT_2)) as f32;
    }
    let bell = exp(x * x * f32x4::splat(-0.5)) * f32x4::splat(0.398_942_3);
    (f32x4::new(share), bell)
}

/// Replaces `g` by the gradient before a soft cap whose results are `y`: `∂x = g ⊙ (1 − (y / cap)²)`.
pub(super) fn soft_cap(y: &[f32], cap: f32, g: &mut [f32]) {
    for (g, y) in g.iter_mut().zip(y) {
        let share = y / cap;
        *g *= 1.0 - share * share;
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::{assert_near, numbers, slopes, weighted, wide};
    use super::*;
    use crate::model::config::{Pairs, Scaling, Spectrum, Yarn};

    const SIZE: usize = 11;
    const ROWS: usize = 3;

    /// Each row normalized, in 64 bits.
    fn normalized(norm: &Norm, x: &[f64]) -> Vec<f64> {
        let row = |x: &[f64]| {
            let count = x.len() as f64;
            let center = if norm.bias.is_some() { x.iter().sum::<f64>() / count } else { 0.0 };
            let square = x.iter().map(|x| (x - center).powi(2)).sum::<f64>() / count;
            let root = (square + f64::from(norm.epsilon)).sqrt();
            x.iter().zip(&norm.weight).map(|(x, &w)| (x - center) / root * f64::from(w)).collect::<Vec<_>>()
        };
        x.chunks(norm.weight.len()).flat_map(row).collect()
    }

    #[test]
    fn norms_have_the_slopes_of_their_definitions() {
        for bias in [None, Some(numbers(SIZE, 3))] {
            let kind = if bias.is_some() { "LayerNorm" } else { "RMSNorm" };
            let norm = Norm { weight: numbers(SIZE, 1), bias, epsilon: 0.1 };
            let (x, g) = (numbers(ROWS * SIZE, 2), numbers(ROWS * SIZE, 4));
            let truth = slopes(&wide(&x), |x| weighted(&g, &normalized(&norm, x)));
            let mut ours = g.clone();
            super::norm(&norm, &x, &mut ours, &Pool::new(1));
            assert_near(&ours, &truth, kind);
        }
    }

    #[test]
    fn rotations_have_the_slopes_of_their_definition() {
        let (head, rotated, position) = (12, 8, 37);
        let yarn = Yarn { factor: 4.0, original: 40.0, fast: 32.0, slow: 1.0 };
        let spectrum = Spectrum { base: 100.0, scaling: Scaling::Yarn(yarn), magnitude: 1.3 };
        for pairs in [Pairs::Neighbors, Pairs::Halves] {
            let rope = Rope::new(head, rotated, pairs, spectrum, &[1.0, 1.5, 2.0, 1.0]);
            let mut angles = vec![(0.0, 0.0); rotated / 2];
            rope.angles(position, &mut angles);
            let (x, g) = (numbers(2 * head, 5), numbers(2 * head, 6));
            let rotate = |x: &[f64]| {
                let mut out = x.to_vec();
                for (x, out) in x.chunks(head).zip(out.chunks_mut(head)) {
                    for (i, &(cos, sin)) in angles.iter().enumerate() {
                        let (a, b) = match pairs {
                            Pairs::Neighbors => (2 * i, 2 * i + 1),
                            Pairs::Halves => (i, i + rotated / 2),
                        };
                        let (cos, sin) = (f64::from(cos), f64::from(sin));
                        out[a] = x[a] * cos - x[b] * sin;
                        out[b] = x[a] * sin + x[b] * cos;
                    }
                }
                out
            };
            let truth = slopes(&wide(&x), |x| weighted(&g, &rotate(x)));
            let mut ours = g.clone();
            super::rope(&rope, &angles, &mut ours);
            assert_near(&ours, &truth, &format!("{pairs:?}"));
        }
    }

    #[test]
    fn activations_have_the_slopes_of_their_definitions() {
        let pool = Pool::new(1);
        let tanh_form = |x: f64| {
            let y = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x.powi(3));
            0.5 * x * (1.0 + y.tanh())
        };
        // One more than whole vectors, and values on both sides of 0, some of them far away.
        let x: Vec<f32> = numbers(2 * SIZE, 7).into_iter().chain([-9.0, 9.0, 0.0]).collect();
        let (up, g) = (numbers(x.len(), 8), numbers(x.len(), 9));
        for activation in [Activation::SwiGlu, Activation::GeGlu, Activation::GeluTanh, Activation::Gelu] {
            let function = |x: f64| match activation {
                Activation::SwiGlu => x / (1.0 + (-x).exp()),
                Activation::GeGlu | Activation::GeluTanh => tanh_form(x),
                Activation::Gelu => 0.5 * x * (1.0 + libm::erf(x / 2f64.sqrt())),
            };
            let value = |x: &[f64], up: &[f64]| {
                let up = |at: usize| if activation.has_gate() { up[at] } else { 1.0 };
                let y: Vec<f64> = x.iter().enumerate().map(|(at, &x)| function(x) * up(at)).collect();
                weighted(&g, &y)
            };
            let (mut to_gate, mut to_up) = (x.clone(), up.clone());
            super::activation(activation, &mut to_gate, &mut to_up, &g, &pool);
            let truth = slopes(&wide(&x), |x| value(x, &wide(&up)));
            assert_near(&to_gate, &truth, &format!("the gate of {activation:?}"));
            if activation.has_gate() {
                let truth = slopes(&wide(&up), |up| value(&wide(&x), up));
                assert_near(&to_up, &truth, &format!("what {activation:?} multiplies"));
            }
        }
    }

    #[test]
    fn a_soft_cap_has_the_slope_of_its_definition() {
        let (x, g, cap) = (numbers(SIZE, 10), numbers(SIZE, 11), 2.0);
        let capped = |x: &f64| f64::from(cap) * (x / f64::from(cap)).tanh();
        let truth = slopes(&wide(&x), |x| weighted(&g, &x.iter().map(capped).collect::<Vec<_>>()));
        let mut y = x.clone();
        crate::kernels::float::soft_cap(&mut y, cap);
        let mut ours = g.clone();
        super::soft_cap(&y, cap, &mut ours);
        assert_near(&ours, &truth, "the cap");
    }
}
