//! Turns a stream of bytes into metadata, the tensor directory, and then the rows of one tensor after the other.
//!
//! The format is that of ggml's `docs/gguf.md`, versions 2 and 3, little-endian. Bytes may arrive in pieces of any
//! size. Every length is checked before memory is allocated for it, so memory use stays in proportion to the bytes
//! that have arrived. This module knows nothing of GPT.

mod cursor;
mod integers;
mod reader;
mod types;

use std::collections::BTreeMap;

use crate::error::{Error, Result};
pub use integers::Integers;
pub use reader::Reader;
pub use types::TensorType;

/// A metadata value. Integers and floats are wider here than in the file.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any of the integer types, and `bool` as 0 or 1.
    Integer(i128),
    /// `f32` or `f64`.
    Float(f64),
    /// UTF-8 text.
    String(String),
    /// An array of integers or bools.
    Integers(Integers),
    /// An array of floats.
    Floats(Vec<f32>),
    /// An array of strings.
    Strings(Vec<String>),
}

/// The metadata of a file, by key, with typed access.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metadata(BTreeMap<String, Value>);

impl Metadata {
    /// The value under `key`.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The text under `key`, if it is text.
    pub fn string(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The strings under `key`, if it is an array of them.
    pub fn strings(&self, key: &str) -> Option<&[String]> {
        match self.get(key) {
            Some(Value::Strings(items)) => Some(items),
            _ => None,
        }
    }

    /// The integers under `key`, if it is an array of them.
    pub fn integers(&self, key: &str) -> Option<&Integers> {
        match self.get(key) {
            Some(Value::Integers(items)) => Some(items),
            _ => None,
        }
    }

    /// The number under `key` as a size, or `None` if there is none. A negative or huge number is an error, and so is
    /// a list.
    pub fn size(&self, key: &str) -> Result<Option<usize>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Integers(_)) => {
                Err(Error::unsupported_architecture(format!("{key} differs from layer to layer")))
            }
            Some(Value::Integer(n)) => size(key, *n).map(Some),
            Some(_) => Err(Error::corrupt(format!("{key} is not an integer"))),
        }
    }

    /// The sizes under `key`: `count` of them if it is a list, and otherwise one, or none if there is none. A list of
    /// another length is an error, and so is a negative or huge number.
    pub fn sizes(&self, key: &str, count: usize) -> Result<Vec<usize>> {
        let mut sizes = Vec::new();
        if let Some(Value::Integers(list)) = self.get(key) {
            if list.len() != count {
                return Err(Error::corrupt(format!("{key} has {} numbers, not {count}", list.len())));
            }
            while let Some(number) = list.get(sizes.len()) {
                sizes.push(size(key, number)?);
            }
        } else if let Some(size) = self.size(key)? {
            sizes.push(size);
        }
        Ok(sizes)
    }

    /// The token under `key`, an index below `count`. Returns `None` if there is none, which some files write as -1.
    pub fn token(&self, key: &str, count: usize) -> Result<Option<usize>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Integer(n)) => Ok(usize::try_from(*n).ok().filter(|&id| id < count)),
            Some(_) => Err(Error::corrupt(format!("{key} is not an integer"))),
        }
    }

    /// The number under `key` as a float, whether it is stored as an integer or a float. Returns `None` if there is
    /// none.
    pub fn float(&self, key: &str) -> Result<Option<f64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Float(x)) => Ok(Some(*x)),
            Some(Value::Integer(n)) => Ok(Some(*n as f64)),
            Some(_) => Err(Error::corrupt(format!("{key} is not a number"))),
        }
    }
}

/// A number as a size, unless it is negative or huge.
fn size(key: &str, number: i128) -> Result<usize> {
    u32::try_from(number).map(|n| n as usize).map_err(|_| Error::corrupt(format!("{key} is {number}")))
}

/// One entry of the tensor directory.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorInfo {
    /// The tensor's name in the file.
    pub name: String,
    /// Number of rows; 1 for a vector. The file, like ggml, writes the columns before the rows.
    pub rows: usize,
    /// Number of columns. The elements of a row are consecutive.
    pub columns: usize,
    /// The quantization type.
    pub dtype: TensorType,
    /// Length in bytes.
    pub bytes: usize,
    offset: u64,
}

impl TensorInfo {
    /// Number of elements. It may exceed 32 bits in a file that still fits into the memory of WebAssembly.
    pub fn elements(&self) -> u64 {
        self.rows as u64 * self.columns as u64
    }
}

/// A receiver of tensors as their rows arrive.
pub trait Sink {
    /// Receives the metadata before the directory of `tensors` tensors is read, so that what no other type of tensor can
    /// change is refused before a type is.
    fn metadata(&mut self, metadata: &Metadata, tensors: usize) -> Result<()>;
    /// Receives the directory, before any tensor.
    fn directory(&mut self, tensors: &[TensorInfo]) -> Result<()>;
    /// Receives the next rows of a tensor, at least one and none in part. Tensors arrive in the order of the file.
    fn rows(&mut self, info: &TensorInfo, rows: &[u8]) -> Result<()>;
}
