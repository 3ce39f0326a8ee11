//! Granite 3 (Granite Team 2024): llama with a scale for the embedding, the scores, what a branch adds, and the logits
//! (Yang et al. 2022). Granite 4 files without rotation say so.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, Pairs, Positions};

/// The granite architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "granite", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    let logit_divisor = keys.scale("logit_scale")?.ok_or_else(|| keys.missing("logit_scale"))?;
    let design = Design {
        embedding_scale: keys.scale("embedding_scale")?.unwrap_or(1.0),
        residual_scale: keys.scale("residual_scale")?.unwrap_or(1.0),
        logit_scale: 1.0 / logit_divisor,
        ..Design::default()
    };
    let mut config = keys.config(Some(Pairs::Neighbors), design)?;
    config.heads.scale = keys.scale("attention.scale")?.unwrap_or(config.heads.scale);
    let is_rotated = keys.flag("rope.scaling.finetuned")?.unwrap_or(true);
    if let Positions::Rotary(rotary) = &mut config.positions
        && !is_rotated
    {
        rotary.rotated = 0;
    }
    Ok(config)
}
