//! Makes a small model of every architecture, and of the forms in which its files come: random weights, two to seven
//! layers, at most 1.3 MB.

use candle_core::quantized::GgmlDType;

use super::gguf::{Gguf, Tensor, Value};
use super::noise::Noise;
use super::tiny::{quantized, tokenizer, vocabulary};

/// Size of a row between the layers.
const WIDTH: usize = 64;
/// Size inside the feed-forward network.
const WIDE: usize = 96;
/// Most positions.
pub const CONTEXT: usize = 320;

/// What a small model is made of. The default is llama.
#[derive(Clone, Debug)]
pub struct Species {
    pub name: &'static str,
    pub architecture: &'static str,
    pub layers: usize,
    pub heads: usize,
    pub kv_heads: usize,
    /// The same for each layer, where layers differ, otherwise empty.
    pub kv_heads_by_layer: &'static [usize],
    pub head: usize,
    /// Metadata beside the sizes, without the name of the architecture.
    pub keys: Vec<(&'static str, Value)>,
    /// The matrices with a bias.
    pub biases: &'static [&'static str],
    /// Vectors of the whole model that a file may have.
    pub vectors: Vec<(&'static str, Vec<f32>)>,
    /// Elements of the norms of queries and of keys.
    pub head_norms: Option<[usize; 2]>,
    pub has_layer_norm: bool,
    pub has_pre: bool,
    pub has_post: bool,
    pub has_gate: bool,
    /// Whether q, k and v are one matrix.
    pub is_joined: bool,
    /// Whether gate and up are one matrix.
    pub is_gate_joined: bool,
    pub has_learned_positions: bool,
    pub is_tied: bool,
    /// Gain of the embedding.
    pub embedding: f32,
}

impl Species {
    fn new(name: &'static str, architecture: &'static str) -> Species {
        Species {
            name,
            architecture,
            layers: 2,
            heads: 4,
            kv_heads: 2,
            kv_heads_by_layer: &[],
            head: 16,
            keys: Vec::new(),
            biases: &[],
            vectors: Vec::new(),
            head_norms: None,
            has_layer_norm: false,
            has_pre: true,
            has_post: false,
            has_gate: true,
            is_joined: false,
            is_gate_joined: false,
            has_learned_positions: false,
            is_tied: true,
            embedding: 2.0,
        }
    }

    fn sizes(&self) -> Vec<(&'static str, Value)> {
        let number = |n: usize| Value::U32(n as u32);
        let epsilon = match self.has_layer_norm {
            true => "attention.layer_norm_epsilon",
            false => "attention.layer_norm_rms_epsilon",
        };
        let mut sizes = vec![
            ("block_count", number(self.layers)),
            ("context_length", number(CONTEXT)),
            ("embedding_length", number(WIDTH)),
            ("feed_forward_length", number(WIDE)),
            ("attention.head_count", number(self.heads)),
            (
                "attention.head_count_kv",
                match self.kv_heads_by_layer {
                    [] => number(self.kv_heads),
                    each => Value::Array(4, each.iter().copied().map(number).collect()),
                },
            ),
            (epsilon, Value::F32(1e-5)),
            ("vocab_size", number(vocabulary().len())),
        ];
        if self.head * self.heads != WIDTH {
            sizes.push(("attention.key_length", number(self.head)));
            sizes.push(("attention.value_length", number(self.head)));
        }
        sizes
    }

    /// The whole file, its matrices in this type.
    pub fn file(&self, dtype: GgmlDType) -> Gguf {
        let metadata = [
            ("general.architecture".to_owned(), Value::string(self.architecture)),
            // llama.cpp looks for tokens of its own where a name says phi3.
            ("general.name".to_owned(), Value::string("tiny")),
        ];
        let keys = self.sizes().into_iter().chain(self.keys.clone());
        let keys = keys.map(|(key, value)| (format!("{}.{key}", self.architecture), value));
        Gguf::new(metadata.into_iter().chain(keys).chain(tokenizer()).collect(), self.tensors(dtype))
    }

    /// The same file under llama.cpp's name for it: its llama has the same heads in all layers, and what it calls deci
    /// is a llama whose layers differ.
    pub fn file_for_llama_cpp(&self, dtype: GgmlDType) -> Gguf {
        let architecture = if self.kv_heads_by_layer.is_empty() { self.architecture } else { "deci" };
        Species { architecture, ..self.clone() }.file(dtype)
    }

