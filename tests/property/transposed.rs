//! Products with transposed matrices: against a sum in 64 bits, and the scalar twin.

use proptest::prelude::*;
use shotglass::gguf::TensorType;
use shotglass::kernels::{Matrix, Pool, matrix, scalar};

use super::blocks::{QUANTIZED, random};
use super::noise::Noise;

const DENSE: [TensorType; 3] = [TensorType::F32, TensorType::F16, TensorType::BF16];

/// A matrix of random weights. A dense one has any number of columns, and a quantized one has whole blocks.
fn random_matrix(dtype: TensorType, rows: usize, columns: usize, noise: &mut Noise) -> Box<dyn Matrix> {
    let columns = columns.next_multiple_of(dtype.block().0);
    let count = rows * columns / dtype.block().0;
    let bytes = match dtype {
        TensorType::F32 => noise.normals(count, 0.1).iter().flat_map(|x| x.to_le_bytes()).collect(),
        TensorType::F16 => bytes_of_halves(noise.normals(count, 0.1), |x| half::f16::from_f32(x).to_bits()),
        TensorType::BF16 => bytes_of_halves(noise.normals(count, 0.1), |x| half::bf16::from_f32(x).to_bits()),
        _ => random(dtype, count, noise, |noise| noise.unit() - 0.5),
    };
    let mut matrix = matrix(dtype, rows, columns, true).expect("memory");
    matrix.push(&bytes).expect("memory");
    matrix
}

fn bytes_of_halves(floats: Vec<f32>, bits: impl Fn(f32) -> u16) -> Vec<u8> {
    floats.into_iter().flat_map(|x| bits(x).to_le_bytes()).collect()
}

fn dtype() -> impl Strategy<Value = TensorType> {
    let all = QUANTIZED.into_iter().map(|(dtype, _)| dtype).chain(DENSE).collect::<Vec<_>>();
    prop::sample::select(all)
}

/// Rows, columns and tokens. Some are more than are multiplied at once.
fn sizes() -> impl Strategy<Value = (usize, usize, usize)> {
    let tokens = prop::sample::select(&[1usize, 2, 3, 5, 7, 33][..]);
    (prop_oneof![3 => 1usize..50, 1 => 120usize..400], 1usize..600, tokens)
}

fn bits(row: &[f32]) -> Vec<u32> {
    row.iter().map(|x| x.to_bits()).collect()
}

/// What the matrix adds to `dx`, on so many threads.
fn added(matrix: &dyn Matrix, g: &[f32], dx: &[f32], threads: usize) -> Vec<f32> {
    let mut out = dx.to_vec();
    matrix.add_transposed(g, &mut out, &Pool::new(threads));
    out
}

