//! Packs the blocks of GGUF files into rows of codes that a kernel reads from first to last.
//!
//! All quantized types of ggml mean the same: a weight is `scale · (code − zero) + min`, where `scale` and `min`
//! belong to 16 or 32 neighboring columns. Only the bits differ. This module gives all types the same layout, in
//! which sixteen rows are interleaved. So one kernel serves all types and reads one stream of memory, and the lanes
//! of its accumulators are output rows. No weight changes.

use wide::u16x8;

use super::blocks::*;
use super::code_books::{self, *};
use super::{grow, reserve};
use crate::error::Result;
use crate::gguf::TensorType;

/// Rows that are interleaved. Each is a lane of one of four vectors.
pub const STRIP: usize = 16;
/// Vectors that hold one number for each row of a strip.
pub const GROUPS: usize = STRIP / 4;
/// Columns that share a float if their scales are signed bytes, see [`Format::shares`].
pub const SHARED: usize = 256;

/// The meaning of the bits of a quantized type, and a function that reads its blocks.
#[derive(Debug)]
pub struct Format {
    /// Columns in a block of the file.
    columns: usize,
    /// Bytes in a block of the file.
    bytes: usize,
    /// Bits of a code: 4, 5, 7 (or 6), or 8.
    pub bits: usize,
    /// The code that each of sixteen indices stands for, if the file holds indices and not codes.
    pub book: Option<&'static Book>,
    /// Columns that share a scale: 16 or 32.
    pub block: usize,
    /// The code that stands for zero: 0 or a power of two. With mins it is 0.
    pub zero: i32,
    /// Whether each block has a min.
    pub has_mins: bool,
    unpack: fn(&[u8], &mut Unpacked),
}

/// One unpacked block of the file, with room for the largest type.
pub(super) struct Unpacked {
    /// Codes, or indices of a code book.
    pub codes: [u8; 256],
    /// Scales. If the type shares floats, they are integers from −128 to 127.
    pub scales: [f32; 16],
    pub mins: [f32; 16],
    /// The float that the scales share.
    pub shared: f32,
}

impl Format {
    /// The format of `dtype`, if it is a quantized one.
    pub fn of(dtype: TensorType) -> Option<Format> {
        let (bits, block, zero, has_mins, unpack): (_, _, _, _, fn(&[u8], &mut Unpacked)) = match dtype {
            TensorType::F32 | TensorType::F16 | TensorType::BF16 => return None,
            TensorType::Q4_0 => (4, 32, 8, false, q4_0),
            TensorType::Q4_1 => (4, 32, 0, true, q4_1),
            TensorType::Q5_0 => (5, 32, 16, false, q5_0),
            TensorType::Q5_1 => (5, 32, 0, true, q5_1),
            TensorType::Q8_0 => (8, 32, 128, false, q8_0),
            TensorType::Q8_1 => (8, 32, 128, false, q8_1),
            TensorType::Q2_K => (4, 16, 0, true, q2_k),
            TensorType::Q3_K => (4, 16, 4, false, q3_k),
            TensorType::Q4_K => (4, 32, 0, true, q4_k),
            TensorType::Q5_K => (5, 32, 0, true, q5_k),
            TensorType::Q6_K => (7, 16, 32, false, q6_k),
            TensorType::Q8_K => (8, 32, 128, false, q8_k),
            TensorType::IQ1_S => (7, 32, 64, false, iq1_s),
            TensorType::IQ1_M => (7, 16, 64, false, iq1_m),
            TensorType::IQ2_XXS => (7, 32, 64, false, iq2_xxs),
            TensorType::IQ2_XS => (7, 16, 64, false, iq2_xs),
            TensorType::IQ2_S => (7, 16, 64, false, iq2_s),
            TensorType::IQ3_XXS => (7, 32, 64, false, iq3_xxs),
            TensorType::IQ3_S => (7, 32, 64, false, iq3_s),
            TensorType::IQ4_NL => (8, 32, 128, false, iq4_nl),
            TensorType::IQ4_XS => (8, 32, 128, false, iq4_xs),
            TensorType::MXFP4 => (7, 32, 64, false, mxfp4),
        };
        let (columns, bytes) = dtype.block();
        Some(Format { columns, bytes, bits, book: code_books::of(dtype), block, zero, has_mins, unpack })
    }

