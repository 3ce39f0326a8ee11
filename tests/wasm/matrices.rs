//! Packed matrices: the fast kernels of this build give the bits of the slow twins.

use shotglass::kernels::{Format, Matrix, Packed, Pool, Precision, Rows, scalar};

use crate::blocks::{QUANTIZED, random};
use crate::noise::Noise;

/// A matrix of random bits times random rows: odd numbers of both, and some of both, and of columns, that are more
/// than any kernel takes at once.
pub fn check(noise: &mut Noise) -> Result<(), String> {
    let (dtype, floats) = QUANTIZED[noise.below(QUANTIZED.len())];
    let (block, bytes) = dtype.block();
    let most_tokens = [11, 11, 11, 80][noise.below(4)];
    let (rows, tokens) = (1 + noise.below(70), 1 + noise.below(most_tokens));
    let columns = (1 + noise.below(600)).next_multiple_of(block);
    let precision = [Precision::Eight, Precision::Sixteen][noise.below(2)];
    let what = format!("{dtype:?}, {rows} × {columns}, {tokens} tokens, {precision:?}");

    let mut blocks = random(dtype, rows * columns / block, noise, |noise| scale(noise, -8, 5));
    let mut values = activations(noise, tokens * columns);
    // Sums are largest if all codes and all activations are.
    if noise.below(8) == 0 && !floats.is_empty() {
        let is_code = |at: &usize| !floats.iter().any(|float| (*float..float + 2).contains(at));
        for block in blocks.chunks_exact_mut(bytes) {
            (0..bytes).filter(is_code).for_each(|at| block[at] = 0xFF);
        }
        values.fill(1.0);
    }
    let format = Format::of(dtype).ok_or("not quantized")?;
    let mut packed = Packed::new(format, rows, columns, true).map_err(|error| error.to_string())?;
    packed.push(&blocks).map_err(|error| error.to_string())?;
    let mut x = Rows::default();
    x.quantize(columns, &values, precision, &Pool::new(1));

    let (mut fast, mut slow) = (vec![0.0; tokens * rows], vec![0.0; tokens * rows]);
    packed.apply(&x, &mut fast, &Pool::new(1));
    scalar::apply(&packed, &x, &mut slow);
    same(&what, &fast, &slow)?;

    let g = &activations(noise, tokens * rows)[..tokens * rows];
    let mut fast = noise.normals(tokens * columns, 1.0);
    let mut slow = fast.clone();
    packed.add_transposed(g, &mut fast, &Pool::new(1));
    scalar::add_transposed(&packed, g, &mut slow);
    same(&format!("{what}, transposed"), &fast, &slow)
}

fn same(what: &str, fast: &[f32], slow: &[f32]) -> Result<(), String> {
    for (at, (fast, slow)) in fast.iter().zip(slow).enumerate() {
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
