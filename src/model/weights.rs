//! The weights. They are filled tensor by tensor while the file arrives, and never change after that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::arch::{self, Architecture, Tensor};
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
    /// Rotation of queries and keys by their positions.
    pub rope: Rope,
    /// Number of weights.
    pub parameters: u64,
    /// The quantization type that most of the weights have.
    pub quantization: String,
}

pub(super) const EMBEDDING: &str = "token_embd.weight";
pub(super) const OUTPUT: &str = "output.weight";
pub(super) const OUTPUT_NORM: &str = "output_norm.weight";
pub(super) const ROPE_FACTORS: &str = "rope_freqs.weight";

/// Collects the tensors of a model.
#[derive(Debug)]
pub struct Builder {
    architecture: &'static Architecture,
    /// Tensors that the model may have.
    expected: BTreeMap<String, Tensor>,
    /// Tensors that a directory has named.
    found: HashSet<String>,
    matrices: HashMap<String, Arc<dyn Matrix>>,
    vectors: HashMap<String, Vec<f32>>,
    parameters: u64,
    /// Number of weights of each type.
    types: BTreeMap<TensorType, u64>,
}

impl Builder {
    /// A builder for a model with these sizes.
    pub fn new(config: &Config, vocabulary: usize) -> Result<Builder> {
        let architecture = arch::find(&config.architecture)?;
        let tensors = (architecture.tensors)(config, vocabulary);
        // They are inserted one by one, because `collect` would add the code of a sort to the module, about 8 kB.
        let mut expected = BTreeMap::new();
        for tensor in tensors {
            expected.insert(tensor.name.clone(), tensor);
        }
        Ok(Builder {
            architecture,
            expected,
            found: HashSet::new(),
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
                Some(_) if self.found.contains(&info.name) => {
                    return Err(Error::wrong_shard(format!(
                        "tensor {:?} is in an earlier one too",
                        info.name
                    )));
                }
                Some(_) => {}
                None => unknown.push(&info.name),
            }
        }
        let names: HashSet<&str> = tensors.iter().map(|info| info.name.as_str()).collect();
        let is_missing = |name: &str| !names.contains(name) && !self.found.contains(name);
        let mut absent = self.expected.iter().filter(|(name, tensor)| tensor.is_required && is_missing(name));
        if is_last && let Some((name, _)) = absent.next() {
            return Err(missing(name));
        }
        if let Some(name) = unknown.into_iter().min() {
            return Err(Error::unsupported_architecture(format!(
                "a {} with tensor {name:?}",
                self.architecture.name
            )));
        }
        self.found.extend(tensors.iter().map(|info| info.name.clone()));
        Ok(())
    }

    /// Discards a directory and those of its tensors that have arrived.
    pub fn forget(&mut self, tensors: &[TensorInfo]) {
        for info in tensors {
            self.found.remove(&info.name);
            let had_matrix = self.matrices.remove(&info.name).is_some();
            let had_vector = self.vectors.remove(&info.name).is_some();
            if had_matrix || had_vector {
                self.parameters -= info.elements();
                *self.types.entry(info.dtype).or_default() -= info.elements();
            }
        }
    }

    /// Adds one tensor and packs its weights for the kernels.
    pub fn add(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()> {
        if info.name.ends_with("norm.weight") || info.name == ROPE_FACTORS {
            let vector = kernels::vector(info.dtype, info.columns, bytes)?;
            self.vectors.insert(info.name.clone(), vector);
        } else {
            let matrix = kernels::matrix(info.dtype, info.rows, info.columns, bytes)?;
            self.matrices.insert(info.name.clone(), matrix);
        }
        self.parameters += info.elements();
        *self.types.entry(info.dtype).or_default() += info.elements();
        Ok(())
    }

    /// The weights of a network with these sizes, after all tensors have arrived.
    pub fn finish(mut self, c: &Config) -> Result<Weights> {
        let layers = (0..c.layers)
            .map(|layer| {
                Ok(Layer {
                    attention_norm: self.norm(c, &name(layer, "attn_norm"))?,
                    q: self.linear(&name(layer, "attn_q"))?,
                    k: self.linear(&name(layer, "attn_k"))?,
                    v: self.linear(&name(layer, "attn_v"))?,
                    o: self.linear(&name(layer, "attn_output"))?,
                    feed_forward_norm: self.norm(c, &name(layer, "ffn_norm"))?,
                    gate: self.linear(&name(layer, "ffn_gate"))?,
                    up: self.linear(&name(layer, "ffn_up"))?,
                    down: self.linear(&name(layer, "ffn_down"))?,
                })
            })
            .collect::<Result<_>>()?;
        let most = self.types.iter().max_by_key(|(_, weights)| **weights);
        let quantization = most.map(|(name, _)| format!("{name:?}")).unwrap_or_default();
        let output_norm = self.norm(c, OUTPUT_NORM)?;
        let embedding = self.matrix(EMBEDDING)?;
        let output = self.matrices.remove(OUTPUT).unwrap_or_else(|| embedding.clone());
        let rope_factors = self.vectors.remove(ROPE_FACTORS).unwrap_or_default();
        Ok(Weights {
            embedding,
            layers,
            output_norm,
            output: Linear::new(output),
            rope: Rope::new(c.heads.size, c.rotated, c.rope_base, rope_factors),
            parameters: self.parameters,
            quantization,
        })
    }

    fn linear(&mut self, name: &str) -> Result<Linear> {
        Ok(Linear::new(self.matrix(name)?))
    }

    fn norm(&mut self, c: &Config, name: &str) -> Result<Norm> {
        let weight = self.vectors.remove(name).ok_or_else(|| missing(name))?;
        Ok(Norm { weight, epsilon: c.epsilon })
    }

    fn matrix(&mut self, name: &str) -> Result<Arc<dyn Matrix>> {
        self.matrices.remove(name).ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> Error {
    Error::corrupt(format!("it has no tensor {name:?}"))
}

pub(super) fn name(layer: usize, tensor: &str) -> String {
    format!("blk.{layer}.{tensor}.weight")
}
