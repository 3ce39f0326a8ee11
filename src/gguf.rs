//! A stream of bytes → metadata, the tensor directory, then one tensor at a time as it completes.
//!
//! The format is that of ggml's `docs/gguf.md`, versions 2 and 3, little-endian. Bytes may come in
//! pieces of any size. Every length is checked before it is believed, so that memory use stays in
//! proportion to the bytes that have arrived. Nothing here knows of GPT.

use std::collections::{BTreeMap, HashSet};

use candle_core::quantized::GgmlDType;

use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"GGUF";
/// Longest string, in bytes, and most entries of a directory, that are believed.
const MAX_STRING: u64 = 1 << 24;
const MAX_ENTRIES: u64 = 1 << 16;
const MAX_NAME: usize = 256;
/// Bytes that are looked at together while the head is read.
const HEAD_PIECE: usize = 1 << 16;
/// Memory set aside for a tensor before its bytes have come.
const FIRST_RESERVE: u64 = 1 << 24;

/// A metadata value; the integer and float widths of the file are widened.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Any of the integer types, and `bool` as 0 or 1.
    Integer(i128),
    /// `f32` or `f64`.
    Float(f64),
    /// UTF-8 text.
    String(String),
    /// An array of integers or bools.
    Integers(Vec<i64>),
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
    pub fn integers(&self, key: &str) -> Option<&[i64]> {
        match self.get(key) {
            Some(Value::Integers(items)) => Some(items),
            _ => None,
        }
    }

    /// The number under `key` as a size; absent is `None`, negative or huge is an error.
    pub fn size(&self, key: &str) -> Result<Option<usize>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Integer(n)) => u32::try_from(*n)
                .map(|n| Some(n as usize))
                .map_err(|_| Error::corrupt(format!("{key} is {n}"))),
            Some(_) => Err(Error::corrupt(format!("{key} is not an integer"))),
        }
    }

    /// The number under `key` as a float; absent is `None`.
    pub fn float(&self, key: &str) -> Result<Option<f64>> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Float(x)) => Ok(Some(*x)),
            Some(_) => Err(Error::corrupt(format!("{key} is not a float"))),
        }
    }
}

/// One entry of the tensor directory.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorInfo {
    /// The tensor's name in the file.
    pub name: String,
    /// Rows × columns; a vector has one row. ggml writes the columns first, and so does the file.
    pub rows: usize,
    /// Elements of a row; they are consecutive.
    pub columns: usize,
    /// The quantization type.
    pub dtype: GgmlDType,
    /// Length in bytes.
    pub bytes: usize,
    offset: u64,
}

/// What takes the tensors as they complete.
pub trait Sink {
    /// The metadata and the directory, before any tensor.
    fn directory(&mut self, metadata: &Metadata, tensors: &[TensorInfo]) -> Result<()>;
    /// One tensor, whole; in the order of the file.
    fn tensor(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()>;
}

/// The incremental reader.
#[derive(Debug)]
pub struct Reader {
    bytes_total: Option<u64>,
    bytes_read: u64,
    /// Bytes that arrived and are not consumed: the head of an item, or of a tensor.
    pending: Vec<u8>,
    stage: Stage,
    metadata: Metadata,
    tensors: Vec<TensorInfo>,
    tensors_expected: u64,
    entries_expected: u64,
    /// Length of the file as the directory has it; 0 until it is known.
    end: u64,
}

#[derive(Debug)]
enum Stage {
    Header,
    Entry,
    Array {
        key: String,
        kind: u32,
        left: u64,
        items: Value,
    },
    Tensor,
    /// Waiting for the bytes of tensor `next`, whose first byte is at `start`.
    Data {
        next: usize,
        start: u64,
    },
    Done,
}

impl Reader {
    /// A reader for a file of `bytes_total` bytes, if that is known.
    pub fn new(bytes_total: Option<u64>) -> Reader {
        Reader {
            bytes_total,
            bytes_read: 0,
            pending: Vec::new(),
            stage: Stage::Header,
            metadata: Metadata::default(),
            tensors: Vec::new(),
            tensors_expected: 0,
            entries_expected: 0,
            end: 0,
        }
    }

