//! The sizes of a network: read once, never changed.

use super::{Heads, arch};
use crate::cache::Shape;
use crate::error::Result;
use crate::gguf::Metadata;

/// The sizes of a network, in the words of the papers where they have them.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `general.architecture`.
    pub architecture: String,
    /// `general.name`, or the architecture where there is none.
    pub name: String,
    /// Layers.
    pub layers: usize,
    /// Size of a row between the layers, `n_embd`.
    pub embedding: usize,
    /// Size inside the feed-forward network, `n_ff`.
    pub feed_forward: usize,
    /// The heads of attention, in each layer.
    pub heads: Heads,
    /// Dimensions of a head that are rotated, from the first.
    pub rotated: usize,
    /// Base of the rotary frequencies.
    pub rope_base: f64,
    /// ε of RMSNorm.
    pub epsilon: f32,
    /// Most positions that the model was made for.
    pub context_length: usize,
}

impl Config {
    /// Reads the sizes of a network from the metadata of its file, as its architecture names them.
    pub fn from_metadata(metadata: &Metadata) -> Result<Config> {
        let name = metadata.string("general.architecture").unwrap_or("none");
        (arch::find(name)?.config)(metadata)
    }

    /// What the cache keeps of one position.
    pub fn cache_shape(&self) -> Shape {
        let Config { layers, heads, embedding, .. } = *self;
        Shape { layers, kv_heads: heads.kv, head: heads.size, embedding }
    }
}
