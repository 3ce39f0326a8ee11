//! The incremental reader. It reads whole items, one at a time.

use std::collections::HashSet;

use super::cursor::{ARRAY, Cursor, Stop};
use super::{Integers, Metadata, Sink, TensorInfo, Value};
use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"GGUF";
/// Most accepted metadata entries, and most accepted tensors.
const MAX_ENTRIES: u64 = 1 << 16;
/// Most accepted bytes before the tensors. Published models, with vocabularies of up to 260,000 tokens and their
/// merges, have about 10 MB.
const MAX_HEAD: u64 = 1 << 26;
/// Bytes of the head that are processed at once.
const HEAD_PIECE: usize = 1 << 16;

/// The incremental reader.
#[derive(Debug)]
pub struct Reader {
    bytes_total: Option<u64>,
    bytes_read: u64,
    /// Bytes that have arrived and are not consumed: the beginning of an item or of a row of a tensor.
    pending: Vec<u8>,
    stage: Stage,
    metadata: Metadata,
    tensors: Vec<TensorInfo>,
    tensors_expected: u64,
    entries_expected: u64,
    /// Length of the file according to the directory; 0 before that is known.
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

    /// Takes the next bytes of the file and passes to `sink` whatever they complete: the head, and rows of tensors.
    pub fn push(&mut self, mut chunk: &[u8], sink: &mut dyn Sink) -> Result<()> {
        if let Some(total) = self.bytes_total
            && self.bytes_read + chunk.len() as u64 > total
        {
            return Err(Error::corrupt(format!("more bytes came than the {total} announced")));
        }
        while !chunk.is_empty() && !matches!(self.stage, Stage::Data { .. } | Stage::Done) {
            if self.bytes_read >= MAX_HEAD {
                return Err(Error::corrupt(format!("its metadata has more than {MAX_HEAD} bytes")));
            }
            // Small pieces, so that tensors after the head are not copied with it.
            let piece = chunk.len().min(HEAD_PIECE);
            let consumed = self.push_head(&chunk[..piece], sink)?;
            chunk = &chunk[consumed..];
        }
        self.push_data(chunk, sink)
    }

    /// Ends the stream. It is an error if a tensor is incomplete or an announced byte is missing.
    pub fn finish(self) -> Result<Metadata> {
        let whole = matches!(self.stage, Stage::Done);
        if whole && self.bytes_total.is_none_or(|total| self.bytes_read == total) {
            return Ok(self.metadata);
        }
        let want = self.end.max(self.bytes_total.unwrap_or(0)).max(self.bytes_read + 1);
        Err(Error::Truncated { got: self.bytes_read, want })
    }

    /// Reads header, metadata and directory. Returns how many bytes of `chunk` belong to them.
    fn push_head(&mut self, chunk: &[u8], sink: &mut dyn Sink) -> Result<usize> {
        let before = self.bytes_read;
        self.bytes_read += chunk.len() as u64;
        self.pending.extend_from_slice(chunk);

        let mut pending = std::mem::take(&mut self.pending);
        let mut cursor = Cursor { bytes: &pending, at: 0 };
        while !self.head_is_whole() {
            let start = cursor.at;
            let had_metadata = matches!(self.stage, Stage::Tensor);
            match self.step(&mut cursor) {
                Ok(()) if !had_metadata && matches!(self.stage, Stage::Tensor) => {
                    sink.metadata(&self.metadata, self.tensors_expected as usize)?;
                }
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
        sink.directory(&self.tensors)?;
        self.bytes_read = consumed;
        // The head ends inside `chunk`, because it was incomplete before.
        Ok((consumed - before) as usize)
    }

    fn head_is_whole(&self) -> bool {
        matches!(self.stage, Stage::Tensor) && self.tensors.len() as u64 == self.tensors_expected
    }

    /// Reads one whole item. If its bytes are not all there, the caller rewinds the cursor.
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
                let items = match (kind, Integers::new(kind)) {
                    (_, Some(items)) => Value::Integers(items),
                    (6 | 12, None) => Value::Floats(Vec::new()),
                    (8, None) => Value::Strings(Vec::new()),
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
                    (Value::Integer(n), Value::Integers(items)) => items.push(n),
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

    /// Checks the directory as a whole and turns its offsets into positions in the file.
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
            // Skips the padding between tensors.
            let skip = start.saturating_sub(self.bytes_read).min(chunk.len() as u64) as usize;
            self.bytes_read += skip as u64;
            chunk = &chunk[skip..];
            if chunk.is_empty() {
                return Ok(());
            }

            let info = &self.tensors[next];
            let (row, end) = (info.bytes / info.rows, info.offset + info.bytes as u64);
            let mut have = chunk.len();
            if self.pending.is_empty() && have >= row {
                // Whole rows are not copied.
                have = have.min((end - self.bytes_read) as usize) / row * row;
                sink.rows(info, &chunk[..have])?;
            } else {
                have = have.min(row - self.pending.len());
                self.pending
                    .try_reserve(have)
                    .map_err(|_| Error::OutOfMemory { what: "a row of a tensor", bytes: row as u64 })?;
                self.pending.extend_from_slice(&chunk[..have]);
                if self.pending.len() == row {
                    sink.rows(info, &self.pending)?;
                    self.pending.clear();
                }
            }
            self.bytes_read += have as u64;
            chunk = &chunk[have..];

            if self.bytes_read == end {
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

fn not_gguf(bytes: &[u8]) -> Error {
    let head: String =
        bytes.iter().take(16).flat_map(|&b| std::ascii::escape_default(b)).map(char::from).collect();
    Error::NotGguf { found: format!("\"{head}\"") }
}
