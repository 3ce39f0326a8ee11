//! The kernel for packed weights in the build that runs everywhere. It uses 16-bit products in four lanes.
//!
//! The codes of weights are widened to 16 bits and multiplied by 16-bit codes of activations, two columns in a lane
//! (`i32x4.dot_i16x8`). So 8-bit activations are no faster here than 16-bit ones. Many tokens share widened codes that
//! are kept for a while ([`many`]). Less than a few tiles widen them in passing ([`few`]).

use std::mem::MaybeUninit;

use wide::{f32x4, i16x8, i32x4, u8x16, u16x8};

use super::pack::{GROUPS, Packed, SHARED};
use super::rows::{BLOCK, Codes, Precision, Rows, TILE, Tile};

/// 32-bit words that hold the codes of a block, two in each.
pub const fn words(_: Precision) -> usize {
    BLOCK / 2
}

/// Writes the codes of a block of one token. Of four columns, 0 and 2 go into one word and 1 and 3 into the next, in
/// the order in which [`nth`] extracts the weights.
pub fn store(codes: &[i32x4; BLOCK / 4], _: Precision, out: &mut [i32], width: usize, token: usize) {
    for (codes, out) in codes.iter().zip(out.chunks_exact_mut(2 * width)) {
        let [a, b, c, d] = codes.to_array();
        out[token] = a & 0xFFFF | c << 16;
        out[width + token] = b & 0xFFFF | d << 16;
    }
}

/// Reads one code back.
pub fn code(codes: &[i32], _: Precision, width: usize, token: usize, column: usize) -> i32 {
    let word = codes[(column / 4 * 2 + column % 2) * width + token];
    if column % 4 < 2 { word << 16 >> 16 } else { word >> 16 }
}

/// Columns of a strip that are widened at once. They and the activations that they meet stay in the nearest cache.
const COLUMNS: usize = 256;
/// Tiles that meet the same widened codes.
const TILES: usize = 16;
/// Groups of four rows that run together when there are several tokens.
const PAIR: usize = 2;
/// Tokens for which it pays to keep widened codes.
const MANY: usize = 2 * TILE;

/// Multiplies one strip of rows by all tokens. `out(token, row, values)` receives the products of neighboring rows,
/// from row `row` of the strip on.
pub fn strip(w: &Packed, x: &Rows, strip: usize, out: impl FnMut(usize, usize, &[f32])) {
    match (w.format.bits, w.format.block, w.format.has_mins, w.format.book.is_some()) {
        (_, 16, _, true) => tiles::<BOOK>(w, x, strip, one::<BOOK, 16, false>, out),
        (_, _, _, true) => tiles::<BOOK>(w, x, strip, one::<BOOK, 32, false>, out),
        (4, 16, true, _) => tiles::<4>(w, x, strip, one::<4, 16, true>, out),
        (4, 16, false, _) => tiles::<4>(w, x, strip, one::<4, 16, false>, out),
        (4, _, true, _) => tiles::<4>(w, x, strip, one::<4, 32, true>, out),
        (4, _, false, _) => tiles::<4>(w, x, strip, one::<4, 32, false>, out),
        (_, 16, _, _) => tiles::<8>(w, x, strip, one::<8, 16, false>, out),
        (_, _, true, _) => tiles::<8>(w, x, strip, one::<8, 32, true>, out),
        (_, _, false, _) => tiles::<8>(w, x, strip, one::<8, 32, false>, out),
    }
}

/// Stands for the number of bits where codes are looked up.
const BOOK: usize = 0;

/// Computes the products of a strip and one token, as [`one`] does.
type One = fn(&Packed, (&[u16x8], &[u16x8]), &Codes) -> [f32x4; GROUPS];

