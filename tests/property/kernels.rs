//! Packed matrices: against candle's dequantization, the scalar twin, and a product in 64 bits.

use std::sync::LazyLock;

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};
use proptest::prelude::*;
use shotglass::gguf::TensorType;
use shotglass::kernels::{Format, Matrix, Packed, Pool, Precision, Rows, matrix, packed_bytes, scalar};
use shotglass::model::Linear;

use super::blocks::{QUANTIZED as BLOCKS, random};
use super::noise::Noise;

/// Two threads: the twin computes on one.
static POOL: LazyLock<Pool> = LazyLock::new(|| Pool::new(2));

/// ggml's number and candle's name of each quantized type.
const QUANTIZED: [(u32, GgmlDType); 12] = [
    (2, GgmlDType::Q4_0),
    (3, GgmlDType::Q4_1),
    (6, GgmlDType::Q5_0),
    (7, GgmlDType::Q5_1),
    (8, GgmlDType::Q8_0),
    (9, GgmlDType::Q8_1),
    (10, GgmlDType::Q2K),
    (11, GgmlDType::Q3K),
    (12, GgmlDType::Q4K),
    (13, GgmlDType::Q5K),
    (14, GgmlDType::Q6K),
    (15, GgmlDType::Q8K),
];

/// The blocks that candle makes of `values`, and the floats it reads back from them.
fn quantize(dtype: GgmlDType, rows: usize, columns: usize, values: &[f32]) -> (Vec<u8>, Vec<f32>) {
    let tensor = Tensor::from_slice(values, (rows, columns), &Device::Cpu).expect("a matrix");
    let tensor = QTensor::quantize(&tensor, dtype).expect("a quantized matrix");
    let read = tensor.dequantize(&Device::Cpu).and_then(|tensor| tensor.flatten_all()?.to_vec1());
    (tensor.data().expect("its bytes").into_owned(), read.expect("its floats"))
}

fn packed(dtype: GgmlDType, rows: usize, columns: usize, blocks: &[u8]) -> Packed {
    let (number, _) = QUANTIZED.into_iter().find(|(_, candle)| *candle == dtype).expect("a quantized type");
    matrix_of(TensorType::from_number(number).expect("a type that is read"), rows, columns, blocks)
}

fn matrix_of(dtype: TensorType, rows: usize, columns: usize, blocks: &[u8]) -> Packed {
    let format = Format::of(dtype).expect("a quantized type");
    let mut packed = Packed::new(format, rows, columns, true).expect("memory");
    packed.push(blocks).expect("memory");
    packed
}

fn dtype() -> impl Strategy<Value = GgmlDType> {
    prop::sample::select(&QUANTIZED[..]).prop_map(|(_, dtype)| dtype)
}

fn precision() -> impl Strategy<Value = Precision> {
    prop::sample::select(&[Precision::Eight, Precision::Sixteen][..])
}

/// Values of very different sizes, some of them in blocks that are all zero.
fn values(len: usize) -> impl Strategy<Value = Vec<f32>> {
    let block = (-9i32..3, prop::collection::vec(-1.0f32..1.0, 32), prop::bool::weighted(0.1));
    let block = block.prop_map(|(size, values, zero)| {
        let size = if zero { 0.0 } else { 10f32.powi(size) };
        values.into_iter().map(|x| x * size).collect::<Vec<_>>()
    });
    prop::collection::vec(block, len / 32).prop_map(|blocks| blocks.concat())
}

