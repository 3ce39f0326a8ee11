//! The kernel for packed weights in builds with relaxed SIMD. It uses 8-bit products in four lanes.
//!
//! `i32x4.relaxed_dot_i8x16_i7x16_add` multiplies signed bytes by bytes of at most 7 bits, four columns in a lane.
//! All engines give the same result as long as both stay in their range. So codes of 8 bits are split into halves of
//! 4, and activations of 16 bits into two signed bytes. The sums are the same integers as in `simd128`, and so the
//! floats have the same bits.
//!
//! Where the machine needs three instructions for that, some products are added in 16 bits, which takes two.

use core::arch::wasm32::*;
use std::sync::LazyLock;

use wide::{i32x4, u16x8};

use super::code_books::Book;
use super::pack::{Format, GROUPS, Packed, SHARED};
use super::rows::{BLOCK, Codes, Precision, Rows, TILE, Tile};
use super::simd128;

/// Groups of four rows that run together when there are several tokens.
const WIDE: usize = 2;

/// Stands for a size of blocks that is known only while the kernel runs, as is whether there are mins. That saves code, and
/// time hardly grows with several tokens; with one, it does by 8 %.
const ANY: usize = 0;

/// Whether the machine has one instruction for the dot product of bytes, as ARM and x86-64 with AVX-VNNI have.
///
/// Otherwise an engine for x86-64 needs three. The first adds two products in 16 bits and saturates, which bytes that
/// are out of range show. They are multiplied only once, because an engine could change its answer when it compiles a
/// function again.
static HAS_DOT_PRODUCT: LazyLock<bool> = LazyLock::new(|| {
    #[target_feature(enable = "relaxed-simd")]
    fn sum() -> i32 {
        let (x, codes) = (i8x16_splat(127), u8x16_splat(255));
        i32x4_extract_lane::<0>(i32x4_relaxed_dot_i8x16_i7x16_add(x, codes, i32x4_splat(0)))
    }
    sum() != 2 * i32::from(i16::MAX)
});

/// Whether dot products are added in 16 bits, which is faster there: all of a block if codes, or their halves, have 4
/// bits, and half of a block if they have 5. Each adds two products of a code and of a byte of an activation, at most 128.
fn is_narrow(format: &Format) -> bool {
    matches!(format.bits, 4 | 5 | 8) && !*HAS_DOT_PRODUCT
}

/// Whether the kernel of the build `simd128` computes products with such activations, because it is faster: with 16 bits
/// where the machine needs three instructions for a dot product of bytes, and each code is two of them.
fn is_widened(precision: Precision) -> bool {
    precision == Precision::Sixteen && !*HAS_DOT_PRODUCT
}

/// Number of bytes in a code.
const fn planes(precision: Precision) -> usize {
    match precision {
        Precision::Eight => 1,
        Precision::Sixteen => 2,
    }
}

/// 32-bit words that hold the codes of a block, four bytes in each.
pub fn words(precision: Precision) -> usize {
    if is_widened(precision) {
        return simd128::words(precision);
    }
    BLOCK / 4 * planes(precision)
}

/// Writes the codes of a block of one token. If codes have two bytes, all high ones come before all low ones.
pub fn store(codes: &[i32x4; BLOCK / 4], precision: Precision, out: &mut [i32], width: usize, token: usize) {
    if is_widened(precision) {
        return simd128::store(codes, precision, out, width, token);
    }
    let codes = codes.map(vector);
    let plane = BLOCK / 4 * width;
    if precision == Precision::Sixteen {
        let high = codes.map(|codes| i32x4_shr(i32x4_add(codes, i32x4_splat(128)), 8));
        bytes(&high, &mut out[..plane], width, token);
        let low = codes.map(|codes| i32x4_shr(i32x4_shl(codes, 24), 24));
        bytes(&low, &mut out[plane..], width, token);
    } else {
        bytes(&codes, out, width, token);
    }
}

