//! The weights. They are filled row by row while the file arrives, and never change after that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::arch::{self, Architecture, Table, Tensor};
use super::config::Positions;
use super::{Config, Layer, Linear, Norm, Rope};
use crate::error::{Error, Result};
use crate::gguf::{TensorInfo, TensorType};
use crate::kernels::{self, Matrix};

/// All weights of a network.
#[derive(Debug)]
pub struct Weights {
    /// Token embeddings, `(vocabulary, n_embd)`.
    pub embedding: Arc<dyn Matrix>,
    /// The layers, first to last.
    pub layers: Vec<Layer>,
    /// Normalization before the output layer, `(n_embd)`.
    pub output_norm: Norm,
    /// The output layer, `(vocabulary, n_embd)`. If the file has none, its matrix is that of the embeddings.
    pub output: Linear,
    /// A row for each position, `(context, n_embd)`, if positions are learned.
    pub positions: Option<Arc<dyn Matrix>>,
    /// Rotations of queries and keys by their positions, at the indices that [`Config::rotation`] gives.
    pub ropes: Vec<Rope>,
    /// Number of weights.
    pub parameters: u64,
    /// The quantization type that most of the weights have.
    pub quantization: String,
    /// Whether queries, keys and values are one matrix in the file.
    pub has_joined_heads: bool,
    /// Whether gate and `ffn_up` are one matrix in the file.
    pub has_joined_gate: bool,
}

pub(super) const EMBEDDING: &str = "token_embd.weight";
pub(super) const POSITIONS: &str = "position_embd.weight";
pub(super) const OUTPUT: &str = "output";
pub(super) const OUTPUT_NORM: &str = "output_norm";
pub(super) const ROPE_FACTORS: &str = "rope_freqs.weight";
/// Divisors of the frequencies in texts no longer than those of the training.
pub(super) const ROPE_FACTORS_SHORT: &str = "rope_factors_short.weight";

/// Collects the tensors of a model.
#[derive(Debug)]
pub struct Builder {
    architecture: &'static Architecture,
    /// Tensors that the model may have.
    expected: BTreeMap<String, Tensor>,
    /// Tensors that a directory has named, and the parts of those that are joined.
    found: HashSet<String>,
    has_joined_heads: bool,
    has_joined_gate: bool,
    matrices: HashMap<String, Box<dyn Matrix>>,
    vectors: HashMap<String, Vec<f32>>,
    parameters: u64,
    /// Number of weights of each type.
    types: BTreeMap<TensorType, u64>,
}

impl Builder {
    /// A builder for a model with these sizes.
    pub fn new(config: &Config, vocabulary: usize) -> Result<Builder> {
        let architecture = arch::find(&config.architecture)?;
        let tensors = (architecture.tensors)(Table::new(config, vocabulary)).tensors;
        // They are inserted one by one, because `collect` would add the code of a sort to the module, about 8 kB.
        let mut expected = BTreeMap::new();
        for tensor in tensors {
            expected.insert(tensor.name.clone(), tensor);
        }
        Ok(Builder {
            architecture,
            expected,
            found: HashSet::new(),
            has_joined_heads: false,
            has_joined_gate: false,
            matrices: HashMap::new(),
            vectors: HashMap::new(),
            parameters: 0,
            types: BTreeMap::new(),
        })
    }

    /// Checks the directory of a file. Each tensor must be known, have the right shape, and not be in an earlier
    /// file. No required tensor may be missing after the last directory. A refused directory changes nothing.
    pub fn directory(&mut self, tensors: &[TensorInfo], is_last: bool) -> Result<()> {
        let mut unknown = Vec::new();
        for info in tensors {
            match self.expected.get(&info.name) {
                Some(&Tensor { rows, columns, .. }) if (info.rows, info.columns) != (rows, columns) => {
                    return Err(Error::corrupt(format!(
                        "tensor {:?} is {} × {} and should be {rows} × {columns}",
                        info.name, info.rows, info.columns
                    )));
                }
                Some(tensor) if tensor.parts().any(|(name, _)| self.found.contains(name)) => {
                    return Err(Error::wrong_shard(format!(
                        "tensor {:?} is in an earlier one too",
                        info.name
                    )));
                }
                Some(_) => {}
                None => unknown.push(&info.name),
            }
        }
        let mut parts = HashSet::new();
        for tensor in tensors.iter().filter_map(|info| self.expected.get(&info.name)) {
            if let Some((name, _)) = tensor.parts().find(|(name, _)| !parts.insert(*name)) {
                return Err(Error::corrupt(format!(
                    "tensor {name:?} comes twice, alone and joined with others"
                )));
            }
        }
        let is_missing = |name: &str| !parts.contains(name) && !self.found.contains(name);
        let mut required = self.expected.values().filter(|tensor| tensor.is_required);
        if is_last
            && let Some(absent) = required.find(|tensor| tensor.parts().any(|(name, _)| is_missing(name)))
        {
            return Err(missing(&absent.name));
        }
        if let Some(name) = unknown.into_iter().min() {
            return Err(Error::unsupported_architecture(format!(
                "a {} with tensor {name:?}",
                self.architecture.name
            )));
        }
        for info in tensors {
            match self.expected.get(&info.name).map(|tensor| tensor.parts().count()) {
                Some(3) => self.has_joined_heads = true,
                Some(2) => self.has_joined_gate = true,
                _ => {}
            }
        }
        self.found.extend(parts.into_iter().map(str::to_owned));
        tensors.iter().for_each(|info| self.count(info, u64::wrapping_add));
        Ok(())
    }