    fn tensors(&self, dtype: GgmlDType) -> Vec<Tensor> {
        let mut made =
            Maker { noise: Noise::new(self.name.bytes().map(u64::from).sum()), tensors: Vec::new() };
        let (q, size) = (self.heads * self.head, vocabulary().len());
        made.matrix("token_embd", size, WIDTH, self.embedding, dtype);
        if !self.is_tied {
            made.matrix("output", size, WIDTH, 2.0, dtype);
        }
        if self.has_learned_positions {
            made.matrix("position_embd", CONTEXT, WIDTH, self.embedding, GgmlDType::F32);
        }
        for (name, values) in &self.vectors {
            made.vector(name, values.clone());
        }
        self.norm(&mut made, "output_norm", WIDTH, 1.0);
        for layer in 0..self.layers {
            let kv = self.kv_heads_by_layer.get(layer).unwrap_or(&self.kv_heads) * self.head;
            let mut linear = |part: &str, rows: usize, columns: usize, gain: f32| {
                let name = format!("blk.{layer}.{part}");
                made.matrix(&name, rows, columns, gain, dtype);
                if self.biases.contains(&part) {
                    let bias = made.noise.normals(rows, 0.3);
                    made.vector(&format!("{name}.bias"), bias);
                }
            };
            // Queries and keys get a larger gain, so that attention looks at some positions much more than at others.
            if self.is_joined {
                linear("attn_qkv", q + 2 * kv, WIDTH, 1.4);
            } else {
                linear("attn_q", q, WIDTH, 1.5);
                linear("attn_k", kv, WIDTH, 1.5);
                linear("attn_v", kv, WIDTH, 1.0);
            }
            linear("attn_output", WIDTH, q, 1.0);
            if self.is_gate_joined {
                linear("ffn_up", 2 * WIDE, WIDTH, 1.0);
            } else {
                linear("ffn_up", WIDE, WIDTH, 1.0);
            }
            if self.has_gate && !self.is_gate_joined {
                linear("ffn_gate", WIDE, WIDTH, 1.0);
            }
            linear("ffn_down", WIDTH, WIDE, 1.0);

            let mut norm = |part: &str, len: usize, gain: f32| {
                self.norm(&mut made, &format!("blk.{layer}.{part}"), len, gain);
            };
            if self.has_pre {
                norm("attn_norm", WIDTH, 1.0);
                norm("ffn_norm", WIDTH, 1.0);
            }
            if self.has_post {
                norm("post_attention_norm", WIDTH, 0.7);
                norm("post_ffw_norm", WIDTH, 0.7);
            }
            if let Some([queries, keys]) = self.head_norms {
                norm("attn_q_norm", queries, 1.4);
                norm("attn_k_norm", keys, 1.4);
            }
        }
        made.tensors
    }

    fn norm(&self, made: &mut Maker, name: &str, len: usize, gain: f32) {
        let weight = made.noise.normals(len, 0.2).into_iter().map(|x| gain + x).collect();
        made.vector(&format!("{name}.weight"), weight);
        if self.has_layer_norm {
            let bias = made.noise.normals(len, 0.2);
            made.vector(&format!("{name}.bias"), bias);
        }
    }
}

struct Maker {
    noise: Noise,
    tensors: Vec<Tensor>,
}

impl Maker {
    /// Weights of deviation gain / √columns, which keep activations near 1.
    fn matrix(&mut self, name: &str, rows: usize, columns: usize, gain: f32, dtype: GgmlDType) {
        let values = self.noise.normals(rows * columns, gain / (columns as f32).sqrt());
        self.tensors.push(quantized(&format!("{name}.weight"), rows, columns, &values, dtype));
    }

