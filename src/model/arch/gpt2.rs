//! GPT-2 (Radford et al. 2019, §2.3): LayerNorm before attention and before the feed-forward network, learned positions,
//! biases everywhere, and GELU without a gate.

use super::tensors::BIASES;
use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Activation, Config, Design, NormKind};

/// The gpt2 architecture.
pub const ARCHITECTURE: Architecture =
    Architecture { name: "gpt2", config, tensors: |table| table.require(&BIASES) };

fn config(keys: Keys) -> Result<Config> {
    let design = Design { norm: NormKind::Layer, activation: Activation::GeluTanh, ..Design::default() };
    keys.config(None, design)
}
