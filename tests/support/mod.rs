//! What the Rust tests share. Nothing here computes with the engine: these are the things it is
//! measured against.
#![allow(dead_code, reason = "each test uses a part")]

pub mod adapters;
pub mod blocks;
pub mod distribution;
pub mod gguf;
pub mod lens;
pub mod noise;
pub mod peft;
pub mod tiny;
pub mod training;
pub mod truth;
pub mod twin;
pub mod zoo;

use std::path::PathBuf;

/// `target/golden`: what the tests hand to each other and to the TypeScript tests.
pub fn golden_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/golden")
}
