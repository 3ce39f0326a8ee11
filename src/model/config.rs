//! The description of a network: its sizes, and which of the known parts it has. It is read once and never changes.

use std::ops::Range;

use super::arch;
use crate::adapter::Target;
use crate::cache::Shape;
use crate::error::Result;
use crate::gguf::Metadata;

/// The description of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `general.architecture`.
    pub architecture: String,
    /// `general.name`, or the architecture where there is none.
    pub name: String,
    /// Number of layers.
    pub layers: usize,
    /// Size of a row between the layers, `n_embd`.
    pub embedding: usize,
    /// Size inside the feed-forward network, `n_ff`.
    pub feed_forward: usize,
    /// The heads of attention, in each layer that sees all positions.
    pub heads: Heads,
    /// Heads of keys and values in each layer, if they differ from layer to layer, otherwise empty. `heads.kv` is the
    /// most of them.
    pub kv_heads: Vec<usize>,
    /// How the network knows the order of its tokens.
    pub positions: Positions,
    /// ε of the normalization.
    pub epsilon: f32,
    /// Most positions that the model was trained for.
    pub context_length: usize,
    /// The parts that it has.
    pub design: Design,
}

/// The parts of a network. The default is llama's (Touvron et al. 2023, §2.2).
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// How rows are normalized.
    pub norm: NormKind,
    /// Where they are normalized.
    pub block: Block,
    /// How queries and keys are normalized before they are rotated.
    pub head_norm: HeadNorm,
    /// The function inside the feed-forward network.
    pub activation: Activation,
    /// Factor of an embedding.
    pub embedding_scale: f32,
    /// Factor of what a branch adds to the row.
    pub residual_scale: f32,
    /// Factor of the logits.
    pub logit_scale: f32,
    /// `c` in `c · tanh(logit / c)`.
    pub logit_cap: Option<f32>,
    /// The layers that see the nearest positions only.
    pub window: Option<Window>,
}

impl Default for Design {
    fn default() -> Design {
        Design {
            norm: NormKind::Rms,
            block: Block::Pre,
            head_norm: HeadNorm::None,
            activation: Activation::SwiGlu,
            embedding_scale: 1.0,
            residual_scale: 1.0,
            logit_scale: 1.0,
            logit_cap: None,
            window: None,
        }
    }
}

/// How a row is normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NormKind {
    /// RMSNorm (Zhang & Sennrich 2019, eq. 4).
    Rms,
    /// LayerNorm with a bias (Ba et al. 2016, eq. 4).
    Layer,
}

/// Where a layer normalizes. Its branches `f` are attention and the feed-forward network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block {
    /// `x += f(norm(x))`, first for attention.
    Pre,
    /// `x += norm(f(x))`, first for attention (OLMo 2).
    Post,
    /// `x += norm(f(norm(x)))`, first for attention (Gemma 2).
    PreAndPost,
    /// `x += f(norm(x)) + g(norm(x))`, both from the same `x` (Wang & Komatsuzaki 2021).
    Parallel,
}

impl Block {
    /// Whether a branch normalizes its input.
    pub fn has_pre(self) -> bool {
        self != Block::Post
    }

    /// Whether a branch normalizes its output.
    pub fn has_post(self) -> bool {
        matches!(self, Block::Post | Block::PreAndPost)
    }
}

/// How queries and keys are normalized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadNorm {
    /// Not at all.
    None,
    /// Head by head (Dehghani et al. 2023, §2).
    Head,
    /// All heads of a position as one row (OLMo 2).
    Row,
}

/// The function inside the feed-forward network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// `silu(gate) · up` (Shazeer 2020, eq. 6).
    SwiGlu,
    /// `gelu(gate) · up` with the tanh form of GELU (Shazeer 2020, eq. 6).
    GeGlu,
    /// The tanh form of GELU without a gate (Hendrycks & Gimpel 2016, §2).
    GeluTanh,
    /// GELU itself without a gate (Hendrycks & Gimpel 2016, eq. 1).
    Gelu,
}

impl Activation {
    /// Whether a second matrix, the gate, goes into it.
    pub fn has_gate(self) -> bool {
        matches!(self, Activation::SwiGlu | Activation::GeGlu)
    }
}

/// Layers that see the nearest positions only (Beltagy et al. 2020, §3.1).
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// How many positions they see, each its own included.
    pub size: usize,
    /// Whether a layer has the window, for each layer.
    pub is_local: Vec<bool>,
}

/// How a network knows the order of its tokens.
#[derive(Debug, Clone, PartialEq)]
pub enum Positions {
    /// A learned row for each position is added to the embedding (Radford et al. 2018, §3.1).
    Learned,
    /// Queries and keys are rotated (Su et al. 2021).
    Rotary(Rotary),
}

/// Rotary positions.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotary {
    /// How many dimensions of a head are rotated, from the first.
    pub rotated: usize,
    /// Which of them are a pair.
    pub pairs: Pairs,
    /// The frequencies in layers that see all positions.
    pub global: Spectrum,
    /// The frequencies in layers with a window.
    pub local: Spectrum,
    /// `n`, if every `n`-th layer does not rotate.
    pub except_every: Option<usize>,
}

impl Rotary {
    /// Rotation of the first `rotated` dimensions in every layer.
    pub fn new(rotated: usize, pairs: Pairs, spectrum: Spectrum) -> Rotary {
        Rotary { rotated, pairs, global: spectrum, local: spectrum, except_every: None }
    }
}

/// Which dimensions of a head are a pair. It depends on the order of rows in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairs {
    /// 0 and 1, 2 and 3, …
    Neighbors,
    /// The first of the first half and the first of the second half, …
    Halves,
}

