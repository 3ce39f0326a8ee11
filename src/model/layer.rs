//! A layer and its parts: linear maps, normalization and rotary positions.

use std::sync::Arc;

use crate::kernels::float::{add, rms_norm, rotate};
use crate::kernels::{Matrix, Pool, Rows};

/// The weights of one layer.
#[derive(Debug)]
pub struct Layer {
    /// Normalization before attention, `(n_embd)`.
    pub attention_norm: Norm,
    /// W_q, `(heads · head, n_embd)`.
    pub q: Linear,
    /// W_k, `(kv_heads · head, n_embd)`.
    pub k: Linear,
    /// W_v, `(kv_heads · head, n_embd)`.
    pub v: Linear,
    /// W_o, `(n_embd, heads · head)`.
    pub o: Linear,
    /// Normalization before the feed-forward network, `(n_embd)`.
    pub feed_forward_norm: Norm,
    /// W_gate, `(n_ff, n_embd)`.
    pub gate: Linear,
    /// W_up, `(n_ff, n_embd)`.
    pub up: Linear,
    /// W_down, `(n_embd, n_ff)`.
    pub down: Linear,
}

/// A linear map, `y = W x + b`.
#[derive(Debug)]
pub struct Linear {
    /// W, `(output, input)`.
    pub matrix: Arc<dyn Matrix>,
    /// b, `(output)`.
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// A linear map without a bias.
    pub fn new(matrix: Arc<dyn Matrix>) -> Linear {
        Linear { matrix, bias: None }
    }

    /// `y (T, output) = x (T, input) · Wᵀ + b`
    pub fn apply(&self, x: &Rows, y: &mut [f32], pool: &Pool) {
        self.matrix.apply(x, y, pool);
        if let Some(bias) = &self.bias {
            y.chunks_exact_mut(bias.len()).for_each(|y| add(y, bias));
        }
    }
}

/// RMSNorm (Zhang & Sennrich 2019, eq. 4): `x / √(mean(x²) + ε) ⊙ weight`.
#[derive(Debug)]
pub struct Norm {
    /// The gain, as long as a row.
    pub weight: Vec<f32>,
    /// ε.
    pub epsilon: f32,
}

impl Norm {
    /// Normalizes each row of `x` into the same row of `y`.
    pub fn apply(&self, x: &[f32], y: &mut [f32]) {
        rms_norm(x, &self.weight, self.epsilon, y);
    }
}

/// Rotary position embedding (Su et al. 2021, eq. 15). It rotates neighboring pairs of dimensions, from the first,
/// because GGUF files of the llama architecture store the rows of a head in that order.
#[derive(Debug)]
pub struct Rope {
    /// Size of a head.
    head: usize,
    /// `base^(−2i/d)` for each pair, where `d` is the number of rotated dimensions.
    frequencies: Vec<f64>,
    /// Divisors of the frequencies, or empty.
    factors: Vec<f32>,
}

impl Rope {
    /// Rotation of the first `rotated` dimensions of heads of size `head`. `factors` are the divisors of the
    /// frequencies that Llama 3.x files hold; without them it is empty.
    pub fn new(head: usize, rotated: usize, base: f64, factors: Vec<f32>) -> Rope {
        let half = rotated / 2;
        let frequency = |i: usize| libm::pow(base, -(i as f64) / half as f64);
        Rope { head, frequencies: (0..half).map(frequency).collect(), factors }
    }

    /// Cosine and sine of the angle of each pair at `position`. `angles` is `(rotated / 2)`.
    pub fn angles(&self, position: usize, angles: &mut [(f32, f32)]) {
        for (i, (frequency, angle)) in self.frequencies.iter().zip(angles).enumerate() {
            let factor = self.factors.get(i).map_or(1.0, |&factor| f64::from(factor));
            let (sin, cos) = libm::sincos(position as f64 * frequency / factor);
            *angle = (cos as f32, sin as f32);
        }
    }

    /// Rotates each head of `heads` by these angles.
    pub fn apply(&self, angles: &[(f32, f32)], heads: &mut [f32]) {
        heads.chunks_exact_mut(self.head).for_each(|head| rotate(head, angles));
    }
}
