//! Gemma 2 (Gemma Team 2024, §2): RMSNorm before and after each branch, a GELU gate, embeddings times the square root of
//! their size, soft caps of scores and logits, and a window in every other layer. The gains in the file include the 1
//! that the paper adds to them.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Activation, Block, Config, Design, Pairs};

/// The gemma2 architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "gemma2", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    let size = match keys.size("attention.sliding_window")? {
        Some(_) => keys.required("attention.sliding_window")?,
        None => 4096,
    };
    let design = Design {
        block: Block::PreAndPost,
        activation: Activation::GeGlu,
        embedding_scale: (keys.required("embedding_length")? as f32).sqrt(),
        logit_cap: keys.scale("final_logit_softcapping")?.or(Some(30.0)),
        window: Some(keys.window(size, 2)?),
        ..Design::default()
    };
    let mut config = keys.config(Some(Pairs::Halves), design)?;
    config.heads.cap = keys.scale("attn_logit_softcapping")?.or(Some(50.0));
    keys.refuse(config.layers == 46, "Gemma 2 27B, whose attention has another scale")?;
    Ok(config)
}
