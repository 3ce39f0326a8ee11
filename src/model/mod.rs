//! The network: tokens in, hidden rows out, logits for the rows that are asked for.
//!
//! [`config`] never changes, [`weights`] are loaded once, and what changes from call to call is the
//! [`Cache`]. An architecture is data and one file in [`arch`]; `forward.rs` runs it. Text is not
//! known here.

pub mod arch;
pub(crate) mod branches;
pub mod budget;
pub mod config;
mod forward;
mod heads;
mod linear;
mod multi_head;
mod norm;
mod rope;
mod tap;
pub mod weights;

use crate::cache::Cache;
use crate::error::{Result, try_vec};
use crate::kernels::{Compute, Rows};
pub use config::Config;
pub use heads::Heads;
pub use linear::Linear;
use multi_head::MultiHead;
pub use norm::Norm;
pub use rope::Rope;
pub(crate) use tap::{NoTap, Tap};
pub use weights::Weights;

/// Most positions that are run together: each reading of the weights from memory serves them all.
pub const CHUNK: usize = 64;

/// A network that can be run. It does not change, so that many caches can share it.
#[derive(Debug)]
pub struct Model {
    config: Config,
    weights: Weights,
    compute: Compute,
}

impl Model {
    /// Puts the parts together.
    pub fn new(config: Config, weights: Weights, compute: Compute) -> Model {
        Model { config, weights, compute }
    }

    /// How it is run.
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// Its sizes.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What was learnt.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Size of a row of logits.
    pub fn vocabulary_size(&self) -> usize {
        self.weights.embedding.rows()
    }

    /// Runs `ids`, at most [`CHUNK`] of them, behind the positions that `cache` holds: some layers, and
    /// returns whether these were the last. If not, call it again with the same `ids` and `cache`, or
    /// give them up with [`Workspace::restart`].
    pub fn forward(&self, cache: &mut Cache, workspace: &mut Workspace, ids: &[u32]) -> Result<bool> {
        self.forward_tapped(cache, workspace, ids, &mut NoTap)
    }

    /// The same, with what `tap` wants to see of it.
    pub(crate) fn forward_tapped(
        &self,
        cache: &mut Cache,
        workspace: &mut Workspace,
        ids: &[u32],
        tap: &mut dyn Tap,
    ) -> Result<bool> {
        let ids = &ids[..ids.len().min(CHUNK)];
        let start = cache.len();
        let row = |(i, &id): (usize, &u32)| Row { id, slot: start + i, trunk: 0, branch: 0 };
        let batch: Vec<Row> = ids.iter().enumerate().map(row).collect();
        Ok(self.run(cache, workspace, &batch, tap)? && {
            cache.commit(ids);
            true
        })
    }

    /// Runs rows of branches, at most [`CHUNK`] of them, each behind those of its own branch. The
    /// slots behind the trunk are written to and count as not run.
    pub(crate) fn branch(&self, cache: &mut Cache, workspace: &mut Workspace, batch: &[Row]) -> Result<()> {
        while !self.run(cache, workspace, batch, &mut NoTap)? {}
        Ok(())
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

    /// The logits `(T, vocabulary)` of hidden rows `(T, n_embd)`.
    pub fn logits(&self, hidden: &[f32]) -> Result<Vec<f32>> {
        let mut rows = Rows::default();
        rows.quantize(self.config.embedding, hidden, self.compute.precision, &self.compute.pool);
        let mut logits = try_vec(0.0, rows.tokens * self.vocabulary_size(), "the logits")?;
        self.weights.output.apply(&rows, &mut logits, &self.compute.pool);
        Ok(logits)
    }
}

/// A token on its way through the network, and what it sees: the trunk, which is slots `0..trunk` of
/// the cache, and behind it its own branch, which is slots `branch..=slot`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Row {
    /// The token.
    pub id: u32,
    /// Where in the cache its keys, values and hidden row are written.
    pub slot: usize,
    /// Length of the trunk.
    pub trunk: usize,
    /// First slot of the branch: `trunk` and a multiple of
    /// [`GROUP`](crate::kernels::dot_product::GROUP), so that positions keep their lanes.
    pub branch: usize,
}

impl Row {
    /// Its place in its own text, from 0.
    pub fn position(&self) -> usize {
        self.trunk + self.slot - self.branch
    }
}

/// Memory for one chunk, set aside once.
#[derive(Debug)]
pub struct Workspace {
    /// Layers that the chunk under way has behind it.
    done: usize,
    /// The rows between the layers, `(CHUNK, n_embd)`.
    x: Vec<f32>,
    /// A normalised row, or the output of a matrix, `(CHUNK, n_embd)`.
    h: Vec<f32>,
    /// `(CHUNK, heads · head)`.
    q: Vec<f32>,
    /// `(CHUNK, kv_heads · head)`.
    k: Vec<f32>,
    /// `(CHUNK, kv_heads · head)`.
    v: Vec<f32>,
    /// `(CHUNK, n_ff)`.
    gate: Vec<f32>,
    /// `(CHUNK, n_ff)`.
    up: Vec<f32>,
    /// What attention needs.
    attention: MultiHead,
    /// Rotary angles, `(CHUNK, rotated / 2)`.
    angles: Vec<(f32, f32)>,
    /// The input of a matrix.
    rows: Rows,
}

impl Workspace {
    /// Memory for chunks of a network with these sizes.
    pub fn new(config: &Config) -> Result<Workspace> {
        let floats = |size: usize| try_vec(0.0, size, "a chunk");
        Ok(Workspace {
            done: 0,
            x: floats(CHUNK * config.embedding)?,
            h: floats(CHUNK * config.embedding)?,
            q: floats(CHUNK * config.heads.query_row())?,
            k: floats(CHUNK * config.heads.kv_row())?,
            v: floats(CHUNK * config.heads.kv_row())?,
            gate: floats(CHUNK * config.feed_forward)?,
            up: floats(CHUNK * config.feed_forward)?,
            attention: MultiHead::new(config.heads)?,
            angles: try_vec((0.0, 0.0), CHUNK * config.rotated / 2, "a chunk")?,
            rows: Rows::default(),
        })
    }
    /// Gives up the chunk under way.
    pub fn restart(&mut self) {
        self.done = 0;
    }
}
