//! Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of four queries to one head of a cache.
//!
//! The four queries share each reading of the keys and values. Keys lie four slots side by side, so
//! that a lane is a slot; values lie row after row. Both are read in the order of the slots from the
//! first, each sum in a lane of its own, so that the result does not depend on what else is run, and
//! a slot that a query does not see adds an exact zero.

use wide::f32x4;

use super::float::{exp, sum};
use super::load;

/// Slots whose keys lie side by side.
pub const GROUP: usize = 4;
/// Queries that are run together.
pub const QUERIES: usize = 4;
/// Groups that are scored together, so that their sums do not wait for each other.
const TOGETHER: usize = 2;

/// Scores of the queries for the slots of a page: `score[s] = q · k[s] · scale`.
/// `queries` is `(head, QUERIES)`, `keys` `(groups, head, GROUP)`, `scores` `(groups, QUERIES)`.
pub fn score(queries: &[f32], keys: &[f32], scale: f32, scores: &mut [f32x4]) {
    let size = queries.len() / QUERIES * GROUP;
    let mut keys = keys.chunks_exact(TOGETHER * size);
    let mut scores = scores.chunks_exact_mut(TOGETHER * QUERIES);
    for (keys, scores) in keys.by_ref().zip(scores.by_ref()) {
        groups::<TOGETHER>(queries, keys, scale, scores);
    }
    let scores = scores.into_remainder().chunks_exact_mut(QUERIES);
    for (keys, scores) in keys.remainder().chunks_exact(size).zip(scores) {
        groups::<1>(queries, keys, scale, scores);
    }
}

/// Scores for the slots of `N` groups.
#[inline(always)]
fn groups<const N: usize>(queries: &[f32], keys: &[f32], scale: f32, scores: &mut [f32x4]) {
    let size = queries.len() / QUERIES * GROUP;
    assert!(keys.len() == N * size, "the keys of {N} groups");
    let mut sums = [[f32x4::ZERO; QUERIES]; N];
    for (d, queries) in queries.chunks_exact(QUERIES).enumerate() {
        for (n, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `d` is below `size / GROUP` and `n` below `N`, and there are `N · size` keys.
            let key = load(unsafe { keys.get_unchecked(n * size + d * GROUP..n * size + (d + 1) * GROUP) });
            for (sum, query) in sums.iter_mut().zip(queries) {
                *sum += f32x4::splat(*query) * key;
            }
        }
    }
    for (score, sum) in scores.iter_mut().zip(sums.as_flattened()) {
        *score = *sum * scale;
    }
}

/// Takes some slots out of what one query sees. `scores` is `(groups, QUERIES)`.
pub fn hide(scores: &mut [f32x4], query: usize, slots: std::ops::Range<usize>) {
    for slot in slots {
        scores[slot / GROUP * QUERIES + query].as_mut_array()[slot % GROUP] = f32::NEG_INFINITY;
    }
}

/// Softmax in place, for each query: `e^(s − max) / Σ`. `scores` is `(groups, QUERIES)`.
pub fn softmax(scores: &mut [f32x4]) {
    let mut most = [f32x4::splat(f32::NEG_INFINITY); QUERIES];
    for scores in scores.chunks_exact(QUERIES) {
        for (most, score) in most.iter_mut().zip(scores) {
            *most = most.fast_max(*score);
        }
    }
    let most = most.map(|lanes| f32x4::splat(lanes.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)));
    let mut totals = [f32x4::ZERO; QUERIES];
    for scores in scores.chunks_exact_mut(QUERIES) {
        for q in 0..QUERIES {
            scores[q] = exp(scores[q] - most[q]);
            totals[q] += scores[q];
        }
    }
    let inverse = totals.map(|lanes| f32x4::splat(1.0 / sum(lanes)));
    for scores in scores.chunks_exact_mut(QUERIES) {
        for (score, inverse) in scores.iter_mut().zip(inverse) {
            *score *= inverse;
        }
    }
}

/// Vectors of a row of values that are mixed together.
const WIDE: usize = 2;

/// Adds the values of a page, weighted: `out += Σ_s weights[s] · values[s]`.
/// `weights` is `(groups, QUERIES)`, `values` `(slots, head)`, `out` `(QUERIES, head)`.
pub fn mix(weights: &[f32x4], values: &[f32], out: &mut [f32]) {
    let size = out.len() / QUERIES;
    let whole = size - size % (4 * WIDE);
    for first in (0..whole).step_by(4 * WIDE) {
        let at = |q: usize, i: usize| q * size + first + 4 * i;
        let mut sums: [[f32x4; WIDE]; QUERIES] =
            std::array::from_fn(|q| std::array::from_fn(|i| load(&out[at(q, i)..][..4])));
        for (weights, values) in weights.chunks_exact(QUERIES).zip(values.chunks(GROUP * size)) {
            for (lane, value) in values.chunks_exact(size).enumerate() {
                let value: [f32x4; WIDE] = std::array::from_fn(|i| load(&value[first + 4 * i..][..4]));
                for q in 0..QUERIES {
                    let weight = f32x4::splat(weights[q].as_array()[lane]);
                    for i in 0..WIDE {
                        sums[q][i] += weight * value[i];
                    }
                }
            }
        }
        for (q, sums) in sums.iter().enumerate() {
            for (i, sum) in sums.iter().enumerate() {
                out[at(q, i)..][..4].copy_from_slice(sum.as_array());
            }
        }
    }
    for (weights, values) in weights.chunks_exact(QUERIES).zip(values.chunks(GROUP * size)) {
        for (lane, value) in values.chunks_exact(size).enumerate() {
            for (weight, out) in weights.iter().zip(out.chunks_exact_mut(size)) {
                for d in whole..size {
                    out[d] += weight.as_array()[lane] * value[d];
                }
            }
        }
    }
}
