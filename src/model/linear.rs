//! A matrix of weights as a step of the network.

use std::sync::Arc;

use crate::kernels::float::add;
use crate::kernels::{Matrix, Pool, Rows};

/// A linear map, `y = W x + b`.
#[derive(Debug)]
pub struct Linear {
    /// W, `(output, input)`.
    pub matrix: Arc<dyn Matrix>,
    /// b, `(output)`.
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// A linear map without a bias.
    pub fn new(matrix: Arc<dyn Matrix>) -> Linear {
        Linear { matrix, bias: None }
    }

    /// `y (T, output) = x (T, input) · Wᵀ + b`
    pub fn apply(&self, x: &Rows, y: &mut [f32], pool: &Pool) {
        self.matrix.apply(x, y, pool);
        if let Some(bias) = &self.bias {
            y.chunks_exact_mut(bias.len()).for_each(|y| add(y, bias));
        }
    }
}
