//! A layer and its parts: linear maps, normalization and rotary positions.

use std::sync::Arc;

use super::config::{Activation, Pairs, Scaling, Spectrum, Yarn};
use crate::kernels::float::{
    add, geglu, gelu, gelu_tanh, layer_norm, rms_norm, rotate, rotate_halves, swiglu,
};
use crate::kernels::{Matrix, Pool, Rows};

/// The weights of one layer. A norm that the network does not have is `None`.
#[derive(Debug)]
pub struct Layer {
    /// Normalization before attention, `(n_embd)`.
    pub attention_norm: Option<Norm>,
    /// W_q, `(heads · head, n_embd)`.
    pub q: Linear,
    /// W_k, `(kv_heads · head, n_embd)`.
    pub k: Linear,
    /// W_v, `(kv_heads · head, n_embd)`.
    pub v: Linear,
    /// Normalization of the queries, `(head)` or `(heads · head)`.
    pub q_norm: Option<Norm>,
    /// Normalization of the keys, `(head)` or `(kv_heads · head)`.
    pub k_norm: Option<Norm>,
    /// W_o, `(n_embd, heads · head)`.
    pub o: Linear,
    /// Normalization after attention, `(n_embd)`.
    pub attention_post_norm: Option<Norm>,
    /// Normalization before the feed-forward network, `(n_embd)`.
    pub feed_forward_norm: Option<Norm>,
    /// W_gate, `(n_ff, n_embd)`, if the activation has a gate.
    pub gate: Option<Linear>,
    /// W_up, `(n_ff, n_embd)`.
    pub up: Linear,
    /// W_down, `(n_embd, n_ff)`.
    pub down: Linear,
    /// Normalization after the feed-forward network, `(n_embd)`.
    pub feed_forward_post_norm: Option<Norm>,
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
    /// `y (T, output) = x (T, input) · Wᵀ + b`
    pub fn apply(&self, x: &Rows, y: &mut [f32], pool: &Pool) {
        self.matrix.apply(x, y, pool);
        if let Some(bias) = &self.bias {
            y.chunks_exact_mut(bias.len()).for_each(|y| add(y, bias));
        }
    }
}

/// Normalization of rows.
#[derive(Debug)]
pub struct Norm {
    /// The gain, as long as a row.
    pub weight: Vec<f32>,
    /// The bias of LayerNorm. Without one, it is RMSNorm.
    pub bias: Option<Vec<f32>>,
    /// ε.
    pub epsilon: f32,
}

impl Norm {
    /// Normalizes each row of `x` into the same row of `y`.
    pub fn apply(&self, x: &[f32], y: &mut [f32]) {
        let size = self.weight.len();
        for (x, y) in x.chunks_exact(size).zip(y.chunks_exact_mut(size)) {
            y.copy_from_slice(x);
            self.row(y);
        }
    }

    /// Normalizes each row of `x` in place.
    pub fn apply_in_place(&self, x: &mut [f32]) {
        x.chunks_exact_mut(self.weight.len()).for_each(|row| self.row(row));
    }

    fn row(&self, x: &mut [f32]) {
        match &self.bias {
            Some(bias) => layer_norm(x, &self.weight, bias, self.epsilon),
            None => rms_norm(x, &self.weight, self.epsilon),
        }
    }
}

impl Activation {
    /// Replaces `x` by the function of it. `up` is what a gate multiplies; without a gate it is not read.
    pub(crate) fn apply(self, x: &mut [f32], up: &[f32]) {
        match self {
            Activation::SwiGlu => swiglu(x, up),
            Activation::GeGlu => geglu(x, up),
            Activation::GeluTanh => gelu_tanh(x),
            Activation::Gelu => gelu(x),
        }
    }
}

/// Rotary position embedding (Su et al. 2021, eq. 15).
#[derive(Debug)]
pub struct Rope {
    /// Size of a head.
    head: usize,
    pairs: Pairs,
    /// The frequency of each pair.
    frequencies: Vec<f64>,
    /// What the angle of each pair is divided by.
    divisors: Vec<f64>,
    /// Factor of what is rotated.
    magnitude: f64,
}

impl Rope {
    /// Rotation of the first `rotated` dimensions of heads of size `head`. `factors` are the divisors of the
    /// frequencies that a file may hold, such as those of Llama 3.x; without them it is empty.
    pub fn new(head: usize, rotated: usize, pairs: Pairs, spectrum: Spectrum, factors: &[f32]) -> Rope {
        let half = rotated / 2;
        let frequency = |i: usize| {
            let frequency = libm::pow(spectrum.base, -(i as f64) / half as f64);
            match &spectrum.scaling {
                Scaling::Yarn(yarn) => frequency * yarn.share(i, rotated, spectrum.base),
                Scaling::None | Scaling::Linear(_) => frequency,
            }
        };
        let scale = match spectrum.scaling {
            Scaling::Linear(factor) => factor,
            Scaling::None | Scaling::Yarn(_) => 1.0,
        };
        let divisor = |i: usize| factors.get(i).map_or(1.0, |&factor| f64::from(factor)) * scale;
        Rope {
            head,
            pairs,
            frequencies: (0..half).map(frequency).collect(),
            divisors: (0..half).map(divisor).collect(),
            magnitude: spectrum.magnitude,
        }
    }

    /// Cosine and sine of the angle of each pair at `position`, times the magnitude. `angles` is `(rotated / 2)`.
    pub fn angles(&self, position: usize, angles: &mut [(f32, f32)]) {
        for ((frequency, divisor), angle) in self.frequencies.iter().zip(&self.divisors).zip(angles) {
            let (sin, cos) = libm::sincos(position as f64 * frequency / divisor);
            *angle = ((cos * self.magnitude) as f32, (sin * self.magnitude) as f32);
        }
    }

    /// Rotates each head of `heads` by these angles.
    pub fn apply(&self, angles: &[(f32, f32)], heads: &mut [f32]) {
        let heads = heads.chunks_exact_mut(self.head);
        match self.pairs {
            Pairs::Neighbors => heads.for_each(|head| rotate(head, angles)),
            Pairs::Halves => heads.for_each(|head| rotate_halves(head, angles)),
        }
    }
}

impl Yarn {
    /// The share of its frequency that pair `i` keeps (Peng et al. 2023, eq. 13): all of a fast one and `1/s` of a slow
    /// one. As in the authors' code and in llama.cpp, the ramp between the two is linear in `i`, and begins and ends at
    /// a whole number.
    fn share(&self, i: usize, rotated: usize, base: f64) -> f64 {
        // The pair that turns `turns` times within the original length.
        let pair = |turns: f64| {
            rotated as f64 * libm::log(self.original / (turns * std::f64::consts::TAU))
                / (2.0 * libm::log(base))
        };
        let first = libm::floor(pair(self.fast)).max(0.0);
        let last = libm::ceil(pair(self.slow)).min(rotated as f64 - 1.0);
        let slowness = ((i as f64 - first) / (last - first).max(0.001)).clamp(0.0, 1.0);
        (1.0 - slowness) + slowness / self.factor
    }

    /// The factor that keeps attention as sharp as in the training (Peng et al. 2023, eq. 15), `√(1/t)`.
    pub(super) fn magnitude(&self) -> f64 {
        1.0 + 0.1 * libm::log(self.factor.max(1.0))
    }
}
