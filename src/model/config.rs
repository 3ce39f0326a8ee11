//! The sizes of a network. They are read once and never change.

use super::{Heads, arch};
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
