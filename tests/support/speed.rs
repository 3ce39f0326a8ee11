//! How fast products are: the one of the forward pass, with activations of 16 bits, and the transposed one.

use shotglass::gguf::TensorType;
use shotglass::kernels::{Pool, Precision, Rows, matrix};

use crate::blocks::random;
use crate::noise::Noise;

/// Types, rows, columns and tokens. The first four are those of the default model's layers.
const CASES: [(TensorType, usize, usize, usize); 8] = [
    (TensorType::Q4_1, 1536, 576, 168),
    (TensorType::Q4_1, 576, 1536, 168),
    (TensorType::Q4_1, 576, 576, 168),
    (TensorType::Q4_1, 192, 576, 168),
    (TensorType::Q4_1, 1536, 576, 20),
    (TensorType::Q8_0, 1536, 576, 168),
    (TensorType::Q6_K, 1536, 768, 168),
    (TensorType::F32, 1536, 576, 168),
];
/// Turns of each product, of which the fastest counts, since others use the machine, too.
const TURNS: usize = 15;
/// Multiplications in a turn.
const WORK: usize = 200_000_000;

/// A line for each case, in 10⁹ multiplications a second. `now` is a clock in seconds.
pub fn table(threads: usize, now: impl Fn() -> f64) -> String {
    let pool = Pool::new(threads);
    let mut noise = Noise::new(1);
    let lines = CASES.map(|(dtype, rows, columns, tokens)| {
        let count = rows * columns / dtype.block().0;
        let bytes = match dtype {
            TensorType::F32 => noise.normals(count, 0.1).iter().flat_map(|x| x.to_le_bytes()).collect(),
            _ => random(dtype, count, &mut noise, |noise| noise.unit() - 0.5),
        };
        let mut matrix = matrix(dtype, rows, columns, true).expect("memory");
        matrix.push(&bytes).expect("memory");
        let mut x = Rows::default();
        x.quantize(columns, &noise.normals(tokens * columns, 1.0), Precision::Sixteen, &pool);
        let g = noise.normals(tokens * rows, 1.0);
        let (mut out, mut dx) = (vec![0.0; tokens * rows], vec![0.0; tokens * columns]);

        let products = rows * columns * tokens;
        let times = WORK.div_ceil(products);
        let [mut forward, mut transposed] = [f64::INFINITY; 2];
        for _ in 0..TURNS {
            let start = now();
            (0..times).for_each(|_| matrix.apply(&x, &mut out, &pool));
            let middle = now();
            (0..times).for_each(|_| matrix.add_transposed(&g, &mut dx, &pool));
            forward = forward.min(middle - start);
            transposed = transposed.min(now() - middle);
        }
        let [forward, transposed] = [forward, transposed].map(|time| (products * times) as f64 / time / 1e9);
        let what = format!("{dtype:?} {rows} × {columns}, {tokens} tokens");
        format!("{what:32} forward {forward:5.1}  transposed {transposed:5.1}\n")
    });
    lines.concat()
}