/// Writes numbers that fit into a byte, four in a word.
fn bytes(numbers: &[v128; BLOCK / 4], out: &mut [i32], width: usize, token: usize) {
    for (numbers, out) in numbers.chunks_exact(4).zip(out.chunks_exact_mut(4 * width)) {
        let first = i16x8_narrow_i32x4(numbers[0], numbers[1]);
        let words = i8x16_narrow_i16x8(first, i16x8_narrow_i32x4(numbers[2], numbers[3]));
        out[token] = i32x4_extract_lane::<0>(words);
        out[width + token] = i32x4_extract_lane::<1>(words);
        out[2 * width + token] = i32x4_extract_lane::<2>(words);
        out[3 * width + token] = i32x4_extract_lane::<3>(words);
    }
}

/// Reads one code back.
pub fn code(codes: &[i32], precision: Precision, width: usize, token: usize, column: usize) -> i32 {
    if is_widened(precision) {
        return simd128::code(codes, precision, width, token, column);
    }
    let byte = |plane: usize| {
        let word = codes[(plane * BLOCK / 4 + column / 4) * width + token];
        i32::from(word.to_le_bytes()[column % 4] as i8)
    };
    match precision {
        Precision::Eight => byte(0),
        Precision::Sixteen => 256 * byte(0) + byte(1),
    }
}

/// Computes the products of some groups of a strip and the tokens of a tile, as [`tile`] does.
type Products<const G: usize, const T: usize> =
    unsafe fn(&Packed, (&[u16x8], &[u16x8]), &Codes, usize) -> [[v128; G]; T];

/// The kernel for each number of tokens of a tile from two on.
type Several = (Products<WIDE, 2>, Products<WIDE, 3>, Products<WIDE, TILE>);

const fn several<const BITS: usize, const BOOK: bool>() -> Several {
    (
        tile::<BITS, ANY, false, BOOK, _, _>,
        tile::<BITS, ANY, false, BOOK, _, _>,
        tile::<BITS, ANY, false, BOOK, _, _>,
    )
}

/// Multiplies one strip of rows by all tokens. `out(token, row, values)` receives the products of neighboring rows,
/// from row `row` of the strip on.
pub fn strip(w: &Packed, x: &Rows, strip: usize, mut out: impl FnMut(usize, usize, &[f32])) {
    if is_widened(x.precision) {
        return simd128::strip(w, x, strip, out);
    }
    let (one, (two, three, four)): (Products<GROUPS, 1>, Several) =
        match (w.format.bits, w.format.block, w.format.has_mins, w.format.book.is_some()) {
            (7, 16, _, true) => (tile::<7, 16, false, true, _, _>, several::<7, true>()),
            (7, _, _, true) => (tile::<7, 32, false, true, _, _>, several::<7, true>()),
            (_, _, _, true) => (tile::<8, 32, false, true, _, _>, several::<8, true>()),
            (4, 16, true, _) => (tile::<4, 16, true, false, _, _>, several::<4, false>()),
            (4, 16, false, _) => (tile::<4, 16, false, false, _, _>, several::<4, false>()),
            (4, _, true, _) => (tile::<4, 32, true, false, _, _>, several::<4, false>()),
            (4, _, false, _) => (tile::<4, 32, false, false, _, _>, several::<4, false>()),
            (_, 16, _, _) => (tile::<7, 16, false, false, _, _>, several::<7, false>()),
            (8, _, _, _) => (tile::<8, 32, false, false, _, _>, several::<8, false>()),
            (_, _, true, _) => (tile::<7, 32, true, false, _, _>, several::<7, false>()),
            (_, _, false, _) => (tile::<7, 32, false, false, _, _>, several::<7, false>()),
        };
    let strip = w.strip(strip);
    for Tile { first, width } in x.tiles() {
        let codes = x.codes(first, width);
        // SAFETY: this build runs only where there is relaxed SIMD.
        unsafe {
            match width {
                1 => all_groups(one, w, strip, &codes, first, &mut out),
                2 => all_groups(two, w, strip, &codes, first, &mut out),
                3 => all_groups(three, w, strip, &codes, first, &mut out),
                _ => all_groups(four, w, strip, &codes, first, &mut out),
            }
        }
    }
}

