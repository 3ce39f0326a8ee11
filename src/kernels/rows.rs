//! Activations, as floats and as 16-bit codes in blocks of 32.
//!
//! The multiplication that all engines have, `i16 × i16 → i32`, takes 16 bits at the price of 8. With
//! 8, as in llama.cpp, rounding the activations is by far the largest error of the whole pass.

use wide::f32x4;

use super::float::sum;
use super::load;

/// Columns of the activations that share a scale.
pub const BLOCK: usize = 32;

/// The largest code. A block of 32 products with 8-bit weights, `32 · 255 · 32767`, fits in 32 bits.
const MAX_CODE: i32 = 32767;

/// The input of a matrix: `(tokens, columns)`.
#[derive(Debug, Default)]
pub struct Rows {
    /// Number of tokens.
    pub tokens: usize,
    /// Columns.
    pub columns: usize,
    /// The values, `(tokens, columns)`.
    pub values: Vec<f32>,
    /// The codes, two neighbouring columns in one number, low half first: `(tokens, columns / 2)`.
    /// Empty where `columns` is not a multiple of 32, as no quantized matrix has such columns.
    pub pairs: Vec<i32>,
    /// One for each block of 32 columns: `(tokens, columns / 32)`.
    pub scales: Vec<f32>,
    /// Sums of the codes of 16 columns: `(tokens, columns / 16)`.
    pub sums: Vec<i32>,
}

impl Rows {
    /// Takes new values and quantizes them: `code = round(x / scale)`, `scale = max|x| / 32767`.
    pub fn set(&mut self, columns: usize, values: &[f32]) {
        self.columns = columns;
        self.tokens = values.len() / columns;
        self.values.clear();
        self.values.extend_from_slice(values);
        self.pairs.clear();
        self.scales.clear();
        self.sums.clear();
        if columns.is_multiple_of(BLOCK) {
            values.chunks_exact(BLOCK).for_each(|block| self.quantize(block));
        }
    }

    fn quantize(&mut self, block: &[f32]) {
        let (mut largest, mut poison) = (f32x4::ZERO, f32x4::ZERO);
        for x in block.chunks_exact(4).map(load) {
            largest = largest.max(x.abs());
            poison += x * f32x4::ZERO; // 0, or NaN where `x` is not finite and has no code
        }
        let largest = largest.to_array().into_iter().fold(0.0, f32::max);
        let scale = largest / MAX_CODE as f32 + sum(poison);
        let inverse = f32x4::splat(if scale > 0.0 { 1.0 / scale } else { 0.0 });
        self.scales.push(scale);
        for half in block.chunks_exact(16) {
            let mut total = 0;
            for x in half.chunks_exact(4) {
                let [a, b, c, d] =
                    (load(x) * inverse).round_int().to_array().map(|code| code.clamp(-MAX_CODE, MAX_CODE));
                self.pairs.push(a & 0xFFFF | b << 16);
                self.pairs.push(c & 0xFFFF | d << 16);
                total += a + b + c + d;
            }
            self.sums.push(total);
        }
    }
}
