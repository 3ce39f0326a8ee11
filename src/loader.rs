//! From a stream of bytes to a [`Session`]: reader, tokenizer and weights, tied together.

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::gguf::{Metadata, Reader, Sink, TensorInfo};
use crate::kernels::Compute;
use crate::model::weights::Builder;
use crate::model::{Config, Model};
use crate::session::{File, Session};
use crate::tokenizer::Tokenizer;

/// Takes a GGUF file in pieces of any size and lays each tensor out as it completes.
#[derive(Debug)]
pub struct Loader {
    reader: Reader,
    parts: Option<Parts>,
    digest: Sha256,
    bytes: u64,
    compute: Compute,
    /// The first error, to be told again: what follows it makes no sense.
    failed: Option<Error>,
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
            reader: Reader::new(bytes_total),
            parts: None,
            digest: Sha256::new(),
            bytes: 0,
            compute: Compute::default(),
            failed: None,
        }
    }

    /// The model will be run in this way.
    pub fn with(self, compute: Compute) -> Loader {
        Loader { compute, ..self }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, chunk: &[u8]) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.digest.update(chunk);
        self.bytes += chunk.len() as u64;
        let pushed = self.reader.push(chunk, &mut self.parts);
        if let Err(error) = &pushed {
            self.failed = Some(error.clone());
        }
        pushed
    }

    /// The stream has ended. `sha256` is what its bytes should hash to, in hexadecimal.
    pub fn finish(self, sha256: Option<&str>) -> Result<Session> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.reader.finish()?;
        let digest = self.digest.finalize();
        let got: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if let Some(want) = sha256
            && !want.eq_ignore_ascii_case(&got)
        {
            return Err(Error::ChecksumMismatch { got, want: want.to_owned() });
        }
        let parts = self.parts.ok_or_else(|| Error::corrupt("it holds no model"))?;
        let model = Model::new(parts.config, parts.weights.finish()?, self.compute);
        Session::new(model, parts.tokenizer, File { bytes: self.bytes, sha256: got })
    }
}

impl Sink for Option<Parts> {
    fn directory(&mut self, metadata: &Metadata, tensors: &[TensorInfo]) -> Result<()> {
        let config = Config::from_metadata(metadata)?;
        let tokenizer = Tokenizer::from_metadata(metadata)?;
        let weights = Builder::new(&config, tokenizer.vocabulary_size(), tensors)?;
        *self = Some(Parts { config, tokenizer, weights });
        Ok(())
    }

    fn tensor(&mut self, info: &TensorInfo, bytes: &[u8]) -> Result<()> {
        match self {
            Some(parts) => parts.weights.add(info, bytes),
            None => Err(Error::corrupt("a tensor came before the directory")),
        }
    }
}
