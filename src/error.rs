//! Every failure of the engine: a sentence that says what to do, and a code that never changes.

/// A failure. `Display` gives a sentence for a person, and [`Error::code`] is for programs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes do not begin with `GGUF`.
    #[error(
        "This is not a GGUF file: it begins with {found}. Check that the address points at the \
         file itself and not at a web page about it."
    )]
    NotGguf {
        /// The first bytes, printable.
        found: String,
    },

    /// A GGUF version that this reader does not know, or a big-endian file.
    #[error("This GGUF file {what}. Convert it to version 3, little-endian.")]
    UnsupportedVersion {
        /// The problem, as the end of a sentence about the file.
        what: String,
    },

    /// The stream ended before the file did.
    #[error("The file ends early: {got} of {want} bytes arrived. Download it again.")]
    Truncated {
        /// Bytes that arrived.
        got: u64,
        /// Bytes that the file should have, as far as known.
        want: u64,
    },

    /// An impossible length, offset, type or shape.
    #[error("The file is damaged: {what}. Download it again, or convert it again.")]
    Corrupt {
        /// What was found, and where.
        what: String,
    },

    /// A file that is not the next part of a model in several files.
    #[error("This shard does not fit: {what}. Load all the shards of one model, and nothing else.")]
    WrongShard {
        /// What the file is, and what was expected in its place.
        what: String,
    },

    /// A file that is no adapter, or one that does not fit the model.
    #[error(
        "This is not an adapter for this model: {what}. Load a LoRA or (IA)³ adapter that was made for it."
    )]
    WrongAdapter {
        /// What the file is, and what was expected in its place.
        what: String,
    },

    /// A network that this engine does not run.
    #[error(
        "This file holds a model that shotglass does not run: {what}. Use one of architecture gemma2, gemma3, gpt2, \
         gptneox, granite, llama, olmo2, phi3, qwen2, qwen3 or smollm3."
    )]
    UnsupportedArchitecture {
        /// The architecture, or the unsupported feature.
        what: String,
    },

    /// A tokenizer that this engine does not run.
    #[error(
        "This file's tokenizer is not supported: {what}. Use a model with byte-level BPE or SentencePiece, such as SmolLM2."
    )]
    UnsupportedTokenizer {
        /// The kind of tokenizer that the file names.
        what: String,
    },

    /// A tensor type that this engine does not read.
    #[error(
        "Tensor {tensor} has the quantization type {kind}, which is not supported. Look for a Q4_K_M or Q8_0 file of \
         the same model."
    )]
    UnsupportedQuantization {
        /// The tensor's name.
        tensor: String,
        /// The type's name and number.
        kind: String,
    },

    /// The file does not have the expected hash.
    #[error("The file is not the one expected: its SHA-256 is {got}, not {want}. Download it again.")]
    ChecksumMismatch {
        /// SHA-256 of the bytes that arrived, hexadecimal.
        got: String,
        /// The expected SHA-256, hexadecimal.
        want: String,
    },

    /// The allocator refused memory.
    #[error(
        "There is not enough memory for {what} ({bytes} bytes). Close other tabs or use a smaller model."
    )]
    OutOfMemory {
        /// What the memory was for.
        what: &'static str,
        /// How many bytes were requested.
        bytes: u64,
    },

    /// A model that does not fit into the memory of this platform.
    #[error(
        "This model needs {needed} bytes of memory, and there are at most {limit} here. Use a smaller model, or a file \
         of it with fewer bits for each weight."
    )]
    ModelTooLarge {
        /// Bytes that the model needs.
        needed: u64,
        /// The most bytes that the memory can have.
        limit: u64,
    },

    /// More tokens than the model has positions.
    #[error(
        "The prompt has {}{tokens} tokens, and this model reads at most {limit}. Use fewer or shorter demonstrations.",
        if *is_all { "" } else { "at least " }
    )]
    PromptTooLong {
        /// Tokens in the prompt.
        tokens: usize,
        /// Whether the whole prompt was counted. The count of a very long text stops early.
        is_all: bool,
        /// The model's context length.
        limit: usize,
    },

    /// The prompt has no tokens.
    #[error(
        "The prompt is empty, and this model predicts nothing without at least one token. Write something first."
    )]
    EmptyPrompt,

    /// The end of the context and the beginning of the continuation form one token.
    #[error(
        "The continuation {continuation:?} and the end of the context are one token, {token:?}, so that there is nothing to score it after. Begin it with a space, or end the context elsewhere."
    )]
    MergedContinuation {
        /// The continuation.
        continuation: String,
        /// The text of the token.
        token: String,
    },

    /// Text that cannot be encoded.
    #[error("The text cannot be encoded: {what}. Remove it and try again.")]
    InvalidText {
        /// The problem.
        what: String,
    },

    /// The loss of a training step is not a number, or a gradient is not.
    #[error(
        "The training diverged: in step {step} the loss was not a finite number. The adapter is that of the last good step. Choose a lower learning rate."
    )]
    Diverged {
        /// The step, from 1.
        step: usize,
    },

    /// An argument outside its range.
    #[error("{name} must be {must}, but is {got}.")]
    InvalidOption {
        /// The argument's name, as in the public interface.
        name: &'static str,
        /// The allowed values.
        must: String,
        /// The value.
        got: String,
    },
}

