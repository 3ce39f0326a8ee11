//! The slow reference of the kernels. It takes one weight at a time, with the same operations in the same order.

use super::pack::Packed;
use super::rows::Rows;
use super::{Matrix, transposed};

/// `out (tokens, rows) = x (tokens, columns) · Wᵀ`, with the same bits as the fast kernel.
pub fn apply(w: &Packed, x: &Rows, out: &mut [f32]) {
    for token in 0..x.tokens {
        for row in 0..w.rows {
            out[token * w.rows + row] = dot(w, row, x, token);
        }
    }
}

fn dot(w: &Packed, row: usize, x: &Rows, token: usize) -> f32 {
    let mut out = 0.0;
    for first in (0..w.columns).step_by(w.format.block) {
        let (_, x_scale) = x.code(token, first);
        let (scale, min) = w.scale_and_min(row, first);
        let (mut products, mut total) = (0, 0);
        for column in first..first + w.format.block {
            let (code, _) = x.code(token, column);
            products += (w.code(row, column) - w.format.zero) * code;
            total += code;
        }

        out += products as f32 * (scale * x_scale);
        if w.format.has_mins {
            out += min * (x_scale * total as f32);
        }
    }
    out
}

/// `dx (tokens, columns) += g (tokens, rows) · W`, with the same bits as the fast product.
pub fn add_transposed(w: &dyn Matrix, g: &[f32], dx: &mut [f32]) {
    let (rows, columns) = (w.rows(), w.columns());
    let mut weights = vec![0.0; rows * columns];
    for (row, weights) in weights.chunks_exact_mut(columns).enumerate() {
        w.row(row, weights);
    }
    for (g, dx) in g.chunks_exact(rows).zip(dx.chunks_exact_mut(columns)) {
        for (column, dx) in dx.iter_mut().enumerate() {
            for first in (0..rows).step_by(transposed::ROWS) {
                let part = first..rows.min(first + transposed::ROWS);
                *dx += part.fold(0.0, |sum, row| sum + weights[row * columns + column] * g[row]);
            }
        }
    }
}
