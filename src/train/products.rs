//! Products of small matrices of floats, and of gradients with the transposed weights. Every sum has one order, and every
//! number is computed whole by one task, so all builds and all numbers of threads give the same bits.

use wide::f32x4;

use crate::kernels::float::{add_scaled, sum};
use crate::kernels::{Matrix, Pool, load};

/// Tokens in one task of a thread.
const TOKENS: usize = 16;

/// Runs a task for each of `items` on all threads.
pub(super) fn each<T: Send>(pool: &Pool, items: &mut [T], task: &(dyn Fn(&mut T) + Sync)) {
    if !items.is_empty() {
        let count = items.len();
        pool.stripes(items, count, 1, &|mut stripe| task(&mut stripe.row(0)[0]));
    }
}

/// `a · b`
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (lanes, others) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f32 = lanes.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    sum(lanes.zip(others).fold(f32x4::ZERO, |sum, (a, b)| sum + load(a) * load(b))) + tail
}

/// `dx (T, input) += g (T, output) · W`, the gradient of the product with the weights as floats. The rounding of
/// activations in the forward pass counts as no change (Bengio et al. 2013, the straight-through estimator).
pub(super) fn transposed(matrix: &dyn Matrix, g: &[f32], tokens: usize, dx: &mut [f32], pool: &Pool) {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    assert!(g.len() == tokens * rows && dx.len() == tokens * columns, "{tokens} tokens");
    let mut tasks: Vec<_> = dx.chunks_mut(TOKENS * columns).zip(g.chunks(TOKENS * rows)).collect();
    each(pool, &mut tasks, &|(dx, g)| {
        let mut weights = vec![0.0; columns];
        for row in 0..rows {
            matrix.row(row, &mut weights);
            for (dx, g) in dx.chunks_exact_mut(columns).zip(g.chunks_exact(rows)) {
                add_scaled(dx, &weights, g[row]);
            }
        }
    });
}
