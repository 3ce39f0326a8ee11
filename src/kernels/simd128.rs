//! The fast kernel for packed weights: integer dot products in four lanes, a lane an output row.

use wide::{f32x4, i16x8, i32x4, u16x8};

use super::pack::{LANES, Packed};
use super::rows::{BLOCK, Rows};

/// Tokens that share one reading of the weights.
const TILE: usize = 4;

/// `out (tokens, rows) = x (tokens, columns) · Wᵀ`.
pub fn apply(w: &Packed, x: &Rows, out: &mut [f32]) {
    match (w.format.bits, w.format.block, w.format.has_mins) {
        (4, 16, true) => all::<4, 16, true>(w, x, out),
        (4, 16, false) => all::<4, 16, false>(w, x, out),
        (4, _, true) => all::<4, 32, true>(w, x, out),
        (4, _, false) => all::<4, 32, false>(w, x, out),
        (_, 16, true) => all::<8, 16, true>(w, x, out),
        (_, 16, false) => all::<8, 16, false>(w, x, out),
        (_, _, true) => all::<8, 32, true>(w, x, out),
        (_, _, false) => all::<8, 32, false>(w, x, out),
    }
}

fn all<const BITS: usize, const SIZE: usize, const MINS: bool>(w: &Packed, x: &Rows, out: &mut [f32]) {
    for group in 0..w.rows.div_ceil(LANES) {
        let whole = x.tokens - x.tokens % TILE;
        for token in (0..whole).step_by(TILE) {
            let lanes = tile::<BITS, SIZE, MINS, TILE>(w, group, x, token);
            store(w.rows, group, token, &lanes, out);
        }
        for token in whole..x.tokens {
            let lanes = tile::<BITS, SIZE, MINS, 1>(w, group, x, token);
            store(w.rows, group, token, &lanes, out);
        }
    }
}

/// Four rows times `T` tokens.
#[inline(always)]
fn tile<const BITS: usize, const SIZE: usize, const MINS: bool, const T: usize>(
    w: &Packed,
    group: usize,
    x: &Rows,
    first: usize,
) -> [f32x4; T] {
    let vectors = SIZE * BITS / 32; // of codes in a block
    let blocks = w.columns / SIZE;
    let codes = &w.codes[group * blocks * vectors..][..blocks * vectors];
    let scales = &w.scales[group * blocks..][..blocks];
    let mins = if MINS { &w.mins[group * blocks..][..blocks] } else { &[] };
    let pairs: [&[i32]; T] = row(&x.pairs, first, w.columns / 2);
    let sums: [&[i32]; T] = row(&x.sums, first, w.columns / 16);
    let x_scales: [&[f32]; T] = row(&x.scales, first, w.columns / BLOCK);

    let mut out = [f32x4::ZERO; T];
    for block in 0..blocks {
        let mut products = [i32x4::ZERO; T];
        let codes = &codes[block * vectors..][..vectors];
        let pairs: [&[i32]; T] = std::array::from_fn(|t| &pairs[t][block * SIZE / 2..][..SIZE / 2]);
        for (v, &codes) in codes.iter().enumerate() {
            for n in 0..16 / BITS {
                let codes = nth::<BITS>(codes, n);
                for t in 0..T {
                    let x: i16x8 = bytemuck::cast(i32x4::splat(pairs[t][v * (16 / BITS) + n]));
                    products[t] += codes.dot(x);
                }
            }
        }
        for t in 0..T {
            let sum = if SIZE == 16 { sums[t][block] } else { sums[t][2 * block] + sums[t][2 * block + 1] };
            let scale = x_scales[t][block * SIZE / BLOCK];
            let products = products[t] - i32x4::splat(w.format.zero * sum);

            out[t] += f32x4::from_i32x4(products) * (scales[block] * f32x4::splat(scale));
            if MINS {
                out[t] += mins[block] * f32x4::splat(scale * sum as f32);
            }
        }
    }
    out
}

/// The `n`-th code of every lane.
#[inline(always)]
fn nth<const BITS: usize>(codes: u16x8, n: usize) -> i16x8 {
    let mask = u16x8::splat(if BITS == 4 { 0x000F } else { 0x00FF });
    bytemuck::cast(match (BITS, n) {
        (_, 0) => codes & mask,
        (8, _) => codes >> 8u32,
        (_, 1) => (codes >> 4u32) & mask,
        (_, 2) => (codes >> 8u32) & mask,
        _ => codes >> 12u32,
    })
}

/// Rows `first ..` of a matrix with `columns` columns.
#[inline(always)]
fn row<A, const T: usize>(matrix: &[A], first: usize, columns: usize) -> [&[A]; T] {
    std::array::from_fn(|t| &matrix[(first + t) * columns..][..columns])
}

fn store(rows: usize, group: usize, first: usize, lanes: &[f32x4], out: &mut [f32]) {
    let count = LANES.min(rows - group * LANES);
    for (t, lanes) in lanes.iter().enumerate() {
        let at = (first + t) * rows + group * LANES;
        out[at..at + count].copy_from_slice(&lanes.as_array()[..count]);
    }
}
