//! The network. It turns tokens into hidden rows, and hidden rows into logits.
//!
//! A [`config`] never changes, and [`weights`] are loaded once. Only the [`Cache`] changes from call to call. An
//! architecture is data in a file of its own in [`arch`]: it says under which names a file holds the sizes and the
//! weights, and which of the parts in [`config`] the network has. `forward.rs` runs it. This module knows nothing of
//! text.

pub mod arch;
pub(crate) mod branches;
pub mod budget;
pub mod config;
mod forward;
mod layer;
mod multi_head;
mod tap;
pub mod weights;

use std::ops::Range;

use crate::cache::Cache;
use crate::error::{Result, try_vec};
use crate::kernels::float::soft_cap;
use crate::kernels::{Compute, Rows};
use config::Block;
pub use config::{Config, Design, Heads};
pub use layer::{Layer, Linear, Norm, Rope};
use multi_head::MultiHead;
pub(crate) use tap::{Edited, NoTap, Resume, Tap};
pub use weights::Weights;

/// Most positions that run together. They share each read of the weights from memory.
pub const CHUNK: usize = 64;

/// A network that can run. It never changes, so many caches can share it.
#[derive(Debug)]
pub struct Model {
    config: Config,
    weights: Weights,
    compute: Compute,
}

impl Model {
    /// Makes a model from its parts.
    pub fn new(config: Config, weights: Weights, compute: Compute) -> Model {
        Model { config, weights, compute }
    }

    /// How it runs.
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Size of a row of logits.
    pub fn vocabulary_size(&self) -> usize {
        self.weights.embedding.rows()
    }

    /// Runs some layers for `ids`, at most [`CHUNK`] of them, after the positions in `cache`. Returns whether these
    /// were the last layers. If not, call it again with the same `ids` and `cache`, or abandon the chunk with
    /// [`Workspace::restart`].
    pub(crate) fn forward(
        &self,
        cache: &mut Cache,
        workspace: &mut Workspace,
        ids: &[u32],
        tap: &mut dyn Tap,
    ) -> Result<bool> {
        let ids = &ids[..ids.len().min(CHUNK)];
        let start = cache.len();
        let row = |(i, &id): (usize, &u32)| Row { id, slot: start + i, ..Row::default() };
        let batch: Vec<Row> = ids.iter().enumerate().map(row).collect();
        Ok(self.run(cache, workspace, &batch, tap)? && {
            cache.commit(ids);
            true
        })
    }

    /// Runs some layers for rows of branches, at most [`CHUNK`] of them, each after the earlier rows of its own branch.
    /// They write to slots after the trunk, which do not count as run. Returns whether these were the last layers, as
    /// [`Model::forward`] does.
    pub(crate) fn branch(
        &self,
        cache: &mut Cache,
        workspace: &mut Workspace,
        batch: &[Row],
        tap: &mut dyn Tap,
    ) -> Result<bool> {
        self.run(cache, workspace, batch, tap)
    }

    fn run(
        &self,
        cache: &mut Cache,
        workspace: &mut Workspace,
        batch: &[Row],
        tap: &mut dyn Tap,
    ) -> Result<bool> {
        forward::forward(&self.config, &self.weights, &self.compute, workspace, cache, batch, tap)
    }

    /// The logits `(T, vocabulary)` of rows `(T, n_embd)` of the residual stream, as if they left the last layer.
    pub fn lens(&self, rows: &[f32]) -> Result<Vec<f32>> {
        let mut hidden = try_vec(0.0, rows.len(), "the lens")?;
        self.weights.output_norm.apply(rows, &mut hidden);
        self.logits(&hidden)
    }

    /// The logits `(T, vocabulary)` of hidden rows `(T, n_embd)`.
    pub fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>> {
        let mut rows = Rows::default();
        rows.quantize(self.config.embedding, hidden, self.compute.precision, &self.compute.pool);
        let mut logits = try_vec(0.0, rows.tokens * self.vocabulary_size(), "the logits")?;
        self.weights.output.apply(&rows, &mut logits, &self.compute.pool);
        let Design { logit_scale, logit_cap, .. } = self.config.design;
        if logit_scale != 1.0 {
            logits.iter_mut().for_each(|logit| *logit *= logit_scale);
        }
        if let Some(cap) = logit_cap {
            soft_cap(&mut logits, cap);
        }
        Ok(logits)
    }
}

