//! Adapters: a few numbers beside the frozen weights that change what a network does.
//!
//! LoRA (Hu et al. 2021, §4.1, eq. 3) adds `s · B(Ax)` to the output of a matrix. (IA)³ (Liu et al. 2022, §3.3)
//! multiplies the keys, the values, and the inner row of the feed-forward network. The weights themselves stay as they
//! are packed, so an adapter can be exchanged or removed at any time, and without one the numbers are those of the file.

mod apply;

use std::sync::Arc;

pub(crate) use apply::{multiply, project};

/// Highest rank that an adapter may have.
pub const MAX_RANK: usize = 64;

/// A matrix of a layer that LoRA can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// W_q.
    Q,
    /// W_k.
    K,
    /// W_v.
    V,
    /// W_o.
    O,
    /// W_gate, which a network without a gate does not have.
    Gate,
    /// W_up.
    Up,
    /// W_down.
    Down,
}

impl Target {
    /// All of them, in the order of [`LayerAdapter::low_rank`].
    pub const ALL: [Target; 7] =
        [Target::Q, Target::K, Target::V, Target::O, Target::Gate, Target::Up, Target::Down];

    /// Its part of a name in a GGUF file, `blk.{layer}.{part}.weight`.
    pub fn part(self) -> &'static str {
        match self {
            Target::Q => "attn_q",
            Target::K => "attn_k",
            Target::V => "attn_v",
            Target::O => "attn_output",
            Target::Gate => "ffn_gate",
            Target::Up => "ffn_up",
            Target::Down => "ffn_down",
        }
    }
}

/// A row that (IA)³ multiplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gain {
    /// l_k: the output of W_k with its bias, before it is normalized and rotated, as PEFT does it. Behind a rotation it
    /// would be another map, unless both dimensions of each pair had the same gain.
    Keys,
    /// l_v: the output of W_v with its bias.
    Values,
    /// l_ff: the input of W_down.
    Inner,
}

impl Gain {
    /// All of them, in the order of [`LayerAdapter::gains`].
    pub const ALL: [Gain; 3] = [Gain::Keys, Gain::Values, Gain::Inner];

    /// The matrix whose output or input it multiplies.
    pub fn target(self) -> Target {
        match self {
            Gain::Keys => Target::K,
            Gain::Values => Target::V,
            Gain::Inner => Target::Down,
        }
    }
}

/// LoRA or (IA)³ for the layers of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    /// A name for people, which may be empty.
    pub name: String,
    /// `general.architecture` of the network that it changes.
    pub architecture: String,
    /// α of LoRA. See [`Adapter::factor`].
    pub alpha: f32,
    /// A part for each layer of the network.
    pub layers: Vec<LayerAdapter>,
}

impl Adapter {
    /// How many numbers it has.
    pub fn parameters(&self) -> usize {
        let mut count = 0;
        for layer in &self.layers {
            count += layer.low_rank.iter().flatten().map(|map| map.a.len() + map.b.len()).sum::<usize>();
            count += layer.gains.iter().flatten().map(Vec::len).sum::<usize>();
        }
        count
    }

    /// The factor `s` of LoRA's maps of this rank: `α / rank` as in the paper and in llama.cpp, and 1 if α is 0.
    ///
    /// rsLoRA (Kalajdzievski 2023), whose factor is `α / √rank`, is the same with `α · √rank` in place of α.
    pub fn factor(&self, rank: usize) -> f32 {
        if self.alpha == 0.0 { 1.0 } else { self.alpha / rank as f32 }
    }
}

/// What an adapter does to one layer. What it leaves alone is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LayerAdapter {
    /// LoRA, for each [`Target`].
    pub low_rank: [Option<LowRank>; 7],
    /// (IA)³, for each [`Gain`]: as many factors as the row has elements.
    pub gains: [Option<Vec<f32>>; 3],
}

impl LayerAdapter {
    /// LoRA's map beside a matrix.
    pub fn low_rank(&self, target: Target) -> Option<&LowRank> {
        self.low_rank[target as usize].as_ref()
    }

    /// The factors of a row.
    pub fn gain(&self, gain: Gain) -> Option<&[f32]> {
        self.gains[gain as usize].as_deref()
    }
}

/// LoRA's map `B A` beside one matrix `(output, input)`.
///
/// Both parts are stored with `rank` long rows, so that every product with them, forward and backward, runs along
/// memory. In files, and in the paper, B is `(output, rank)`.
#[derive(Debug, Clone, PartialEq)]
pub struct LowRank {
    /// The rank, from 1 to [`MAX_RANK`].
    pub rank: usize,
    /// A, `(rank, input)`.
    pub a: Vec<f32>,
    /// Bᵀ, `(rank, output)`.
    pub b: Vec<f32>,
}

impl LowRank {
    /// Elements of a row that goes in.
    pub fn input(&self) -> usize {
        self.a.len() / self.rank
    }

    /// Elements of a row that comes out.
    pub fn output(&self) -> usize {
        self.b.len() / self.rank
    }
}

/// An adapter that runs, and how strongly.
#[derive(Debug, Clone)]
pub struct Tuning {
    /// The adapter.
    pub adapter: Arc<Adapter>,
    /// The factor of all that it adds, above 0.
    pub scale: f32,
}

impl Tuning {
    /// Whether it is this adapter.
    pub fn has(&self, adapter: &Arc<Adapter>) -> bool {
        Arc::ptr_eq(&self.adapter, adapter)
    }
}

impl PartialEq for Tuning {
    /// Equal tunings are the same adapter in memory at the same scale, so that no numbers are compared.
    fn eq(&self, other: &Tuning) -> bool {
        self.has(&other.adapter) && self.scale.to_bits() == other.scale.to_bits()
    }
}