/// The largest distance of a token's row from the sum in 64 bits, as a part of that row's norm without `dx`.
fn distance(matrix: &dyn Matrix, g: &[f32], dx: &[f32], out: &[f32]) -> f64 {
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let mut weights = vec![0.0; columns];
    let mut truth = vec![0.0; out.len()];
    for row in 0..rows {
        matrix.row(row, &mut weights);
        for (g, truth) in g.chunks_exact(rows).zip(truth.chunks_exact_mut(columns)) {
            for (truth, weight) in truth.iter_mut().zip(&weights) {
                *truth += f64::from(g[row]) * f64::from(*weight);
            }
        }
    }
    let norm = |row: &[f64]| row.iter().map(|x| x * x).sum::<f64>().sqrt();
    let mut largest = 0.0f64;
    for (at, truth) in truth.chunks_exact(columns).enumerate() {
        let at = at * columns..(at + 1) * columns;
        let apart = truth.iter().zip(&out[at.clone()]).zip(&dx[at]);
        let apart = apart.map(|((truth, out), dx)| f64::from(*out) - f64::from(*dx) - truth);
        largest = largest.max(norm(&apart.collect::<Vec<_>>()) / norm(truth).max(1e-30));
    }
    largest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_transposed_product_is_the_plain_sum(dtype in dtype(), (rows, columns, tokens) in sizes(), seed in any::<u64>()) {
        let mut noise = Noise::new(seed);
        let matrix = random_matrix(dtype, rows, columns, &mut noise);
        let g = noise.normals(tokens * rows, 0.01);
        let dx = vec![0.0; tokens * matrix.columns()];
        let out = added(&*matrix, &g, &dx, 1);
        let apart = distance(&*matrix, &g, &dx, &out);
        prop_assert!(apart < 2e-6, "{apart:e} of the norm");
    }

    #[test]
    fn it_has_the_bits_of_its_slow_twin_on_any_number_of_threads(
        dtype in dtype(),
        (rows, columns, tokens) in sizes(),
        seed in any::<u64>(),
    ) {
        let mut noise = Noise::new(seed);
        let matrix = random_matrix(dtype, rows, columns, &mut noise);
        let g = noise.normals(tokens * rows, 1.0);
        let mut slow = noise.normals(tokens * matrix.columns(), 1.0);
        let [one, two, three] = [1, 2, 3].map(|threads| added(&*matrix, &g, &slow, threads));
        scalar::add_transposed(&*matrix, &g, &mut slow);
        prop_assert_eq!(bits(&one), bits(&slow));
        prop_assert_eq!(bits(&two), bits(&slow));
        prop_assert_eq!(bits(&three), bits(&slow));
    }

    /// A token alone, and between others, has the same gradient.
    #[test]
    fn a_token_does_not_depend_on_others(dtype in dtype(), (rows, columns, tokens) in sizes(), seed in any::<u64>()) {
        let mut noise = Noise::new(seed);
        let matrix = random_matrix(dtype, rows, columns, &mut noise);
        let g = noise.normals(tokens * rows, 1.0);
        let dx = vec![0.0; tokens * matrix.columns()];
        let together = added(&*matrix, &g, &dx, 1);
        let token = noise.below(tokens);
        let alone = added(&*matrix, &g[token * rows..][..rows], &dx[..matrix.columns()], 1);
        prop_assert_eq!(bits(&alone), bits(&together[token * matrix.columns()..][..matrix.columns()]));
    }
}

/// Such as the output layer, of which only some rows are copied at once.
#[test]
fn a_matrix_may_have_more_rows_than_are_copied_at_once() {
    let mut noise = Noise::new(1);
    let matrix = random_matrix(TensorType::Q4_1, 9000, 32, &mut noise);
    let (g, dx) = (noise.normals(7 * 9000, 1.0), noise.normals(7 * 32, 1.0));
    let out = added(&*matrix, &g, &dx, 2);
    let apart = distance(&*matrix, &g, &dx, &out);
    assert!(apart < 2e-6, "{apart:e} of the norm");
    let mut slow = dx;
    scalar::add_transposed(&*matrix, &g, &mut slow);
    assert_eq!(bits(&out), bits(&slow));
}

#[test]
fn a_gradient_of_zero_adds_nothing_and_one_that_is_not_finite_stays_so_in_its_token_alone() {
    let mut noise = Noise::new(2);
    for dtype in [TensorType::F32, TensorType::Q4_1, TensorType::Q6_K, TensorType::Q8_0] {
        let matrix = random_matrix(dtype, 40, 256, &mut noise);
        let dx = noise.normals(7 * 256, 1.0);
        assert_eq!(added(&*matrix, &[0.0; 7 * 40], &dx, 1), dx, "{dtype:?}");

        let g = noise.normals(7 * 40, 1.0);
        let good = added(&*matrix, &g, &dx, 1);
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut g = g.clone();
            g[3 * 40 + 17] = odd;
            for (token, (row, good)) in
                added(&*matrix, &g, &dx, 2).chunks(256).zip(good.chunks(256)).enumerate()
            {
                if token == 3 {
                    assert!(row.iter().all(|x| !x.is_finite()), "{dtype:?}: {odd} became a number");
                } else {
                    assert_eq!(row, good, "{dtype:?}: {odd} is in token {token}, too");
                }
            }
        }
    }
}

#[test]
fn no_tokens_are_no_work() {
    let matrix = random_matrix(TensorType::Q4_0, 16, 32, &mut Noise::new(3));
    matrix.add_transposed(&[], &mut [], &Pool::new(2));
}

#[test]
#[should_panic(expected = "2 tokens of 16 × 32")]
fn a_gradient_of_another_size_is_refused() {
    let matrix = random_matrix(TensorType::Q4_0, 16, 32, &mut Noise::new(3));
    matrix.add_transposed(&[0.0; 3 * 16], &mut [0.0; 2 * 32], &Pool::new(1));
}