/// Computes the products of all groups of a strip and the tokens of a tile.
///
/// # Safety
/// There must be relaxed SIMD.
unsafe fn all_groups<const G: usize, const T: usize>(
    products: Products<G, T>,
    w: &Packed,
    strip: (&[u16x8], &[u16x8]),
    x: &Codes,
    first: usize,
    out: &mut impl FnMut(usize, usize, &[f32]),
) {
    for group in (0..GROUPS).step_by(G) {
        // SAFETY: the caller guarantees it.
        let lanes = unsafe { products(w, strip, x, group) };
        for (t, lanes) in lanes.iter().enumerate() {
            out(first + t, 4 * group, floats(lanes));
        }
    }
}

/// The products of `4 G` rows of a strip, given as [`Packed::strip`] returns it, from group `group` on, and `T` tokens.
///
/// The loops over `G` and `T` are unrolled, and their sums stay in registers. The loop over the steps is not
/// unrolled, because LLVM would then put all products of one sum after each other, and each would wait for the one
/// before.
#[target_feature(enable = "relaxed-simd")]
fn tile<
    const BITS: usize,
    const SIZE: usize,
    const MINS: bool,
    const BOOK: bool,
    const G: usize,
    const T: usize,
>(
    w: &Packed,
    (shared, blocks): (&[u16x8], &[u16x8]),
    x: &Codes,
    group: usize,
) -> [[v128; G]; T] {
    let (size, has_mins) = if SIZE == ANY { (w.format.block, w.format.has_mins) } else { (SIZE, MINS) };
    let totals = if size == 16 { &x.halves } else { &x.wholes };
    let words = x.codes.len() / (w.columns / BLOCK * T);
    let planes = words / (BLOCK / 4);
    let (steps, first_step) = (w.format.steps(), w.format.first_step());
    let shares = size == 16 && !has_mins;
    let shared: *const v128 = shared[..if shares { w.columns / SHARED * GROUPS } else { 0 }].as_ptr().cast();
    // The other types have too large codes or are rare, and the code for them would be kilobytes.
    let is_narrow = size == 32 && !BOOK && is_narrow(&w.format);
    let book = book::<BITS>(w.format.book.copied().unwrap_or_default());

    let x_codes = x.codes[..w.columns / BLOCK * words * T].as_ptr();
    let x_scales = x.scales[..w.columns / BLOCK * T].as_ptr();
    let codes_of = totals.codes[..w.columns / size * T].as_ptr();
    let values_of = totals.values[..w.columns / size * T].as_ptr();

    let mut out = [[f32x4_splat(0.0); G]; T];
    for (block, vectors) in blocks.chunks_exact(w.format.vectors()).enumerate() {
        // SAFETY: a block begins with `first_step` vectors: `GROUPS` of scales and as many of mins if it has them, or
        // one of bytes; `group + G` is at most `GROUPS`. `steps` steps of `GROUPS` vectors follow them.
        let scales = unsafe { vectors.as_ptr().add(group) }.cast::<v128>();
        // SAFETY: see above.
        let codes = unsafe { scales.add(first_step) };
        let mut floats = [f32x4_splat(0.0); G];
        if shares {
            // SAFETY: the block begins with a vector of bytes, four for each group; `G` groups are in its first half,
            // in its second, or in both. `shared` has `GROUPS` vectors for every `SHARED` columns.
            unsafe {
                let bytes = v128_load64_zero(vectors.as_ptr().cast::<u8>().add(4 * group).cast());
                let words = i16x8_extend_low_i8x16(bytes);
                (floats[0], floats[1]) = (i32x4_extend_low_i16x8(words), i32x4_extend_high_i16x8(words));
                if G == GROUPS {
                    let words = i16x8_extend_high_i8x16(*vectors.as_ptr().cast());
                    (floats[2], floats[3]) = (i32x4_extend_low_i16x8(words), i32x4_extend_high_i16x8(words));
                }
                let shared = shared.add(block * size / SHARED * GROUPS + group);
                for (g, scale) in floats.iter_mut().enumerate() {
                    *scale = f32x4_mul(*shared.add(g), f32x4_convert_i32x4(*scale));
                }
            }
        }
        let mut sums = [[i32x4_splat(0); G]; T];
        for plane in 0..planes {
            if plane == 1 && BITS != 8 {
                each::<G, T>(|t, g| sums[t][g] = i32x4_shl(sums[t][g], 8));
            }
            let words_before =
                (block * size / BLOCK * words + block * size % BLOCK / 4 + plane * BLOCK / 4) * T;
            // SAFETY: `block` is below the number of blocks of `x`, whose codes begin here. Both pointers are
            // followed by the codes of one block.
            unsafe {
                let x = x_codes.add(words_before);
                if is_narrow {
                    products::<BITS, BOOK, true, G, T>(codes, book, x, steps, &mut sums);
                } else {
                    products::<BITS, BOOK, false, G, T>(codes, book, x, steps, &mut sums);
                }
            }
        }
        for t in 0..T {
            // SAFETY: `block` is below the number of blocks of `x`, for each of which there are `T`.
            let (x_scale, value) = unsafe {
                (
                    v128_load32_splat(x_scales.add(block * size / BLOCK * T + t).cast()),
                    v128_load32_splat(values_of.add(block * T + t).cast()),
                )
            };
            if !has_mins {
                // SAFETY: as above.
                let zero = i32x4_splat(w.format.zero * unsafe { *codes_of.add(block * T + t) });
                for sum in &mut sums[t] {
                    *sum = i32x4_sub(*sum, zero);
                }
            }
            for g in 0..G {
                // SAFETY: see above; this block begins with floats.
                let scale = if shares { floats[g] } else { unsafe { *scales.add(g) } };
                let products = f32x4_convert_i32x4(sums[t][g]);
                let mut sum = f32x4_add(out[t][g], f32x4_mul(products, f32x4_mul(scale, x_scale)));
                if has_mins {
                    // SAFETY: see above; this block has mins.
                    let min = unsafe { *scales.add(GROUPS + g) };
                    sum = f32x4_add(sum, f32x4_mul(min, value));
                }
                out[t][g] = sum;
            }
        }
    }
    out
}

