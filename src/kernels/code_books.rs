//! Reads the blocks of ggml's types whose codes are looked up (`ggml-common.h`).
//!
//! Each of these types has at most sixteen values, all of them small integers. So a weight is packed as an index of
//! four bits into the [`Book`] of its type, and a kernel looks up sixteen of them with one instruction. Types of one to
//! three bits save more in the file by a grid, which lists the groups of neighboring weights that can occur.

use super::blocks::{half_at, nibbles};
use super::grids;
use super::pack::Unpacked;
use crate::gguf::TensorType;

/// The code of each index: a value, plus the code that stands for zero.
pub type Book = [u8; 16];

const IQ4: Book = book(128, [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113]);
/// Twice the floats of four bits that the OCP Microscaling Formats define as E2M1.
const E2M1: Book = book(64, [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]);
const IQ3_XXS: Book = book(64, [4, 12, 20, 28, 36, 44, 52, 62, -4, -12, -20, -28, -36, -44, -52, -62]);
const IQ3_S: Book = book(64, [1, 3, 5, 7, 9, 11, 13, 15, -1, -3, -5, -7, -9, -11, -13, -15]);
const IQ2: Book = book(64, [8, 25, 43, 0, -8, -25, -43, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/// Eight times −1, 0 and 1, shifted by 1/8 to either side.
const IQ1: Book = book(64, [-7, 1, 9, 0, -9, -1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

const fn book(zero: i16, values: [i16; 16]) -> Book {
    let mut book = [0; 16];
    let mut index = 0;
    while index < 16 {
        book[index] = (zero + values[index]) as u8;
        index += 1;
    }
    book
}

/// The code book of `dtype`, if it has one.
pub fn of(dtype: TensorType) -> Option<&'static Book> {
    Some(match dtype {
        TensorType::IQ1_S | TensorType::IQ1_M => &IQ1,
        TensorType::IQ2_XXS | TensorType::IQ2_XS | TensorType::IQ2_S => &IQ2,
        TensorType::IQ3_XXS => &IQ3_XXS,
        TensorType::IQ3_S => &IQ3_S,
        TensorType::IQ4_NL | TensorType::IQ4_XS => &IQ4,
        TensorType::MXFP4 => &E2M1,
        _ => return None,
    })
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// The `n`-th nibble of `bytes`.
fn nibble(bytes: &[u8], n: usize) -> u8 {
    bytes[n / 2] >> (4 * (n % 2)) & 0x0F
}

/// Seven bits of signs, and an eighth that makes the number of minus signs even.
fn eight_signs(seven: u32) -> u8 {
    let seven = (seven & 0x7F) as u8;
    seven | (seven.count_ones() as u8 & 1) << 7
}

/// Writes the indices of eight weights: sizes of two bits, and a bit for each sign.
// Inlined and unrolled, it would be kilobytes.
#[inline(never)]
fn twos(sizes: u16, signs: u8, out: &mut [u8]) {
    for (n, out) in out.iter_mut().enumerate() {
        *out = (sizes >> (2 * n) & 3) as u8 | (signs >> n & 1) << 2;
    }
}

/// Writes the indices of eight weights: two times four sizes of three bits, and a bit for each sign.
// As above.
#[inline(never)]
fn threes(sizes: [u16; 2], signs: u8, out: &mut [u8]) {
    for (n, out) in out.iter_mut().enumerate() {
        *out = (sizes[n / 4] >> (4 * (n % 4)) & 7) as u8 | (signs >> n & 1) << 3;
    }
}

pub fn iq4_nl(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    nibbles(&bytes[2..18], &mut out.codes);
}

pub fn iq4_xs(bytes: &[u8], out: &mut Unpacked) {
    let (d, high, low, codes) = (half_at(bytes, 0), u16_at(bytes, 2), &bytes[4..8], &bytes[8..136]);
    let codes = codes.chunks_exact(16).zip(out.codes.chunks_exact_mut(32));
    for (n, (codes, out_codes)) in codes.enumerate() {
        let scale = nibble(low, n) | ((high >> (2 * n) & 3) as u8) << 4;
        out.scales[n] = d * f32::from(scale as i8 - 32);
        nibbles(codes, out_codes);
    }
}

/// The scale is a power of two in one byte, E8M0, and half as large as that says, because the values are doubled.
pub fn mxfp4(bytes: &[u8], out: &mut Unpacked) {
    let exponent = u32::from(bytes[0]);
    out.scales[0] = f32::from_bits(if exponent < 2 { 1 << (21 + exponent) } else { (exponent - 1) << 23 });
    nibbles(&bytes[1..17], &mut out.codes);
}

pub fn iq2_xxs(bytes: &[u8], out: &mut Unpacked) {
    let d = half_at(bytes, 0);
    for (n, bytes) in bytes[2..66].chunks_exact(8).enumerate() {
        let signs = u32_at(bytes, 4);
        out.scales[n] = d * (0.5 + (signs >> 28) as f32) * 0.25;
        for (k, out) in out.codes[32 * n..][..32].chunks_exact_mut(8).enumerate() {
            twos(grids::IQ2_XXS[usize::from(bytes[k])], eight_signs(signs >> (7 * k)), out);
        }
    }
}

pub fn iq2_xs(bytes: &[u8], out: &mut Unpacked) {
    let (codes, scales) = (&bytes[2..66], &bytes[66..74]);
    out.shared = half_at(bytes, 0) * 0.125;
    for (n, scale) in out.scales.iter_mut().enumerate() {
        *scale = f32::from(2 * nibble(scales, n) + 1);
    }
    for (codes, out) in codes.chunks_exact(2).zip(out.codes.chunks_exact_mut(8)) {
        let both = u16_at(codes, 0);
        twos(grids::IQ2_XS[usize::from(both & 511)], eight_signs(u32::from(both >> 9)), out);
    }
}

pub fn iq2_s(bytes: &[u8], out: &mut Unpacked) {
    let (low, signs, high, scales) = (&bytes[2..34], &bytes[34..66], &bytes[66..74], &bytes[74..82]);
    out.shared = half_at(bytes, 0) * 0.125;
    for (n, scale) in out.scales.iter_mut().enumerate() {
        *scale = f32::from(2 * nibble(scales, n) + 1);
    }
    for (k, out) in out.codes.chunks_exact_mut(8).enumerate() {
        let high = usize::from(high[k / 4] >> (2 * (k % 4)) & 3);
        twos(grids::IQ2_S[usize::from(low[k]) | high << 8], signs[k], out);
    }
}

pub fn iq3_xxs(bytes: &[u8], out: &mut Unpacked) {
    let (d, codes, signs) = (half_at(bytes, 0), &bytes[2..66], &bytes[66..98]);
    let grid = |code: u8| grids::IQ3_XXS[usize::from(code)];
    for (n, codes) in codes.chunks_exact(8).enumerate() {
        let signs = u32_at(signs, 4 * n);
        out.scales[n] = d * (0.5 + (signs >> 28) as f32) * 0.5;
        let out = out.codes[32 * n..][..32].chunks_exact_mut(8);
        for (k, (codes, out)) in codes.chunks_exact(2).zip(out).enumerate() {
            threes([grid(codes[0]), grid(codes[1])], eight_signs(signs >> (7 * k)), out);
        }
    }
}

pub fn iq3_s(bytes: &[u8], out: &mut Unpacked) {
    let d = half_at(bytes, 0);
    let (low, high, signs, scales) = (&bytes[2..66], &bytes[66..74], &bytes[74..106], &bytes[106..110]);
    for n in 0..8 {
        out.scales[n] = d * f32::from(2 * nibble(scales, n) + 1);
    }
    let grid = |k: usize| grids::IQ3_S[usize::from(low[k]) | usize::from(high[k / 8] >> (k % 8) & 1) << 8];
    for (k, out) in out.codes.chunks_exact_mut(8).enumerate() {
        threes([grid(2 * k), grid(2 * k + 1)], signs[k], out);
    }
}

pub fn iq1_s(bytes: &[u8], out: &mut Unpacked) {
    let (d, low, high) = (half_at(bytes, 0), &bytes[2..34], &bytes[34..50]);
    for n in 0..8 {
        let high = u16_at(high, 2 * n);
        out.scales[n] = d * f32::from(2 * (high >> 12 & 7) + 1) * 0.125;
        // One bit says to which side all 32 weights are shifted.
        let signs = if high >> 15 == 1 { 0xFF } else { 0 };
        for (k, out) in out.codes[32 * n..][..32].chunks_exact_mut(8).enumerate() {
            let high = usize::from(high >> (3 * k) & 7);
            twos(grids::IQ1[usize::from(low[4 * n + k]) | high << 8], signs, out);
        }
    }
}

pub fn iq1_m(bytes: &[u8], out: &mut Unpacked) {
    let (low, high, scales) = (&bytes[..32], &bytes[32..48], &bytes[48..56]);
    // The scale of all is in the highest four bits of each number, in front of four scales of three bits.
    let d = (0..4).fold(0, |d, n| d | (u16_at(scales, 2 * n) & 0xF000) >> (12 - 4 * n));
    out.shared = half_at(&d.to_le_bytes(), 0) * 0.125;
    for (n, scale) in out.scales.iter_mut().enumerate() {
        *scale = f32::from(2 * (u16_at(scales, n / 4 * 2) >> (3 * (n % 4)) & 7) + 1);
    }
    for (k, out) in out.codes.chunks_exact_mut(8).enumerate() {
        let high = nibble(high, k);
        let signs = if high >> 3 == 1 { 0xFF } else { 0 };
        twos(grids::IQ1[usize::from(low[k]) | usize::from(high & 7) << 8], signs, out);
    }
}
