//! Llama 1 to 3 (Touvron et al. 2023, §2.2), and networks with the same structure, such as SmolLM2. They have RMSNorm
//! before attention and before the feed-forward network, rotary positions, grouped heads of keys and values, and a SiLU
//! gate. Llama 3.x files hold divisors of the frequencies.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, Pairs};

/// The llama architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "llama", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    keys.config(Some(Pairs::Neighbors), Design::default())
}