    fn vector(&mut self, name: &str, values: Vec<f32>) {
        let bytes = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        let dims = vec![values.len() as u64];
        self.tensors.push(Tensor { name: name.to_owned(), dims, kind: 0, bytes, claimed_offset: None });
    }
}

const QKV: &[&str] = &["attn_q", "attn_k", "attn_v"];
const JOINED: &[&str] = &["attn_qkv", "attn_output", "ffn_up", "ffn_down"];
const ALL: &[&str] = &["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];

/// Every species. Windows are shorter than a page of the cache and no multiple of anything.
pub fn zoo() -> Vec<Species> {
    let yarn = |factor: f32| {
        vec![
            ("rope.scaling.type", Value::string("yarn")),
            ("rope.scaling.factor", Value::F32(factor)),
            ("rope.scaling.original_context_length", Value::U32(40)),
        ]
    };
    let linear =
        vec![("rope.scaling.type", Value::string("linear")), ("rope.scaling.factor", Value::F32(4.0))];
    let window = |size: u32| ("attention.sliding_window", Value::U32(size));
    let factors = |scale: f32| (0..8).map(|i| 1.0 + scale * i as f32).collect::<Vec<f32>>();
    let layer_norm = |name, architecture| Species {
        biases: JOINED,
        is_joined: true,
        has_layer_norm: true,
        has_gate: false,
        kv_heads: 4,
        ..Species::new(name, architecture)
    };
    let gptneox = |name, is_parallel| Species {
        keys: vec![
            ("use_parallel_residual", Value::Bool(is_parallel)),
            ("rope.dimension_count", Value::U32(4)),
        ],
        is_tied: false,
        ..layer_norm(name, "gptneox")
    };
    let gemma = |name, architecture, layers, keys| Species {
        layers,
        kv_heads: 1,
        head: 32,
        keys,
        has_post: true,
        // It is multiplied by the root of its size.
        embedding: 0.25,
        ..Species::new(name, architecture)
    };
    let gemma3 = |name, keys| Species { head_norms: Some([32; 2]), ..gemma(name, "gemma3", 7, keys) };
    let phi3 = |name, keys, vectors| Species {
        keys,
        vectors,
        is_joined: true,
        is_gate_joined: true,
        kv_heads: 4,
        is_tied: false,
        ..Species::new(name, "phi3")
    };
    let olmo2 = |name, layers, keys| Species {
        layers,
        keys,
        head_norms: Some([64, 32]),
        has_pre: false,
        has_post: true,
        is_tied: false,
        ..Species::new(name, "olmo2")
    };
    vec![
        Species { biases: ALL, ..Species::new("llama-biases", "llama") },
        Species { is_joined: true, ..Species::new("llama-joined", "llama") },
        Species { keys: linear.clone(), ..Species::new("llama-linear", "llama") },
        Species { keys: yarn(8.0), ..Species::new("llama-yarn", "llama") },
        Species {
            vectors: vec![("rope_freqs.weight", factors(0.8))],
            ..Species::new("llama-factors", "llama")
        },
        Species { layers: 3, kv_heads_by_layer: &[4, 2, 1], ..Species::new("llama-heads-by-layer", "llama") },
        Species { biases: QKV, is_tied: false, ..Species::new("qwen2", "qwen2") },
        Species { biases: QKV, keys: yarn(4.0), ..Species::new("qwen2-yarn", "qwen2") },
        Species { head: 32, head_norms: Some([32; 2]), ..Species::new("qwen3", "qwen3") },
        gemma(
            "gemma2",
            "gemma2",
            3,
            vec![
                window(21),
                ("attn_logit_softcapping", Value::F32(2.0)),
                ("final_logit_softcapping", Value::F32(3.0)),
            ],
        ),
        gemma3("gemma3", vec![window(21), ("rope.freq_base", Value::F32(1e6))]),
        gemma3(
            "gemma3-linear",
            [vec![window(70), ("final_logit_softcapping", Value::F32(4.0))], linear].concat(),
        ),
        gemma3("gemma3-global", vec![]),
        Species { has_learned_positions: true, ..layer_norm("gpt2", "gpt2") },
        gptneox("gptneox", true),
        gptneox("gptneox-serial", false),
        olmo2("olmo2", 2, vec![]),
        olmo2("olmo2-window", 5, [vec![window(21)], yarn(4.0)].concat()),
        Species {
            keys: vec![
                ("embedding_scale", Value::F32(5.0)),
                ("residual_scale", Value::F32(0.4)),
                ("attention.scale", Value::F32(0.4)),
                ("logit_scale", Value::F32(1.25)),
            ],
            embedding: 1.0,
            biases: &["attn_output"],
            ..Species::new("granite", "granite")
        },
        Species { layers: 5, ..Species::new("smollm3", "smollm3") },
        phi3("phi3", vec![], vec![]),
        phi3(
            "phi3-long",
            vec![
                ("rope.scaling.original_context_length", Value::U32(4096)),
                ("rope.scaling.attn_factor", Value::F32(1.2)),
            ],
            vec![("rope_factors_long.weight", factors(3.0)), ("rope_factors_short.weight", factors(0.5))],
        ),
    ]
}
