//! The kernel for packed weights in the build that runs everywhere. It uses 16-bit products in four lanes.
//!
//! The codes of weights are widened to 16 bits and multiplied by 16-bit codes of activations, two columns in a lane
//! (`i32x4.dot_i16x8`). So 8-bit activations are no faster here than 16-bit ones.

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

/// Multiplies one strip of rows by all tokens. `out(token, row, values)` receives the products of neighboring rows,
/// from row `row` of the strip on.
pub fn strip(w: &Packed, x: &Rows, strip: usize, out: impl FnMut(usize, usize, &[f32])) {
    match (w.format.bits, w.format.block, w.format.has_mins, w.format.book.is_some()) {
        (_, 16, _, true) => tiles::<BOOK, 16, false>(w, x, strip, out),
        (_, _, _, true) => tiles::<BOOK, 32, false>(w, x, strip, out),
        (4, 16, true, _) => tiles::<4, 16, true>(w, x, strip, out),
        (4, 16, false, _) => tiles::<4, 16, false>(w, x, strip, out),
        (4, _, true, _) => tiles::<4, 32, true>(w, x, strip, out),
        (4, _, false, _) => tiles::<4, 32, false>(w, x, strip, out),
        (_, 16, _, _) => tiles::<8, 16, false>(w, x, strip, out),
        (_, _, true, _) => tiles::<8, 32, true>(w, x, strip, out),
        (_, _, false, _) => tiles::<8, 32, false>(w, x, strip, out),
    }
}

/// Stands for the number of bits where codes are looked up.
const BOOK: usize = 0;

fn tiles<const BITS: usize, const SIZE: usize, const MINS: bool>(
    w: &Packed,
    x: &Rows,
    strip: usize,
    mut out: impl FnMut(usize, usize, &[f32]),
) {
    let strip = w.strip(strip);
    for Tile { first, width, tokens } in x.tiles() {
        let codes = x.codes(first, width);
        if width == 1 {
            let [lanes] = tile::<BITS, SIZE, MINS, GROUPS, 1>(w, strip, &codes, 0);
            out(first, 0, bytemuck::cast_slice(&lanes));
        } else {
            for group in 0..GROUPS {
                let lanes = tile::<BITS, SIZE, MINS, 1, TILE>(w, strip, &codes, group);
                for (t, lanes) in lanes[..tokens].iter().enumerate() {
                    out(first + t, 4 * group, bytemuck::cast_slice(lanes));
                }
            }
        }
    }
}

/// The products of `4 G` rows of a strip, given as [`Packed::strip`] returns it, from group `group` on, and `T` tokens.
#[inline(always)]
fn tile<const BITS: usize, const SIZE: usize, const MINS: bool, const G: usize, const T: usize>(
    w: &Packed,
    (shared, blocks): (&[u16x8], &[u16x8]),
    x: &Codes,
    group: usize,
) -> [[f32x4; G]; T] {
    let totals = if SIZE == 16 { &x.halves } else { &x.wholes };
    let (x_codes, x_scales) = (x.codes, x.scales);
    let (codes_of, values_of) = (totals.codes, totals.values);
    let (size, first_step) = (w.format.vectors(), w.format.first_step());
    let pairs_per_step = if BITS == 8 { 2 } else { 4 }; // of four rows
    let book = u8x16::new(w.format.book.copied().unwrap_or_default());

    let mut out = [[f32x4::ZERO; G]; T];
    for (block, vectors) in blocks.chunks_exact(size).enumerate() {
        let mut products = [[i32x4::ZERO; G]; T];
        let x_codes = &x_codes[block * SIZE / 2 * T..][..SIZE / 2 * T];
        for (codes, x_codes) in
            vectors[first_step..].chunks_exact(GROUPS).zip(x_codes.chunks_exact(pairs_per_step * T))
        {
            let codes: [u16x8; G] = std::array::from_fn(|g| codes[group + g]);
            for n in 0..pairs_per_step {
                let codes: [i16x8; G] = codes.map(|codes| nth::<BITS>(codes, book, n));
                // The low nibbles of all bytes are four columns, and the high ones the next four.
                let pair = if BITS == 4 { n % 2 * 2 + n / 2 } else { n };
                for (products, x) in products.iter_mut().zip(&x_codes[pair * T..][..T]) {
                    let x: i16x8 = bytemuck::cast(i32x4::splat(*x));
                    for (product, codes) in products.iter_mut().zip(codes) {
                        *product += codes.dot(x);
                    }
                }
            }
        }
        let scales: [f32x4; G] = std::array::from_fn(|g| {
            if SIZE == 32 || MINS {
                return bytemuck::cast(vectors[group + g]);
            }
            let scales: &[i8; 16] = bytemuck::cast_ref(&vectors[0]);
            let scales = &scales[4 * (group + g)..][..4];
            let shared: f32x4 = bytemuck::cast(shared[block * SIZE / SHARED * GROUPS + group + g]);
            shared * f32x4::new([scales[0], scales[1], scales[2], scales[3]].map(f32::from))
        });
        for t in 0..T {
            let x_scale = f32x4::splat(x_scales[block * SIZE / BLOCK * T + t]);
            let value = f32x4::splat(values_of[block * T + t]);
            for g in 0..G {
                let mut product = products[t][g];
                if !MINS {
                    product -= i32x4::splat(w.format.zero * codes_of[block * T + t]);
                }
                out[t][g] += f32x4::from_i32x4(product) * (scales[g] * x_scale);
                if MINS {
                    let min: f32x4 = bytemuck::cast(vectors[GROUPS + group + g]);
                    out[t][g] += min * value;
                }
            }
        }
    }
    out
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
