//! Adapters that are bent at random and cut everywhere: a session answers with an error of a known code, or runs with
//! what it has read.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use shotglass::{Loader, Session};

use super::support::adapters::{ia3, lora};
use super::support::gguf::{File, Gguf};
use super::support::noise::Noise;
use super::{memory, sound};

const CODES: [&str; 7] = [
    "not-gguf",
    "unsupported-version",
    "truncated",
    "corrupt",
    "wrong-adapter",
    "unsupported-quantization",
    "out-of-memory",
];

fn load(model: &Gguf) -> Session {
    let mut loader = Loader::new(None);
    loader.push(&model.bytes()).expect("the file is sound");
    loader.finish(None).expect("the file is whole")
}

/// The code of the error, or "read". What is read also runs, or says that its numbers are too large.
fn feed(session: &mut Session, bytes: &[u8]) -> &'static str {
    let (read, peak) = memory::peak(|| catch_unwind(AssertUnwindSafe(|| session.read_adapter(bytes))));
    assert!(peak <= 8 * bytes.len() + (1 << 20), "{} bytes took {peak} bytes of memory", bytes.len());
    match read.expect("the reader does not panic") {
        Ok(adapter) => {
            session.tune(Some(&Arc::new(adapter)), 1.0).expect("what is read fits");
            if let Err(error) = session.run(&[5, 70, 111]) {
                assert_eq!(error.code(), "invalid-option", "{error}");
            }
            "read"
        }
        Err(error) => {
            let sentence = error.to_string();
            assert!(CODES.contains(&error.code()), "code {}", error.code());
            assert!((20..2000).contains(&sentence.len()) && sentence.ends_with('.'), "{sentence}");
            error.code()
        }
    }
}

fn files() -> [File; 3] {
    let model = sound();
    let adapter = |dtype| {
        lora(&model, (32, 8.0), dtype, 1, |name| !name.contains("attn_k") && !name.contains("attn_v")).file()
    };
    [adapter(GgmlDType::F32), adapter(GgmlDType::Q8_0), ia3(&model, 2).file()]
}

#[test]
fn a_file_cut_at_any_boundary_is_truncated() {
    let mut session = load(&sound());
    for file in files() {
        assert_eq!(feed(&mut session, &file.bytes), "read");
        let needed = file.boundaries[file.boundaries.len() - 1];
        for cut in file.boundaries.iter().flat_map(|&at| [at.saturating_sub(1), at, at + 1]) {
            if cut < needed {
                assert_eq!(feed(&mut session, &file.bytes[..cut]), "truncated", "cut at {cut}");
            }
        }
    }
}

#[test]
fn bent_files_are_read_or_refused() {
    let mut session = load(&sound());
    session.run(&[5, 70, 111]).expect("it runs");
    let plain = session.logits().expect("it ran");
    let mut fates: Vec<&str> = Vec::new();
    for file in files() {
        for seed in 0..1500 {
            let mut noise = Noise::new(seed);
            let mut bytes = file.bytes.clone();
            match seed % 5 {
                0 => (0..=noise.below(4)).for_each(|_| bytes[noise.below(file.data)] ^= 1 << noise.below(8)),
                1 => {
                    let extremes = [0, u64::MAX, u64::MAX - 7, 1 << 63, 1 << 32, 1 << 24, 1 << 16, 65];
                    let at = file.boundaries[noise.below(file.boundaries.len())].min(file.data - 8);
                    bytes[at..at + 8].copy_from_slice(&extremes[noise.below(8)].to_le_bytes());
                }
                2 => drop(bytes.drain(noise.below(file.data)..).take(1 + noise.below(40)).count()),
                3 => {
                    let len = 1 + noise.below(300);
                    let (from, to) = (noise.below(bytes.len() - len), noise.below(bytes.len() - len));
                    bytes.copy_within(from..from + len, to);
                }
                _ => {
                    let keep = 24 + noise.below(bytes.len() - 24);
                    bytes[keep..].iter_mut().for_each(|byte| *byte = noise.next() as u8);
                }
            }
            fates.push(feed(&mut session, &bytes));
        }
    }
    for fate in ["read", "corrupt", "wrong-adapter", "truncated", "not-gguf"] {
        let count = fates.iter().filter(|&&other| other == fate).count();
        println!("{fate}: {count} of {}", fates.len());
        assert!(count > 0, "none is {fate}");
    }
    session.tune(None, 1.0).expect("there is nothing to fit");
    session.run(&[5, 70, 111]).expect("it runs");
    assert_eq!(session.logits().expect("it ran"), plain, "nothing is left of them");
}
