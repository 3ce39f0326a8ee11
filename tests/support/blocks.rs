//! Random blocks of the quantized types, with scales of the caller's.

use half::f16;
use shotglass::gguf::TensorType;

use super::noise::Noise;

/// Where the blocks of a type have floats of 16 bits, and no other floats. Any bits will do elsewhere, but for the two
/// types without one, whose scales [`random`] writes in their own form.
pub const QUANTIZED: [(TensorType, &[usize]); 21] = [
    (TensorType::Q4_0, &[0]),
    (TensorType::Q4_1, &[0, 2]),
    (TensorType::Q5_0, &[0]),
    (TensorType::Q5_1, &[0, 2]),
    (TensorType::Q8_0, &[0]),
    (TensorType::Q8_1, &[0, 2]),
    (TensorType::Q2_K, &[80, 82]),
    (TensorType::Q3_K, &[108]),
    (TensorType::Q4_K, &[0, 2]),
    (TensorType::Q5_K, &[0, 2]),
    (TensorType::Q6_K, &[208]),
    (TensorType::IQ1_S, &[0]),
    (TensorType::IQ1_M, &[]),
    (TensorType::IQ2_XXS, &[0]),
    (TensorType::IQ2_XS, &[0]),
    (TensorType::IQ2_S, &[0]),
    (TensorType::IQ3_XXS, &[0]),
    (TensorType::IQ3_S, &[0]),
    (TensorType::IQ4_NL, &[0]),
    (TensorType::IQ4_XS, &[0]),
    (TensorType::MXFP4, &[]),
];

/// `count` blocks of random bits, with the scales that `scale` draws.
pub fn random(
    dtype: TensorType,
    count: usize,
    noise: &mut Noise,
    scale: impl Fn(&mut Noise) -> f32,
) -> Vec<u8> {
    let (_, bytes) = dtype.block();
    let (_, floats) = QUANTIZED.into_iter().find(|(known, _)| *known == dtype).expect("a type of the table");
    let mut blocks: Vec<u8> = (0..count * bytes).map(|_| noise.next() as u8).collect();
    for block in blocks.chunks_exact_mut(bytes) {
        match dtype {
            // A power of two, whose exponent is eight bits.
            TensorType::MXFP4 => block[0] = (scale(noise).to_bits() >> 23) as u8,
            // Sixteen bits in the highest four of four numbers.
            TensorType::IQ1_M => {
                let float = f16::from_f32(scale(noise)).to_bits();
                for (n, byte) in block[49..].iter_mut().step_by(2).enumerate() {
                    *byte = *byte & 0x0F | ((float >> (4 * n)) as u8) << 4;
                }
            }
            _ => {
                for &at in floats {
                    block[at..at + 2].copy_from_slice(&f16::from_f32(scale(noise)).to_le_bytes());
                }
            }
        }
    }
    blocks
}
