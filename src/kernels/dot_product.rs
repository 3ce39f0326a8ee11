//! Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of up to four queries to one head of a cache.
//!
//! The queries share each read of keys and values. The keys of four slots are interleaved, so a lane is a slot. The
//! values are stored in blocks of eight columns, slot after slot. Both are read in the order of the slots, and each
//! sum has its own lane. So the result does not depend on other rows that run, and a slot that a query does not see
//! adds an exact zero.

use std::ops::Range;

use wide::f32x4;

use super::float::{exp, sum};
use super::load;

/// Slots whose keys are interleaved.
pub const GROUP: usize = 4;
/// Columns of values in a block.
pub const COLUMNS: usize = 8;
/// Most queries that run together.
pub const QUERIES: usize = 4;
/// Groups that are scored together, because their sums are independent of each other.
const TOGETHER: usize = 2;

/// Reads one float of each cache line, so that all lines are requested at once. Without it, the sums would wait for
/// one line after the other, because a page is too short for the hardware to detect the pattern.
pub fn prefetch(floats: &[f32]) {
    const LINE: usize = 64 / size_of::<f32>();
    for float in floats.iter().step_by(LINE) {
        // SAFETY: a reference can be read. The compiler would remove an unused read that is not volatile.
        unsafe { std::ptr::read_volatile(float) };
    }
}

/// Scores of the first `count` queries for the slots of a page: `score[s] = q · k[s] · scale`.
/// `queries` is `(head, QUERIES)`, `keys` `(groups, head, GROUP)`, `scores` `(groups, QUERIES)`.
pub fn score(count: usize, queries: &[f32], keys: &[f32], scale: f32, scores: &mut [f32x4]) {
    match count {
        1 => score_each::<1>(queries, keys, scale, scores),
        2 => score_each::<2>(queries, keys, scale, scores),
        3 => score_each::<3>(queries, keys, scale, scores),
        _ => score_each::<QUERIES>(queries, keys, scale, scores),
    }
}

fn score_each<const Q: usize>(queries: &[f32], keys: &[f32], scale: f32, scores: &mut [f32x4]) {
    let size = queries.len() / QUERIES * GROUP;
    let mut keys = keys.chunks_exact(TOGETHER * size);
    let mut scores = scores.chunks_exact_mut(TOGETHER * QUERIES);
    for (keys, scores) in keys.by_ref().zip(scores.by_ref()) {
        groups::<Q, TOGETHER>(queries, keys, scale, scores);
    }
    let scores = scores.into_remainder().chunks_exact_mut(QUERIES);
    for (keys, scores) in keys.remainder().chunks_exact(size).zip(scores) {
        groups::<Q, 1>(queries, keys, scale, scores);
    }
}

/// Scores for the slots of `N` groups.
#[inline(always)]
fn groups<const Q: usize, const N: usize>(queries: &[f32], keys: &[f32], scale: f32, scores: &mut [f32x4]) {
    let size = queries.len() / QUERIES * GROUP;
    assert!(keys.len() == N * size, "the keys of {N} groups");
    let mut sums = [[f32x4::ZERO; Q]; N];
    for (d, queries) in queries.chunks_exact(QUERIES).enumerate() {
        for (n, sums) in sums.iter_mut().enumerate() {
            // SAFETY: `d` is below `size / GROUP` and `n` below `N`, and there are `N · size` keys.
            let key = load(unsafe { keys.get_unchecked(n * size + d * GROUP..n * size + (d + 1) * GROUP) });
            for (sum, query) in sums.iter_mut().zip(queries) {
                *sum += f32x4::splat(*query) * key;
            }
        }
    }
    for (scores, sums) in scores.chunks_exact_mut(QUERIES).zip(sums) {
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score = sum * scale;
        }
    }
}

/// Hides some slots from one query. `scores` is `(groups, QUERIES)`.
pub fn mask(scores: &mut [f32x4], query: usize, slots: Range<usize>) {
    for slot in slots {
        scores[slot / GROUP * QUERIES + query].as_mut_array()[slot % GROUP] = f32::NEG_INFINITY;
    }
}

