//! The tensors of a file. Nearly all names are the same in every architecture, and the parts of a network say which of
//! them it has; an architecture adds only what differs.

use crate::model::Config;
use crate::model::config::{HeadNorm, NormKind, Positions};
use crate::model::weights::{EMBEDDING, OUTPUT, OUTPUT_NORM, POSITIONS, ROPE_FACTORS, bias, weight};

/// The biases of every matrix in a layer without a gate.
pub const BIASES: [&str; 6] =
    ["attn_q.bias", "attn_k.bias", "attn_v.bias", "attn_output.bias", "ffn_up.bias", "ffn_down.bias"];

/// A tensor that a file may have.
#[derive(Debug)]
pub struct Tensor {
    /// Its name in the file.
    pub name: String,
    /// Rows; 1 for a vector.
    pub rows: usize,
    /// Elements of a row.
    pub columns: usize,
    /// Whether it is a vector, such as a norm or a bias.
    pub is_vector: bool,
    /// Whether a model must have it.
    pub is_required: bool,
    /// The tensors that are joined in it, each with its rows, or the elements of a vector. If it is empty, the tensor
    /// is one alone.
    joined: Vec<(String, usize)>,
}

impl Tensor {
    fn matrix(name: String, rows: usize, columns: usize) -> Tensor {
        Tensor { name, rows, columns, is_vector: false, is_required: true, joined: Vec::new() }
    }

    fn vector(name: String, len: usize) -> Tensor {
        Tensor { is_vector: true, ..Tensor::matrix(name, 1, len) }
    }

    fn optional(self) -> Tensor {
        Tensor { is_required: false, ..self }
    }

    /// The tensors in it, itself or those that are joined, each with its rows, or with its elements if it is a vector.
    pub fn parts(&self) -> impl Iterator<Item = (&str, usize)> {
        let size = if self.is_vector { self.columns } else { self.rows };
        let alone = self.joined.is_empty().then_some((self.name.as_str(), size));
        alone.into_iter().chain(self.joined.iter().map(|(name, size)| (name.as_str(), *size)))
    }
}

/// The tensors that a model may have.
#[derive(Debug)]
pub struct Table<'a> {
    config: &'a Config,
    /// The tensors.
    pub tensors: Vec<Tensor>,
}

impl<'a> Table<'a> {
    /// The tensors of a network with these parts and this number of tokens in its vocabulary. Queries, keys and values
    /// may be joined, and every matrix may have a bias.
    pub fn new(config: &'a Config, vocabulary: usize) -> Table<'a> {
        let (d, inner) = (config.embedding, config.feed_forward);
        let q = config.heads.query_row();
        let design = &config.design;
        let tensors = vec![
            Tensor::matrix(EMBEDDING.to_owned(), vocabulary, d),
            Tensor::matrix(weight(OUTPUT), vocabulary, d).optional(),
            Tensor::vector(bias(OUTPUT), vocabulary).optional(),
            match &config.positions {
                Positions::Learned => Tensor::matrix(POSITIONS.to_owned(), config.context_length, d),
                Positions::Rotary(_) => {
                    Tensor::vector(ROPE_FACTORS.to_owned(), config.rotated() / 2).optional()
                }
            },
        ];
        let mut table = Table { config, tensors };
        table.norm(OUTPUT_NORM, d);
        for layer in 0..config.layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            let kv = config.heads(layer).kv_row();
            let heads = [(name("attn_q"), q), (name("attn_k"), kv), (name("attn_v"), kv)];
            heads.iter().for_each(|(name, rows)| table.linear(name, *rows, d));
            table.joined(&name("attn_qkv"), &heads, d);
            table.linear(&name("attn_output"), d, q);
            let head_norms = match design.head_norm {
                HeadNorm::None => None,
                HeadNorm::Head => Some([config.heads.size; 2]),
                HeadNorm::Row => Some([q, kv]),
            };
            for (part, len) in
                ["attn_q_norm", "attn_k_norm"].into_iter().zip(head_norms.into_iter().flatten())
            {
                table.norm(&name(part), len);
            }
            if design.activation.has_gate() {
                table.linear(&name("ffn_gate"), inner, d);
            }
            table.linear(&name("ffn_up"), inner, d);
            table.linear(&name("ffn_down"), d, inner);
            if design.block.has_pre() {
                table.norm(&name("attn_norm"), d);
                table.norm(&name("ffn_norm"), d);
            }
            if design.block.has_post() {
                table.norm(&name("post_attention_norm"), d);
                table.norm(&name("post_ffw_norm"), d);
            }
        }
        table
    }

    /// The table in which the tensors whose names end with one of `ends` are required.
    pub fn require(mut self, ends: &[&str]) -> Table<'a> {
        for tensor in &mut self.tensors {
            tensor.is_required |= ends.iter().any(|end| tensor.name.ends_with(end));
        }
        self
    }

    /// The table in which the gate and `ffn_up` are joined, as `ffn_up`.
    pub fn join_gate(mut self) -> Table<'a> {
        let (inner, d) = (self.config.feed_forward, self.config.embedding);
        self.tensors
            .retain(|tensor| !tensor.name.contains(".ffn_gate.") && !tensor.name.contains(".ffn_up."));
        for layer in 0..self.config.layers {
            let name = |part: &str| format!("blk.{layer}.{part}");
            self.joined(&name("ffn_up"), &[(name("ffn_gate"), inner), (name("ffn_up"), inner)], d);
        }
        self.require(&[".ffn_up.weight"])
    }

    /// The table with an optional vector of divisors of the frequencies under this name.
    pub fn with_rope_factors(mut self, name: &str) -> Table<'a> {
        self.tensors.push(Tensor::vector(name.to_owned(), self.config.rotated() / 2).optional());
        self
    }

    fn norm(&mut self, name: &str, len: usize) {
        self.tensors.push(Tensor::vector(weight(name), len));
        if self.config.design.norm == NormKind::Layer {
            self.tensors.push(Tensor::vector(bias(name), len));
        }
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) {
        self.tensors.push(Tensor::matrix(weight(name), rows, columns));
        self.tensors.push(Tensor::vector(bias(name), rows).optional());
    }

    /// An optional matrix in which those of `parts` are joined, row after row, and its bias.
    fn joined(&mut self, name: &str, parts: &[(String, usize)], columns: usize) {
        let rows = parts.iter().map(|(_, rows)| rows).sum();
        let join = |tensor: Tensor, own: fn(&str) -> String| Tensor {
            joined: parts.iter().map(|(part, size)| (own(part), *size)).collect(),
            ..tensor.optional()
        };
        self.tensors.push(join(Tensor::matrix(weight(name), rows, columns), weight));
        self.tensors.push(join(Tensor::vector(bias(name), rows), bias));
    }
}
