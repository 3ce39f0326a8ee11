//! GPT-NeoX (Black et al. 2022, §2.1), such as Pythia: LayerNorm, biases everywhere, rotation of the first dimensions of
//! each head, and GELU without a gate. Attention and the feed-forward network run side by side, if the file says so.
//!
//! The GELU is the exact one that the models were trained with. llama.cpp has the tanh form in its place.

use super::tensors::BIASES;
use super::{Architecture, Keys};
use crate::error::Result;
use crate::model::config::{Activation, Block, Config, Design, NormKind, Pairs};

/// The gptneox architecture.
pub const ARCHITECTURE: Architecture = Architecture {
    name: "gptneox",
    config,
    tensors: |table| table.require(&BIASES).require(&["output.weight"]),
};

fn config(keys: Keys) -> Result<Config> {
    let parallel = "use_parallel_residual";
    let block = match keys.flag(parallel)?.ok_or_else(|| keys.missing(parallel))? {
        true => Block::Parallel,
        false => Block::Pre,
    };
    let design = Design { norm: NormKind::Layer, block, activation: Activation::Gelu, ..Design::default() };
    keys.config(Some(Pairs::Halves), design)
}