/// The frequencies of a rotation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spectrum {
    /// `base` in `base^(−2i/d)`.
    pub base: f64,
    /// How they are changed for longer texts.
    pub scaling: Scaling,
    /// Factor of what is rotated.
    pub magnitude: f64,
}

impl Spectrum {
    /// Frequencies that are not scaled.
    pub fn new(base: f64) -> Spectrum {
        Spectrum { base, scaling: Scaling::None, magnitude: 1.0 }
    }
}

/// How frequencies are changed for texts longer than those of the training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scaling {
    /// Not at all.
    None,
    /// Positions are divided by this factor (Chen et al. 2023, eq. 4).
    Linear(f64),
    /// Slow frequencies are divided and fast ones are not.
    Yarn(Yarn),
}

/// YaRN (Peng et al. 2023, §3.2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Yarn {
    /// The divisor of slow frequencies, `s`.
    pub factor: f64,
    /// Length of the texts of the training, `L`.
    pub original: f64,
    /// A frequency that turns more often than this within `L` is not changed, `β`.
    pub fast: f64,
    /// A frequency that turns less often than this within `L` is divided, `α`.
    pub slow: f64,
}

impl Config {
    /// Reads the description from the metadata of a file, under the names that its architecture gives its sizes.
    pub fn from_metadata(metadata: &Metadata) -> Result<Config> {
        arch::config(metadata)
    }

    /// The sizes of what a cache stores for each position.
    pub fn cache_shape(&self) -> Shape {
        Shape::new((0..self.layers).map(|layer| self.kv(layer)), self.heads.size, self.embedding)
    }

    /// How many dimensions of a head are rotated.
    pub fn rotated(&self) -> usize {
        match &self.positions {
            Positions::Learned => 0,
            Positions::Rotary(rotary) => rotary.rotated,
        }
    }

    /// How many rotations there are, [`Weights::ropes`](super::Weights::ropes).
    pub fn rotations(&self) -> usize {
        match (&self.positions, &self.design.window) {
            (Positions::Learned, _) => 0,
            (Positions::Rotary(_), None) => 1,
            (Positions::Rotary(_), Some(_)) => 2,
        }
    }

    /// The index of the rotation of a layer: 1 in a layer with a window, otherwise 0.
    pub fn rotation(&self, layer: usize) -> Option<usize> {
        match &self.positions {
            Positions::Learned => None,
            Positions::Rotary(rotary) => match rotary.except_every {
                Some(n) if (layer + 1).is_multiple_of(n) => None,
                _ => Some(usize::from(self.is_local(layer))),
            },
        }
    }

    /// Rows and columns of a matrix of a layer, if the network has it.
    pub fn matrix(&self, layer: usize, target: Target) -> Option<(usize, usize)> {
        let (d, inner, heads) = (self.embedding, self.feed_forward, self.heads(layer));
        match target {
            Target::Q => Some((heads.query_row(), d)),
            Target::K | Target::V => Some((heads.kv_row(), d)),
            Target::O => Some((d, heads.query_row())),
            Target::Gate => self.design.activation.has_gate().then_some((inner, d)),
            Target::Up => Some((inner, d)),
            Target::Down => Some((d, inner)),
        }
    }

    /// The heads of a layer.
    pub fn heads(&self, layer: usize) -> Heads {
        let heads = Heads { kv: self.kv(layer), ..self.heads };
        match &self.design.window {
            Some(window) if self.is_local(layer) => Heads { window: window.size, ..heads },
            _ => heads,
        }
    }

    /// Heads of keys and values in a layer.
    fn kv(&self, layer: usize) -> usize {
        self.kv_heads.get(layer).copied().unwrap_or(self.heads.kv)
    }

    /// Whether a layer has a window.
    fn is_local(&self, layer: usize) -> bool {
        let window = self.design.window.as_ref();
        window.is_some_and(|window| window.is_local.get(layer).is_some_and(|&is_local| is_local))
    }
}

/// The heads of grouped-query attention (Ainslie et al. 2023), in which several query heads share each head of
/// keys and values. Query heads that share one are neighbors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Heads of keys and values, a divisor of `queries`.
    pub kv: usize,
    /// Size of a head.
    pub size: usize,
    /// The factor of a score.
    pub scale: f32,
    /// `c` in `c · tanh(score / c)`.
    pub cap: Option<f32>,
    /// How many positions a query sees, its own included.
    pub window: usize,
}

impl Heads {
    /// Heads that see all positions, and whose scores are divided by the square root of their size (Vaswani et al.
    /// 2017, eq. 1).
    pub fn new(queries: usize, kv: usize, size: usize) -> Heads {
        Heads { queries, kv, size, scale: 1.0 / (size as f32).sqrt(), cap: None, window: usize::MAX }
    }

    /// Query heads that share a head of keys and values.
    pub fn shared(self) -> usize {
        self.queries / self.kv
    }

    /// The head of keys and values that a query head reads.
    pub fn kv_of(self, head: usize) -> usize {
        head / self.shared()
    }

    /// Size of the queries of one position.
    pub fn query_row(self) -> usize {
        self.queries * self.size
    }

    /// Size of the keys of one position, and of its values.
    pub fn kv_row(self) -> usize {
        self.kv * self.size
    }

    /// Where a query lies in the queries `(T, heads · head)` of several positions. The queries to a head of keys
    /// and values are counted position by position.
    pub fn place(self, kv_head: usize, query: usize) -> Range<usize> {
        let shared = self.shared();
        let head = query / shared * self.queries + kv_head * shared + query % shared;
        head * self.size..(head + 1) * self.size
    }
}
