//! The supported architectures. Each one is data in a file of its own: the names of its sizes in the metadata, and
//! the tensors that a model must have. `forward.rs` runs them.

mod llama;

use super::Config;
use crate::error::{Error, Result};
use crate::gguf::Metadata;

/// A family of networks.
#[derive(Debug)]
pub struct Architecture {
    /// `general.architecture` of its files.
    pub name: &'static str,
    /// Reads the sizes, and refuses features that are not supported.
    pub config: fn(&Metadata) -> Result<Config>,
    /// The tensors of a network with these sizes and this number of tokens in its vocabulary.
    pub tensors: fn(&Config, usize) -> Vec<Tensor>,
}

/// A tensor that a file may have.
#[derive(Debug)]
pub struct Tensor {
    /// Its name in the file.
    pub name: String,
    /// Rows; 1 for a vector.
    pub rows: usize,
    /// Elements of a row.
    pub columns: usize,
    /// Whether a model must have it.
    pub is_required: bool,
}

impl Tensor {
    fn required(name: impl Into<String>, rows: usize, columns: usize) -> Tensor {
        Tensor { name: name.into(), rows, columns, is_required: true }
    }

    fn optional(name: impl Into<String>, rows: usize, columns: usize) -> Tensor {
        Tensor { is_required: false, ..Tensor::required(name, rows, columns) }
    }
}

static ARCHITECTURES: [Architecture; 1] = [llama::ARCHITECTURE];

/// The architecture of this name.
///
/// # Errors
/// `unsupported-architecture` if it is not supported.
pub fn find(name: &str) -> Result<&'static Architecture> {
    let unknown = || Error::unsupported_architecture(format!("architecture {name:?}"));
    ARCHITECTURES.iter().find(|architecture| architecture.name == name).ok_or_else(unknown)
}