fn tiles<const BITS: usize>(
    w: &Packed,
    x: &Rows,
    strip: usize,
    one: One,
    mut out: impl FnMut(usize, usize, &[f32]),
) {
    let strip = w.strip(strip);
    let whole = x.tokens - x.tokens % TILE;
    let done = if whole < MANY { 0 } else { whole };
    if done > 0 {
        many(w, strip, x, done, widen::<BITS>, &mut out);
    }
    for Tile { first, width } in x.tiles().skip(done / TILE) {
        let x = &x.codes(first, width);
        match width {
            1 => out(first, 0, bytemuck::cast_slice(&one(w, strip, x))),
            2 => pairs(few::<BITS, 2>, w, strip, x, first, &mut out),
            3 => pairs(few::<BITS, 3>, w, strip, x, first, &mut out),
            _ => pairs(few::<BITS, TILE>, w, strip, x, first, &mut out),
        }
    }
}

/// Computes the products of [`PAIR`] groups of a strip and the tokens of a tile, as [`few`] does.
type Products<const T: usize> = fn(&Packed, (&[u16x8], &[u16x8]), &Codes, usize) -> [[f32x4; PAIR]; T];

/// Computes the products of all groups of a strip and the tokens of a tile.
fn pairs<const T: usize>(
    products: Products<T>,
    w: &Packed,
    strip: (&[u16x8], &[u16x8]),
    x: &Codes,
    first: usize,
    out: &mut impl FnMut(usize, usize, &[f32]),
) {
    for group in (0..GROUPS).step_by(PAIR) {
        for (t, lanes) in products(w, strip, x, group).iter().enumerate() {
            out(first + t, 4 * group, bytemuck::cast_slice(lanes));
        }
    }
}

/// Some columns of a strip, as [`multiply`] reads them. It is large, so it is not filled with zeros first.
struct Wide {
    /// The codes of two neighboring columns in each lane, minus the one that stands for zero.
    codes: [MaybeUninit<[i16x8; GROUPS]>; COLUMNS / 2],
    scales: [MaybeUninit<[f32x4; GROUPS]>; COLUMNS / 16],
    mins: [MaybeUninit<[f32x4; GROUPS]>; COLUMNS / 16],
}

/// The products of the first `tokens` tokens, which are whole tiles.
///
/// Several tiles share the work of widening. The blocks of a sum are added one after the other, as in [`few`].
#[inline(never)]
fn many(
    w: &Packed,
    (shared, blocks): (&[u16x8], &[u16x8]),
    x: &Rows,
    tokens: usize,
    widen: fn(&Packed, &[u16x8], &[u16x8], &mut Wide),
    out: &mut impl FnMut(usize, usize, &[f32]),
) {
    const { assert!(COLUMNS == SHARED) };
    let size = w.format.block;
    let at_once = COLUMNS / size * w.format.vectors();
    let multiply = if w.format.has_mins { multiply::<true> } else { multiply::<false> };
    let mut wide = Wide {
        codes: [const { MaybeUninit::uninit() }; _],
        scales: [const { MaybeUninit::uninit() }; _],
        mins: [const { MaybeUninit::uninit() }; _],
    };
    for first in (0..tokens).step_by(TILES * TILE) {
        let end = tokens.min(first + TILES * TILE);
        let mut sums = [[[f32x4::ZERO; GROUPS]; TILE]; TILES];
        for (part, blocks) in blocks.chunks(at_once).enumerate() {
            widen(w, shared.get(part * GROUPS..).unwrap_or_default(), blocks, &mut wide);
            for (sums, first) in sums.iter_mut().zip((first..end).step_by(TILE)) {
                let x = x.codes(first, TILE);
                let values = if size == 16 { x.halves.values } else { x.wholes.values };
                let x = Part {
                    codes: &x.codes[part * COLUMNS / 2 * TILE..],
                    scales: &x.scales[part * COLUMNS / BLOCK * TILE..],
                    values: &values[part * COLUMNS / size * TILE..],
                };
                // SAFETY: `widen` has just written these blocks.
                unsafe { multiply(&wide, size, blocks.len() / w.format.vectors(), x, sums) };
            }
        }
        for (token, sums) in (first..end).zip(sums.as_flattened()) {
            out(token, 0, bytemuck::cast_slice(sums));
        }
    }
}