/// A token to run, and the slots of the cache that it sees: the trunk, `0..trunk`, its stem, `stem_tokens` slots from
/// `stem` on, and its own branch, `branch..=slot`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Row {
    /// The token.
    pub id: u32,
    /// The slot of the cache for its keys, values and hidden row.
    pub slot: usize,
    /// Length of the trunk.
    pub trunk: usize,
    /// First slot of the stem: `trunk` plus a multiple of [`GROUP`](crate::kernels::dot_product::GROUP), so that each
    /// position stays in its lane.
    pub stem: usize,
    /// Length of the stem, 0 for none.
    pub stem_tokens: usize,
    /// First slot of the branch: the end of the stem plus a multiple of `GROUP`.
    pub branch: usize,
}

impl Row {
    /// Its position in its own text, from 0.
    pub fn position(&self) -> usize {
        self.trunk + self.stem_tokens + self.slot - self.branch
    }

    /// The first slot that it may see behind the trunk.
    pub fn first_behind(&self) -> usize {
        if self.stem_tokens > 0 { self.stem } else { self.branch }
    }

    /// The slots before its own that it does not see if it sees `window` positions: those of the trunk that are too
    /// far away, all between the trunk and the first of its stem that is near enough, and all between the stem and the
    /// first of its branch that is near enough.
    pub fn hidden(&self, window: usize) -> [Range<usize>; 3] {
        let first = (self.position() + 1).saturating_sub(window);
        let in_stem = first.saturating_sub(self.trunk);
        let in_branch = in_stem.saturating_sub(self.stem_tokens);
        [
            0..first.min(self.trunk),
            self.trunk..self.stem + in_stem.min(self.stem_tokens),
            self.stem + self.stem_tokens..self.branch + in_branch,
        ]
    }
}

/// Memory for one chunk, allocated once.
#[derive(Debug)]
pub struct Workspace {
    /// Layers that the current chunk has passed.
    done: usize,
    /// Rows between layers, `(CHUNK, n_embd)`.
    x: Vec<f32>,
    /// Normalized rows, or the output of a matrix, `(CHUNK, n_embd)`.
    h: Vec<f32>,
    /// The input of a layer whose branches are parallel, `(CHUNK, n_embd)`, otherwise empty.
    input: Vec<f32>,
    /// Queries, `(CHUNK, heads · head)`.
    q: Vec<f32>,
    /// Keys, `(CHUNK, kv_heads · head)`.
    k: Vec<f32>,
    /// Values, `(CHUNK, kv_heads · head)`.
    v: Vec<f32>,
    /// Gates of the feed-forward network, `(CHUNK, n_ff)`.
    gate: Vec<f32>,
    /// Values that the gates multiply, `(CHUNK, n_ff)`.
    up: Vec<f32>,
    /// Memory of attention.
    attention: MultiHead,
    /// Rotary angles, `(rotations, CHUNK, rotated / 2)`.
    angles: Vec<(f32, f32)>,
    /// Input of a matrix.
    rows: Rows,
}

impl Workspace {
    /// Memory for chunks of a network with these sizes.
    pub fn new(config: &Config) -> Result<Workspace> {
        let floats = |size: usize| try_vec(0.0, size, "a chunk");
        let is_parallel = config.design.block == Block::Parallel;
        let angles = config.rotations() * CHUNK * (config.rotated() / 2);
        Ok(Workspace {
            done: 0,
            x: floats(CHUNK * config.embedding)?,
            h: floats(CHUNK * config.embedding)?,
            input: floats(if is_parallel { CHUNK * config.embedding } else { 0 })?,
            q: floats(CHUNK * config.heads.query_row())?,
            k: floats(CHUNK * config.heads.kv_row())?,
            v: floats(CHUNK * config.heads.kv_row())?,
            gate: floats(CHUNK * config.feed_forward)?,
            up: floats(CHUNK * config.feed_forward)?,
            attention: MultiHead::new(config.heads)?,
            angles: try_vec((0.0, 0.0), angles, "a chunk")?,
            rows: Rows::default(),
        })
    }

    /// Abandons the current chunk. Returns whether it had passed some layers.
    pub fn restart(&mut self) -> bool {
        std::mem::take(&mut self.done) > 0
    }
}
