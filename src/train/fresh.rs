//! Adapters that change nothing yet.

use std::ops::Range;

use super::noise::Noise;
use crate::adapter::{Adapter, Gain, LayerAdapter, LowRank, MAX_RANK, Target};
use crate::error::{Error, Result, try_vec};
use crate::model::Model;

/// A LoRA adapter of this rank beside the `targets` of these layers, counted from 0, which changes nothing yet: the elements of A
/// are uniform within ±1/√input (He et al. 2015, as PEFT has it), drawn with `seed`, and those of B are 0.
///
/// # Errors
/// `invalid-option` if there is no such layer or rank, or none of the targets.
pub fn low_rank(
    model: &Model,
    targets: &[Target],
    layers: Range<usize>,
    rank: usize,
    alpha: f32,
    seed: u64,
) -> Result<Adapter> {
    let mut adapter = nothing(model, alpha)?;
    if !alpha.is_finite() {
        let must = "a finite number".to_owned();
        return Err(Error::InvalidOption { name: "alpha", must, got: alpha.to_string() });
    }
    for (layer, adapted) in chosen(model, &mut adapter, layers)? {
        for &target in targets {
            let Some((output, input)) = model.config().matrix(layer, target) else { continue };
            let most = MAX_RANK.min(input).min(output);
            if !(1..=most).contains(&rank) {
                let must = format!("from 1 to {most} for {} of layer {layer}", target.part());
                return Err(Error::InvalidOption { name: "rank", must, got: rank.to_string() });
            }
            let noise = Noise::new(seed).part(layer).part(target as usize);
            let bound = 1.0 / (input as f32).sqrt();
            let mut a = try_vec(0.0, rank * input, "an adapter")?;
            for (index, a) in a.iter_mut().enumerate() {
                *a = (2.0 * noise.unit(index) - 1.0) * bound;
            }
            let b = try_vec(0.0, rank * output, "an adapter")?;
            adapted.low_rank[target as usize] = Some(LowRank { rank, a, b });
        }
    }
    with_numbers(adapter)
}

/// An (IA)³ adapter for these rows of these layers, counted from 0, which changes nothing yet: all its factors are 1.
///
/// # Errors
/// `invalid-option` if there is no such layer, or no row.
pub fn gains(model: &Model, gains: &[Gain], layers: Range<usize>) -> Result<Adapter> {
    let mut adapter = nothing(model, 0.0)?;
    for (layer, adapted) in chosen(model, &mut adapter, layers)? {
        for &gain in gains {
            let Some((output, input)) = model.config().matrix(layer, gain.target()) else { continue };
            let size = if gain == Gain::Inner { input } else { output };
            adapted.gains[gain as usize] = Some(try_vec(1.0, size, "an adapter")?);
        }
    }
    with_numbers(adapter)
}

/// An adapter without numbers.
fn nothing(model: &Model, alpha: f32) -> Result<Adapter> {
    let architecture = model.config().architecture.clone();
    let layers = try_vec(LayerAdapter::default(), model.config().layers, "an adapter")?;
    Ok(Adapter { name: String::new(), architecture, alpha, layers })
}

/// The chosen layers of an adapter, with their indices.
fn chosen<'a>(
    model: &Model,
    adapter: &'a mut Adapter,
    layers: Range<usize>,
) -> Result<impl Iterator<Item = (usize, &'a mut LayerAdapter)> + use<'a>> {
    let count = model.config().layers;
    if layers.is_empty() || layers.end > count {
        let must = format!("at least one of the {count} layers");
        return Err(Error::InvalidOption { name: "layers", must, got: format!("{layers:?}") });
    }
    Ok(layers.clone().zip(&mut adapter.layers[layers]))
}

/// The adapter, which must have numbers.
fn with_numbers(adapter: Adapter) -> Result<Adapter> {
    if adapter.layers.iter().all(|layer| *layer == LayerAdapter::default()) {
        let must = "at least one that this model has".to_owned();
        return Err(Error::InvalidOption { name: "targets", must, got: "none".to_owned() });
    }
    Ok(adapter)
}
