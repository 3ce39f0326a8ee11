//! What one token attends to: the weights of its attention in every layer and head, kept while it runs.

use crate::error::{Error, Result, try_vec};
use crate::model::{Config, Tap};

/// How much one token takes from each token up to and including itself: `softmax(q kᵀ / √d)`, which is
/// eq. 1 of Vaswani et al. 2017 without the values, after the causal mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// Which token of the prompt, from 0.
    pub position: usize,
    /// Layers, from the one next to the embedding.
    pub layers: usize,
    /// Heads of queries, in each layer.
    pub heads: usize,
    /// `(layers, heads, position + 1)`. Each row sums to 1.
    pub weights: Vec<f32>,
}

impl Attention {
    /// Room for the weights of the token at `position`.
    pub(crate) fn new(c: &Config, position: usize) -> Result<Attention> {
        let (layers, heads) = (c.layers, c.heads.queries);
        let size = (layers * heads).saturating_mul(position + 1);
        Ok(Attention { position, layers, heads, weights: try_vec(0.0, size, "the attention weights")? })
    }

    /// Refuses what came of a file whose weights are no numbers: NaN is not shown for a share.
    pub(crate) fn check(&self) -> Result<&Attention> {
        match self.weights.iter().all(|weight| weight.is_finite()) {
            true => Ok(self),
            false => Err(Error::corrupt("its weights give no numbers")),
        }
    }
}

impl Tap for Attention {
    fn attention(&mut self, layer: usize) -> Option<&mut [f32]> {
        let size = self.heads * (self.position + 1);
        self.weights.get_mut(layer * size..(layer + 1) * size)
    }
}