/// A code book as two vectors: the codes, or their low and high halves if they have more than 7 bits.
#[inline]
#[target_feature(enable = "relaxed-simd")]
fn book<const BITS: usize>(codes: Book) -> [v128; 2] {
    // SAFETY: a vector is sixteen bytes, and any bits will do.
    let codes: v128 = unsafe { core::mem::transmute(codes) };
    if BITS == 8 { [v128_and(codes, u8x16_splat(0x0F)), u8x16_shr(codes, 4)] } else { [codes, codes] }
}

/// Adds the products of one plane of a block to `sums`. Codes of 8 bits have two halves, so there it multiplies the sums
/// by 256 first, 16 before each half.
///
/// If `NARROW`, they are added in 16 bits first, see [`is_narrow`].
///
/// # Safety
/// `codes` must be followed by `steps` steps of [`GROUPS`] vectors, and `x` by the words of their columns.
#[inline]
#[target_feature(enable = "relaxed-simd")]
unsafe fn products<
    const BITS: usize,
    const BOOK: bool,
    const NARROW: bool,
    const G: usize,
    const T: usize,
>(
    codes: *const v128,
    book: [v128; 2],
    x: *const i32,
    steps: usize,
    sums: &mut [[v128; G]; T],
) {
    let low = |codes: [v128; G]| codes.map(|codes| v128_and(codes, u8x16_splat(0x0F)));
    // On machines without a shift of bytes, such as x86-64, this is two instructions and `u8x16_shr` is five.
    let high = |codes: [v128; G]| low(codes.map(|codes| u16x8_shr(codes, 4)));
    let look =
        |half: usize, nibbles: [v128; G]| nibbles.map(|nibbles| u8x16_relaxed_swizzle(book[half], nibbles));
    // SAFETY: the caller guarantees it.
    unsafe {
        if BOOK && BITS == 7 {
            each_step::<false, G, T>(codes, x, steps, 2 * T, sums, |sums, codes, x| {
                dots::<false, G, T>(sums, look(0, low(codes)), x);
                dots::<false, G, T>(sums, look(0, high(codes)), x.add(T));
            });
        } else if BOOK {
            for half in [1, 0] {
                each::<G, T>(|t, g| sums[t][g] = i32x4_shl(sums[t][g], 4));
                each_step::<NARROW, G, T>(codes, x, steps, 2 * T, sums, |sums, codes, x| {
                    dots::<NARROW, G, T>(sums, look(half, low(codes)), x);
                    dots::<NARROW, G, T>(sums, look(half, high(codes)), x.add(T));
                });
            }
        } else if BITS == 4 {
            each_step::<NARROW, G, T>(codes, x, steps, 2 * T, sums, |sums, codes, x| {
                dots::<NARROW, G, T>(sums, low(codes), x);
                dots::<NARROW, G, T>(sums, high(codes), x.add(T));
            });
        } else if BITS == 8 {
            // One half after the other, because the sums of both do not fit into sixteen registers.
            each::<G, T>(|t, g| sums[t][g] = i32x4_shl(sums[t][g], 4));
            each_step::<NARROW, G, T>(codes, x, steps, T, sums, |sums, codes, x| {
                dots::<NARROW, G, T>(sums, high(codes), x);
            });
            each::<G, T>(|t, g| sums[t][g] = i32x4_shl(sums[t][g], 4));
            each_step::<NARROW, G, T>(codes, x, steps, T, sums, |sums, codes, x| {
                dots::<NARROW, G, T>(sums, low(codes), x);
            });
        } else {
            let parts = if NARROW { 2 } else { 1 };
            let steps = steps / parts;
            for part in 0..parts {
                let (codes, x) = (codes.wrapping_add(part * steps * GROUPS), x.add(part * steps * T));
                each_step::<NARROW, G, T>(codes, x, steps, T, sums, |sums, codes, x| {
                    dots::<NARROW, G, T>(sums, codes, x);
                });
            }
        }
    }
}

