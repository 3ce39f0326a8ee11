//! Examples that run together: how many, and what does not depend on a layer.

use std::ops::Range;

use super::example::Examples;
use super::pass::PLACES;
use crate::kernels::float::add_scaled;
use crate::model::budget::multiplications;
use crate::model::{Config, Model, Rope};

/// Multiplications of a layer for the tokens that run together. An example that is longer runs alone.
const WORK: u64 = 1 << 29;
/// Most tokens that run together.
const MOST_TOKENS: usize = 256;
/// Fewer rows than these take hardly less time, because their weights become floats first.
const LEAST_ROWS: usize = 8;

/// Most tokens of a network of these sizes that run together, if an example is not longer.
pub(super) fn most_tokens(config: &Config) -> usize {
    usize::try_from(WORK / multiplications(config, 0).max(1)).unwrap_or(MOST_TOKENS).min(MOST_TOKENS)
}

/// Rows of a batch that pass a piece of a layer at once. They are all, but for an example that runs alone.
pub(super) fn most_rows(config: &Config) -> usize {
    most_tokens(config).max(LEAST_ROWS)
}

/// About how many bytes a pass of these examples and back takes at most, with the first layer that is trained, beside the
/// adapter's numbers.
pub(super) fn bytes(model: &Model, examples: &Examples, start: usize) -> u64 {
    let c = model.config();
    let tokens = |group: &Range<usize>| {
        examples.sequences[group.clone()].iter().map(|sequence| sequence.ids.len() as u64).sum::<u64>()
    };
    let all: u64 = examples.groups.iter().map(tokens).sum();
    let longest = examples.groups.iter().map(tokens).max().unwrap_or(0);
    let together = longest.max(all.min(most_tokens(c) as u64));

    let [row, inner, layers] = [c.embedding, c.feed_forward, c.layers - start].map(|size| size as u64);
    let [q, kv] = [c.heads.query_row(), c.heads.kv_row()].map(|size| size as u64);
    // What is kept of each layer, and the tape.
    let of_token = row * (2 * layers + 2) + (5 * row + 5 * q + 6 * kv + 3 * inner);
    // What the way back needs at the same time.
    let of_row = 3 * row + 2 * q + 3 * kv + 3 * inner;
    let rows = together.min(most_rows(c) as u64);
    let logits = 3 * PLACES as u64 * model.vocabulary_size() as u64;
    let frozen = if start > 0 { all * row } else { 0 };
    (together * of_token + rows * of_row + logits + frozen).saturating_mul(size_of::<f32>() as u64)
}

/// Examples that run together, one after the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// The tokens of all, T of them.
    pub ids: Vec<u32>,
    /// How many of them each example has.
    pub lengths: Vec<usize>,
    /// Rotary angles, `(rotations, T, rotated / 2)`.
    angles: Vec<Vec<(f32, f32)>>,
}

impl Batch {
    /// A batch of these examples.
    pub fn new<'a>(model: &Model, examples: impl Iterator<Item = &'a [u32]>) -> Batch {
        let mut batch = Batch::default();
        for ids in examples {
            batch.ids.extend(ids);
            batch.lengths.push(ids.len());
        }
        let half = model.config().rotated() / 2;
        for rope in &model.weights().ropes {
            let mut angles = vec![(0.0, 0.0); batch.ids.len() * half];
            let positions = batch.lengths.iter().flat_map(|&length| 0..length);
            for (position, angles) in positions.zip(angles.chunks_exact_mut(half.max(1))) {
                rope.angles(position, angles);
            }
            batch.angles.push(angles);
        }
        batch
    }

    /// x = scale · E\[id\], plus P\[position\] if positions are learned: what the first layer receives, `(T, n_embd)`.
    pub fn embed(&self, model: &Model, x: &mut [f32]) {
        let (c, w) = (model.config(), model.weights());
        let mut learned = vec![0.0; c.embedding];
        let positions = self.lengths.iter().flat_map(|&length| 0..length);
        for ((&id, position), x) in self.ids.iter().zip(positions).zip(x.chunks_exact_mut(c.embedding)) {
            w.embedding.row(id as usize, x);
            x.iter_mut().for_each(|x| *x *= c.design.embedding_scale);
            if let Some(rows) = &w.positions {
                rows.row(position, &mut learned);
                add_scaled(x, &learned, 1.0);
            }
        }
    }

    /// Calls `rotate` with the angles of each of the rows, from row `first` on, each `size` long, if the layer rotates.
    pub fn rotate(
        &self,
        model: &Model,
        layer: usize,
        size: usize,
        first: usize,
        rows: &mut [f32],
        rotate: impl Fn(&Rope, &[(f32, f32)], &mut [f32]),
    ) {
        let half = model.config().rotated() / 2;
        if let Some(rotation) = model.config().rotation(layer)
            && half > 0
        {
            let rope = &model.weights().ropes[rotation];
            let angles = self.angles[rotation].chunks_exact(half).skip(first);
            for (angles, row) in angles.zip(rows.chunks_exact_mut(size)) {
                rotate(rope, angles, row);
            }
        }
    }
}