    /// Columns whose codes are in one vector.
    fn columns_per_step(&self) -> usize {
        if self.bits == 4 || self.book.is_some() { 8 } else { 4 }
    }

    /// Number of codes in a byte.
    pub fn codes_per_byte(&self) -> usize {
        self.columns_per_step() / 4
    }

    /// Whether scales are signed bytes, which are multiplied by a float that [`SHARED`] columns have in common. So it
    /// is in all types with a scale for every 16 columns and no mins, and floats would take a third of their memory.
    pub fn shares(&self) -> bool {
        self.block == 16 && !self.has_mins
    }

    /// Number of steps in a block.
    pub fn steps(&self) -> usize {
        self.block / self.columns_per_step()
    }

    /// Index of the vector of a block where its codes begin.
    pub fn first_step(&self) -> usize {
        match (self.shares(), self.has_mins) {
            (true, _) => 1,
            (false, false) => GROUPS,
            (false, true) => 2 * GROUPS,
        }
    }

    /// Number of vectors in a block.
    pub fn vectors(&self) -> usize {
        self.first_step() + self.steps() * GROUPS
    }

    /// Number of vectors of shared floats, and of blocks, in a strip with as many columns.
    fn strip(&self, columns: usize) -> (usize, usize) {
        let shared = if self.shares() { columns / SHARED * GROUPS } else { 0 };
        (shared, columns / self.block * self.vectors())
    }

    /// Bytes of a packed matrix. They have 64 bits, because the matrix may be too large for WebAssembly.
    pub fn packed_bytes(&self, rows: usize, columns: usize) -> u64 {
        let (shared, blocks) = self.strip(columns);
        let bytes = (shared + blocks) as u64 * size_of::<u16x8>() as u64;
        bytes.saturating_mul(rows.div_ceil(STRIP) as u64)
    }
}

/// A matrix of quantized weights, in strips of 16 rows that a kernel reads from first to last.
///
/// A strip is a list of `columns / block` blocks. A block is a list of vectors: four of scales, four of mins if the
/// format has them (`f32x4`, a lane for each row), and the codes, step by step. A step is four vectors of bytes, in
/// which lane `r` of vector `g` belongs to row `4g + r`. Byte `b` of the lane is the code of column `4 · step + b`.
/// With codes of four bits, or indices, it holds two: column `8 · step + b` in the low half, and `8 · step + 4 + b` in
/// the high half.
///
/// If scales share a float, a block begins with one vector of scales, a signed byte for each row, and the strip with
/// the floats: four vectors for every [`SHARED`] columns.
#[derive(Debug)]
pub struct Packed {
    /// Output rows.
    pub rows: usize,
    /// Input columns, a multiple of 32.
    pub columns: usize,
    /// The meaning of the codes.
    pub format: Format,
    /// Rows that are there, the first ones.
    filled: usize,
    /// Strip after strip: shared floats, then `(columns / block, vectors of a block)`.
    vectors: Vec<u16x8>,
}

impl Packed {
    /// A matrix of `rows × columns` weights without its rows, which [`Packed::push`] adds. It gets the memory for all of
    /// them now if that is asked for `at_once`, and otherwise as they come.
    pub fn new(format: Format, rows: usize, columns: usize, at_once: bool) -> Result<Packed> {
        let (shared, strip) = format.strip(columns);
        let most = rows.div_ceil(STRIP) * (shared + strip);
        let mut vectors = Vec::new();
        reserve(&mut vectors, if at_once { most } else { 0 }, most)?;
        Ok(Packed { rows, columns, format, filled: 0, vectors })
    }

