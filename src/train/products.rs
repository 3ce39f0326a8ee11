//! How the steps of training are divided among threads, and their sums. Every sum has one order, and every number is
//! computed whole by one task, so all builds and all numbers of threads give the same bits.

use wide::f32x4;

use crate::kernels::float::{add_scaled, sum};
use crate::kernels::{Pool, load};

/// Runs a task for each of `items` on all threads.
pub(super) fn each<T: Send>(pool: &Pool, items: &mut [T], task: &(dyn Fn(&mut T) + Sync)) {
    if !items.is_empty() {
        let count = items.len();
        pool.stripes(items, count, 1, &|mut stripe| task(&mut stripe.row(0)[0]));
    }
}

/// Elements in one task of a thread.
const TASK: usize = 4096;

/// Runs `task(first, rows)` for some of the rows `(T, size)` at a time on all threads. `first` is the index of the first of
/// them.
pub(super) fn each_rows(
    pool: &Pool,
    size: usize,
    rows: &mut [f32],
    task: &(dyn Fn(usize, &mut [f32]) + Sync),
) {
    let at_once = (TASK / size).max(1);
    let mut tasks: Vec<_> = rows.chunks_mut(at_once * size).enumerate().collect();
    each(pool, &mut tasks, &|(index, rows)| task(*index * at_once, rows));
}

/// `a · b`, in eight lanes.
#[inline(always)]
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (lanes, others) = (a.chunks_exact(8), b.chunks_exact(8));
    let tail: f32 = lanes.remainder().iter().zip(others.remainder()).map(|(a, b)| a * b).sum();
    let mut sums = [f32x4::ZERO; 2];
    for (a, b) in lanes.zip(others) {
        sums[0] += load(a) * load(b);
        sums[1] += load(&a[4..]) * load(&b[4..]);
    }
    sum(sums[0] + sums[1]) + tail
}

/// `y += Σ w x`, over some rows `x (rows, size)` and their weights, row by row in each element.
pub(super) fn add_rows(y: &mut [f32], rows: &[f32], weights: &[f32]) {
    let size = y.len();
    let mut fours = rows.chunks_exact(4 * size);
    let mut weights = weights.chunks_exact(4);
    // Four rows share a read and a write of y.
    for (rows, weights) in fours.by_ref().zip(weights.by_ref()) {
        let (first, rest) = rows.split_at(size);
        let (second, rest) = rest.split_at(size);
        let (third, fourth) = rest.split_at(size);
        for ((((y, a), b), c), d) in y.iter_mut().zip(first).zip(second).zip(third).zip(fourth) {
            *y = *y + weights[0] * a + weights[1] * b + weights[2] * c + weights[3] * d;
        }
    }
    for (row, weight) in fours.remainder().chunks_exact(size).zip(weights.remainder()) {
        add_scaled(y, row, *weight);
    }
}
