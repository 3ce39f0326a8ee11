//! How the steps of training are divided among threads, and their sums. Every sum has one order, and every number is
//! computed whole by one task, so all builds and all numbers of threads give the same bits.

use wide::f32x4;

use crate::kernels::float::sum;
use crate::kernels::{Pool, load};

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
