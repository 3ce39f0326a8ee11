//! The attention weights of one token in every layer and head, recorded while the token runs.

use crate::error::{Error, Result, try_vec};
use crate::model::{Config, Tap};

/// The attention weights of one token for each token up to and including itself: `softmax(q kᵀ / √d)`, which is
/// eq. 1 of Vaswani et al. 2017 without the values, after the causal mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Attention {
    /// Index of the token in the prompt, from 0.
    pub position: usize,
    /// Number of layers. The first one is next to the embedding.
    pub layers: usize,
    /// Number of query heads in each layer.
    pub heads: usize,
    /// `(layers, heads, position + 1)`. Each row sums to 1.
    pub weights: Vec<f32>,
}

impl Attention {
    /// Memory for the weights of the token at `position`.
    pub(crate) fn new(c: &Config, position: usize) -> Result<Attention> {
        let (layers, heads) = (c.layers, c.heads.queries);
        let size = (layers * heads).saturating_mul(position + 1);
        Ok(Attention { position, layers, heads, weights: try_vec(0.0, size, "the attention weights")? })
    }

    /// Refuses weights that are not finite. They come from a file whose own weights are not numbers.
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
