//! Activations, as floats and as integer codes in blocks of 32.
//!
//! A code has 8 or 16 bits, and the caller chooses. The loss of accuracy with 8 bits depends on the place in the
//! network, and the loss of speed with 16 bits on the multiplication that a build has.

use bytemuck::cast_slice;
use wide::{f32x4, i32x4};

use super::float::{SHIFT, sum};
use super::{Pool, kernel, load};
use crate::error::{Error, Result};

/// Columns of the activations that share a scale.
pub const BLOCK: usize = 32;
/// Tokens that are multiplied together. Their codes are interleaved.
pub const TILE: usize = 4;

/// How finely activations are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// To 8 bits, a step of max/127.
    Eight,
    /// To 16 bits, a step of max/32639.
    #[default]
    Sixteen,
}

impl Precision {
    /// The precision with `bits` bits, 8 or 16.
    pub fn from_bits(bits: u32) -> Result<Precision> {
        match bits {
            8 => Ok(Precision::Eight),
            16 => Ok(Precision::Sixteen),
            _ => {
                let must = "8 or 16".to_owned();
                Err(Error::InvalidOption { name: "activationBits", must, got: bits.to_string() })
            }
        }
    }

    /// Number of bits, 8 or 16.
    pub const fn bits(self) -> u32 {
        match self {
            Precision::Eight => 8,
            Precision::Sixteen => 16,
        }
    }

    /// The largest code. A code of 16 bits is `256 · high + low` with two signed bytes, and the sum of 32 products
    /// with 8-bit weights, at most `32 · 255 · 32639`, fits into 32 bits.
    pub const fn max_code(self) -> i32 {
        match self {
            Precision::Eight => 127,
            Precision::Sixteen => 127 * 256 + 127,
        }
    }
}

/// The input of a matrix: `(tokens, columns)`.
///
/// The codes are stored in tiles of [`TILE`] tokens, of which the last may have fewer. If `columns` is not a multiple of
/// 32, there are no codes, because no quantized matrix has such a number of columns.
#[derive(Debug, Default)]
pub struct Rows {
    /// Number of tokens.
    pub tokens: usize,
    /// Columns.
    pub columns: usize,
    /// How finely the codes are rounded.
    pub precision: Precision,
    /// The values, `(tokens, columns)`.
    pub values: Vec<f32>,
    /// The parts of [`Codes`], tile after tile. Floats are stored as their bits.
    tiles: Vec<i32>,
}

/// The numbers of a tile, as the kernels read them. Each part is `(block, …, token of the tile)`.
#[derive(Debug)]
pub(super) struct Codes<'a> {
    /// The codes of a block, in the order in which the kernel of this build reads them.
    pub codes: &'a [i32],
    /// The scale of each block.
    pub scales: &'a [f32],
    /// Sums over 16 columns, two for each block.
    pub halves: Totals<'a>,
    /// Sums over 32 columns, one for each block.
    pub wholes: Totals<'a>,
}

/// Sums over neighboring columns of one token.
#[derive(Debug)]
pub(super) struct Totals<'a> {
    /// Sums of the codes.
    pub codes: &'a [i32],
    /// Sums of the values that the codes stand for.
    pub values: &'a [f32],
}

/// Numbers that a block of one token has in addition to its codes: a scale, and three totals of codes and of values.
const BESIDE: usize = 1 + 3 * 2;

/// A group of tokens that are multiplied together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The first token.
    pub first: usize,
    /// Number of tokens, at most [`TILE`].
    pub width: usize,
}

impl Tile {
    /// The tile that begins with token `first` of `tokens`.
    fn new(first: usize, tokens: usize) -> Tile {
        Tile { first, width: TILE.min(tokens - first) }
    }
}

impl Rows {
    /// Replaces the values and rounds them: `code = round(x / scale)`, with `scale = max|x| / max_code`.
    pub fn quantize(&mut self, columns: usize, values: &[f32], precision: Precision, pool: &Pool) {
        self.columns = columns;
        self.tokens = values.len() / columns;
        self.precision = precision;
        self.values.clear();
        self.values.extend_from_slice(values);

        let size = self.size();
        let len = size * self.tokens;
        self.tiles.resize(len, 0);
        if len > 0 {
            let (tokens, values) = (self.tokens, &self.values);
            pool.stripes(&mut self.tiles, len, size * TILE, &|mut stripe| {
                let tile = Tile::new(stripe.columns().start / size, tokens);
                round(tile, columns, values, precision, stripe.row(0));
            });
        }
    }

    /// The tiles, in the order of their tokens.
    pub(super) fn tiles(&self) -> impl Iterator<Item = Tile> + use<> {
        let tokens = self.tokens;
        (0..tokens).step_by(TILE).map(move |first| Tile::new(first, tokens))
    }

