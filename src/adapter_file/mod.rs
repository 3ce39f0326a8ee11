//! Adapters as GGUF files, and whether an adapter fits a network.
//!
//! LoRA's format is llama.cpp's: `general.type` is `adapter`, `adapter.type` is `lora`, and there are two tensors beside
//! each matrix, such as `blk.0.attn_q.weight.lora_a`, `(rank, input)`, and `….lora_b`, `(output, rank)`. For (IA)³
//! llama.cpp has none. Here `adapter.type` is `ia3`, and the factors of a row are a vector with the name of the matrix
//! whose output or input it is, such as `blk.0.attn_k.weight.ia3`.
//!
//! The code has loops where elsewhere there are iterators, because it is in every module and runs once.

mod read;
mod write;

use crate::adapter::{Adapter, Gain, MAX_RANK, Target};
use crate::error::{Error, Result};
use crate::model::{Config, Model};
pub use read::read;
pub use write::{Numbers, write};

/// Refuses an adapter that cannot run in a network with these sizes.
pub fn check(adapter: &Adapter, config: &Config) -> Result<()> {
    check_architecture(&adapter.architecture, config)?;
    if adapter.layers.len() != config.layers {
        let (got, want) = (adapter.layers.len(), config.layers);
        return Err(Error::wrong_adapter(format!("it has {got} layers and should have {want}")));
    }
    let mut is_finite = adapter.alpha.is_finite();
    for (index, layer) in adapter.layers.iter().enumerate() {
        for target in Target::ALL {
            if let Some(map) = layer.low_rank(target) {
                let (rows, columns) = check_rank(index, target, map.rank, config)?;
                if (map.a.len(), map.b.len()) != (map.rank * columns, map.rank * rows) {
                    return Err(wrong_shape(index, target));
                }
                is_finite &= all_finite(&map.a) && all_finite(&map.b);
            }
        }
        for gain in Gain::ALL {
            if let Some(factors) = layer.gain(gain) {
                if factors.len() != size(config, index, gain) {
                    return Err(wrong_shape(index, gain.target()));
                }
                is_finite &= all_finite(factors);
            }
        }
    }
    match is_finite {
        true => Ok(()),
        false => Err(Error::wrong_adapter("some of its numbers are infinite or no numbers")),
    }
}

#[inline(never)]
fn all_finite(numbers: &[f32]) -> bool {
    numbers.iter().all(|x| x.is_finite())
}

fn check_architecture(architecture: &str, config: &Config) -> Result<()> {
    let want = &config.architecture;
    match architecture == want {
        true => Ok(()),
        false => Err(Error::wrong_adapter(format!(
            "it was made for a {architecture:?}, and the model is a {want:?}"
        ))),
    }
}

/// Rows and columns of a matrix. Refuses a rank that is 0, above [`MAX_RANK`], or above that of the matrix.
#[inline(never)]
fn check_rank(layer: usize, target: Target, rank: usize, config: &Config) -> Result<(usize, usize)> {
    let Some((rows, columns)) = config.matrix(layer, target) else {
        return Err(unknown(&name(layer, target.part())));
    };
    let most = MAX_RANK.min(rows).min(columns);
    if (1..=most).contains(&rank) {
        return Ok((rows, columns));
    }
    let name = name(layer, target.part());
    Err(Error::wrong_adapter(format!("beside {name:?} its rank is {rank} and should be from 1 to {most}")))
}

#[cold]
fn unknown(name: &str) -> Error {
    Error::wrong_adapter(format!("it changes {name:?}, which an adapter cannot change here"))
}

#[cold]
fn wrong_shape(layer: usize, target: Target) -> Error {
    let name = name(layer, target.part());
    Error::wrong_adapter(format!("what it has beside {name:?} has another shape"))
}

/// The name of a matrix in a file.
#[inline(never)]
fn name(layer: usize, part: &str) -> String {
    format!("blk.{layer}.{part}.weight")
}

/// The matrices that are one under this part of a name: none if there is no such name.
fn targets(model: &Model, part: &str) -> &'static [Target] {
    static ALL: [Target; 7] = Target::ALL;
    let has_joined_gate = model.weights().has_joined_gate;
    match part {
        "attn_qkv" => return &[Target::Q, Target::K, Target::V],
        "ffn_up" if has_joined_gate => return &[Target::Gate, Target::Up],
        "ffn_gate" if has_joined_gate => return &[],
        _ => {}
    }
    for (index, target) in ALL.iter().enumerate() {
        if target.part() == part {
            return &ALL[index..=index];
        }
    }
    &[]
}

/// How many factors a row has.
fn size(config: &Config, layer: usize, gain: Gain) -> usize {
    let (rows, columns) = config.matrix(layer, gain.target()).unwrap_or_default();
    if gain == Gain::Inner { columns } else { rows }
}
