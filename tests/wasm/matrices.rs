//! Packed matrices: the fast kernel of this build gives the bits of the slow twin.

use half::f16;
use shotglass::gguf::TensorType;
use shotglass::kernels::{Format, Matrix, Packed, Pool, Precision, Rows, scalar};

use crate::noise::Noise;

/// Where the blocks of each quantized type have floats of 16 bits, and no other floats. Any bits will do elsewhere.
const QUANTIZED: [(TensorType, &[usize]); 11] = [
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
];

/// A matrix of random bits times random rows: odd numbers of both, and more than any kernel takes at once.
pub fn check(noise: &mut Noise) -> Result<(), String> {
    let (dtype, floats) = QUANTIZED[noise.below(QUANTIZED.len())];
    let (block, bytes) = dtype.block();
    let (rows, tokens, columns) = (1 + noise.below(70), 1 + noise.below(11), block * (1 + noise.below(3)));
    let precision = [Precision::Eight, Precision::Sixteen][noise.below(2)];
    let what = format!("{dtype:?}, {rows} × {columns}, {tokens} tokens, {precision:?}");

    let mut blocks: Vec<u8> = (0..rows * columns / block * bytes).map(|_| noise.next() as u8).collect();
    for block in blocks.chunks_exact_mut(bytes) {
        for &at in floats {
            block[at..at + 2].copy_from_slice(&f16::from_f32(scale(noise, -8, 5)).to_le_bytes());
        }
    }
    let format = Format::of(dtype).ok_or("not quantized")?;
    let packed = Packed::new(format, rows, columns, &blocks).map_err(|error| error.to_string())?;
    let mut x = Rows::default();
    x.quantize(columns, &activations(noise, tokens * columns), precision, &Pool::new(1));

    let (mut fast, mut slow) = (vec![0.0; tokens * rows], vec![0.0; tokens * rows]);
    packed.apply(&x, &mut fast, &Pool::new(1));
    scalar::apply(&packed, &x, &mut slow);
    for (at, (fast, slow)) in fast.iter().zip(&slow).enumerate() {
        // Scales this large may overflow, in both alike; which bits a NaN has is nobody's promise.
        if fast.to_bits() != slow.to_bits() && !(fast.is_nan() && slow.is_nan()) {
            return Err(format!("{what}: {fast} where the slow twin has {slow}, at {at}"));
        }
    }
    Ok(())
}

/// Of any size between two powers of ten and of both signs; now and then zero.
fn scale(noise: &mut Noise, least: i32, most: i32) -> f32 {
    if noise.below(10) == 0 {
        return 0.0;
    }
    let size = least + noise.below((most - least) as usize) as i32;
    (noise.unit() - 0.5) * 10f32.powi(size)
}

/// Values of very different sizes, some of them in blocks that are all zero.
fn activations(noise: &mut Noise, len: usize) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    while values.len() < len {
        let size = scale(noise, -30, 30);
        values.extend((0..32).map(|_| (noise.unit() - 0.5) * size));
    }
    values
}