    /// The numbers of the tile of `width` tokens that begins with token `first`.
    pub(super) fn codes(&self, first: usize, width: usize) -> Codes<'_> {
        let size = self.size();
        let count = self.columns / BLOCK * width;
        let tile = &self.tiles[first * size..][..width * size];
        let (codes, rest) = tile.split_at(count * kernel::words(self.precision));
        let (scales, rest) = rest.split_at(count);
        let (halves, wholes) = rest.split_at(4 * count);
        Codes { codes, scales: cast_slice(scales), halves: Totals::of(halves), wholes: Totals::of(wholes) }
    }

    /// How many numbers a tile has for each of its tokens.
    fn size(&self) -> usize {
        let blocks = if self.columns.is_multiple_of(BLOCK) { self.columns / BLOCK } else { 0 };
        blocks * (kernel::words(self.precision) + BESIDE)
    }

    /// One code and its scale, for the slow reference.
    pub(super) fn code(&self, token: usize, column: usize) -> (i32, f32) {
        let Tile { first, width } = Tile::new(token - token % TILE, self.tokens);
        let (token, block) = (token - first, column / BLOCK);
        let Codes { codes, scales, .. } = self.codes(first, width);
        let words = kernel::words(self.precision) * width;
        let code =
            kernel::code(&codes[block * words..][..words], self.precision, width, token, column % BLOCK);
        (code, scales[block * width + token])
    }
}

impl<'a> Totals<'a> {
    fn of(numbers: &'a [i32]) -> Totals<'a> {
        let (codes, values) = numbers.split_at(numbers.len() / 2);
        Totals { codes, values: cast_slice(values) }
    }
}

/// Rounds the tokens of a tile. `out` receives the parts of [`Codes`], one after the other.
fn round(tile: Tile, columns: usize, values: &[f32], precision: Precision, out: &mut [i32]) {
    let (width, words) = (tile.width, kernel::words(precision));
    let count = columns / BLOCK * width;
    let (codes, rest) = out.split_at_mut(count * words);
    let (scales, rest) = rest.split_at_mut(count);
    let (halves, wholes) = rest.split_at_mut(4 * count);
    let (half_codes, half_values) = halves.split_at_mut(2 * count);
    let (whole_codes, whole_values) = wholes.split_at_mut(count);
    let value = |scale: f32, total: i32| (scale * total as f32).to_bits() as i32;

    for token in 0..width {
        for (block, codes) in codes.chunks_exact_mut(words * width).enumerate() {
            let values = &values[(tile.first + token) * columns + block * BLOCK..][..BLOCK];
            let rounded = Block::of(values, precision);
            kernel::store(&rounded.codes, precision, codes, width, token);

            let at = block * width + token;
            scales[at] = rounded.scale.to_bits() as i32;
            let [first, second] = rounded.totals;
            whole_codes[at] = first + second;
            whole_values[at] = value(rounded.scale, first + second);
            for (half, total) in rounded.totals.into_iter().enumerate() {
                let at = (2 * block + half) * width + token;
                half_codes[at] = total;
                half_values[at] = value(rounded.scale, total);
            }
        }
    }
}

/// A block of one token.
struct Block {
    codes: [i32x4; BLOCK / 4],
    scale: f32,
    /// The sum of the codes of each half.
    totals: [i32; 2],
}

impl Block {
    #[inline(always)]
    fn of(values: &[f32], precision: Precision) -> Block {
        let (mut largest, mut poison) = (f32x4::ZERO, f32x4::ZERO);
        for x in values.chunks_exact(4).map(load) {
            largest = largest.fast_max(x.abs());
            poison += x * f32x4::ZERO; // NaN where `x` is not finite and so has no code, otherwise 0
        }
        let largest = largest.to_array().into_iter().fold(0.0, f32::max);
        let scale = largest / precision.max_code() as f32 + sum(poison);
        let inverse = f32x4::splat(if scale > 0.0 { 1.0 / scale } else { 0.0 });
        let (least, most) = (-precision.max_code(), precision.max_code());

        let mut codes = [i32x4::ZERO; BLOCK / 4];
        let mut totals = [i32x4::ZERO; 2];
        for (i, (codes, x)) in codes.iter_mut().zip(values.chunks_exact(4)).enumerate() {
            let code: i32x4 = bytemuck::cast(load(x) * inverse + f32x4::splat(SHIFT));
            let code = code - i32x4::splat(SHIFT.to_bits() as i32);
            *codes = code.max(i32x4::splat(least)).min(i32x4::splat(most));
            totals[i / 4] += *codes;
        }
        Block { codes, scale, totals: totals.map(|lanes| lanes.to_array().into_iter().sum()) }
    }
}
