//! The supported architectures. Each one is data in a file of its own: the names of its sizes in the metadata, the
//! tensors that a model must have, and the parts of the network. `forward.rs` runs them.

mod gemma2;
mod gemma3;
mod gpt2;
mod gptneox;
mod granite;
mod keys;
mod llama;
mod olmo2;
mod phi3;
mod qwen2;
mod qwen3;
mod smollm3;
mod tensors;

use super::Config;
use crate::error::{Error, Result};
use crate::gguf::Metadata;
pub use keys::Keys;
pub use tensors::{Table, Tensor};

/// A family of networks.
#[derive(Debug)]
pub struct Architecture {
    /// `general.architecture` of its files.
    pub name: &'static str,
    /// Reads the sizes, and refuses features that are not supported.
    pub config: fn(Keys) -> Result<Config>,
    /// What differs from the table of tensors that follows from the parts of the network.
    pub tensors: fn(Table) -> Table,
}

/// The supported architectures, by name. [`Error::UnsupportedArchitecture`] names them.
pub static ARCHITECTURES: [Architecture; 11] = [
    gemma2::ARCHITECTURE,
    gemma3::ARCHITECTURE,
    gpt2::ARCHITECTURE,
    gptneox::ARCHITECTURE,
    granite::ARCHITECTURE,
    llama::ARCHITECTURE,
    olmo2::ARCHITECTURE,
    phi3::ARCHITECTURE,
    qwen2::ARCHITECTURE,
    qwen3::ARCHITECTURE,
    smollm3::ARCHITECTURE,
];

/// The architecture of this name.
///
/// # Errors
/// `unsupported-architecture` if it is not supported.
pub fn find(name: &str) -> Result<&'static Architecture> {
    let unknown = || Error::unsupported_architecture(format!("architecture {name:?}"));
    ARCHITECTURES.iter().find(|architecture| architecture.name == name).ok_or_else(unknown)
}

/// The description of a network, from the metadata of its file.
///
/// # Errors
/// `unsupported-architecture` if it is not supported, and `corrupt` if its sizes cannot be.
pub fn config(metadata: &Metadata) -> Result<Config> {
    let architecture = find(metadata.string("general.architecture").unwrap_or("none"))?;
    (architecture.config)(Keys::new(metadata, architecture.name))
}
