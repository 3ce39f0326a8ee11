//! Feeds bytes to a loader and watches it.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use shotglass::{Error, Loader, Session};

use super::memory;
use super::support::noise::Noise;

/// The codes that an error of the loader, or of a prediction with what it loaded, may have.
const CODES: [&str; 11] = [
    "not-gguf",
    "unsupported-version",
    "truncated",
    "corrupt",
    "wrong-shard",
    "unsupported-architecture",
    "unsupported-tokenizer",
    "unsupported-quantization",
    "checksum-mismatch",
    "out-of-memory",
    "invalid-option",
];

/// The most memory that a file may cost: in proportion to its bytes, and what an empty tokenizer and a chunk of prefill
/// need anyway. Far below what any bent length asks for.
fn allowance(bytes: usize) -> usize {
    8 * bytes + (8 << 20)
}

/// A thousand times what a file takes.
const TIME: Duration = Duration::from_secs(20);

/// How bytes are cut on their way in.
#[derive(Clone, Copy, Debug)]
pub enum Chunks {
    Whole,
    Single,
    /// Pieces of 0 to 999 bytes, drawn with this seed.
    Random(u64),
}

/// What became of the bytes: the code of an error, or the bits of the logits of a short prompt.
#[derive(Clone, Debug, PartialEq)]
pub enum Fate {
    Refused(&'static str, String),
    Loaded(Result<Vec<u32>, &'static str>),
}

impl Fate {
    pub fn code(&self) -> &str {
        match self {
            Fate::Refused(code, _) => code,
            Fate::Loaded(_) => "loaded",
        }
    }
}

/// Feeds `bytes`; fails where the loader panics, takes long, takes much memory, or says something unheard of.
/// `announced` is whether the loader knows the length beforehand.
pub fn feed(bytes: &[u8], announced: bool, chunks: Chunks) -> Fate {
    let total = announced.then_some(bytes.len() as u64);
    watch(bytes.len(), || load(bytes, total, chunks, None))
}

/// As [`feed`], with a length and a checksum of the test's own.
pub fn feed_as(bytes: &[u8], total: Option<u64>, sha256: Option<&str>) -> Fate {
    watch(bytes.len(), || load(bytes, total, Chunks::Whole, sha256))
}

fn load(bytes: &[u8], total: Option<u64>, chunks: Chunks, sha256: Option<&str>) -> Result<Session, Error> {
    let mut loader = Loader::new(total);
    match chunks {
        Chunks::Whole => loader.push(bytes)?,
        Chunks::Single => bytes.iter().try_for_each(|byte| loader.push(std::slice::from_ref(byte)))?,
        Chunks::Random(seed) => {
            let mut noise = Noise::new(seed);
            let mut rest = bytes;
            while !rest.is_empty() {
                let (chunk, after) = rest.split_at(noise.below(1000).min(rest.len()));
                loader.push(chunk)?;
                rest = after;
            }
        }
    }
    loader.finish(sha256)
}

/// Feeds the files of one model, one after the other.
pub fn feed_shards(files: &[Vec<u8>]) -> Fate {
    watch(files.iter().map(Vec::len).sum(), || {
        let mut loader = Loader::new(None).shards(files.len());
        for file in files {
            loader.begin(Some(file.len() as u64));
            loader.push(file)?;
            loader.end(None)?;
        }
        loader.finish(None)
    })
}

fn watch(len: usize, load: impl FnOnce() -> Result<Session, Error>) -> Fate {
    let (done, waiting) = channel::<()>();
    std::thread::spawn(move || {
        if waiting.recv_timeout(TIME) == Err(RecvTimeoutError::Timeout) {
            // What hangs cannot be unwound: the only way to tell of it is to end, past the test's captured output.
            let _ = writeln!(std::io::stderr(), "a file of {len} bytes keeps the loader busy for {TIME:?}");
            std::process::exit(101);
        }
    });
    let (outcome, peak) = memory::peak(|| catch_unwind(AssertUnwindSafe(|| load().map(predict))));
    drop(done);
    assert!(peak <= allowance(len), "{len} bytes took {peak} bytes of memory");
    match outcome.expect("the loader does not panic") {
        Ok(logits) => Fate::Loaded(logits),
        Err(error) => {
            let (code, sentence) = (error.code(), error.to_string());
            assert!(CODES.contains(&code), "code {code}");
            // Long names in a bent file must not make long sentences, and each says what to do.
            assert!((20..2000).contains(&sentence.len()), "{} bytes of sentence", sentence.len());
            assert!(sentence.ends_with('.'), "{sentence}");
            Fate::Refused(code, sentence)
        }
    }
}

/// A file that loads must also run: the bits of its logits, or the code with which it says that they are none.
fn predict(mut session: Session) -> Result<Vec<u32>, &'static str> {
    let size = session.info().vocabulary_size as u32;
    let ids: Vec<u32> = [5, 70, 111, 290, 0].into_iter().filter(|&id| id < size).collect();
    let text =
        session.tokenizer().encode("It is the 1st.\n\n<|im_end|> é\u{1d}😀").map_err(|error| error.code())?;
    session.tokenizer().decode(&text);
    let outcome = session.run(&ids).and_then(|_| {
        session.predict(10)?;
        session.surprisal(0..ids.len(), 2)?;
        session.logits()
    });
    match outcome {
        Ok(logits) => Ok(logits.iter().map(|logit| logit.to_bits()).collect()),
        Err(error) => {
            assert!(
                CODES.contains(&error.code()) || error.code() == "prompt-too-long",
                "code {}",
                error.code()
            );
            Err(error.code())
        }
    }
}
