//! Reads single items from bytes that may end in the middle of an item.

use super::types::unsupported;
use super::{TensorInfo, TensorType, Value};
use crate::error::Error;

/// Longest accepted string, and longest accepted name of a tensor, in bytes.
const MAX_STRING: u64 = 1 << 24;
const MAX_NAME: usize = 256;

/// Why a step did not finish.
pub(super) enum Stop {
    NeedMore,
    Error(Error),
}

/// An item, or the reason why there is none.
type Read<T> = Result<T, Stop>;

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

/// The metadata type of arrays.
pub(super) const ARRAY: u32 = 9;

/// A position in bytes that may end in the middle of an item.
pub(super) struct Cursor<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn take(&mut self, len: usize) -> Read<&'a [u8]> {
        let slice = self.bytes.get(self.at..).and_then(|rest| rest.get(..len)).ok_or(Stop::NeedMore)?;
        self.at += len;
        Ok(slice)
    }

    fn array<const N: usize>(&mut self) -> Read<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| Stop::NeedMore)
    }

    pub fn u32(&mut self) -> Read<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub fn u64(&mut self) -> Read<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub fn string(&mut self, bytes_total: Option<u64>) -> Read<String> {
        let len = self.u64()?;
        if len > MAX_STRING.min(bytes_total.unwrap_or(u64::MAX)) {
            return Err(Error::corrupt(format!("a string announces {len} bytes")).into());
        }
        let bytes = self.take(len as usize)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(Error::corrupt("a string is not UTF-8").into()),
        }
    }

    pub fn scalar(&mut self, kind: u32, key: &str, bytes_total: Option<u64>) -> Read<Value> {
        Ok(match kind {
            0 => Value::Integer(u8::from_le_bytes(self.array()?).into()),
            1 => Value::Integer(i8::from_le_bytes(self.array()?).into()),
            2 => Value::Integer(u16::from_le_bytes(self.array()?).into()),
            3 => Value::Integer(i16::from_le_bytes(self.array()?).into()),
            4 => Value::Integer(u32::from_le_bytes(self.array()?).into()),
            5 => Value::Integer(i32::from_le_bytes(self.array()?).into()),
            6 => Value::Float(f32::from_le_bytes(self.array()?).into()),
            7 => Value::Integer(u8::from_le_bytes(self.array()?).into()),
            8 => Value::String(self.string(bytes_total)?),
            10 => Value::Integer(u64::from_le_bytes(self.array()?).into()),
            11 => Value::Integer(i64::from_le_bytes(self.array()?).into()),
            12 => Value::Float(f64::from_le_bytes(self.array()?)),
            _ => return Err(Error::corrupt(format!("metadata {key:?} has type {kind}")).into()),
        })
    }

    pub fn tensor_info(&mut self, bytes_total: Option<u64>) -> Read<TensorInfo> {
        let name = self.string(bytes_total)?;
        if name.len() > MAX_NAME {
            return Err(Error::corrupt(format!("a tensor's name has {} bytes", name.len())).into());
        }
        let dimensions = self.u32()?;
        if !(1..=4).contains(&dimensions) {
            return Err(Error::corrupt(format!("tensor {name:?} has {dimensions} dimensions")).into());
        }
        let mut shape = [1u64; 4];
        for size in &mut shape[..dimensions as usize] {
            *size = self.u64()?;
        }
        let kind = self.u32()?;
        let offset = self.u64()?;

        let [columns, outer @ ..] = shape;
        let rows = outer.into_iter().try_fold(1u64, u64::checked_mul);
        let elements = rows.and_then(|rows| rows.checked_mul(columns));
        let (Some(rows), Some(elements @ 1..)) = (rows, elements) else {
            return Err(Error::corrupt(format!("tensor {name:?} has shape {shape:?}")).into());
        };
        let Some(dtype) = TensorType::from_number(kind) else {
            return Err(Error::UnsupportedQuantization { tensor: name, kind: unsupported(kind) }.into());
        };
        let (block, block_bytes) = dtype.block();
        let block = block as u64;
        let bytes = (elements / block).checked_mul(block_bytes as u64);
        let (Some(bytes), true) = (bytes, columns.is_multiple_of(block)) else {
            return Err(Error::corrupt(format!("tensor {name:?} has shape {shape:?} in {dtype:?}")).into());
        };
        // In WebAssembly, a tensor whose sizes do not fit into 32 bits is valid but too large for the memory.
        let sizes = [rows, columns, bytes].map(usize::try_from);
        let [Ok(rows), Ok(columns), Ok(bytes)] = sizes else {
            return Err(Error::OutOfMemory { what: "a tensor", bytes }.into());
        };
        Ok(TensorInfo { name, rows, columns, dtype, bytes, offset })
    }
}
