//! The arithmetic: products of matrices of weights and rows of activations, and the steps between them.
//!
//! The code uses vectors of four lanes from the `wide` crate, in one fixed order of operations. So SSE2, NEON without
//! fusing and WebAssembly's simd128 give the same bits, however many rows run together. Tests compare it with the
//! slow reference in `scalar`.

mod blocks;
mod code_books;
mod dense;
pub mod dot_product;
pub mod float;
mod grids;
pub mod pack;
pub mod rows;
pub mod scalar;
pub mod threads;
#[cfg_attr(all(target_arch = "wasm32", feature = "relaxed"), path = "relaxed.rs")]
#[cfg_attr(not(all(target_arch = "wasm32", feature = "relaxed")), path = "simd128.rs")]
mod kernel;

use std::sync::Arc;

use wide::f32x4;

use crate::error::Result;
use crate::gguf::TensorType;
pub use dense::Dense;
use pack::STRIP;
pub use pack::{Format, Packed};
pub use rows::{Precision, Rows};
pub use threads::{Pool, Stripe};

/// How products are computed.
#[derive(Debug)]
pub struct Compute {
    /// The threads among which rows of matrices and heads of attention are divided.
    pub pool: Pool,
    /// How finely activations are rounded where the network leaves the choice.
    pub precision: Precision,
}

impl Default for Compute {
    /// One thread and 8 bits.
    fn default() -> Compute {
        Compute { pool: Pool::new(1), precision: Precision::Eight }
    }
}

/// Rows of a matrix in one task of a thread.
const TASK: usize = 2 * STRIP;

/// A matrix of weights, `(rows, columns)`.
pub trait Matrix: Send + Sync + std::fmt::Debug {
    /// Number of rows, the output size.
    fn rows(&self) -> usize;
    /// Number of columns, the input size.
    fn columns(&self) -> usize;
    /// `out (tokens, rows) = x (tokens, columns) · Wᵀ`.
    fn apply(&self, x: &Rows, out: &mut [f32], pool: &Pool);
    /// One row of weights as floats, such as the embedding of a token.
    fn row(&self, row: usize, out: &mut [f32]);
}

/// The matrix in the bytes of a tensor of type `dtype`.
pub fn matrix(dtype: TensorType, rows: usize, columns: usize, bytes: &[u8]) -> Result<Arc<dyn Matrix>> {
    Ok(match Format::of(dtype) {
        Some(format) => Arc::new(Packed::new(format, rows, columns, bytes)?),
        None => Arc::new(Dense::new(dtype, rows, columns, bytes)?),
    })
}

/// Bytes that the matrix of such a tensor takes in memory. They have 64 bits, because they may not fit into that of
/// WebAssembly.
pub fn packed_bytes(dtype: TensorType, rows: usize, columns: usize) -> u64 {
    match Format::of(dtype) {
        Some(format) => format.packed_bytes(rows, columns),
        None => Dense::bytes(rows, columns),
    }
}

/// A vector of weights as floats, from the bytes of a tensor of type `dtype`.
pub fn vector(dtype: TensorType, len: usize, bytes: &[u8]) -> Result<Vec<f32>> {
    let matrix = matrix(dtype, 1, len, bytes)?;
    let mut out = vec![0.0; len];
    matrix.row(0, &mut out);
    Ok(out)
}

impl Matrix for Packed {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn apply(&self, x: &Rows, out: &mut [f32], pool: &Pool) {
        pool.stripes(out, self.rows, TASK, &|mut stripe| {
            let rows = stripe.columns();
            for first in rows.clone().step_by(STRIP) {
                kernel::strip(self, x, first / STRIP, |token, row, values| {
                    let out = &mut stripe.row(token)[first - rows.start..];
                    if let Some(out) = out.get_mut(row..row + values.len()) {
                        // Copies four at a time, because a copy of unknown length is a call.
                        for (out, values) in out.chunks_exact_mut(4).zip(values.chunks_exact(4)) {
                            out.copy_from_slice(&[values[0], values[1], values[2], values[3]]);
                        }
                    } else {
                        out.iter_mut().skip(row).zip(values).for_each(|(out, value)| *out = *value);
                    }
                });
            }
        });
    }

    fn row(&self, row: usize, out: &mut [f32]) {
        for (column, out) in out.iter_mut().enumerate() {
            *out = self.weight(row, column);
        }
    }
}

/// The first four values of `x`.
#[inline(always)]
pub(crate) fn load(x: &[f32]) -> f32x4 {
    f32x4::new([x[0], x[1], x[2], x[3]])
}
