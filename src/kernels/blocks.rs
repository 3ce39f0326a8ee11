//! Reads the blocks of ggml's types whose codes are numbers (`ggml-common.h`).

use half::f16;

use super::pack::Unpacked;

pub(super) fn half_at(bytes: &[u8], at: usize) -> f32 {
    f16::from_le_bytes([bytes[at], bytes[at + 1]]).to_f32()
}

/// Unpacks sixteen bytes of two nibbles each. The low ones are the first half of the block.
pub(super) fn nibbles(bytes: &[u8], codes: &mut [u8]) {
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

pub fn q4_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    nibbles(&bytes[2..18], &mut out.codes);
}

pub fn q4_1(bytes: &[u8], out: &mut Unpacked) {
    (out.scales[0], out.mins[0]) = (half_at(bytes, 0), half_at(bytes, 2));
    nibbles(&bytes[4..20], &mut out.codes);
}

pub fn q5_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    nibbles(&bytes[6..22], &mut out.codes);
    fifth_bits(&bytes[2..6], &mut out.codes);
}

pub fn q5_1(bytes: &[u8], out: &mut Unpacked) {
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

pub fn q8_0(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    signed(&bytes[2..34], &mut out.codes);
}

pub fn q8_1(bytes: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(bytes, 0);
    signed(&bytes[4..36], &mut out.codes);
}

pub fn q8_k(bytes: &[u8], out: &mut Unpacked) {
    let scale = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    out.scales[..8].fill(scale);
    signed(&bytes[4..260], &mut out.codes);
}

pub fn q2_k(bytes: &[u8], out: &mut Unpacked) {
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

pub fn q3_k(bytes: &[u8], out: &mut Unpacked) {
    let (high, low, scales) = (&bytes[..32], &bytes[32..96], &bytes[96..108]);
    out.shared = half_at(bytes, 108);
    for n in 0..16 {
        let low = if n < 8 { scales[n] & 0x0F } else { scales[n - 8] >> 4 };
        let high = scales[8 + n % 4] >> (2 * (n / 4)) & 3;
        out.scales[n] = f32::from((low | high << 4) as i8 - 32);
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

pub fn q4_k(bytes: &[u8], out: &mut Unpacked) {
    scales_and_mins(bytes, out);
    let codes = &bytes[16..144];
    for column in 0..256 {
        let (chunk, high, l) = (column / 64, column % 64 / 32, column % 32);
        out.codes[column] = codes[32 * chunk + l] >> (4 * high) & 0x0F;
    }
}

pub fn q5_k(bytes: &[u8], out: &mut Unpacked) {
    scales_and_mins(bytes, out);
    let (fifth, codes) = (&bytes[16..48], &bytes[48..176]);
    for column in 0..256 {
        let (chunk, high, l) = (column / 64, column % 64 / 32, column % 32);
        let four = codes[32 * chunk + l] >> (4 * high) & 0x0F;
        out.codes[column] = four | (fifth[l] >> (2 * chunk + high) & 1) << 4;
    }
}

pub fn q6_k(bytes: &[u8], out: &mut Unpacked) {
    let (low, high, scales) = (&bytes[..128], &bytes[128..192], &bytes[192..208]);
    out.shared = half_at(bytes, 208);
    for (n, &scale) in scales.iter().enumerate() {
        out.scales[n] = f32::from(scale as i8);
    }
    for column in 0..256 {
        let (half, quarter, l) = (column / 128, column % 128 / 32, column % 32);
        let four = low[64 * half + 32 * (quarter % 2) + l] >> (4 * (quarter / 2)) & 0x0F;
        let two = high[32 * half + l] >> (2 * quarter) & 3;
        out.codes[column] = four | two << 4;
    }
}