/// Widens at most [`COLUMNS`] columns.
fn widen<const BITS: usize>(w: &Packed, shared: &[u16x8], blocks: &[u16x8], wide: &mut Wide) {
    let pairs_per_step = pairs_per_step::<BITS>();
    let book = book(w);
    let zero = i16x8::splat(w.format.zero as i16);
    let floats = wide.scales.iter_mut().zip(&mut wide.mins);
    let wides = wide.codes.chunks_exact_mut(w.format.block / 2).zip(floats);
    for (block, (codes, (scales, mins))) in blocks.chunks_exact(w.format.vectors()).zip(wides) {
        scales.write(std::array::from_fn(|g| scale(w.format.shares(), block, shared, g)));
        if w.format.has_mins {
            mins.write(std::array::from_fn(|g| bytemuck::cast(block[GROUPS + g])));
        }
        let steps = block[w.format.first_step()..].chunks_exact(GROUPS);
        for (step, codes) in steps.zip(codes.chunks_exact_mut(pairs_per_step)) {
            for n in 0..pairs_per_step {
                let widened = std::array::from_fn(|g| nth::<BITS>(step[g], book, n) - zero);
                codes[nth_pair::<BITS>(n)].write(widened);
            }
        }
    }
}

/// The numbers of a tile from some block on.
struct Part<'a> {
    codes: &'a [i32],
    scales: &'a [f32],
    /// Sums over the columns of each block of weights.
    values: &'a [f32],
}

/// Adds the products of `count` blocks of `size` columns.
///
/// The loops over groups and tokens are unrolled, and their sums stay in registers. The loop over the columns is not,
/// because LLVM would then put all products of one sum after each other, and have too few registers.
///
/// # Safety
/// `wide` must hold these blocks, with their mins if `MINS`.
#[inline(never)]
unsafe fn multiply<const MINS: bool>(
    wide: &Wide,
    size: usize,
    count: usize,
    x: Part,
    out: &mut [[f32x4; GROUPS]; TILE],
) {
    let pairs = &wide.codes[..count * size / 2];
    let x_codes = x.codes[..pairs.len() * TILE].as_ptr();
    let (x_scales, values) = (x.scales.as_chunks::<TILE>().0, x.values.as_chunks::<TILE>().0);
    for group in (0..GROUPS).step_by(PAIR) {
        let (mut codes, mut x_codes) = (pairs.as_ptr().cast::<i16x8>().wrapping_add(group), x_codes);
        let mut sums: [[f32x4; PAIR]; TILE] = out.map(|out| [out[group], out[group + 1]]);
        for (block, values) in values.iter().take(count).enumerate() {
            let mut products = [[i32x4::ZERO; PAIR]; TILE];
            let end = codes.wrapping_add(size / 2 * GROUPS);
            while codes != end {
                // SAFETY: `codes` is at group `group` of one of the pairs of columns, each of which has `GROUPS`
                // groups; `group + PAIR` is at most `GROUPS`, and the caller guarantees that the pairs were written.
                let weights: [i16x8; PAIR] = std::array::from_fn(|g| unsafe { *codes.add(g) });
                for (t, products) in products.iter_mut().enumerate() {
                    // SAFETY: there are `TILE` words for each of the pairs.
                    let x: i16x8 = bytemuck::cast(i32x4::splat(unsafe { *x_codes.add(t) }));
                    for (product, weights) in products.iter_mut().zip(weights) {
                        *product += weights.dot(x);
                    }
                }
                // After the last pair they may be beyond what they point into, where `add` must not go.
                (codes, x_codes) = (codes.wrapping_add(GROUPS), x_codes.wrapping_add(TILE));
            }
            // SAFETY: the caller guarantees it.
            let scales = unsafe { wide.scales[block].assume_init_ref() };
            let x_scales = x_scales[block * size / BLOCK];
            for (t, (sums, products)) in sums.iter_mut().zip(products).enumerate() {
                for (g, (sum, product)) in sums.iter_mut().zip(products).enumerate() {
                    *sum += f32x4::from_i32x4(product) * (scales[group + g] * f32x4::splat(x_scales[t]));
                    if MINS {
                        // SAFETY: the caller guarantees it.
                        let mins = unsafe { wide.mins[block].assume_init_ref() };
                        *sum += mins[group + g] * f32x4::splat(values[t]);
                    }
                }
            }
        }
        for (out, sums) in out.iter_mut().zip(sums) {
            out[group..group + PAIR].copy_from_slice(&sums);
        }
    }
}

