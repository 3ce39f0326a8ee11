//! The llama architecture (Touvron et al. 2023, §2.2). It has RMSNorm before attention and before the feed-forward
//! network, rotary positions, grouped heads of keys and values, and a SiLU gate.

use super::{Architecture, Tensor};
use crate::error::{Error, Result};
use crate::gguf::Metadata;
use crate::model::weights::{EMBEDDING, OUTPUT, OUTPUT_NORM, ROPE_FACTORS, name};
use crate::model::{Config, Heads};

/// Llama 1 to 3, and networks with the same structure, such as SmolLM2.
pub const ARCHITECTURE: Architecture = Architecture { name: "llama", config, tensors };

/// Reads `general.*` and `llama.*`, and refuses features that `forward.rs` does not compute.
fn config(metadata: &Metadata) -> Result<Config> {
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
        architecture: ARCHITECTURE.name.to_owned(),
        name: metadata.string("general.name").unwrap_or(ARCHITECTURE.name).to_owned(),
        layers: required("block_count")?,
        embedding,
        feed_forward: required("feed_forward_length")?,
        heads: Heads::new(heads, kv_heads, head),
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

/// The kind of scaling of positions, if it makes a difference. As in llama.cpp, a factor without a type means linear
/// scaling, and older files call the factor `scale_linear`.
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

/// The tensors of a file.
fn tensors(config: &Config, vocabulary: usize) -> Vec<Tensor> {
    let (d, ff) = (config.embedding, config.feed_forward);
    let (q, kv) = (config.heads.query_row(), config.heads.kv_row());
    let mut tensors = vec![
        Tensor::required(EMBEDDING, vocabulary, d),
        Tensor::required(OUTPUT_NORM, 1, d),
        Tensor::optional(OUTPUT, vocabulary, d),
        Tensor::optional(ROPE_FACTORS, 1, config.rotated / 2),
    ];
    for layer in 0..config.layers {
        let tensor = |tensor, rows, columns| Tensor::required(name(layer, tensor), rows, columns);
        tensors.extend([
            tensor("attn_norm", 1, d),
            tensor("attn_q", q, d),
            tensor("attn_k", kv, d),
            tensor("attn_v", kv, d),
            tensor("attn_output", d, q),
            tensor("ffn_norm", 1, d),
            tensor("ffn_gate", ff, d),
            tensor("ffn_up", ff, d),
            tensor("ffn_down", d, ff),
        ]);
    }
    tensors
}
