//! What an adapter does to rows. Every sum has one fixed order, so every build and every number of threads gives the
//! same bits.

use wide::f32x4;

use super::{Gain, LowRank, MAX_RANK, Target, Tuning};
use crate::kernels::float::{add_scaled, sum};
use crate::kernels::{Pool, Rows};

impl Tuning {
    /// `y (T, output) += s · B(Ax)` with LoRA's map beside a matrix, if there is one. It reads the values of `x`, which
    /// are not rounded.
    pub(crate) fn add(&self, layer: usize, target: Target, x: &Rows, y: &mut [f32], pool: &Pool) {
        let Tuning { adapter, scale } = self;
        if let Some(map) = adapter.layers[layer].low_rank(target) {
            add_low_rank(map, adapter.factor(map.rank) * scale, &x.values, y, pool);
        }
    }

    /// Multiplies each row of `x (T, size)` by (IA)³'s factors, if there are some: by the factors themselves at scale
    /// 1, and by factors that are nearer to 1 or farther from it at another scale.
    pub(crate) fn multiply(&self, layer: usize, gain: Gain, x: &mut [f32]) {
        if let Some(gain) = self.adapter.layers[layer].gain(gain) {
            multiply(gain, self.scale, x);
        }
    }
}

/// `y (T, output) += factor · x (T, input) Aᵀ Bᵀ`
///
/// `Ax` is summed in four lanes, and `y + (factor · Ax)₁ · B₁ + …` from left to right.
fn add_low_rank(map: &LowRank, factor: f32, x: &[f32], y: &mut [f32], pool: &Pool) {
    let (input, output) = (map.input(), map.output());
    let all = y.len();
    pool.stripes(y, all, output, &|mut stripe| {
        let token = stripe.columns().start / output;
        let mut inner = [0.0; MAX_RANK];
        let inner = &mut inner[..map.rank];
        project(&map.a, &x[token * input..][..input], inner);
        inner.iter_mut().for_each(|x| *x *= factor);
        let y = stripe.row(0);
        for (column, x) in map.b.chunks_exact(output).zip(inner) {
            add_scaled(y, column, *x);
        }
    });
}

/// `inner = A x`
pub(crate) fn project(a: &[f32], x: &[f32], inner: &mut [f32]) {
    let last = inner.len() - 1;
    // Four rows of A together, so that four sums run at once. After the last row comes the last row again.
    for (first, inner) in (0..).step_by(4).zip(inner.chunks_mut(4)) {
        let row = |index: usize| &a[last.min(first + index) * x.len()..][..x.len()];
        let sums = dots([row(0), row(1), row(2), row(3)], x);
        inner.copy_from_slice(&sums[..inner.len()]);
    }
}

/// The dot products of four rows with `x`.
fn dots(rows: [&[f32]; 4], x: &[f32]) -> [f32; 4] {
    let (lanes, tail) = x.as_chunks::<4>();
    let [(a, a_tail), (b, b_tail), (c, c_tail), (d, d_tail)] = rows.map(<[f32]>::as_chunks::<4>);
    let mut sums = [f32x4::ZERO; 4];
    for ((((x, a), b), c), d) in lanes.iter().zip(a).zip(b).zip(c).zip(d) {
        let x = f32x4::new(*x);
        for (sum, row) in sums.iter_mut().zip([a, b, c, d]) {
            *sum += f32x4::new(*row) * x;
        }
    }
    let mut dots = sums.map(sum);
    for (dot, row) in dots.iter_mut().zip([a_tail, b_tail, c_tail, d_tail]) {
        row.iter().zip(tail).for_each(|(row, x)| *dot += row * x);
    }
    dots
}

/// `row = row ⊙ (1 + scale · (gain − 1))` for each row of `x`.
pub(crate) fn multiply(gain: &[f32], scale: f32, x: &mut [f32]) {
    let scale = f64::from(scale);
    for row in x.chunks_exact_mut(gain.len()) {
        for (x, &gain) in row.iter_mut().zip(gain) {
            *x *= (1.0 + scale * (f64::from(gain) - 1.0)) as f32;
        }
    }
}