/// The products of some rows of a strip, from group `group` on, and the tokens of a tile, which has `T`.
#[inline(never)]
fn few<const BITS: usize, const T: usize>(
    w: &Packed,
    (shared, blocks): (&[u16x8], &[u16x8]),
    x: &Codes,
    group: usize,
) -> [[f32x4; PAIR]; T] {
    assert!(group + PAIR <= GROUPS, "{PAIR} groups from {group} on");
    let size = w.format.block;
    let (has_mins, shares) = (w.format.has_mins, w.format.shares());
    let totals = if size == 16 { &x.halves } else { &x.wholes };
    let x_codes = x.codes.as_chunks::<T>().0.chunks_exact(size / 2);
    let x_scales = x.scales.as_chunks::<T>().0;
    let totals = totals.codes.as_chunks::<T>().0.iter().zip(totals.values.as_chunks::<T>().0);
    let pairs_per_step = pairs_per_step::<BITS>();
    let book = book(w);
    let mut sums = [[f32x4::ZERO; PAIR]; T];
    let blocks = blocks.chunks_exact(w.format.vectors()).zip(x_codes.zip(totals));
    for (n_block, (block, (x_codes, (totals, values)))) in blocks.enumerate() {
        let mut products = [[i32x4::ZERO; PAIR]; T];
        let steps = block[w.format.first_step()..].chunks_exact(GROUPS);
        for (step, x_codes) in steps.zip(x_codes.chunks_exact(pairs_per_step)) {
            let mut codes: [u16x8; PAIR] = std::array::from_fn(|g| step[group + g]);
            // LLVM does not know how often, and so has enough registers for the pairs of each turn.
            for turn in 0..w.format.codes_per_byte() {
                for (n, pair) in two_pairs::<BITS>(turn).into_iter().enumerate() {
                    let weights: [i16x8; PAIR] = std::array::from_fn(|g| nth::<BITS>(codes[g], book, n));
                    for (products, x) in products.iter_mut().zip(&x_codes[pair]) {
                        let x: i16x8 = bytemuck::cast(i32x4::splat(*x));
                        for (product, weights) in products.iter_mut().zip(weights) {
                            *product += weights.dot(x);
                        }
                    }
                }
                codes = std::array::from_fn(|g| rest::<BITS>(codes[g]));
            }
        }
        let shared = shared.get(n_block * size / SHARED * GROUPS..).unwrap_or_default();
        let x_scales = &x_scales[n_block * size / BLOCK];
        let scales: [f32x4; PAIR] = std::array::from_fn(|g| scale(shares, block, shared, group + g));
        for (t, (sums, products)) in sums.iter_mut().zip(products).enumerate() {
            let zero = i32x4::splat(w.format.zero * totals[t]);
            let x_scale = f32x4::splat(x_scales[t]);
            for ((sum, product), scale) in sums.iter_mut().zip(products).zip(scales) {
                *sum += f32x4::from_i32x4(product - zero) * (scale * x_scale);
            }
        }
        if has_mins {
            let mins: [f32x4; PAIR] = std::array::from_fn(|g| bytemuck::cast(block[GROUPS + group + g]));
            for (sums, value) in sums.iter_mut().zip(values) {
                for (sum, min) in sums.iter_mut().zip(mins) {
                    *sum += min * f32x4::splat(*value);
                }
            }
        }
    }
    sums
}

