//! OLMo 2 (OLMo Team 2024, §3.2): llama with RMSNorm after each branch instead of before it, and of all queries and all
//! keys of a position. OLMo 3 (OLMo Team 2025), which files call olmo2 too, has a window in three of four layers, whose
//! frequencies are not scaled.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Block, Config, Design, HeadNorm, Pairs, Positions, Spectrum};

/// The olmo2 architecture.
pub const ARCHITECTURE: Architecture =
    Architecture { name: "olmo2", config, tensors: |table| table.require(&["output.weight"]) };

fn config(keys: Keys) -> Result<Config> {
    let window = match keys.size("attention.sliding_window")? {
        Some(_) => Some(keys.window(keys.required("attention.sliding_window")?, 4)?),
        None => None,
    };
    let design = Design { block: Block::Post, head_norm: HeadNorm::Row, window, ..Design::default() };
    let mut config = keys.config(Some(Pairs::Halves), design)?;
    if let Positions::Rotary(rotary) = &mut config.positions {
        rotary.local = Spectrum::new(rotary.global.base);
    }
    Ok(config)
}
