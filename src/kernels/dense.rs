//! Weights that are floats in the file. F32, F16 and BF16 are all exact in 32 bits.

use half::{bf16, f16};
use wide::f32x4;

use super::{Matrix, Pool, Rows, grow, reserve, transposed};
use crate::error::Result;
use crate::gguf::TensorType;

/// Rows that are interleaved.
const LANES: usize = 4;

/// A matrix of floats, in which four rows at a time are interleaved.
#[derive(Debug)]
pub struct Dense {
    dtype: TensorType,
    rows: usize,
    columns: usize,
    /// Rows that are there, the first ones.
    filled: usize,
    /// `(rows / 4, columns)`, with a lane for each row.
    weights: Vec<f32x4>,
}

impl Dense {
    /// A matrix of `rows × columns` floats of type `dtype` without its rows, which [`Matrix::push`] adds. It gets the
    /// memory for all of them now if that is asked for `at_once`, and otherwise as they come.
    pub fn new(dtype: TensorType, rows: usize, columns: usize, at_once: bool) -> Result<Dense> {
        let most = rows.div_ceil(LANES) * columns;
        let mut weights = Vec::new();
        reserve(&mut weights, if at_once { most } else { 0 }, most)?;
        Ok(Dense { dtype, rows, columns, filled: 0, weights })
    }

    /// Bytes of a matrix of this size.
    pub fn bytes(rows: usize, columns: usize) -> u64 {
        (columns as u64).saturating_mul(size_of::<f32x4>() as u64).saturating_mul(rows.div_ceil(LANES) as u64)
    }
}

/// Groups of four rows that run together, because their sums are independent of each other.
const GROUPS: usize = 4;

impl Matrix for Dense {
    fn push<'a>(&mut self, rows: &'a [u8]) -> Result<&'a [u8]> {
        let size = self.dtype.block().1;
        let (rows, rest) = rows.split_at(rows.len().min((self.rows - self.filled) * self.columns * size));
        let vectors = |rows: usize| rows.div_ceil(LANES) * self.columns;
        let first = self.filled * self.columns;
        self.filled += rows.len() / size / self.columns;
        grow(&mut self.weights, vectors(self.filled), vectors(self.rows))?;
        for (at, bytes) in (first..).zip(rows.chunks_exact(size)) {
            let value = match *bytes {
                [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
                [a, b] if self.dtype == TensorType::F16 => f16::from_le_bytes([a, b]).to_f32(),
                [a, b] => bf16::from_le_bytes([a, b]).to_f32(),
                _ => 0.0,
            };
            let (row, column) = (at / self.columns, at % self.columns);
            self.weights[row / LANES * self.columns + column].as_mut_array()[row % LANES] = value;
        }
        Ok(rest)
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn apply(&self, x: &Rows, out: &mut [f32], pool: &Pool) {
        pool.stripes(out, self.rows, GROUPS * LANES, &|mut stripe| {
            let rows = stripe.columns();
            let weights = &self.weights[rows.start / LANES * self.columns..];
            let weights = &weights[..rows.len().div_ceil(LANES) * self.columns];
            for (token, x) in x.values.chunks_exact(self.columns).enumerate() {
                let mut sums = [f32x4::ZERO; GROUPS];
                if weights.len() == GROUPS * self.columns {
                    for (column, &x) in x.iter().enumerate() {
                        let x = f32x4::splat(x);
                        for (g, sum) in sums.iter_mut().enumerate() {
                            *sum += weights[g * self.columns + column] * x;
                        }
                    }
                } else {
                    for (sum, weights) in sums.iter_mut().zip(weights.chunks_exact(self.columns)) {
                        for (&weight, &x) in weights.iter().zip(x) {
                            *sum += weight * f32x4::splat(x);
                        }
                    }
                }
                let sums: [f32; GROUPS * LANES] = bytemuck::cast(sums);
                stripe.row(token).copy_from_slice(&sums[..rows.len()]);
            }
        });
    }

    fn add_transposed(&self, g: &[f32], dx: &mut [f32], pool: &Pool) {
        transposed::add((self.rows, self.columns), g, dx, pool, &|row, column, out| {
            let groups =
                self.weights.chunks_exact(self.columns).skip(row / LANES).take(transposed::ROWS / LANES);
            for (row, weights) in (0..).step_by(LANES).zip(groups) {
                let weights = &weights[column..];
                for (column, weights) in (0..transposed::COLUMNS).step_by(4).zip(weights.chunks(4)) {
                    let mut columns = [f32x4::ZERO; 4];
                    columns[..weights.len()].copy_from_slice(weights);
                    out.set(row, column, columns);
                }
            }
        });
    }

    fn row(&self, row: usize, out: &mut [f32]) {
        let weights = &self.weights[row / LANES * self.columns..][..self.columns];
        for (out, weights) in out.iter_mut().zip(weights) {
            *out = weights.as_array()[row % LANES];
        }
    }
}