    /// Takes the next bytes of the file and hands `sink` whatever they complete.
    pub fn push(&mut self, mut chunk: &[u8], sink: &mut dyn Sink) -> Result<()> {
        if let Some(total) = self.bytes_total
            && self.bytes_read + chunk.len() as u64 > total
        {
            return Err(Error::corrupt(format!("more bytes came than the {total} announced")));
        }
        while !chunk.is_empty() && !matches!(self.stage, Stage::Data { .. } | Stage::Done) {
            // In pieces, so that tensors behind the head are not copied with it.
            let piece = chunk.len().min(HEAD_PIECE);
            let consumed = self.push_head(&chunk[..piece], sink)?;
            chunk = &chunk[consumed..];
        }
        self.push_data(chunk, sink)
    }

    /// Ends the stream: an error unless every tensor has come.
    pub fn finish(self) -> Result<Metadata> {
        match self.stage {
            Stage::Done => Ok(self.metadata),
            _ => Err(Error::Truncated {
                got: self.bytes_read,
                want: self.end.max(self.bytes_total.unwrap_or(0)).max(self.bytes_read + 1),
            }),
        }
    }

    /// Header, metadata and directory. Returns how many bytes of `chunk` belong to them.
    fn push_head(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<usize> {
        let before = self.bytes_read;
        self.bytes_read += chunk.len() as u64;
        self.pending.extend_from_slice(chunk);

        let mut pending = std::mem::take(&mut self.pending);
        let mut cursor = Cursor { bytes: &pending, at: 0 };
        while !self.head_is_whole() {
            let start = cursor.at;
            match self.step(&mut cursor) {
                Ok(()) => {}
                Err(Stop::NeedMore) => {
                    pending.drain(..start);
                    self.pending = pending;
                    return Ok(chunk.len());
                }
                Err(Stop::Error(error)) => return Err(error),
            }
        }

        let consumed = self.bytes_read - (pending.len() - cursor.at) as u64;
        self.lay_out(consumed)?;
        sink.directory(&self.metadata, &self.tensors)?;
        self.bytes_read = consumed;
        // The head ends inside `chunk`, because without `chunk` it was not whole.
        Ok((consumed - before) as usize)
    }

    fn head_is_whole(&self) -> bool {
        matches!(self.stage, Stage::Tensor) && self.tensors.len() as u64 == self.tensors_expected
    }

    /// Reads one item, whole, or consumes nothing that matters.
    fn step(&mut self, cursor: &mut Cursor) -> std::result::Result<(), Stop> {
        match &mut self.stage {
            Stage::Header => {
                let magic = cursor.take(4)?;
                if magic != MAGIC {
                    return Err(not_gguf(cursor.bytes).into());
                }
                let version = cursor.u32()?;
                if !(2..=3).contains(&version) {
                    let what = match version.swap_bytes() {
                        2 | 3 => "is big-endian".to_owned(),
                        _ => format!("has version {version}"),
                    };
                    return Err(Error::UnsupportedVersion { what }.into());
                }
                (self.tensors_expected, self.entries_expected) = (cursor.u64()?, cursor.u64()?);
                if self.tensors_expected.max(self.entries_expected) > MAX_ENTRIES {
                    return Err(Error::corrupt(format!(
                        "its header announces {} tensors and {} metadata entries",
                        self.tensors_expected, self.entries_expected
                    ))
                    .into());
                }
                self.next_entry();
            }
            Stage::Entry => {
                let key = cursor.string(self.bytes_total)?;
                let kind = cursor.u32()?;
                if self.metadata.0.contains_key(&key) {
                    return Err(Error::corrupt(format!("metadata key {key:?} comes twice")).into());
                }
                if kind != ARRAY {
                    let value = cursor.scalar(kind, &key, self.bytes_total)?;
                    self.metadata.0.insert(key, value);
                    self.next_entry();
                    return Ok(());
                }
                let (kind, left) = (cursor.u32()?, cursor.u64()?);
                if self.bytes_total.is_some_and(|total| left > total) {
                    return Err(Error::corrupt(format!("array {key:?} announces {left} items")).into());
                }
                let items = match kind {
                    6 | 12 => Value::Floats(Vec::new()),
                    8 => Value::Strings(Vec::new()),
                    0..=5 | 7 | 10 | 11 => Value::Integers(Vec::new()),
                    _ => return Err(Error::corrupt(format!("array {key:?} holds type {kind}")).into()),
                };
                self.stage = Stage::Array { key, kind, left, items };
            }
            Stage::Array { left: 0, key, items, .. } => {
                let (key, items) = (std::mem::take(key), std::mem::replace(items, Value::Integer(0)));
                self.metadata.0.insert(key, items);
                self.next_entry();
            }
            Stage::Array { key, kind, left, items } => {
                match (cursor.scalar(*kind, key, self.bytes_total)?, items) {
                    (Value::Integer(n), Value::Integers(items)) => items.push(n as i64),
                    (Value::Float(x), Value::Floats(items)) => items.push(x as f32),
                    (Value::String(text), Value::Strings(items)) => items.push(text),
                    _ => return Err(Error::corrupt(format!("array {key:?} is mixed")).into()),
                }
                *left -= 1;
            }
            Stage::Tensor => {
                let info = cursor.tensor_info(self.bytes_total)?;
                self.tensors.push(info);
            }
            Stage::Data { .. } | Stage::Done => {}
        }
        Ok(())
    }

    fn next_entry(&mut self) {
        let done = self.metadata.0.len() as u64 == self.entries_expected;
        self.stage = if done { Stage::Tensor } else { Stage::Entry };
    }

    /// Checks the directory as a whole and turns its offsets into places in the file.
    fn lay_out(&mut self, head: u64) -> Result<()> {
        let alignment = self.metadata.size("general.alignment")?.unwrap_or(32) as u64;
        if !alignment.is_power_of_two() || alignment > 1 << 20 {
            return Err(Error::corrupt(format!("its alignment is {alignment}")));
        }
        let data = head.next_multiple_of(alignment);

        let mut names = HashSet::new();
        for info in &self.tensors {
            if !names.insert(info.name.as_str()) {
                return Err(Error::corrupt(format!("tensor {:?} comes twice", info.name)));
            }
        }

        self.tensors.sort_by_key(|info| info.offset);
        let mut end = data;
        for info in &mut self.tensors {
            if !info.offset.is_multiple_of(alignment) {
                return Err(Error::corrupt(format!("tensor {:?} is not aligned", info.name)));
            }
            let start = data.checked_add(info.offset);
            let stop = start.and_then(|start| start.checked_add(info.bytes as u64));
            let (Some(start), Some(stop)) = (start, stop) else {
                return Err(Error::corrupt(format!("tensor {:?} lies beyond any file", info.name)));
            };
            if start < end {
                return Err(Error::corrupt(format!("tensor {:?} overlaps another", info.name)));
            }
            (info.offset, end) = (start, stop);
        }
        self.end = end;
        if let Some(total) = self.bytes_total
            && end > total
        {
            return Err(Error::Truncated { got: total, want: end });
        }
        self.stage = match self.tensors.first() {
            Some(info) => Stage::Data { next: 0, start: info.offset },
            None => Stage::Done,
        };
        Ok(())
    }

    fn push_data(&mut self, mut chunk: &[u8], sink: &mut dyn Sink) -> Result<()> {
        while let Stage::Data { next, start } = self.stage {
            // Padding between tensors.
            let skip = start.saturating_sub(self.bytes_read).min(chunk.len() as u64) as usize;
            self.bytes_read += skip as u64;
            chunk = &chunk[skip..];
            if chunk.is_empty() {
                return Ok(());
            }

            let info = &self.tensors[next];
            let have = chunk.len().min(info.bytes - self.pending.len());
            let (part, rest) = chunk.split_at(have);
            if self.pending.is_empty() && part.len() == info.bytes {
                sink.tensor(info, part)?;
            } else {
                reserve(&mut self.pending, info.bytes, part.len())?;
                self.pending.extend_from_slice(part);
            }
            self.bytes_read += part.len() as u64;
            chunk = rest;

            if self.bytes_read == info.offset + info.bytes as u64 {
                if !self.pending.is_empty() {
                    let whole = std::mem::take(&mut self.pending);
                    sink.tensor(info, &whole)?;
                }
                self.stage = match self.tensors.get(next + 1) {
                    Some(info) => Stage::Data { next: next + 1, start: info.offset },
                    None => Stage::Done,
                };
            }
        }
        self.bytes_read += chunk.len() as u64;
        Ok(())
    }
}

/// Room for a tensor of `bytes`: at once where that is modest, else as the bytes come.
fn reserve(pending: &mut Vec<u8>, bytes: usize, more: usize) -> Result<()> {
    let wanted = match pending.capacity() {
        0 => bytes.min(FIRST_RESERVE as usize).max(more),
        capacity if pending.len() + more > capacity => bytes.min(2 * capacity).max(pending.len() + more),
        _ => return Ok(()),
    };
    pending
        .try_reserve_exact(wanted - pending.len())
        .map_err(|_| Error::OutOfMemory { what: "a tensor", bytes: wanted as u64 })
}

fn not_gguf(bytes: &[u8]) -> Error {
    let head: String =
        bytes.iter().take(16).flat_map(|&b| std::ascii::escape_default(b)).map(char::from).collect();
    Error::NotGguf { found: format!("\"{head}\"") }
}

/// Why a step did not finish.
enum Stop {
    NeedMore,
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

const ARRAY: u32 = 9;

/// A place in bytes that may end before the item does.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, len: usize) -> std::result::Result<&'a [u8], Stop> {
        let slice = self.bytes.get(self.at..).and_then(|rest| rest.get(..len)).ok_or(Stop::NeedMore)?;
        self.at += len;
        Ok(slice)
    }