/// A type, a matrix of it, and rows to multiply with: odd numbers of both, and a tile and more.
fn case() -> impl Strategy<Value = (GgmlDType, usize, usize, Vec<f32>, Vec<f32>, Precision)> {
    let sizes = (dtype(), 1usize..50, 1usize..10, 1usize..3);
    sizes.prop_flat_map(|(dtype, rows, tokens, blocks)| {
        let columns = dtype.block_size() * blocks;
        (
            Just(dtype),
            Just(rows),
            Just(columns),
            values(rows * columns),
            values(tokens * columns),
            precision(),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_packed_weight_is_candles_weight((dtype, rows, columns, weights, _, _) in case()) {
        let (blocks, read) = quantize(dtype, rows, columns, &weights);
        let packed = packed(dtype, rows, columns, &blocks);
        for row in 0..rows {
            for column in 0..columns {
                prop_assert_eq!(packed.weight(row, column), read[row * columns + column]);
            }
        }
    }

    #[test]
    fn the_fast_kernel_gives_the_bits_of_its_slow_twin((dtype, rows, columns, weights, x, precision) in case()) {
        let (blocks, _) = quantize(dtype, rows, columns, &weights);
        let packed = packed(dtype, rows, columns, &blocks);
        let mut input = Rows::default();
        input.quantize(columns, &x, precision, &POOL);
        let (mut fast, mut slow) = (vec![0.0; input.tokens * rows], vec![0.0; input.tokens * rows]);
        packed.apply(&input, &mut fast, &POOL);
        scalar::apply(&packed, &input, &mut slow);
        let bits = |row: &[f32]| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&fast), bits(&slow));
    }

    /// Candle does not write the types with code books. Some cases have more tokens and columns than a kernel takes at
    /// once.
    #[test]
    fn so_it_does_for_random_blocks_of_every_type(
        (rows, tokens, columns) in (1usize..50, prop_oneof![9 => 1usize..10, 1 => 60usize..80], 1usize..600),
        precision in precision(),
        seed in any::<u64>(),
    ) {
        let mut noise = Noise::new(seed);
        let (dtype, _) = BLOCKS[noise.below(BLOCKS.len())];
        let columns = columns.next_multiple_of(dtype.block().0);
        let bytes = random(dtype, rows * columns / dtype.block().0, &mut noise, |noise| noise.unit() - 0.5);
        let packed = matrix_of(dtype, rows, columns, &bytes);
        let mut input = Rows::default();
        input.quantize(columns, &noise.normals(tokens * columns, 1.0), precision, &POOL);
        let (mut fast, mut slow) = (vec![0.0; tokens * rows], vec![0.0; tokens * rows]);
        packed.apply(&input, &mut fast, &POOL);
        scalar::apply(&packed, &input, &mut slow);
        let bits = |row: &[f32]| row.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&fast), bits(&slow));
    }

    #[test]
    fn a_product_is_right_to_the_rounding_of_the_codes((dtype, rows, columns, weights, x, precision) in case()) {
        let (blocks, read) = quantize(dtype, rows, columns, &weights);
        let mut input = Rows::default();
        input.quantize(columns, &x, precision, &POOL);
        let mut out = vec![0.0; input.tokens * rows];
        packed(dtype, rows, columns, &blocks).apply(&input, &mut out, &POOL);
        for (at, &out) in out.iter().enumerate() {
            let (x, w) = (&x[at / rows * columns..][..columns], &read[at % rows * columns..][..columns]);
            let (mut truth, mut bound) = (0.0, 0.0);
            for (x, w) in x.chunks(32).zip(w.chunks(32)) {
                let largest = |v: &[f32]| v.iter().fold(0.0f64, |m, &v| m.max(f64::from(v).abs()));
                // Half a code of each activation, and a few roundings of 24 bits.
                bound += 32.0 * largest(x) * largest(w) * (0.5 / f64::from(precision.max_code()) + 1e-5);
                truth += x.iter().zip(w).map(|(&x, &w)| f64::from(x) * f64::from(w)).sum::<f64>();
            }
            prop_assert!((f64::from(out) - truth).abs() <= bound, "{} is not {}", out, truth);
        }
    }

    #[test]
    fn floats_multiply_as_floats_and_a_bias_is_added(
        (rows, columns, weights, bias, x) in (1usize..40, 1usize..9, 1usize..5).prop_flat_map(|(rows, columns, tokens)| {
            let floats = |len| prop::collection::vec(-2.0f32..2.0, len);
            (Just(rows), Just(columns), floats(rows * columns), prop::option::of(floats(rows)), floats(tokens * columns))
        })
    ) {
        let bytes: Vec<u8> = weights.iter().flat_map(|x| x.to_le_bytes()).collect();
        let mut matrix = matrix(TensorType::F32, rows, columns, true).expect("memory");
        matrix.push(&bytes).expect("memory");
        let mut input = Rows::default();
        input.quantize(columns, &x, Precision::Eight, &POOL);
        let mut out = vec![0.0; input.tokens * rows];
        Linear { matrix: matrix.into(), bias: bias.clone() }.apply(&input, &mut out, &POOL);
        for (at, &out) in out.iter().enumerate() {
            let (x, w) = (&x[at / rows * columns..][..columns], &weights[at % rows * columns..][..columns]);
            let product: f64 = x.iter().zip(w).map(|(&x, &w)| f64::from(x) * f64::from(w)).sum();
            let truth = product + bias.as_ref().map_or(0.0, |bias| f64::from(bias[at % rows]));
            prop_assert!((f64::from(out) - truth).abs() < 1e-5);
        }
    }
}

/// An activation that is not a number, or too large for one, must not pass as a number.
#[test]
fn what_is_not_finite_stays_so() {
    let weights: Vec<f32> = (0..32).map(|i| i as f32 / 32.0).collect();
    let (blocks, _) = quantize(GgmlDType::Q4_1, 1, 32, &weights);
    let packed = packed(GgmlDType::Q4_1, 1, 32, &blocks);
    for odd in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
        let mut x = [1.0; 32];
        x[7] = odd;
        let mut input = Rows::default();
        input.quantize(32, &x, Precision::Eight, &POOL);
        let mut out = [0.0];
        packed.apply(&input, &mut out, &POOL);
        assert!(!out[0].is_finite(), "{odd} became {}", out[0]);
    }
}

/// Bytes in memory for each byte in the file.
#[test]
fn packed_weights_take_little_more_memory_than_the_file() {
    for (dtype, most) in [
        (TensorType::F32, 1.0),
        (TensorType::F16, 2.0),
        (TensorType::Q4_0, 1.12),
        (TensorType::Q4_1, 1.2),
        (TensorType::Q5_0, 1.64),
        (TensorType::Q8_0, 1.06),
        (TensorType::Q2_K, 3.05),
        (TensorType::Q3_K, 1.35),
        (TensorType::Q4_K, 1.34),
        (TensorType::Q5_K, 1.82),
        (TensorType::Q6_K, 1.32),
        (TensorType::IQ1_S, 3.2),
        (TensorType::IQ1_M, 2.65),
        (TensorType::IQ2_XXS, 2.43),
        (TensorType::IQ2_XS, 2.01),
        (TensorType::IQ2_S, 1.81),
        (TensorType::IQ3_XXS, 1.64),
        (TensorType::IQ3_S, 1.46),
        (TensorType::IQ4_NL, 1.12),
        (TensorType::IQ4_XS, 1.18),
        (TensorType::MXFP4, 1.18),
    ] {
        let (rows, columns) = (64, 2048);
        let (block, bytes) = dtype.block();
        let ratio = packed_bytes(dtype, rows, columns) as f64 / (rows * columns / block * bytes) as f64;
        assert!(ratio > most - 0.02 && ratio <= most, "{dtype:?} takes {ratio:.3} of the file, not {most}");
    }
}