impl Error {
    /// The stable code of this error, the same in Rust and TypeScript.
    pub fn code(&self) -> &'static str {
        match self {
            Error::NotGguf { .. } => "not-gguf",
            Error::UnsupportedVersion { .. } => "unsupported-version",
            Error::Truncated { .. } => "truncated",
            Error::Corrupt { .. } => "corrupt",
            Error::WrongShard { .. } => "wrong-shard",
            Error::WrongAdapter { .. } => "wrong-adapter",
            Error::UnsupportedArchitecture { .. } => "unsupported-architecture",
            Error::UnsupportedTokenizer { .. } => "unsupported-tokenizer",
            Error::UnsupportedQuantization { .. } => "unsupported-quantization",
            Error::ChecksumMismatch { .. } => "checksum-mismatch",
            Error::OutOfMemory { .. } | Error::ModelTooLarge { .. } => "out-of-memory",
            Error::PromptTooLong { .. } => "prompt-too-long",
            Error::EmptyPrompt => "empty-prompt",
            Error::MergedContinuation { .. } => "merged-continuation",
            Error::InvalidText { .. } => "invalid-text",
            Error::Diverged { .. } => "diverged",
            Error::InvalidOption { .. } => "invalid-option",
        }
    }

    /// An [`Error::Corrupt`] with a shortened message, because it may quote the file.
    pub(crate) fn corrupt(what: impl Into<String>) -> Error {
        Error::Corrupt { what: brief(what.into()) }
    }

    /// An [`Error::WrongShard`] with a shortened message, because it may quote the file.
    pub(crate) fn wrong_shard(what: impl Into<String>) -> Error {
        Error::WrongShard { what: brief(what.into()) }
    }

    /// An [`Error::WrongAdapter`] with a shortened message, because it may quote the file.
    pub(crate) fn wrong_adapter(what: impl Into<String>) -> Error {
        Error::WrongAdapter { what: brief(what.into()) }
    }

    /// An [`Error::UnsupportedArchitecture`] with a shortened message, because it may quote the file.
    pub(crate) fn unsupported_architecture(what: impl Into<String>) -> Error {
        Error::UnsupportedArchitecture { what: brief(what.into()) }
    }

    /// An [`Error::UnsupportedTokenizer`] with a shortened message, because it may quote the file.
    pub(crate) fn unsupported_tokenizer(what: impl Into<String>) -> Error {
        Error::UnsupportedTokenizer { what: brief(what.into()) }
    }
}

/// Shortens a text that may contain an arbitrarily long string from a file.
fn brief(text: String) -> String {
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// `std::result::Result` with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// A vector of `len` copies of `value`, or [`Error::OutOfMemory`] if memory is refused. `vec!` would abort instead.
pub(crate) fn try_vec<T: Clone>(value: T, len: usize, what: &'static str) -> Result<Vec<T>> {
    let mut vec = Vec::new();
    vec.try_reserve_exact(len).map_err(|_| Error::OutOfMemory {
        what,
        bytes: (len as u64).saturating_mul(size_of::<T>() as u64),
    })?;
    vec.resize(len, value);
    Ok(vec)
}
