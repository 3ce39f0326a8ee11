//! Activations, as floats and as integer codes in blocks of 32.
//!
//! A code has 8 or 16 bits, whichever the caller asks for: what 8 cost in accuracy depends on where in
//! the network they are used, and what 16 cost in time on the multiplication that a build has.

use wide::{f32x4, i32x4};

use super::float::{SHIFT, sum};
use super::{kernel, load};
use crate::error::{Error, Result};

/// Columns of the activations that share a scale.
pub const BLOCK: usize = 32;
/// Tokens that are multiplied together: their codes lie side by side.
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
    /// The precision with so many bits, 8 or 16.
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

    /// 8 or 16.
    pub const fn bits(self) -> u32 {
        match self {
            Precision::Eight => 8,
            Precision::Sixteen => 16,
        }
    }

    /// The largest code. One of 16 bits is `256 · high + low` with two signed bytes; and a block of
    /// 32 products with 8-bit weights, `32 · 255 · 32639`, fits in 32 bits.
    pub const fn max_code(self) -> i32 {
        match self {
            Precision::Eight => 127,
            Precision::Sixteen => 127 * 256 + 127,
        }
    }
}

/// The input of a matrix: `(tokens, columns)`.
///
/// Codes, scales and totals are in tiles of [`TILE`] tokens, `(tile, block, …, token of the tile)`.
/// What is left over makes a tile of one token if it is one, and else a whole one with tokens that are
/// all zero. There are none where `columns` is not a multiple of 32, as no quantized matrix has such
/// columns.
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
    /// The codes of a block, in the order in which the kernel of this build reads them.
    pub(super) codes: Vec<i32>,
    /// One for each block.
    pub(super) scales: Vec<f32>,
    /// Of 16 columns, two for each block.
    pub(super) halves: Totals,
    /// Of 32 columns, one for each block.
    pub(super) wholes: Totals,
}

/// Sums over neighbouring columns of one token.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// Of the codes.
    pub codes: Vec<i32>,
    /// Of what the codes stand for.
    pub values: Vec<f32>,
}

impl Totals {
    fn resize(&mut self, len: usize) {
        self.codes.resize(len, 0);
        self.values.resize(len, 0.0);
    }

    fn set(&mut self, at: usize, code: i32, scale: f32) {
        self.codes[at] = code;
        self.values[at] = scale * code as f32;
    }
}

/// Tokens that are multiplied together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    /// The first of them.
    pub first: usize,
    /// How many there are, [`TILE`] or 1.
    pub width: usize,
    /// How many of these are wanted.
    pub tokens: usize,
}

impl Tile {
    /// The tile that begins with token `first` of `tokens`.
    fn new(first: usize, tokens: usize) -> Tile {
        let tokens = TILE.min(tokens - first);
        Tile { first, width: if tokens == 1 { 1 } else { TILE }, tokens }
    }
}

impl Rows {
    /// Takes new values and rounds them: `code = round(x / scale)`, `scale = max|x| / max_code`.
    pub fn set(&mut self, columns: usize, values: &[f32], precision: Precision) {
        self.columns = columns;
        self.tokens = values.len() / columns;
        self.precision = precision;
        self.values.clear();
        self.values.extend_from_slice(values);

        let blocks = if columns.is_multiple_of(BLOCK) { columns / BLOCK } else { 0 };
        let count = blocks * self.tiles().map(|tile| tile.width).sum::<usize>();
        self.codes.resize(count * kernel::words(precision), 0);
        self.scales.resize(count, 0.0);
        self.halves.resize(2 * count);
        self.wholes.resize(count);
        for tile in self.tiles() {
            for token in 0..tile.width {
                for block in 0..blocks {
                    let at = (tile.first * blocks + block * tile.width) + token;
                    let values = (token < tile.tokens)
                        .then(|| &values[(tile.first + token) * columns + block * BLOCK..][..BLOCK]);
                    self.round(values.unwrap_or(&[0.0; BLOCK]), at, tile.width);
                }
            }
        }
    }

    /// Rounds one block of one token. `at` is the place of its scale.
    fn round(&mut self, values: &[f32], at: usize, width: usize) {
        let (mut largest, mut poison) = (f32x4::ZERO, f32x4::ZERO);
        for x in values.chunks_exact(4).map(load) {
            largest = largest.fast_max(x.abs());
            poison += x * f32x4::ZERO; // 0, or NaN where `x` is not finite and has no code
        }
        let largest = largest.to_array().into_iter().fold(0.0, f32::max);
        let scale = largest / self.precision.max_code() as f32 + sum(poison);
        let inverse = f32x4::splat(if scale > 0.0 { 1.0 / scale } else { 0.0 });
        let (least, most) = (-self.precision.max_code(), self.precision.max_code());

        let mut codes = [i32x4::ZERO; BLOCK / 4];
        let mut totals = [i32x4::ZERO; 2];
        for (i, (codes, x)) in codes.iter_mut().zip(values.chunks_exact(4)).enumerate() {
            let code: i32x4 = bytemuck::cast(load(x) * inverse + f32x4::splat(SHIFT));
            let code = code - i32x4::splat(SHIFT.to_bits() as i32);
            *codes = code.max(i32x4::splat(least)).min(i32x4::splat(most));
            totals[i / 4] += *codes;
        }
        let totals = totals.map(|lanes| lanes.to_array().into_iter().sum::<i32>());

        let (group, token) = (at - at % width, at % width);
        let words = kernel::words(self.precision);
        kernel::store(
            &codes,
            self.precision,
            &mut self.codes[group * words..][..words * width],
            width,
            token,
        );
        self.scales[at] = scale;
        self.wholes.set(at, totals[0] + totals[1], scale);
        for (half, total) in totals.into_iter().enumerate() {
            self.halves.set(2 * group + half * width + token, total, scale);
        }
    }

    /// The tiles, in the order of their tokens.
    pub(super) fn tiles(&self) -> impl Iterator<Item = Tile> + use<> {
        let tokens = self.tokens;
        (0..tokens).step_by(TILE).map(move |first| Tile::new(first, tokens))
    }

    /// One code and its scale, for the slow twin.
    pub(super) fn code(&self, token: usize, column: usize) -> (i32, f32) {
        let Tile { first, width, .. } = Tile::new(token - token % TILE, self.tokens);
        let group = first * (self.columns / BLOCK) + column / BLOCK * width;
        let words = kernel::words(self.precision);
        let codes = &self.codes[group * words..][..words * width];
        let code = kernel::code(codes, self.precision, width, token - first, column % BLOCK);
        (code, self.scales[group + token - first])
    }
}
