//! The rows of the residual stream at some layers and positions, recorded while the tokens run, and what the model
//! would say if it ended at such a layer.

use crate::distribution::{Candidate, Distribution};
use crate::error::{Error, Result, try_vec};
use crate::model::{Model, Row, Tap};
use crate::prediction::Prediction;

/// Rows of the residual stream. What the layers mean is said in [`edits`](crate::edits).
#[derive(Debug, Clone, PartialEq)]
pub struct States {
    /// The layers, from 0 to the number of layers.
    pub layers: Vec<usize>,
    /// The positions, from 0.
    pub positions: Vec<usize>,
    /// Size of a row, `n_embd`.
    pub size: usize,
    /// `(layers, positions, n_embd)`.
    pub rows: Vec<f32>,
}

impl States {
    /// Memory for rows of `size` at all of these layers and positions.
    pub(crate) fn new(layers: &[usize], positions: &[usize], size: usize) -> Result<States> {
        let rows = layers.len().saturating_mul(positions.len()).saturating_mul(size);
        let rows = try_vec(0.0, rows, "the states")?;
        Ok(States { layers: layers.to_vec(), positions: positions.to_vec(), size, rows })
    }

    /// The row at a layer and a position, by their indices in the lists.
    pub fn row(&self, layer: usize, position: usize) -> &[f32] {
        &self.rows[(layer * self.positions.len() + position) * self.size..][..self.size]
    }

    /// Refuses rows that are not finite. They come from a file whose weights are not numbers.
    pub(crate) fn check(&self) -> Result<&States> {
        match self.rows.iter().all(|x| x.is_finite()) {
            true => Ok(self),
            false => Err(Error::corrupt("its weights give no numbers")),
        }
    }
}

impl Tap for States {
    fn residual(&mut self, layer: usize, batch: &[Row], x: &mut [f32]) {
        let States { layers, positions, size, rows } = self;
        for (asked, rows) in layers.iter().zip(rows.chunks_exact_mut(positions.len() * *size)) {
            if *asked != layer {
                continue;
            }
            for (position, place) in positions.iter().zip(rows.chunks_exact_mut(*size)) {
                if let Some(index) = batch.iter().position(|row| row.position() == *position) {
                    place.copy_from_slice(&x[index * *size..][..*size]);
                }
            }
        }
    }
}

/// Records states in a pass that ends after the highest of their layers.
pub(crate) struct Shallow<'a>(pub &'a mut States);

impl Tap for Shallow<'_> {
    fn depth(&self) -> usize {
        self.0.layers.iter().copied().max().unwrap_or(0)
    }

    fn residual(&mut self, layer: usize, batch: &[Row], x: &mut [f32]) {
        self.0.residual(layer, batch, x);
    }
}

/// The logit lens at one layer and position (nostalgebraist 2020): `softmax(W_U · norm(h))`, the distribution that the
/// model would give if the row `h` left its last layer. At the last layer it is the model's own. In early layers it is
/// biased, because they were not trained to be read this way (Belrose et al. 2023, §2).
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The most probable tokens, and the rest.
    pub prediction: Prediction,
    /// The tokens that were asked for.
    pub asked: Vec<Candidate>,
    /// `KL(final ‖ this)` in nats: how far the model's own distribution at this position is from this one.
    pub divergence: f64,
}

/// The readings of rows `(n, n_embd)` of the residual stream. `hidden` is the normalized last row of their position.
pub(crate) fn read(
    model: &Model,
    rows: &[f32],
    hidden: &[f32],
    top_k: usize,
    ids: &[u32],
) -> Result<Vec<Reading>> {
    let last = Distribution::from_logits(model.logits(hidden)?)?;
    let mut readings = Vec::new();
    for logits in model.lens(rows)?.chunks_exact(model.vocabulary_size()) {
        let distribution = Distribution::from_logits(logits.to_vec())?;
        readings.push(Reading {
            prediction: Prediction::new(&distribution, top_k),
            asked: ids.iter().map(|&id| distribution.candidate(id)).collect(),
            divergence: last.divergence(&distribution),
        });
    }
    Ok(readings)
}
