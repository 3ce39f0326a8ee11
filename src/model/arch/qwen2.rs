//! Qwen 2 and 2.5 (Yang et al. 2024, §2.2): llama with biases of queries, keys and values.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, Pairs};

/// The qwen2 architecture.
pub const ARCHITECTURE: Architecture = Architecture {
    name: "qwen2",
    config,
    tensors: |table| table.require(&["attn_q.bias", "attn_k.bias", "attn_v.bias"]),
};

fn config(keys: Keys) -> Result<Config> {
    keys.config(Some(Pairs::Halves), Design::default())
}
