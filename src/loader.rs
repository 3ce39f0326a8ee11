//! Turns streams of bytes into a [`Session`]. It joins reader, tokenizer and weights.

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::gguf::{Metadata, Reader, Sink, TensorInfo};
use crate::kernels::{Compute, packed_bytes};
use crate::model::weights::Builder;
use crate::model::{Config, Model};
use crate::session::{File, Session};
use crate::tokenizer::Tokenizer;

/// Reads a model in pieces of any size and packs each row of a tensor as soon as it is complete. The model is one GGUF
/// file, or several shards made by llama.cpp's `gguf-split`, which are read one after the other.
#[derive(Debug)]
pub struct Loader {
    /// The file that is being read.
    file: Option<Open>,
    model: Shards,
    compute: Compute,
    /// SHA-256 of each finished file, hexadecimal.
    digests: Vec<String>,
    /// Total length of these files.
    bytes: u64,
    /// The first error. Later calls return it again, because nothing after it can be read.
    failed: Option<Error>,
}

/// A file that is being read.
#[derive(Debug)]
struct Open {
    reader: Reader,
    digest: Sha256,
    bytes: u64,
}

/// The parts of the model that have been read.
#[derive(Debug)]
struct Shards {
    /// How many files there are.
    count: usize,
    /// Index of the file that is being read, from 0.
    current: usize,
    parts: Option<Parts>,
    /// Whether the token for beginnings is added where the file wants it.
    adds_bos: bool,
    /// The directory of the current file, empty before it has been read.
    directory: Vec<TensorInfo>,
    /// Number of tensors in the earlier files.
    tensors: usize,
    /// Number of tensors of the model according to the first file.
    tensors_expected: Option<usize>,
    /// Bytes of memory that the weights of the earlier files take.
    memory: u64,
    /// Whether the length of the current file is known, so that its directory cannot promise more than comes.
    is_announced: bool,
}

#[derive(Debug)]
struct Parts {
    config: Config,
    tokenizer: Tokenizer,
    weights: Builder,
}

impl Loader {
    /// A loader for a file of `bytes_total` bytes, if that is known.
    pub fn new(bytes_total: Option<u64>) -> Loader {
        Loader {
            file: Some(Open::new(bytes_total)),
            model: Shards {
                count: 1,
                current: 0,
                parts: None,
                adds_bos: true,
                directory: Vec::new(),
                tensors: 0,
                tensors_expected: None,
                memory: 0,
                is_announced: bytes_total.is_some(),
            },
            compute: Compute::default(),
            digests: Vec::new(),
            bytes: 0,
            failed: None,
        }
    }

    /// Sets how the model will run.
    pub fn with(self, compute: Compute) -> Loader {
        Loader { compute, ..self }
    }

    /// Sets how many files the model has.
    pub fn shards(self, count: usize) -> Loader {
        Loader { model: Shards { count, ..self.model }, ..self }
    }

    /// Sets whether every text begins with the token for beginnings if the file wants it, which is the default.
    pub fn add_bos(self, adds_bos: bool) -> Loader {
        Loader { model: Shards { adds_bos, ..self.model }, ..self }
    }

    /// Begins a file of `bytes_total` bytes, if that is known. A file that was begun and not ended begins again: its
    /// tensors and its errors are discarded.
    pub fn begin(&mut self, bytes_total: Option<u64>) {
        self.model.forget_file();
        self.model.is_announced = bytes_total.is_some();
        self.failed = None;
        self.file = Some(Open::new(bytes_total));
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        // Bytes without a call of `begin` are those of the next file.
        let file = self.file.get_or_insert_with(|| {
            self.model.is_announced = false;
            Open::new(None)
        });
        file.digest.update(chunk);
        file.bytes += chunk.len() as u64;
        let pushed = file.reader.push(chunk, &mut self.model);
        if let Err(error) = &pushed {
            self.failed = Some(error.clone());
        }
        pushed
    }

    /// Ends the file and returns its SHA-256 in hexadecimal. `sha256` is the expected one.
    pub fn end(&mut self, sha256: Option<&str>) -> Result<String> {
        let ended = self.end_file(sha256);
        if let Err(error) = &ended {
            self.failed = Some(error.clone());
        }
        ended
    }

    fn end_file(&mut self, sha256: Option<&str>) -> Result<String> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let file = self.file.take().unwrap_or_else(|| Open::new(None));
        file.reader.finish()?;
        let got = hexadecimal(file.digest);
        check(&got, sha256)?;
        self.digests.push(got.clone());
        self.bytes += file.bytes;
        self.model.end_file();
        Ok(got)
    }

    /// Makes the session after the last file has ended. `sha256` is the expected hash in hexadecimal. For a single
    /// file it is that of its bytes. For several it is that of a list of their hashes, each in hexadecimal and
    /// followed by a newline.
    pub fn finish(mut self, sha256: Option<&str>) -> Result<Session> {
        if self.file.is_some() || self.failed.is_some() {
            self.end(None)?;
        }
        let Shards { count, current, parts, memory, .. } = self.model;
        if current < count {
            return Err(Error::wrong_shard(format!(
                "it is the last that came, and {current} of {count} came"
            )));
        }
        let got = match &self.digests[..] {
            [digest] => digest.clone(),
            digests => {
                let mut list = Sha256::new();
                digests.iter().for_each(|digest| list.update(format!("{digest}\n")));
                hexadecimal(list)
            }
        };
        check(&got, sha256)?;
        let parts = parts.ok_or_else(|| Error::corrupt("it holds no model"))?;
        let weights = parts.weights.finish(&parts.config)?;
        let model = Model::new(parts.config, weights, self.compute);
        Session::new(model, parts.tokenizer, File { bytes: self.bytes, sha256: got }, memory)
    }
}

