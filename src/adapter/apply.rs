//! What an adapter does to rows. Every sum has one fixed order, so every build and every number of threads gives the
//! same bits.

use wide::f32x4;

use super::{Gain, LowRank, MAX_RANK, Target, Tuning};
use crate::kernels::float::sum;
use crate::kernels::{Pool, Rows, load};

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
        expand(&map.b, inner, stripe.row(0));
    });
}

/// `inner = A x`
pub(crate) fn project(a: &[f32], x: &[f32], inner: &mut [f32]) {
    // Four rows of A together, so that four sums run at once.
    for (rows, inner) in a.chunks(4 * x.len()).zip(inner.chunks_mut(4)) {
        if let [first, second, third, fourth] = inner {
            let mut rows = rows.chunks_exact(x.len());
            let mut next = || rows.next().unwrap_or_default();
            [*first, *second, *third, *fourth] = dots([next(), next(), next(), next()], x);
        } else {
            for (row, inner) in rows.chunks_exact(x.len()).zip(inner) {
                [*inner] = dots([row], x);
            }
        }
    }
}

/// The dot products of some rows with `x`.
#[inline(always)]
fn dots<const N: usize>(rows: [&[f32]; N], x: &[f32]) -> [f32; N] {
    let mut sums = [f32x4::ZERO; N];
    let lanes = x.len() - x.len() % 4;
    for at in (0..lanes).step_by(4) {
        let x = load(&x[at..]);
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += load(&row[at..]) * x;
        }
    }
    std::array::from_fn(|i| {
        let tail = rows[i][lanes..].iter().zip(&x[lanes..]).map(|(a, x)| a * x);
        sum(sums[i]) + tail.sum::<f32>()
    })
}

/// `y += Bᵀ inner`
fn expand(b: &[f32], inner: &[f32], y: &mut [f32]) {
    let size = y.len();
    let mut lanes = y.chunks_exact_mut(4);
    for (at, y) in lanes.by_ref().enumerate() {
        let mut total = load(y);
        for (row, &x) in b.chunks_exact(size).zip(inner) {
            total += load(&row[4 * at..]) * f32x4::splat(x);
        }
        y.copy_from_slice(total.as_array());
    }
    for (at, y) in (size - size % 4..size).zip(lanes.into_remainder()) {
        for (row, &x) in b.chunks_exact(size).zip(inner) {
            *y += row[at] * x;
        }
    }
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
