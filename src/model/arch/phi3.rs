//! Phi-3 and Phi-4-mini (Abdin et al. 2024, §2): llama with the matrices of queries, keys and values joined, and those of
//! gate and up. Files for long contexts hold two sets of divisors of the frequencies (Ding et al. 2024).

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, Pairs};
use crate::model::weights::ROPE_FACTORS_SHORT;

/// The phi3 architecture.
pub const ARCHITECTURE: Architecture = Architecture {
    name: "phi3",
    config,
    tensors: |table| {
        table.join_gate().with_rope_factors(ROPE_FACTORS_SHORT).with_rope_factors("rope_factors_long.weight")
    },
};

/// The context ends where the divisors for short texts do, and where the window of the training does, which llama.cpp
/// leaves out. Up to there all readings of a file give the same numbers.
fn config(keys: Keys) -> Result<Config> {
    let mut config = keys.config(Some(Pairs::Halves), Design::default())?;
    for key in ["rope.scaling.original_context_length", "attention.sliding_window"] {
        if keys.size(key)?.is_some() {
            config.context_length = config.context_length.min(keys.required(key)?);
        }
    }
    Ok(config)
}