impl Open {
    fn new(bytes_total: Option<u64>) -> Open {
        Open { reader: Reader::new(bytes_total), digest: Sha256::new(), bytes: 0 }
    }
}

impl Shards {
    fn forget_file(&mut self) {
        if self.current == 0 {
            self.parts = None;
        } else if let Some(parts) = &mut self.parts {
            parts.weights.forget(&self.directory);
        }
        self.directory.clear();
    }

    fn end_file(&mut self) {
        self.tensors += self.directory.len();
        self.memory += self.directory.iter().map(memory_of).sum::<u64>();
        self.directory.clear();
        self.current += 1;
    }

    /// Checks that the current file is the expected one, by the metadata that `gguf-split` writes into each.
    fn check(&mut self, metadata: &Metadata, tensors: usize) -> Result<()> {
        let Shards { count, current, .. } = *self;
        let (no, of) = (metadata.size("split.no")?.unwrap_or(0), metadata.size("split.count")?.unwrap_or(1));
        let wrong = |what: String| Err(Error::wrong_shard(what));
        if count == 1 && of > 1 {
            return wrong(format!("it is shard {} of {of}, and came without the others", no + 1));
        }
        if current >= count {
            return wrong(format!("it came after all {count} shards"));
        }
        if count > 1 && of <= 1 {
            return wrong(format!("it is a whole model, and came as one of {count} shards"));
        }
        if count > 1 && of != count {
            return wrong(format!("it is one of {of} shards, and came as one of {count}"));
        }
        if count > 1 && no != current {
            return wrong(format!("it is shard {}, and came where shard {} should be", no + 1, current + 1));
        }

        let expected = metadata.size("split.tensors.count")?;
        if current == 0 {
            self.tensors_expected = expected.filter(|_| count > 1);
        }
        match (self.tensors_expected, expected) {
            (Some(ours), Some(theirs)) if ours != theirs => {
                wrong(format!("its model has {theirs} tensors, and that of the first shard has {ours}"))
            }
            (Some(ours), _) if current + 1 == count && self.tensors + tensors != ours => {
                wrong(format!("the model has {ours} tensors, and the shards have {}", self.tensors + tensors))
            }
            _ => Ok(()),
        }
    }
}

impl Sink for Shards {
    fn metadata(&mut self, metadata: &Metadata, tensors: usize) -> Result<()> {
        self.check(metadata, tensors)?;
        if self.current == 0 {
            let config = Config::from_metadata(metadata)?;
            let tokenizer = Tokenizer::from_metadata(metadata)?.with_bos(self.adds_bos);
            let weights = Builder::new(&config, tokenizer.vocabulary_size())?;
            self.parts = Some(Parts { config, tokenizer, weights });
        }
        Ok(())
    }

    fn directory(&mut self, tensors: &[TensorInfo]) -> Result<()> {
        fits(self.memory, peak_of(tensors), self.is_announced)?;
        let is_last = self.current + 1 == self.count;
        if let Some(parts) = &mut self.parts {
            parts.weights.directory(tensors, is_last)?;
        }
        self.directory = tensors.to_vec();
        Ok(())
    }

    fn rows(&mut self, info: &TensorInfo, rows: &[u8]) -> Result<()> {
        match &mut self.parts {
            Some(parts) => parts.weights.add(info, rows, self.is_announced),
            None => Err(Error::corrupt("a tensor came before the directory")),
        }
    }
}

/// Bytes of memory that the weights of a tensor take.
fn memory_of(info: &TensorInfo) -> u64 {
    match info.rows {
        // It is kept as floats.
        1 => info.elements().saturating_mul(4),
        rows => packed_bytes(info.dtype, rows, info.columns),
    }
}

/// The most bytes that are held at once while these tensors arrive, one after the other: those that are packed, and
/// one row as it is in the file. A hostile directory may have more than 64 bits of them.
fn peak_of(tensors: &[TensorInfo]) -> u64 {
    let (mut packed, mut peak) = (0u64, 0u64);
    for info in tensors {
        packed = packed.saturating_add(memory_of(info));
        peak = peak.max(packed.saturating_add((info.bytes / info.rows) as u64));
    }
    peak
}

/// Refuses weights that do not fit into memory, before they arrive: `held` bytes are those of earlier files, and `more`
/// bytes are needed. If the length of the file is known, so much memory is allocated and given back: WebAssembly's memory
/// then is as large as it has to be.
fn fits(held: u64, more: u64, is_announced: bool) -> Result<()> {
    let (needed, limit) = (held.saturating_add(more), usize::MAX as u64);
    if needed > limit {
        return Err(Error::ModelTooLarge { needed, limit });
    }
    if is_announced {
        // One allocation may have half of the address space.
        let mut halves = [Vec::<u8>::new(), Vec::new()];
        for half in &mut halves {
            half.try_reserve_exact(more.div_ceil(2) as usize)
                .map_err(|_| Error::OutOfMemory { what: "the model", bytes: needed })?;
        }
        // Without this, the compiler would remove allocations that nothing uses.
        std::hint::black_box(&halves);
    }
    Ok(())
}

fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check(got: &str, want: Option<&str>) -> Result<()> {
    match want {
        Some(want) if !want.eq_ignore_ascii_case(got) => {
            Err(Error::ChecksumMismatch { got: got.to_owned(), want: want.to_owned() })
        }
        _ => Ok(()),
    }
}
