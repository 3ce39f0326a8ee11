//! A way for a caller to record what happens inside a pass, and to change it. A pass without a tap costs nothing extra.

use super::Row;
use crate::edits::Edits;

/// A tap on a pass, which asks it at each place that can be recorded. By default it records nothing.
pub(crate) trait Tap {
    /// Memory for the attention weights of a layer, `(heads, slots)`, if they are to be recorded. This works only for
    /// a pass of one row without branches.
    fn attention(&mut self, _layer: usize) -> Option<&mut [f32]> {
        None
    }

    /// How many layers the rows of a batch have passed before. It then writes what they were after these layers to `x`
    /// `(T, n_embd)`; their keys and values in these layers are in the cache.
    fn resume(&mut self, _batch: &[Row], _x: &mut [f32]) -> usize {
        0
    }

    /// After how many layers the pass ends. What it leaves in the cache is then no run of its tokens.
    fn depth(&self) -> usize {
        usize::MAX
    }

    /// Sees the rows `x` `(T, n_embd)` of a batch after `layer` layers, and may change them.
    fn residual(&mut self, _layer: usize, _batch: &[Row], _x: &mut [f32]) {}
}

/// A tap that records nothing.
#[derive(Debug)]
pub(crate) struct NoTap;

impl Tap for NoTap {}

/// Rows that have passed some layers in an earlier run.
#[derive(Debug, Clone)]
pub(crate) struct Resume {
    /// How many layers.
    pub layer: usize,
    /// The position of the first row.
    pub first: usize,
    /// A row for each position from there on, `(n_embd)` each.
    pub rows: Vec<f32>,
}

/// A tap that changes rows before another one records them.
pub(crate) struct Edited<'a> {
    /// The changes.
    pub edits: &'a Edits,
    /// Rows that need not pass the layers below the changes.
    pub resume: Option<&'a Resume>,
    /// The tap that records.
    pub tap: &'a mut dyn Tap,
}

impl Tap for Edited<'_> {
    fn attention(&mut self, layer: usize) -> Option<&mut [f32]> {
        self.tap.attention(layer)
    }

    fn resume(&mut self, batch: &[Row], x: &mut [f32]) -> usize {
        let Some(Resume { layer, first, rows }) = self.resume else { return 0 };
        let size = x.len() / batch.len();
        for (row, x) in batch.iter().zip(x.chunks_exact_mut(size)) {
            x.copy_from_slice(&rows[(row.position() - first) * size..][..size]);
        }
        *layer
    }

    fn depth(&self) -> usize {
        self.tap.depth()
    }

    fn residual(&mut self, layer: usize, batch: &[Row], x: &mut [f32]) {
        if !self.edits.is_empty() {
            for (row, x) in batch.iter().zip(x.chunks_exact_mut(x.len() / batch.len())) {
                self.edits.apply(layer, row.position(), x);
            }
        }
        self.tap.residual(layer, batch, x);
    }
}