/// Softmax in place, for each of the first `count` queries: `e^(s − max) / Σ`. `scores` is
/// `(groups, QUERIES)`.
pub fn softmax(count: usize, scores: &mut [f32x4]) {
    let mut most = [f32x4::splat(f32::NEG_INFINITY); QUERIES];
    for scores in scores.chunks_exact(QUERIES) {
        for (most, score) in most.iter_mut().zip(scores) {
            *most = most.fast_max(*score);
        }
    }
    let most = most.map(|lanes| f32x4::splat(lanes.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max)));
    let mut totals = [f32x4::ZERO; QUERIES];
    for scores in scores.chunks_exact_mut(QUERIES) {
        for q in 0..count.min(QUERIES) {
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

/// Adds the values of some `slots` of a page, weighted: `out += Σ_s weights[s − slots.start] · values[s]`.
/// `weights` is `(groups, QUERIES)`, of which the first `count` queries are computed. `values` is `(head / COLUMNS,
/// slots of the page, COLUMNS)`, with fewer columns in the last block if the size of a head is not a multiple of
/// [`COLUMNS`]. `out` is `(QUERIES, head)`.
pub fn weighted_sum(count: usize, weights: &[f32x4], values: &[f32], slots: Range<usize>, out: &mut [f32]) {
    match count {
        1 => mix_each::<1>(weights, values, slots, out),
        2 => mix_each::<2>(weights, values, slots, out),
        3 => mix_each::<3>(weights, values, slots, out),
        _ => mix_each::<QUERIES>(weights, values, slots, out),
    }
}

fn mix_each<const Q: usize>(weights: &[f32x4], values: &[f32], slots: Range<usize>, out: &mut [f32]) {
    let size = out.len() / QUERIES;
    let page = values.len() / size;
    for (index, values) in values.chunks(page * COLUMNS).enumerate() {
        let first = index * COLUMNS;
        let width = values.len() / page;
        if let Ok(values) = bytemuck::try_cast_slice::<f32, [f32; COLUMNS]>(values)
            && width == COLUMNS
        {
            columns::<Q>(weights, &values[slots.clone()], size, first, out);
            continue;
        }
        let values = values.chunks_exact(width).take(slots.end).skip(slots.start);
        for (slot, values) in values.enumerate() {
            for (q, out) in out.chunks_exact_mut(size).enumerate().take(Q) {
                let weight = weights[slot / GROUP * QUERIES + q].as_array()[slot % GROUP];
                for (out, value) in out[first..].iter_mut().zip(values) {
                    *out += weight * value;
                }
            }
        }
    }
}

/// Adds [`COLUMNS`] columns, from `first` on.
#[inline(always)]
fn columns<const Q: usize>(
    weights: &[f32x4],
    values: &[[f32; COLUMNS]],
    size: usize,
    first: usize,
    out: &mut [f32],
) {
    let mut sums: [[f32x4; 2]; Q] = std::array::from_fn(|q| {
        let out = &out[q * size + first..][..COLUMNS];
        [load(out), load(&out[4..])]
    });
    let mut add = |weights: &[f32x4], lane: usize, values: &[f32; COLUMNS]| {
        let values = [load(values), load(&values[4..])];
        for (q, sums) in sums.iter_mut().enumerate() {
            let weight = f32x4::splat(weights[q].as_array()[lane]);
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
    };
    for (values, weights) in values.chunks(GROUP).zip(weights.chunks_exact(QUERIES)) {
        for (lane, values) in values.iter().enumerate() {
            add(weights, lane, values);
        }
    }
    for (q, sums) in sums.iter().enumerate() {
        let out = &mut out[q * size + first..][..COLUMNS];
        out[..4].copy_from_slice(sums[0].as_array());
        out[4..].copy_from_slice(sums[1].as_array());
    }
}
