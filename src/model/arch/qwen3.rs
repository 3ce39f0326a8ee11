//! Qwen 3 (Yang et al. 2025, §2): llama with RMSNorm of each head of queries and keys. The size of a head is a key of its
//! own, because all heads together need not be as wide as a row.

use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Config, Design, HeadNorm, Pairs};

/// The qwen3 architecture.
pub const ARCHITECTURE: Architecture = Architecture { name: "qwen3", config, tensors: |table| table };

fn config(keys: Keys) -> Result<Config> {
    keys.config(Some(Pairs::Halves), Design { head_norm: HeadNorm::Head, ..Design::default() })
}
