//! Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of one token and one head to a cache.
//!
//! Keys lie four positions side by side, so that a lane is a position; values lie row after row.
//! Both are read in the order of their positions from the first, so that the result does not depend
//! on how many tokens were run together.

use wide::f32x4;

use super::float::sum;
use super::load;

/// Positions whose keys lie side by side.
pub const GROUP: usize = 4;
/// Groups that are scored together, so that their sums do not wait for each other.
const TOGETHER: usize = 4;

/// Scores of one query for the positions of a page: `score[p] = q · k[p] · scale`.
/// `keys` is `(positions / 4, head, 4)`; `scores` has room for all positions of the page.
pub fn score(query: &[f32], keys: &[f32], scale: f32, scores: &mut [f32]) {
    let size = query.len() * GROUP;
    let scale = f32x4::splat(scale);
    for (keys, scores) in keys.chunks(TOGETHER * size).zip(scores.chunks_mut(TOGETHER * GROUP)) {
        let mut sums = [f32x4::ZERO; TOGETHER];
        if keys.len() == TOGETHER * size {
            let groups: [&[f32]; TOGETHER] = std::array::from_fn(|g| &keys[g * size..][..size]);
            for (d, &q) in query.iter().enumerate() {
                let q = f32x4::splat(q);
                for g in 0..TOGETHER {
                    sums[g] += q * load(&groups[g][GROUP * d..][..GROUP]);
                }
            }
        } else {
            for (sum, keys) in sums.iter_mut().zip(keys.chunks_exact(size)) {
                for (&q, key) in query.iter().zip(keys.chunks_exact(GROUP)) {
                    *sum += f32x4::splat(q) * load(key);
                }
            }
        }
        for (scores, sum) in scores.chunks_exact_mut(GROUP).zip(sums) {
            scores.copy_from_slice((sum * scale).as_array());
        }
    }
}

/// Softmax in place: `e^(s − max) / Σ`. The length is a multiple of four; what is beyond the last
/// position is `-∞`.
pub fn softmax(scores: &mut [f32]) {
    let max = scores.chunks_exact(4).fold(f32x4::splat(f32::NEG_INFINITY), |max, s| max.max(load(s)));
    let max = max.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max);
    let max = f32x4::splat(max);
    let mut total = f32x4::ZERO;
    for s in scores.chunks_exact_mut(4) {
        let e = (load(s) - max).exp();
        total += e;
        s.copy_from_slice(e.as_array());
    }
    let inverse = 1.0 / sum(total);
    for s in scores {
        *s *= inverse;
    }
}

/// Adds the values of a page, weighted: `out += Σ_p weights[p] · values[p]`.
/// `values` is `(positions, head)`.
pub fn mix(weights: &[f32], values: &[f32], out: &mut [f32]) {
    const WIDE: usize = 32;
    let size = out.len();
    for first in (0..size).step_by(WIDE) {
        let count = WIDE.min(size - first);
        let out = &mut out[first..first + count];
        if count == WIDE {
            let mut sums: [f32x4; WIDE / 4] = std::array::from_fn(|i| load(&out[4 * i..]));
            for (&weight, value) in weights.iter().zip(values.chunks_exact(size)) {
                let weight = f32x4::splat(weight);
                let value = &value[first..][..WIDE];
                for (i, sum) in sums.iter_mut().enumerate() {
                    *sum += weight * load(&value[4 * i..][..4]);
                }
            }
            for (out, sum) in out.chunks_exact_mut(4).zip(sums) {
                out.copy_from_slice(sum.as_array());
            }
        } else {
            for (&weight, value) in weights.iter().zip(values.chunks_exact(size)) {
                for (out, value) in out.iter_mut().zip(&value[first..]) {
                    *out += weight * value;
                }
            }
        }
    }
}