/// Calls `step` for `steps` steps. A step has `words` words of activations.
///
/// # Safety
/// As in [`products`].
#[inline]
#[target_feature(enable = "relaxed-simd")]
unsafe fn each_step<const NARROW: bool, const G: usize, const T: usize>(
    mut codes: *const v128,
    mut x: *const i32,
    steps: usize,
    words: usize,
    sums: &mut [[v128; G]; T],
    step: impl Fn(&mut [[v128; G]; T], [v128; G], *const i32),
) {
    let mut narrow = [[i32x4_splat(0); G]; T];
    let sums_of_steps = if NARROW { &mut narrow } else { &mut *sums };
    for _ in 0..steps {
        // SAFETY: the caller guarantees it.
        step(sums_of_steps, std::array::from_fn(|g| unsafe { *codes.add(g) }), x);
        // `codes` begins at a group inside its step, so after the last step it may point beyond the end of the
        // matrix. `add` must not do that, and `wrapping_add` may. Nothing is read from there.
        (codes, x) = (codes.wrapping_add(GROUPS), x.wrapping_add(words));
    }
    if NARROW {
        each::<G, T>(|t, g| sums[t][g] = i32x4_add(sums[t][g], i32x4_extadd_pairwise_i16x8(narrow[t][g])));
    }
}

/// Adds the products of four columns, to sums of 16 bits if `NARROW`.
///
/// # Safety
/// `x` must be followed by `T` words.
#[inline]
#[target_feature(enable = "relaxed-simd")]
unsafe fn dots<const NARROW: bool, const G: usize, const T: usize>(
    sums: &mut [[v128; G]; T],
    codes: [v128; G],
    x: *const i32,
) {
    for (t, sums) in sums.iter_mut().enumerate() {
        // SAFETY: the caller guarantees it.
        let x = unsafe { v128_load32_splat(x.add(t).cast()) };
        for (sum, codes) in sums.iter_mut().zip(codes) {
            *sum = if NARROW {
                i16x8_add(*sum, i16x8_relaxed_dot_i8x16_i7x16(x, codes))
            } else {
                i32x4_relaxed_dot_i8x16_i7x16_add(x, codes, *sum)
            };
        }
    }
}

#[inline(always)]
fn each<const G: usize, const T: usize>(mut f: impl FnMut(usize, usize)) {
    for t in 0..T {
        for g in 0..G {
            f(t, g);
        }
    }
}

#[inline(always)]
fn vector(v: i32x4) -> v128 {
    // SAFETY: both are 16 bytes without meaning of their own.
    unsafe { core::mem::transmute(v) }
}

fn floats(lanes: &[v128]) -> &[f32] {
    // SAFETY: a vector is four floats, and aligned for them.
    unsafe { core::slice::from_raw_parts(lanes.as_ptr().cast(), 4 * lanes.len()) }
}
