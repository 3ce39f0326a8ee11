//! SmolLM3 (Bakouch et al. 2025): llama, in which every fourth layer does not rotate queries and keys (Yang et al. 2025,
//! "RoPE to NoPE and back again").

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, Pairs, Positions};

/// The smollm3 architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "smollm3", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    let mut config = keys.config(Some(Pairs::Neighbors), Design::default())?;
    if let Positions::Rotary(rotary) = &mut config.positions {
        rotary.except_every = Some(4);
    }
    Ok(config)
}
