//! Makes small models: the llama architecture with random weights, two layers, less than 500 kB, in any type.

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor as Dense};

use super::gguf::{Gguf, Tensor, Value};
use super::noise::Noise;

/// The types that a GGUF file may hold and candle reads, with ggml's number for each.
pub const TYPES: [(&str, GgmlDType, u32); 15] = [
    ("f32", GgmlDType::F32, 0),
    ("f16", GgmlDType::F16, 1),
    ("bf16", GgmlDType::BF16, 30),
    ("q4_0", GgmlDType::Q4_0, 2),
    ("q4_1", GgmlDType::Q4_1, 3),
    ("q5_0", GgmlDType::Q5_0, 6),
    ("q5_1", GgmlDType::Q5_1, 7),
    ("q8_0", GgmlDType::Q8_0, 8),
    ("q8_1", GgmlDType::Q8_1, 9),
    ("q2_k", GgmlDType::Q2K, 10),
    ("q3_k", GgmlDType::Q3K, 11),
    ("q4_k", GgmlDType::Q4K, 12),
    ("q5_k", GgmlDType::Q5K, 13),
    ("q6_k", GgmlDType::Q6K, 14),
    ("q8_k", GgmlDType::Q8K, 15),
];

/// ggml's number for a type.
pub fn kind(dtype: GgmlDType) -> u32 {
    TYPES.iter().find(|(_, known, _)| *known == dtype).expect("a type of the table").2
}

/// The numbers that a tiny model is made by.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub layers: usize,
    pub width: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub feed_forward: usize,
    pub context: usize,
    /// Type of the output, of v and of down.
    pub main: GgmlDType,
    /// Type of q, k, attention output, gate and up. In the large k-quants a smaller one, to stay below 500 kB; real
    /// files mix types too.
    pub rest: GgmlDType,
    /// Type of the embedding.
    pub embedding: GgmlDType,
    /// Whether the embedding is also the output.
    pub tied: bool,
    pub seed: u64,
}

impl Shape {
    /// A model with `dtype` in it. Widths are whole blocks of the type; the vocabulary (299) is a prime times a
    /// prime, so that no kernel can hope for a round number of rows.
    pub fn of(dtype: GgmlDType, tied: bool) -> Shape {
        let long_blocks = dtype.block_size() == 256;
        let rest = match dtype {
            GgmlDType::Q4K | GgmlDType::Q5K | GgmlDType::Q6K | GgmlDType::Q8K => GgmlDType::Q2K,
            other => other,
        };
        let small = Shape {
            layers: 2,
            width: 64,
            heads: 4,
            kv_heads: 2,
            feed_forward: 96,
            context: 256,
            main: dtype,
            rest,
            embedding: dtype,
            tied,
            seed: 1 + u64::from(kind(dtype)),
        };
        if long_blocks {
            // A second matrix of Q8_K over the vocabulary would be too much.
            let embedding = if tied { dtype } else { GgmlDType::Q2K };
            return Shape { width: 256, heads: 8, feed_forward: 256, embedding, ..small };
        }
        small
    }

    /// The one to use where the type does not matter: made like the default model, Q4_1 with a tied Q8_0 embedding
    /// and three query heads to a key head.
    pub fn default() -> Shape {
        Shape {
            width: 96,
            heads: 6,
            feed_forward: 160,
            embedding: GgmlDType::Q8_0,
            seed: 96,
            ..Shape::of(GgmlDType::Q4_1, true)
        }
    }
}

/// Merges of the tiny tokenizer, in the byte-level alphabet, where `Ġ` is a space and `Ċ` a newline.
const MERGES: [&str; 40] = [
    "Ġ t",
    "h e",
    "Ġt he",
    "i n",
    "r e",
    "o n",
    "e r",
    "a t",
    "Ġ a",
    "Ġ s",
    "n d",
    "Ġa nd",
    "e n",
    "o r",
    "Ġ w",
    "i s",
    "in g",
    "e s",
    "o u",
    "Ġ o",
    "Ġo f",
    "i t",
    "Ċ Ċ",
    "Ġ Ġ",
    "ĠĠ ĠĠ",
    "Ġ in",
    "Ġt o",
    "e d",
    "a l",
    "l l",
    "s t",
    "Q :",
    "A :",
    "Ġ A",
    "Ġ Q",
    "Ġ is",
    "p re",
    "m ent",
    "en t",
    "Ġ re",
];

const SPECIALS: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];

/// GPT-2's printable stand-in for a byte: itself where it is printable, else a letter from U+0100 on.
fn stand_in(byte: u8) -> char {
    let printable = |b: u8| matches!(b, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    if printable(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|&b| !printable(b)).count() as u32;
    char::from_u32(0x100 + before).expect("a letter of Latin Extended-A")
}

/// The vocabulary: specials, the 256 bytes in GPT-2's order, then what each merge makes.
pub fn vocabulary() -> Vec<String> {
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.sort_by_key(|&b| (stand_in(b) as u32 >= 0x100, b));
    let specials = SPECIALS.iter().map(|s| s.to_string());
    let letters = bytes.into_iter().map(|b| stand_in(b).to_string());
    let merged = merges().into_iter().map(|merge| merge.replace(' ', ""));
    specials.chain(letters).chain(merged).collect()
}

/// The merges, ordered so that both halves of each exist before it.
fn merges() -> Vec<&'static str> {
    let mut ordered = MERGES.to_vec();
    // "m ent" stands before "en t" above.
    ordered.swap(37, 38);
    ordered
}

