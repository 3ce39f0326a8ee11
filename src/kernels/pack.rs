//! Packs the blocks of GGUF files into rows of codes that a kernel reads from first to last.
//!
//! All quantized types of ggml mean the same: a weight is `scale · (code − zero) + min`, where `scale` and `min`
//! belong to 16 or 32 neighboring columns. Only the bits differ. This module gives all types the same layout, in
//! which sixteen rows are interleaved. So one kernel serves all types and reads one stream of memory, and the lanes
//! of its accumulators are output rows. No weight changes.

use half::f16;
use wide::u16x8;

use crate::error::{Result, try_vec};
use crate::gguf::TensorType;

/// Rows that are interleaved. Each is a lane of one of four vectors.
pub const STRIP: usize = 16;
/// Vectors that hold one number for each row of a strip.
pub const GROUPS: usize = STRIP / 4;

/// The meaning of the bits of a quantized type, and a function that reads its blocks.
#[derive(Debug)]
pub struct Format {
    /// Columns in a block of the file.
    columns: usize,
    /// Bytes in a block of the file.
    bytes: usize,
    /// Bits of a code: 4 (two codes in a byte), 7 (or fewer), or 8.
    pub bits: usize,
    /// Columns that share a scale: 16 or 32.
    pub block: usize,
    /// The code that stands for zero: 0 or a power of two. With mins it is 0.
    pub zero: i32,
    /// Whether each block has a min.
    pub has_mins: bool,
    unpack: fn(&[u8], &mut Unpacked),
}

/// One unpacked block of the file, with room for the largest type.
struct Unpacked {
    codes: [u8; 256],
    scales: [f32; 16],
    mins: [f32; 16],
}

impl Format {
    /// The format of `dtype`, if it is a quantized one.
    pub fn of(dtype: TensorType) -> Option<Format> {
        let (bits, block, zero, has_mins, unpack): (_, _, _, _, fn(&[u8], &mut Unpacked)) = match dtype {
            TensorType::F32 | TensorType::F16 | TensorType::BF16 => return None,
            TensorType::Q4_0 => (4, 32, 8, false, q4_0),
            TensorType::Q4_1 => (4, 32, 0, true, q4_1),
            TensorType::Q5_0 => (7, 32, 16, false, q5_0),
            TensorType::Q5_1 => (7, 32, 0, true, q5_1),
            TensorType::Q8_0 => (8, 32, 128, false, q8_0),
            TensorType::Q8_1 => (8, 32, 128, false, q8_1),
            TensorType::Q2_K => (4, 16, 0, true, q2_k),
            TensorType::Q3_K => (4, 16, 4, false, q3_k),
            TensorType::Q4_K => (4, 32, 0, true, q4_k),
            TensorType::Q5_K => (7, 32, 0, true, q5_k),
            TensorType::Q6_K => (7, 16, 32, false, q6_k),
            TensorType::Q8_K => (8, 32, 128, false, q8_k),
        };
        let (columns, bytes) = dtype.block();
        Some(Format { columns, bytes, bits, block, zero, has_mins, unpack })
    }

    /// Columns whose codes are in one vector.
    fn columns_per_step(&self) -> usize {
        if self.bits == 4 { 8 } else { 4 }
    }

    /// Number of steps in a block.
    pub fn steps(&self) -> usize {
        self.block / self.columns_per_step()
    }

    /// Index of the vector of a block where its codes begin.
    pub fn first_step(&self) -> usize {
        if self.has_mins { 2 * GROUPS } else { GROUPS }
    }

    /// Number of vectors in a block.
    pub fn vectors(&self) -> usize {
        self.first_step() + self.steps() * GROUPS
    }
}

/// A matrix of quantized weights, in strips of 16 rows that a kernel reads from first to last.
///
/// A strip is a list of `columns / block` blocks. A block is a list of vectors: four of scales, four of mins if the
/// format has them (`f32x4`, a lane for each row), and the codes, step by step. A step is four vectors of bytes, in
/// which lane `r` of vector `g` belongs to row `4g + r`. Byte `b` of the lane is the code of column `4 · step + b`.
/// With codes of four bits it holds two: column `8 · step + b` in the low half, and `8 · step + 4 + b` in the high
/// half.
#[derive(Debug)]
pub struct Packed {
    /// Output rows.
    pub rows: usize,
    /// Input columns, a multiple of 32.
    pub columns: usize,
    /// The meaning of the codes.
    pub format: Format,
    /// `(rows / 16, columns / block, vectors of a block)`.
    vectors: Vec<u16x8>,
}

