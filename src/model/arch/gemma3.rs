//! Gemma 3 (Gemma Team 2025, §2): RMSNorm before and after each branch and of each head, a GELU gate, and embeddings times
//! the square root of their size. Of six layers five have a window, and frequencies of their own. The gains in the file
//! include the 1 that the paper adds to them.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Activation, Block, Config, Design, HeadNorm, Pairs, Positions, Spectrum};

/// The gemma3 architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "gemma3", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    let window = match keys.size("attention.sliding_window")? {
        Some(_) => Some(keys.window(keys.required("attention.sliding_window")?, 6)?),
        None => None,
    };
    let design = Design {
        block: Block::PreAndPost,
        head_norm: HeadNorm::Head,
        activation: Activation::GeGlu,
        embedding_scale: (keys.required("embedding_length")? as f32).sqrt(),
        logit_cap: keys.scale("final_logit_softcapping")?,
        window,
        ..Design::default()
    };
    let mut config = keys.config(Some(Pairs::Halves), design)?;
    if let Positions::Rotary(rotary) = &mut config.positions {
        rotary.local = Spectrum::new(keys.positive("rope.freq_base_swa")?.unwrap_or(10_000.0));
    }
    keys.refuse(config.layers == 62, "Gemma 3 27B, whose attention has another scale")?;
    Ok(config)
}