fn metadata(shape: &Shape) -> Vec<(String, Value)> {
    let number = |n: usize| Value::U32(n as u32);
    let model = [
        ("general.architecture", Value::string("llama")),
        ("general.name", Value::string("tiny")),
        ("llama.block_count", number(shape.layers)),
        ("llama.context_length", number(shape.context)),
        ("llama.embedding_length", number(shape.width)),
        ("llama.feed_forward_length", number(shape.feed_forward)),
        ("llama.attention.head_count", number(shape.heads)),
        ("llama.attention.head_count_kv", number(shape.kv_heads)),
        ("llama.rope.freq_base", Value::F32(10_000.0)),
        ("llama.attention.layer_norm_rms_epsilon", Value::F32(1e-5)),
        ("llama.vocab_size", number(vocabulary().len())),
        ("llama.rope.dimension_count", number(shape.width / shape.heads)),
    ];
    model.into_iter().map(|(key, value)| (key.to_owned(), value)).chain(tokenizer()).collect()
}

/// The tiny tokenizer.
pub fn tokenizer() -> Vec<(String, Value)> {
    let vocabulary = vocabulary();
    let token_types =
        (0..vocabulary.len()).map(|id| Value::I32(if id < SPECIALS.len() { 3 } else { 1 })).collect();
    [
        ("tokenizer.ggml.model", Value::string("gpt2")),
        ("tokenizer.ggml.pre", Value::string("smollm")),
        ("tokenizer.ggml.tokens", Value::strings(vocabulary.iter().map(String::as_str))),
        ("tokenizer.ggml.token_type", Value::Array(5, token_types)),
        ("tokenizer.ggml.merges", Value::strings(merges())),
        ("tokenizer.ggml.bos_token_id", Value::U32(1)),
        ("tokenizer.ggml.eos_token_id", Value::U32(2)),
        ("tokenizer.ggml.add_bos_token", Value::Bool(false)),
        ("tokenizer.ggml.add_space_prefix", Value::Bool(false)),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect()
}

/// A whole model file.
pub fn model(shape: &Shape) -> Gguf {
    let mut noise = Noise::new(shape.seed);
    let vocabulary = vocabulary().len();
    let (width, wide) = (shape.width, shape.feed_forward);
    let kv_width = width / shape.heads * shape.kv_heads;
    let mut tensors = Vec::new();

    // Weights of deviation gain / √columns keep activations near 1. Queries and keys get a larger gain, so that
    // attention looks at some positions much more than at others, and a mistake in it shows.
    let mut matrix = |name: &str, rows: usize, columns: usize, gain: f32, dtype: GgmlDType| {
        let values = noise.normals(rows * columns, gain / (columns as f32).sqrt());
        tensors.push(quantized(name, rows, columns, &values, dtype));
    };
    matrix("token_embd.weight", vocabulary, width, 2.0, shape.embedding);
    if !shape.tied {
        matrix("output.weight", vocabulary, width, 2.0, shape.main);
    }
    for layer in 0..shape.layers {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        matrix(&name("attn_q"), width, width, 1.5, shape.rest);
        matrix(&name("attn_k"), kv_width, width, 1.5, shape.rest);
        matrix(&name("attn_v"), kv_width, width, 1.0, shape.main);
        matrix(&name("attn_output"), width, width, 1.0, shape.rest);
        matrix(&name("ffn_gate"), wide, width, 1.0, shape.rest);
        matrix(&name("ffn_up"), wide, width, 1.0, shape.rest);
        matrix(&name("ffn_down"), width, wide, 1.0, shape.main);
    }
    let mut norm = |name: String| {
        let values: Vec<f32> = noise.normals(width, 0.2).into_iter().map(|x| 1.0 + x).collect();
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        tensors.push(Tensor { name, dims: vec![width as u64], kind: 0, bytes, claimed_offset: None });
    };
    for layer in 0..shape.layers {
        norm(format!("blk.{layer}.attn_norm.weight"));
        norm(format!("blk.{layer}.ffn_norm.weight"));
    }
    norm("output_norm.weight".to_owned());
    Gguf::new(metadata(shape), tensors)
}

/// Quantizes with candle's own rounding.
pub fn quantized(name: &str, rows: usize, columns: usize, values: &[f32], dtype: GgmlDType) -> Tensor {
    let dense = Dense::from_slice(values, (rows, columns), &Device::Cpu).expect("a matrix");
    let bytes = QTensor::quantize(&dense, dtype).and_then(|q| Ok(q.data()?.into_owned())).expect("quantizes");
    let dims = vec![columns as u64, rows as u64];
    Tensor { name: name.to_owned(), dims, kind: kind(dtype), bytes, claimed_offset: None }
}