/// The products of one token, whose codes are the only ones of a tile.
#[inline(never)]
fn one<const BITS: usize, const SIZE: usize, const MINS: bool>(
    w: &Packed,
    (shared, blocks): (&[u16x8], &[u16x8]),
    x: &Codes,
) -> [f32x4; GROUPS] {
    let totals = if SIZE == 16 { &x.halves } else { &x.wholes };
    let pairs_per_step = pairs_per_step::<BITS>();
    let book = book(w);
    let mut sums = [f32x4::ZERO; GROUPS];
    for (n_block, block) in blocks.chunks_exact(w.format.vectors()).enumerate() {
        let mut products = [i32x4::ZERO; GROUPS];
        let x_codes = &x.codes[n_block * SIZE / 2..][..SIZE / 2];
        let steps = block[w.format.first_step()..].chunks_exact(GROUPS);
        for (step, x_codes) in steps.zip(x_codes.chunks_exact(pairs_per_step)) {
            for n in 0..pairs_per_step {
                let x: i16x8 = bytemuck::cast(i32x4::splat(x_codes[nth_pair::<BITS>(n)]));
                for (product, codes) in products.iter_mut().zip(step) {
                    *product += nth::<BITS>(*codes, book, n).dot(x);
                }
            }
        }
        let shared = shared.get(n_block * SIZE / SHARED * GROUPS..).unwrap_or_default();
        let x_scale = f32x4::splat(x.scales[n_block * SIZE / BLOCK]);
        let value = f32x4::splat(totals.values[n_block]);
        let zero = i32x4::splat(if MINS { 0 } else { w.format.zero * totals.codes[n_block] });
        for (g, (sum, product)) in sums.iter_mut().zip(products).enumerate() {
            *sum +=
                f32x4::from_i32x4(product - zero) * (scale(SIZE == 16 && !MINS, block, shared, g) * x_scale);
            if MINS {
                let min: f32x4 = bytemuck::cast(block[GROUPS + g]);
                *sum += min * value;
            }
        }
    }
    sums
}

/// The scales of four rows of a block. `shared` begins with the floats that they share, if `shares`.
#[inline(always)]
fn scale(shares: bool, block: &[u16x8], shared: &[u16x8], group: usize) -> f32x4 {
    if !shares {
        return bytemuck::cast(block[group]);
    }
    let scales: &[i8; 16] = bytemuck::cast_ref(&block[0]);
    let scales = &scales[4 * group..][..4];
    let shared: f32x4 = bytemuck::cast(shared[group]);
    shared * f32x4::new([scales[0], scales[1], scales[2], scales[3]].map(f32::from))
}

fn book(w: &Packed) -> u8x16 {
    u8x16::new(w.format.book.copied().unwrap_or_default())
}

/// Pairs of columns whose codes are in one vector.
const fn pairs_per_step<const BITS: usize>() -> usize {
    if BITS == 8 { 2 } else { 4 }
}

/// The pair of columns that [`nth`] returns. The low nibbles of all bytes are four columns, and the high ones the next
/// four.
const fn nth_pair<const BITS: usize>(n: usize) -> usize {
    if BITS == 4 { n % 2 * 2 + n / 2 } else { n }
}

/// The `n`-th code of every lane.
#[inline(always)]
fn nth<const BITS: usize>(codes: u16x8, book: u8x16, n: usize) -> i16x8 {
    if BITS == BOOK {
        let nibbles = if n < 2 { codes } else { codes >> 4u32 } & u16x8::splat(0x0F0F);
        let codes = book.shuffle(bytemuck::cast(nibbles));
        return nth::<8>(bytemuck::cast(codes), book, n % 2);
    }
    let mask = u16x8::splat(if BITS == 4 { 0x000F } else { 0x00FF });
    bytemuck::cast(match (BITS, n) {
        (_, 0) => codes & mask,
        (8, _) => codes >> 8u32,
        (_, 1) => (codes >> 4u32) & mask,
        (_, 2) => (codes >> 8u32) & mask,
        _ => codes >> 12u32,
    })
}

/// The two pairs of columns that [`nth`] returns first, after `turn` calls of [`rest`].
const fn two_pairs<const BITS: usize>(turn: usize) -> [usize; 2] {
    if BITS == 4 { [turn, 2 + turn] } else { [2 * turn, 2 * turn + 1] }
}

/// Codes of which the first two of [`nth`] are the next two of these.
#[inline(always)]
fn rest<const BITS: usize>(codes: u16x8) -> u16x8 {
    match BITS {
        BOOK => codes >> 4u32,
        4 => codes >> 8u32,
        _ => codes,
    }
}
