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
#[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
mod relaxed;
pub mod rows;
pub mod scalar;
mod simd128;
pub mod threads;
mod transposed;

use bytemuck::Zeroable;
use wide::f32x4;

use crate::error::{Error, Result};
use crate::gguf::TensorType;
pub use dense::Dense;
use pack::STRIP;
pub use pack::{Format, Packed};
#[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
use relaxed as kernel;
pub use rows::{Precision, Rows};
#[cfg(not(all(target_arch = "wasm32", feature = "relaxed")))]
use simd128 as kernel;
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
    /// Adds the next rows, whole ones, as they are in the file, and returns those of another matrix after the last.
    fn push<'a>(&mut self, rows: &'a [u8]) -> Result<&'a [u8]>;
    /// Number of rows, the output size.
    fn rows(&self) -> usize;
    /// Number of columns, the input size.
    fn columns(&self) -> usize;
    /// `out (tokens, rows) = x (tokens, columns) · Wᵀ`.
    fn apply(&self, x: &Rows, out: &mut [f32], pool: &Pool);
    /// `dx (tokens, columns) += g (tokens, rows) · W`, with the weights as floats.
    fn add_transposed(&self, g: &[f32], dx: &mut [f32], pool: &Pool);
    /// One row of weights as floats, such as the embedding of a token.
    fn row(&self, row: usize, out: &mut [f32]);
}

/// The matrix of a tensor of type `dtype`, before [`Matrix::push`] adds its rows. It gets the memory for all of them now
/// if that is asked for `at_once`, and otherwise gets more as they come, because a file may promise more than it has.
pub fn matrix(dtype: TensorType, rows: usize, columns: usize, at_once: bool) -> Result<Box<dyn Matrix>> {
    Ok(match Format::of(dtype) {
        Some(format) => Box::new(Packed::new(format, rows, columns, at_once)?),
        None => Box::new(Dense::new(dtype, rows, columns, at_once)?),
    })
}

/// Fewest vectors that a matrix gets memory for, unless it has fewer: 16 MB.
const FIRST_VECTORS: usize = 1 << 20;

/// Makes room for `len` vectors in a matrix that will have `most` of them. What grows becomes four times as large,
/// because WebAssembly's memory keeps the room of every earlier size.
fn reserve<T>(vectors: &mut Vec<T>, len: usize, most: usize) -> Result<()> {
    let capacity = vectors.capacity();
    if len > capacity {
        let wanted = len.max(capacity.saturating_mul(4).max(FIRST_VECTORS).min(most));
        vectors.try_reserve_exact(wanted - vectors.len()).map_err(|_| Error::OutOfMemory {
            what: "the weights",
            bytes: wanted as u64 * size_of::<T>() as u64,
        })?;
    }
    Ok(())
}

/// Makes a matrix that will have `most` vectors `len` long, with zeros in the new ones.
fn grow<T: Clone + Zeroable>(vectors: &mut Vec<T>, len: usize, most: usize) -> Result<()> {
    reserve(vectors, len, most)?;
    vectors.resize(len, T::zeroed());
    Ok(())
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
    let mut matrix = matrix(dtype, 1, len, true)?;
    matrix.push(bytes)?;
    let mut out = vec![0.0; len];
    matrix.row(0, &mut out);
    Ok(out)
}

impl Matrix for Packed {
    fn push<'a>(&mut self, rows: &'a [u8]) -> Result<&'a [u8]> {
        Packed::push(self, rows)
    }

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

    fn add_transposed(&self, g: &[f32], dx: &mut [f32], pool: &Pool) {
        transposed::add((self.rows, self.columns), g, dx, pool, &|row, column, out| {
            transposed::packed(self, row, column, out);
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
