//! The slow twin of `simd128`: one weight at a time, the same operations in the same order.

use super::pack::Packed;
use super::rows::{BLOCK, Rows};

/// `out (tokens, rows) = x (tokens, columns) · Wᵀ`, bit for bit what the fast kernel gives.
pub fn apply(w: &Packed, x: &Rows, out: &mut [f32]) {
    for token in 0..x.tokens {
        for row in 0..w.rows {
            out[token * w.rows + row] = dot(w, row, x, token);
        }
    }
}

fn dot(w: &Packed, row: usize, x: &Rows, token: usize) -> f32 {
    let size = w.format.block;
    let mut out = 0.0;
    for block in 0..w.columns / size {
        let (mut products, mut sum) = (0, 0);
        for column in block * size..(block + 1) * size {
            let pair = x.pairs[(token * w.columns + column) / 2];
            let code = if column % 2 == 0 { pair << 16 >> 16 } else { pair >> 16 };
            products += w.code(row, column) * code;
            sum += code;
        }
        let at = row / 4 * (w.columns / size) + block;
        let scale = x.scales[token * (w.columns / BLOCK) + block * size / BLOCK];

        out += (products - w.format.zero * sum) as f32 * (w.scales[at].as_array()[row % 4] * scale);
        if w.format.has_mins {
            out += w.mins[at].as_array()[row % 4] * (scale * sum as f32);
        }
    }
    out
}
