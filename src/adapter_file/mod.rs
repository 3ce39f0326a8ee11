//! Adapters as GGUF files, and whether an adapter fits a network.
//!
//! LoRA's format is llama.cpp's: `general.type` is `adapter`, `adapter.type` is `lora`, and there are two tensors beside
//! each matrix, such as `blk.0.attn_q.weight.lora_a`, `(rank, input)`, and `….lora_b`, `(output, rank)`. For (IA)³
//! llama.cpp has none. Here `adapter.type` is `ia3`, and the factors of a row are a vector with the name of the matrix
//! whose output or input it is, such as `blk.0.attn_k.weight.ia3`.

mod read;
mod write;

use crate::adapter::{Adapter, Gain, MAX_RANK, Target};
use crate::error::{Error, Result};
use crate::model::arch::{self, Table, Tensor};
use crate::model::{Config, Model};
pub use read::read;
pub use write::{Numbers, write};

/// The ends of the tensors' names.
const A: &str = ".lora_a";
const B: &str = ".lora_b";
const GAIN: &str = ".ia3";

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
            let Some(map) = layer.low_rank(target) else { continue };
            let name = name(index, target);
            check_rank(&name, map.rank, config.matrix(index, target))?;
            let sizes =
                config.matrix(index, target).map(|(rows, columns)| (map.rank * columns, map.rank * rows));
            if sizes != Some((map.a.len(), map.b.len())) {
                return Err(wrong_shape(&name));
            }
            is_finite &= map.a.iter().chain(&map.b).all(|x| x.is_finite());
        }
        for gain in Gain::ALL {
            let Some(factors) = layer.gain(gain) else { continue };
            if Some(factors.len()) != size(config, index, gain) {
                return Err(wrong_shape(&name(index, gain.target())));
            }
            is_finite &= factors.iter().all(|x| x.is_finite());
        }
    }
    if !is_finite {
        return Err(Error::wrong_adapter("some of its numbers are infinite or no numbers"));
    }
    Ok(())
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

/// Refuses a rank that is 0, above [`MAX_RANK`], or above that of a matrix of these sizes.
fn check_rank(name: &str, rank: usize, matrix: Option<(usize, usize)>) -> Result<()> {
    let (rows, columns) = matrix.ok_or_else(|| unknown(name))?;
    let most = MAX_RANK.min(rows).min(columns);
    match (1..=most).contains(&rank) {
        true => Ok(()),
        false => Err(Error::wrong_adapter(format!(
            "beside {name:?} its rank is {rank} and should be from 1 to {most}"
        ))),
    }
}

fn unknown(name: &str) -> Error {
    Error::wrong_adapter(format!("it changes {name:?}, which an adapter cannot change here"))
}

fn wrong_shape(name: &str) -> Error {
    Error::wrong_adapter(format!("what it has beside {name:?} has another shape"))
}

/// The name of a matrix in a file.
fn name(layer: usize, target: Target) -> String {
    format!("blk.{layer}.{}.weight", target.part())
}

/// The tensors that the model's own file may have.
fn tensors(model: &Model) -> Result<Vec<Tensor>> {
    let config = model.config();
    Ok((arch::find(&config.architecture)?.tensors)(Table::new(config, model.vocabulary_size())).tensors)
}

/// A matrix of a layer, and its rows.
#[derive(Clone, Copy)]
struct Place {
    layer: usize,
    target: Target,
    rows: usize,
}

/// The matrices of layers in such a tensor: itself, or those that are joined in it.
fn places(tensor: &Tensor) -> Option<Vec<Place>> {
    let place = |(name, rows): (&str, usize)| {
        let (layer, part) = name.strip_prefix("blk.")?.strip_suffix(".weight")?.split_once('.')?;
        let target = Target::ALL.into_iter().find(|target| target.part() == part)?;
        Some(Place { layer: layer.parse().ok()?, target, rows })
    };
    if tensor.is_vector { None } else { tensor.parts().map(place).collect() }
}

/// How many factors a row has.
fn size(config: &Config, layer: usize, gain: Gain) -> Option<usize> {
    let (rows, columns) = config.matrix(layer, gain.target())?;
    Some(if gain == Gain::Inner { columns } else { rows })
}
