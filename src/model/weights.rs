//! The weights: filled tensor by tensor as the file arrives, then never changed. The names of
//! tensors live here and nowhere else.

use std::collections::{BTreeMap, HashMap};

use super::config::Config;
use crate::error::{Error, Result};
use crate::gguf::{TensorInfo, TensorType};
use crate::kernels::{self, Matrix};

/// Everything that was learnt.
#[derive(Debug)]
pub struct Weights {
    /// Token embeddings, `(vocabulary, n_embd)`.
    pub embedding: Box<dyn Matrix>,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
    /// Weight of the last RMSNorm, `(n_embd)`.
    pub output_norm: Vec<f32>,
    /// The output layer, `(vocabulary, n_embd)`; `None`: the embeddings are used again.
    pub output: Option<Box<dyn Matrix>>,
    /// Divisors of the rotary frequencies, `(rotated / 2)`, or empty.
    pub rope_factors: Vec<f32>,
    /// Number of weights.
    pub parameters: usize,
    /// The quantization type that most of the weights have.
    pub quantization: String,
}

/// One layer.
#[derive(Debug)]
pub struct Layer {
    /// RMSNorm before attention, `(n_embd)`.
    pub attention_norm: Vec<f32>,
    /// Queries, `(heads · head, n_embd)`.
    pub q: Box<dyn Matrix>,
    /// Keys, `(kv_heads · head, n_embd)`.
    pub k: Box<dyn Matrix>,
    /// Values, `(kv_heads · head, n_embd)`.
    pub v: Box<dyn Matrix>,
    /// Output of attention, `(n_embd, heads · head)`.
    pub o: Box<dyn Matrix>,
    /// RMSNorm before the feed-forward network, `(n_embd)`.
    pub feed_forward_norm: Vec<f32>,
    /// The gate, `(n_ff, n_embd)`.
    pub gate: Box<dyn Matrix>,
    /// What is gated, `(n_ff, n_embd)`.
    pub up: Box<dyn Matrix>,
    /// The way back, `(n_embd, n_ff)`.
    pub down: Box<dyn Matrix>,
}

const EMBEDDING: &str = "token_embd.weight";
const OUTPUT: &str = "output.weight";
const OUTPUT_NORM: &str = "output_norm.weight";
const ROPE_FACTORS: &str = "rope_freqs.weight";

/// Collects the tensors of a file.
#[derive(Debug)]
pub struct Builder {
    layers: usize,
    matrices: HashMap<String, Box<dyn Matrix>>,
    vectors: HashMap<String, Vec<f32>>,
    parameters: usize,
    /// Weights of each type.
    types: BTreeMap<TensorType, usize>,
}

impl Builder {
    /// Checks that the directory of a file has what `config` needs, each in its right shape, and
    /// nothing that would have to be computed otherwise.
    pub fn new(config: &Config, vocabulary: usize, tensors: &[TensorInfo]) -> Result<Builder> {
        let mut found: HashMap<&str, &TensorInfo> =
            tensors.iter().map(|info| (info.name.as_str(), info)).collect();
        let mut expect = |name: &str, rows: usize, columns: usize, required: bool| match found.remove(name) {
            Some(info) if (info.rows, info.columns) == (rows, columns) => Ok(()),
            Some(info) => Err(Error::corrupt(format!(
                "tensor {name:?} is {} × {} and should be {rows} × {columns}",
                info.rows, info.columns
            ))),
            None if required => Err(Error::corrupt(format!("it has no tensor {name:?}"))),
            None => Ok(()),
        };

        let (d, ff) = (config.embedding, config.feed_forward);
        let (q, kv) = (config.heads * config.head, config.kv_heads * config.head);
        expect(EMBEDDING, vocabulary, d, true)?;
        expect(OUTPUT_NORM, 1, d, true)?;
        expect(OUTPUT, vocabulary, d, false)?;
        expect(ROPE_FACTORS, 1, config.rotated / 2, false)?;
        for layer in 0..config.layers {
            expect(&name(layer, "attn_norm"), 1, d, true)?;
            expect(&name(layer, "attn_q"), q, d, true)?;
            expect(&name(layer, "attn_k"), kv, d, true)?;
            expect(&name(layer, "attn_v"), kv, d, true)?;
            expect(&name(layer, "attn_output"), d, q, true)?;
            expect(&name(layer, "ffn_norm"), 1, d, true)?;
            expect(&name(layer, "ffn_gate"), ff, d, true)?;
            expect(&name(layer, "ffn_up"), ff, d, true)?;
            expect(&name(layer, "ffn_down"), d, ff, true)?;
        }
        if let Some(name) = found.keys().min() {
            return Err(Error::unsupported_architecture(format!("a llama with tensor {name:?}")));
        }
        Ok(Builder {
            layers: config.layers,
            matrices: HashMap::new(),
            vectors: HashMap::new(),
            parameters: 0,
            types: BTreeMap::new(),
        })
    }

    /// Takes one tensor and lays its weights out for the kernels.
    pub fn add(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()> {
        self.parameters += info.rows * info.columns;
        *self.types.entry(info.dtype).or_default() += info.rows * info.columns;
        if info.name.ends_with("norm.weight") || info.name == ROPE_FACTORS {
            let vector = kernels::vector(info.dtype, info.columns, bytes)?;
            self.vectors.insert(info.name.clone(), vector);
        } else {
            let matrix = kernels::matrix(info.dtype, info.rows, info.columns, bytes)?;
            self.matrices.insert(info.name.clone(), matrix);
        }
        Ok(())
    }

    /// All tensors have come.
    pub fn finish(mut self) -> Result<Weights> {
        let layers = (0..self.layers)
            .map(|layer| {
                Ok(Layer {
                    attention_norm: self.vector(&name(layer, "attn_norm"))?,
                    q: self.matrix(&name(layer, "attn_q"))?,
                    k: self.matrix(&name(layer, "attn_k"))?,
                    v: self.matrix(&name(layer, "attn_v"))?,
                    o: self.matrix(&name(layer, "attn_output"))?,
                    feed_forward_norm: self.vector(&name(layer, "ffn_norm"))?,
                    gate: self.matrix(&name(layer, "ffn_gate"))?,
                    up: self.matrix(&name(layer, "ffn_up"))?,
                    down: self.matrix(&name(layer, "ffn_down"))?,
                })
            })
            .collect::<Result<_>>()?;
        let most = self.types.iter().max_by_key(|(_, weights)| **weights);
        let quantization = most.map(|(name, _)| format!("{name:?}")).unwrap_or_default();
        Ok(Weights {
            embedding: self.matrix(EMBEDDING)?,
            layers,
            output_norm: self.vector(OUTPUT_NORM)?,
            output: self.matrices.remove(OUTPUT),
            rope_factors: self.vectors.remove(ROPE_FACTORS).unwrap_or_default(),
            parameters: self.parameters,
            quantization,
        })
    }

    fn matrix(&mut self, name: &str) -> Result<Box<dyn Matrix>> {
        self.matrices.remove(name).ok_or_else(|| Error::corrupt(format!("it has no tensor {name:?}")))
    }

    fn vector(&mut self, name: &str) -> Result<Vec<f32>> {
        self.vectors.remove(name).ok_or_else(|| Error::corrupt(format!("it has no tensor {name:?}")))
    }
}

fn name(layer: usize, tensor: &str) -> String {
    format!("blk.{layer}.{tensor}.weight")
}