impl Packed {
    /// Packs `rows × columns` weights. `blocks` holds exactly their blocks in the file.
    pub fn new(format: Format, rows: usize, columns: usize, blocks: &[u8]) -> Result<Packed> {
        let count = rows.div_ceil(STRIP) * (columns / format.block) * format.vectors();
        let mut packed =
            Packed { rows, columns, format, vectors: try_vec(u16x8::ZERO, count, "the weights")? };
        let format = &packed.format;

        let row_bytes = columns / format.columns * format.bytes;
        let mut read = Unpacked { codes: [0; 256], scales: [0.0; 16], mins: [0.0; 16] };
        for (row, bytes) in blocks.chunks_exact(row_bytes).enumerate() {
            let (group, lane) = (row % STRIP / 4, row % 4);
            let strip = columns / format.block * format.vectors();
            let strip = &mut packed.vectors[row / STRIP * strip..][..strip];
            let mut blocks = strip.chunks_exact_mut(format.vectors());
            for bytes in bytes.chunks_exact(format.bytes) {
                (format.unpack)(bytes, &mut read);

                let codes = read.codes[..format.columns].chunks_exact(format.block);
                for ((codes, scale), min) in codes.zip(read.scales).zip(read.mins) {
                    let Some(block) = blocks.next() else { break };
                    floats(&mut block[group])[lane] = scale;
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
        Ok(packed)
    }

    /// The vectors of a strip, block after block.
    pub fn strip(&self, strip: usize) -> &[u16x8] {
        let size = self.columns / self.format.block * self.format.vectors();
        &self.vectors[strip * size..][..size]
    }

    /// The vectors of the block that contains a weight, and the row of the weight in the strip.
    fn block(&self, row: usize, column: usize) -> (&[u16x8], usize) {
        let size = self.format.vectors();
        (&self.strip(row / STRIP)[column / self.format.block * size..][..size], row % STRIP)
    }

    /// The code of one weight, as in the file.
    pub fn code(&self, row: usize, column: usize) -> i32 {
        let (block, row) = self.block(row, column);
        let per_step = self.format.columns_per_step();
        let (step, b) = (column % self.format.block / per_step, column % per_step);
        let bytes: &[u8; 16] = bytemuck::cast_ref(&block[self.format.first_step() + step * GROUPS + row / 4]);
        let byte = i32::from(bytes[row % 4 * 4 + b % 4]);
        if self.format.bits == 4 { byte >> (b / 4 * 4) & 0x0F } else { byte }
    }

    /// The scale of one weight, and its min or 0.
    pub fn scale_and_min(&self, row: usize, column: usize) -> (f32, f32) {
        let (block, row) = self.block(row, column);
        let float = |at: usize| bytemuck::cast::<u16x8, [f32; 4]>(block[at + row / 4])[row % 4];
        (float(0), if self.format.has_mins { float(GROUPS) } else { 0.0 })
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

fn half_at(bytes: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
}

/// Unpacks sixteen bytes of two nibbles each. The low ones are the first half of the block.
fn nibbles(bytes: &[u8], codes: &mut [u8; 256]) {
    for (j, &byte) in bytes.iter().enumerate() {
        codes[j] = byte & 0x0F;
        codes[j + 16] = byte >> 4;
    }
}

/// Adds the fifth bits of 32 codes.
fn fifth_bits(bytes: &[u8], codes: &mut [u8; 256]) {
    for j in 0..32 {
        codes[j] |= (bytes[j / 8] >> (j % 8) & 1) << 4;
    }
}

fn q4_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    nibbles(&bytes[2..18], &mut out.codes);
}

fn q4_1(bytes: &[u8], out: &mut Unpacked) {
    (out.scales[0], out.mins[0]) = (half_at(bytes, 0), half_at(bytes, 2));
    nibbles(&bytes[4..20], &mut out.codes);
}

fn q5_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    nibbles(&bytes[6..22], &mut out.codes);
    fifth_bits(&bytes[2..6], &mut out.codes);
}

fn q5_1(bytes: &[u8], out: &mut Unpacked) {
    (out.scales[0], out.mins[0]) = (half_at(bytes, 0), half_at(bytes, 2));
    nibbles(&bytes[8..24], &mut out.codes);
    fifth_bits(&bytes[4..8], &mut out.codes);
}

/// Unpacks signed bytes, and adds 128.
fn signed(bytes: &[u8], codes: &mut [u8; 256]) {
    for (code, &byte) in codes.iter_mut().zip(bytes) {
        *code = byte ^ 0x80;
    }
}

fn q8_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    signed(&bytes[2..34], &mut out.codes);
}

fn q8_1(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    signed(&bytes[4..36], &mut out.codes);
}

fn q8_k(bytes: &[u8], out: &mut Unpacked) {
    let scale = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    out.scales[..8].fill(scale);
    signed(&bytes[4..260], &mut out.codes);
}

fn q2_k(bytes: &[u8], out: &mut Unpacked) {
    let (scales, codes) = (&bytes[..16], &bytes[16..80]);
    let (d, dmin) = (half_at(bytes, 80), half_at(bytes, 82));
    for (n, &packed) in scales.iter().enumerate() {
        out.scales[n] = d * f32::from(packed & 0x0F);
        out.mins[n] = -(dmin * f32::from(packed >> 4));
    }
    for column in 0..256 {
        let (half, shift, l) = (column / 128, column % 128 / 32, column % 32);
        out.codes[column] = codes[32 * half + l] >> (2 * shift) & 3;
    }
}

fn q3_k(bytes: &[u8], out: &mut Unpacked) {
    let (high, low, scales) = (&bytes[..32], &bytes[32..96], &bytes[96..108]);
    let d = half_at(bytes, 108);
    for n in 0..16 {
        let low = if n < 8 { scales[n] & 0x0F } else { scales[n - 8] >> 4 };
        let high = scales[8 + n % 4] >> (2 * (n / 4)) & 3;
        out.scales[n] = d * f32::from((low | high << 4) as i8 - 32);
    }
    for column in 0..256 {
        let (half, shift, l) = (column / 128, column % 128 / 32, column % 32);
        let two = low[32 * half + l] >> (2 * shift) & 3;
        out.codes[column] = two | (high[l] >> (4 * half + shift) & 1) << 2;
    }
}

/// Unpacks the eight 6-bit scales and mins that Q4_K and Q5_K store in twelve bytes.
fn scales_and_mins(bytes: &[u8], out: &mut Unpacked) {
    let (d, dmin) = (half_at(bytes, 0), half_at(bytes, 2));
    let packed = &bytes[4..16];
    for n in 0..8 {
        let (scale, min) = if n < 4 {
            (packed[n] & 63, packed[n + 4] & 63)
        } else {
            let shared = packed[n + 4];
            (shared & 0x0F | packed[n - 4] >> 6 << 4, shared >> 4 | packed[n] >> 6 << 4)
        };
        out.scales[n] = d * f32::from(scale);
        out.mins[n] = -(dmin * f32::from(min));
    }
}

fn q4_k(bytes: &[u8], out: &mut Unpacked) {
    scales_and_mins(bytes, out);
    let codes = &bytes[16..144];
    for column in 0..256 {
        let (chunk, high, l) = (column / 64, column % 64 / 32, column % 32);
        out.codes[column] = codes[32 * chunk + l] >> (4 * high) & 0x0F;
    }
}

fn q5_k(bytes: &[u8], out: &mut Unpacked) {
    scales_and_mins(bytes, out);
    let (fifth, codes) = (&bytes[16..48], &bytes[48..176]);
    for column in 0..256 {
        let (chunk, high, l) = (column / 64, column % 64 / 32, column % 32);
        let four = codes[32 * chunk + l] >> (4 * high) & 0x0F;
        out.codes[column] = four | (fifth[l] >> (2 * chunk + high) & 1) << 4;
    }
}

fn q6_k(bytes: &[u8], out: &mut Unpacked) {
    let (low, high, scales) = (&bytes[..128], &bytes[128..192], &bytes[192..208]);
    let d = half_at(bytes, 208);
    for (n, &scale) in scales.iter().enumerate() {
        out.scales[n] = d * f32::from(scale as i8);
    }
    for column in 0..256 {
        let (half, quarter, l) = (column / 128, column % 128 / 32, column % 32);
        let four = low[64 * half + 32 * (quarter % 2) + l] >> (4 * (quarter / 2)) & 0x0F;
        let two = high[32 * half + l] >> (2 * quarter) & 3;
        out.codes[column] = four | two << 4;
    }
}
