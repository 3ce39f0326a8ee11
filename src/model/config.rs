//! The sizes of a network: read once, never changed.

use crate::cache::Shape;
use crate::error::{Error, Result};
use crate::gguf::Metadata;

/// The sizes of a llama-architecture network, in the words of the paper where it has them.
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
    /// Query heads.
    pub heads: usize,
    /// Key and value heads; each serves `heads / kv_heads` query heads (Ainslie et al. 2023).
    pub kv_heads: usize,
    /// Size of a head.
    pub head: usize,
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
    /// Reads `general.*` and `llama.*`, and refuses what `forward.rs` does not compute.
    pub fn from_metadata(metadata: &Metadata) -> Result<Config> {
        let architecture = metadata.string("general.architecture").unwrap_or("none");
        if architecture != "llama" {
            return Err(Error::unsupported_architecture(format!("architecture {architecture:?}")));
        }
        let size = |key: &str| metadata.size(&format!("llama.{key}"));
        let required = |key: &str| match size(key)? {
            Some(n @ 1..=0x20_0000) => Ok(n),
            Some(n) => Err(Error::corrupt(format!("llama.{key} is {n}"))),
            None => Err(Error::corrupt(format!("it has no llama.{key}"))),
        };

        let (embedding, heads) = (required("embedding_length")?, required("attention.head_count")?);
        let kv_heads = size("attention.head_count_kv")?.unwrap_or(heads);
        let head = size("attention.key_length")?.unwrap_or(embedding / heads);
        let config = Config {
            architecture: architecture.to_owned(),
            name: metadata.string("general.name").unwrap_or(architecture).to_owned(),
            layers: required("block_count")?,
            embedding,
            feed_forward: required("feed_forward_length")?,
            heads,
            kv_heads,
            head,
            rotated: size("rope.dimension_count")?.unwrap_or(head),
            rope_base: metadata.float("llama.rope.freq_base")?.unwrap_or(10_000.0),
            epsilon: metadata
                .float("llama.attention.layer_norm_rms_epsilon")?
                .ok_or_else(|| Error::corrupt("it has no llama.attention.layer_norm_rms_epsilon"))?
                as f32,
            context_length: required("context_length")?,
        };

        let consistent = kv_heads > 0
            && heads.is_multiple_of(kv_heads)
            && (2..=1024).contains(&head)
            && heads <= 1024
            && config.layers <= 1024
            && config.rotated <= head
            && config.rotated.is_multiple_of(2)
            && (config.rope_base > 0.0 && config.rope_base.is_finite())
            && (config.epsilon >= 0.0 && config.epsilon.is_finite());
        if !consistent {
            return Err(Error::corrupt("its sizes do not fit together"));
        }
        let value = size("attention.value_length")?.unwrap_or(head);
        let experts = size("expert_count")?.unwrap_or(0);
        let is_causal = metadata.size("llama.attention.causal")? != Some(0);
        let unsupported = if value != head {
            Some("values of another size than keys".to_owned())
        } else if experts > 0 {
            Some(format!("a mixture of {experts} experts"))
        } else if let Some(scaling) = scaling(metadata)? {
            Some(format!("{scaling} scaling of positions"))
        } else if !is_causal {
            Some("attention to later tokens".to_owned())
        } else {
            None
        };
        match unsupported {
            Some(what) => Err(Error::unsupported_architecture(what)),
            None => Ok(config),
        }
    }

    /// What the cache keeps of one position.
    pub fn cache_shape(&self) -> Shape {
        Shape { layers: self.layers, kv_heads: self.kv_heads, head: self.head, embedding: self.embedding }
    }
}

/// How positions are scaled, where that makes a difference. As llama.cpp reads it: a file with a factor and no type
/// means linear scaling, and older files call the factor `scale_linear`.
fn scaling(metadata: &Metadata) -> Result<Option<&str>> {
    let factor = match metadata.float("llama.rope.scaling.factor")? {
        Some(factor) => Some(factor),
        None => metadata.float("llama.rope.scale_linear")?,
    };
    let is_scaled = factor.is_some_and(|factor| factor != 0.0 && factor != 1.0);
    Ok(match metadata.string("llama.rope.scaling.type") {
        Some("none") => None,
        None | Some("linear") => is_scaled.then_some("linear"),
        other => other,
    })
}