    /// Discards a directory and what has arrived of its tensors.
    pub fn forget(&mut self, tensors: &[TensorInfo]) {
        for info in tensors {
            for (name, _) in self.expected.get(&info.name).into_iter().flat_map(Tensor::parts) {
                self.found.remove(name);
                self.matrices.remove(name);
                self.vectors.remove(name);
            }
            self.count(info, u64::wrapping_sub);
        }
    }

    /// Adds the weights of a tensor to those that are counted, or subtracts them. A hostile directory may have more than
    /// 64 bits of them, so both wrap.
    fn count(&mut self, info: &TensorInfo, change: fn(u64, u64) -> u64) {
        let of_type = self.types.entry(info.dtype).or_default();
        *of_type = change(*of_type, info.elements());
        self.parameters = change(self.parameters, info.elements());
    }

    /// Adds the next rows of a tensor to it, or to the parts of a joined one, and packs the weights for the kernels.
    /// `at_once` is whether a matrix gets all its memory before its rows arrive.
    pub fn add(&mut self, info: &TensorInfo, mut bytes: &[u8], at_once: bool) -> Result<()> {
        let tensor = self.expected.get(&info.name).ok_or_else(|| missing(&info.name))?;
        if tensor.is_vector {
            let vector = kernels::vector(info.dtype, info.columns, bytes)?;
            let mut rest = &vector[..];
            for (name, len) in tensor.parts() {
                let (part, after) = rest.split_at(len);
                self.vectors.insert(name.to_owned(), part.to_vec());
                rest = after;
            }
        } else {
            for (name, rows) in tensor.parts() {
                if !self.matrices.contains_key(name) {
                    let matrix = kernels::matrix(info.dtype, rows, info.columns, at_once)?;
                    self.matrices.insert(name.to_owned(), matrix);
                }
                if let Some(matrix) = self.matrices.get_mut(name) {
                    bytes = matrix.push(bytes)?;
                }
            }
        }
        Ok(())
    }

    /// The weights of a network with these sizes, after all tensors have arrived.
    pub fn finish(mut self, c: &Config) -> Result<Weights> {
        let layers = (0..c.layers)
            .map(|layer| {
                let name = |part: &str| format!("blk.{layer}.{part}");
                let has_gate = c.design.activation.has_gate();
                Ok(Layer {
                    attention_norm: self.norm(c, &name("attn_norm"))?,
                    q: self.linear(&name("attn_q"))?,
                    k: self.linear(&name("attn_k"))?,
                    v: self.linear(&name("attn_v"))?,
                    q_norm: self.norm(c, &name("attn_q_norm"))?,
                    k_norm: self.norm(c, &name("attn_k_norm"))?,
                    o: self.linear(&name("attn_output"))?,
                    attention_post_norm: self.norm(c, &name("post_attention_norm"))?,
                    feed_forward_norm: self.norm(c, &name("ffn_norm"))?,
                    gate: has_gate.then(|| self.linear(&name("ffn_gate"))).transpose()?,
                    up: self.linear(&name("ffn_up"))?,
                    down: self.linear(&name("ffn_down"))?,
                    feed_forward_post_norm: self.norm(c, &name("post_ffw_norm"))?,
                })
            })
            .collect::<Result<_>>()?;
        let most = self.types.iter().max_by_key(|(_, weights)| **weights);
        let quantization = most.map(|(name, _)| format!("{name:?}")).unwrap_or_default();
        let output_norm = self.norm(c, OUTPUT_NORM)?.ok_or_else(|| missing(OUTPUT_NORM))?;
        let embedding = self.matrix(EMBEDDING)?;
        let matrix = self.matrix(&weight(OUTPUT)).unwrap_or_else(|_| embedding.clone());
        let output = Linear { matrix, bias: self.vectors.remove(&bias(OUTPUT)) };
        Ok(Weights {
            embedding,
            layers,
            output_norm,
            output,
            positions: self.matrix(POSITIONS).ok(),
            ropes: self.ropes(c),
            parameters: self.parameters,
            quantization,
            has_joined_heads: self.has_joined_heads,
            has_joined_gate: self.has_joined_gate,
        })
    }

    fn ropes(&mut self, c: &Config) -> Vec<Rope> {
        let short = self.vectors.remove(ROPE_FACTORS_SHORT);
        let factors = self.vectors.remove(ROPE_FACTORS).or(short).unwrap_or_default();
        match &c.positions {
            Positions::Learned => Vec::new(),
            Positions::Rotary(rotary) => [rotary.global, rotary.local]
                .into_iter()
                .take(c.rotations())
                .map(|spectrum| Rope::new(c.heads.size, rotary.rotated, rotary.pairs, spectrum, &factors))
                .collect(),
        }
    }

    fn linear(&mut self, name: &str) -> Result<Linear> {
        Ok(Linear { matrix: self.matrix(&weight(name))?, bias: self.vectors.remove(&bias(name)) })
    }

    /// The norm of this name, or `None` if the architecture has none.
    fn norm(&mut self, c: &Config, name: &str) -> Result<Option<Norm>> {
        if !self.expected.contains_key(&weight(name)) {
            return Ok(None);
        }
        let bias = self.vectors.remove(&bias(name));
        let weight = weight(name);
        let weight = self.vectors.remove(&weight).ok_or_else(|| missing(&weight))?;
        Ok(Some(Norm { weight, bias, epsilon: c.epsilon }))
    }

    fn matrix(&mut self, name: &str) -> Result<Arc<dyn Matrix>> {
        self.matrices.remove(name).map(Arc::from).ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> Error {
    Error::corrupt(format!("it has no tensor {name:?}"))
}

/// The name of a part's weights in a file.
pub(super) fn weight(part: &str) -> String {
    format!("{part}.weight")
}

/// The name of a part's bias in a file.
pub(super) fn bias(part: &str) -> String {
    format!("{part}.bias")
}