    /// Packs the next rows, given by whole rows of blocks in the file, and returns what is left of these after the last.
    pub fn push<'a>(&mut self, blocks: &'a [u8]) -> Result<&'a [u8]> {
        let format = &self.format;
        let (shared, strip) = format.strip(self.columns);
        let vectors = |rows: usize| rows.div_ceil(STRIP) * (shared + strip);

        let row_bytes = self.columns / format.columns * format.bytes;
        let (blocks, rest) = blocks.split_at(blocks.len().min((self.rows - self.filled) * row_bytes));
        let first = self.filled;
        self.filled += blocks.len() / row_bytes;
        grow(&mut self.vectors, vectors(self.filled), vectors(self.rows))?;

        let mut read = Unpacked { codes: [0; 256], scales: [0.0; 16], mins: [0.0; 16], shared: 0.0 };
        for (row, bytes) in (first..).zip(blocks.chunks_exact(row_bytes)) {
            let (group, lane) = (row % STRIP / 4, row % 4);
            let strip = &mut self.vectors[row / STRIP * (shared + strip)..][..shared + strip];
            let (shared, blocks) = strip.split_at_mut(shared);
            let mut shared = shared.chunks_exact_mut(GROUPS);
            let mut blocks = blocks.chunks_exact_mut(format.vectors());
            for bytes in bytes.chunks_exact(format.bytes) {
                (format.unpack)(bytes, &mut read);
                if let Some(shared) = shared.next() {
                    floats(&mut shared[group])[lane] = read.shared;
                }

                let codes = read.codes[..format.columns].chunks_exact(format.block);
                for ((codes, scale), min) in codes.zip(read.scales).zip(read.mins) {
                    let Some(block) = blocks.next() else { break };
                    if format.shares() {
                        signed_bytes(&mut block[0])[row % STRIP] = scale as i8;
                    } else {
                        floats(&mut block[group])[lane] = scale;
                    }
                    if format.has_mins {
                        floats(&mut block[GROUPS + group])[lane] = min;
                    }
                    let steps = block[format.first_step()..].chunks_exact_mut(GROUPS);
                    for (step, codes) in steps.zip(codes.chunks_exact(format.columns_per_step())) {
                        let bytes: &mut [u8; 16] = bytemuck::cast_mut(&mut step[group]);
                        for (b, &code) in codes.iter().enumerate() {
                            bytes[4 * lane + b % 4] |= code << (b / 4 * 4);
                        }
                    }
                }
            }
        }
        Ok(rest)
    }

    /// The shared floats of a strip, and its blocks, one after the other.
    pub fn strip(&self, strip: usize) -> (&[u16x8], &[u16x8]) {
        let (shared, blocks) = self.format.strip(self.columns);
        self.vectors[strip * (shared + blocks)..][..shared + blocks].split_at(shared)
    }

    /// The vectors of the block that contains a weight, and the row of the weight in the strip.
    fn block(&self, row: usize, column: usize) -> (&[u16x8], usize) {
        let size = self.format.vectors();
        (&self.strip(row / STRIP).1[column / self.format.block * size..][..size], row % STRIP)
    }

    /// The code of one weight.
    pub fn code(&self, row: usize, column: usize) -> i32 {
        let (block, row) = self.block(row, column);
        let per_step = self.format.columns_per_step();
        let (step, b) = (column % self.format.block / per_step, column % per_step);
        let bytes: &[u8; 16] = bytemuck::cast_ref(&block[self.format.first_step() + step * GROUPS + row / 4]);
        let byte = i32::from(bytes[row % 4 * 4 + b % 4]);
        let nibble = byte >> (b / 4 * 4) & 0x0F;
        match self.format.book {
            Some(book) => book[nibble as usize].into(),
            None if self.format.bits == 4 => nibble,
            None => byte,
        }
    }

    /// The scale of one weight, and its min or 0.
    pub fn scale_and_min(&self, row: usize, column: usize) -> (f32, f32) {
        let float = |vectors: &[u16x8], at| bytemuck::cast::<u16x8, [f32; 4]>(vectors[at])[row % 4];
        let (block, row_of_strip) = self.block(row, column);
        let group = row_of_strip / 4;
        if self.format.shares() {
            let (shared, _) = self.strip(row / STRIP);
            let scale = bytemuck::cast::<u16x8, [i8; 16]>(block[0])[row_of_strip];
            return (float(shared, column / SHARED * GROUPS + group) * f32::from(scale), 0.0);
        }
        (float(block, group), if self.format.has_mins { float(block, GROUPS + group) } else { 0.0 })
    }

    /// One weight: `scale · (code − zero) + min`.
    pub fn weight(&self, row: usize, column: usize) -> f32 {
        let (scale, min) = self.scale_and_min(row, column);
        scale * (self.code(row, column) - self.format.zero) as f32 + min
    }
}

/// A vector of scales or mins, for writing.
fn floats(vector: &mut u16x8) -> &mut [f32; 4] {
    bytemuck::cast_mut(vector)
}

/// A vector of scales that share a float, for writing.
fn signed_bytes(vector: &mut u16x8) -> &mut [i8; 16] {
    bytemuck::cast_mut(vector)
}
