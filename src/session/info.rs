//! Facts about what is loaded.

use super::Session;
use crate::kernels::Precision;

/// The file that a model was loaded from.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of all bytes, hexadecimal.
    pub sha256: String,
}

/// Facts about a loaded model.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// `general.architecture`, such as `llama`.
    pub architecture: String,
    /// The name that the file gives the model.
    pub name: String,
    /// Number of weights.
    pub parameters: u64,
    /// Number of tokens in the vocabulary.
    pub vocabulary_size: usize,
    /// Most tokens that a prompt and the text generated after it can have together.
    pub context_length: usize,
    /// The quantization type that most of the weights have.
    pub quantization: String,
    /// The file.
    pub file: File,
    /// Bytes of memory that the weights take.
    pub memory: u64,
    /// Tokens that end a text.
    pub end_tokens: Vec<u32>,
    /// Number of layers.
    pub layers: usize,
    /// Size of a row between the layers, `n_embd`.
    pub embedding: usize,
    /// The token that the file names for beginnings.
    pub bos_token: Option<u32>,
    /// Whether every text begins with it.
    pub adds_bos: bool,
    /// The Jinja template that turns a conversation into a prompt.
    pub chat_template: Option<String>,
    /// How finely activations are rounded where the network leaves the choice.
    pub precision: Precision,
}

impl Session {
    /// Facts about the model.
    pub fn info(&self) -> Info {
        let (config, weights) = (self.model.config(), self.model.weights());
        Info {
            architecture: config.architecture.clone(),
            name: config.name.clone(),
            parameters: weights.parameters,
            vocabulary_size: self.model.vocabulary_size(),
            context_length: config.context_length,
            quantization: weights.quantization.clone(),
            file: self.file.clone(),
            memory: self.memory,
            end_tokens: self.tokenizer.end_tokens().to_vec(),
            layers: config.layers,
            embedding: config.embedding,
            bos_token: self.tokenizer.bos(),
            adds_bos: self.tokenizer.adds_bos(),
            chat_template: self.tokenizer.chat_template().map(str::to_owned),
            precision: self.model.compute().precision,
        }
    }
}
