//! The sizes of a network. They are read once and never change.

use std::ops::Range;

use super::arch;
use crate::cache::Shape;
use crate::error::Result;
use crate::gguf::Metadata;

/// The sizes of a network.
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
    /// The heads of attention, in each layer.
    pub heads: Heads,
    /// How many dimensions of a head are rotated, from the first.
    pub rotated: usize,
    /// Base of the rotary frequencies.
    pub rope_base: f64,
    /// ε of RMSNorm.
    pub epsilon: f32,
    /// Most positions that the model was trained for.
    pub context_length: usize,
}

impl Config {
    /// Reads the sizes from the metadata of a file, under the names that its architecture gives them.
    pub fn from_metadata(metadata: &Metadata) -> Result<Config> {
        let name = metadata.string("general.architecture").unwrap_or("none");
        (arch::find(name)?.config)(metadata)
    }

    /// The sizes of what a cache stores for each position.
    pub fn cache_shape(&self) -> Shape {
        let Config { layers, heads, embedding, .. } = *self;
        Shape { layers, kv_heads: heads.kv, head: heads.size, embedding }
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
}

impl Heads {
    /// Heads whose scores are divided by the square root of their size (Vaswani et al. 2017, eq. 1).
    pub fn new(queries: usize, kv: usize, size: usize) -> Heads {
        Heads { queries, kv, size, scale: 1.0 / (size as f32).sqrt() }
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