    fn array<const N: usize>(&mut self) -> std::result::Result<[u8; N], Stop> {
        self.take(N)?.try_into().map_err(|_| Stop::NeedMore)
    }

    fn u32(&mut self) -> std::result::Result<u32, Stop> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> std::result::Result<u64, Stop> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn string(&mut self, bytes_total: Option<u64>) -> std::result::Result<String, Stop> {
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

    fn scalar(&mut self, kind: u32, key: &str, bytes_total: Option<u64>) -> std::result::Result<Value, Stop> {
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

    fn tensor_info(&mut self, bytes_total: Option<u64>) -> std::result::Result<TensorInfo, Stop> {
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
        let Some(dtype) = dtype(kind) else {
            return Err(Error::UnsupportedQuantization { tensor: name, kind }.into());
        };
        let block = dtype.block_size() as u64;
        let bytes = (elements / block).checked_mul(dtype.type_size() as u64);
        let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let (Some(bytes), true) = (bytes, columns.is_multiple_of(block)) else {
            return Err(Error::corrupt(format!("tensor {name:?} has shape {shape:?} in {dtype:?}")).into());
        };
        let (Ok(rows), Ok(columns)) = (usize::try_from(rows), usize::try_from(columns)) else {
            return Err(Error::corrupt(format!("tensor {name:?} has shape {shape:?}")).into());
        };
        Ok(TensorInfo { name, rows, columns, dtype, bytes, offset })
    }
}

/// ggml's type numbers, as far as candle reads the types.
fn dtype(kind: u32) -> Option<GgmlDType> {
    Some(match kind {
        0 => GgmlDType::F32,
        1 => GgmlDType::F16,
        2 => GgmlDType::Q4_0,
        3 => GgmlDType::Q4_1,
        6 => GgmlDType::Q5_0,
        7 => GgmlDType::Q5_1,
        8 => GgmlDType::Q8_0,
        9 => GgmlDType::Q8_1,
        10 => GgmlDType::Q2K,
        11 => GgmlDType::Q3K,
        12 => GgmlDType::Q4K,
        13 => GgmlDType::Q5K,
        14 => GgmlDType::Q6K,
        15 => GgmlDType::Q8K,
        30 => GgmlDType::BF16,
        _ => return None,
    })
}
