//! Makes models whose logits are the weights of a token's embedding: to see what a quantized type means.

use candle_core::quantized::GgmlDType;
use shotglass::gguf::TensorType;

use super::blocks;
use super::gguf::Gguf;
use super::noise::Noise;
use super::tiny::{Shape, model};

/// The types that candle does not read, with ggml's number for each.
pub const CODE_BOOKS: [(&str, TensorType, u32); 10] = [
    ("iq1_s", TensorType::IQ1_S, 19),
    ("iq1_m", TensorType::IQ1_M, 29),
    ("iq2_xxs", TensorType::IQ2_XXS, 16),
    ("iq2_xs", TensorType::IQ2_XS, 17),
    ("iq2_s", TensorType::IQ2_S, 22),
    ("iq3_xxs", TensorType::IQ3_XXS, 18),
    ("iq3_s", TensorType::IQ3_S, 21),
    ("iq4_nl", TensorType::IQ4_NL, 20),
    ("iq4_xs", TensorType::IQ4_XS, 23),
    ("mxfp4", TensorType::MXFP4, 39),
];

const WIDTH: usize = 256;

/// A model with one layer, which adds nothing, because both of its branches end in a matrix of zeros. All its other
/// matrices, the embedding among them, hold random blocks of `dtype`. The output layer is the identity: the first
/// [`WIDTH`] logits of a token are its embedding, normalized.
pub fn lens(dtype: TensorType, number: u32) -> Gguf {
    let shape = Shape {
        layers: 1,
        width: WIDTH,
        heads: 8,
        feed_forward: WIDTH,
        context: 512,
        ..Shape::of(GgmlDType::Q8_0, false)
    };
    let mut file = model(&shape);
    let mut noise = Noise::new(u64::from(number));
    for tensor in &mut file.tensors {
        let elements = tensor.dims.iter().product::<u64>() as usize;
        let name = tensor.name.as_str();
        if name.ends_with("norm.weight") {
            continue;
        } else if name == "output.weight" {
            let identity = (0..elements).map(|at| if at % WIDTH == at / WIDTH { 1.0f32 } else { 0.0 });
            (tensor.kind, tensor.bytes) = (0, identity.flat_map(f32::to_le_bytes).collect());
        } else if name.ends_with("attn_output.weight") || name.ends_with("ffn_down.weight") {
            tensor.bytes.fill(0);
        } else {
            // Sizes and signs as in real files.
            let scale = |noise: &mut Noise| (0.5 + noise.unit()) / 128.0;
            let blocks = blocks::random(dtype, elements / dtype.block().0, &mut noise, scale);
            (tensor.kind, tensor.bytes) = (number, blocks);
        }
    }
    file
}
