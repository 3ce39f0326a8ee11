//! The files that the golden tests read.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};

use serde_json::Value;
use shotglass::kernels::Compute;
use shotglass::{Loader, Session};

use super::support::golden_folder;

/// A text, and llama.cpp's tokens for it.
pub struct Text {
    pub name: String,
    pub text: String,
    pub ids: Vec<u32>,
}

/// `prompts.json` or `strings.json`.
pub fn texts(file: &str) -> Vec<Text> {
    let items: Vec<Value> = serde_json::from_slice(&read(file)).expect("llama.mjs writes an array");
    items
        .iter()
        .map(|item| Text {
            name: item["name"].as_str().unwrap_or_default().to_owned(),
            text: item["text"].as_str().expect("every item has a text").to_owned(),
            ids: item["ids"]
                .as_array()
                .expect("every item has ids")
                .iter()
                .map(|id| id.as_u64().expect("an id is a number") as u32)
                .collect(),
        })
        .collect()
}

/// A file of `target/golden`.
pub fn read(file: &str) -> Vec<u8> {
    let path = golden_folder().join(file);
    std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}. Run `node tests/golden/llama.mjs` first.", path.display())
    })
}

/// Writes a file of `target/golden`, whole or not at all.
pub fn write(file: &str, contents: &[u8]) {
    let path = golden_folder().join(file);
    let part = golden_folder().join(format!("{file}.part"));
    std::fs::write(&part, contents).and_then(|()| std::fs::rename(&part, &path)).expect("target is writable");
}

/// The bytes of the real model.
pub fn model() -> Vec<u8> {
    let path = model_path();
    std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}. Run `cargo xtask model` first.", path.display()))
}

fn model_path() -> PathBuf {
    if let Some(path) = std::env::var_os("SHOTGLASS_MODEL") {
        return path.into();
    }
    let cache = match std::env::var_os("XDG_CACHE_HOME") {
        Some(cache) => PathBuf::from(cache),
        None => PathBuf::from(std::env::var_os("HOME").expect("there is a home")).join(".cache"),
    };
    cache.join("shotglass/models/SmolLM2-135M-Instruct-Q4_1.gguf")
}

/// A session with the real model: a fork of one that is loaded once.
pub fn session() -> Session {
    static LOADED: LazyLock<Mutex<Session>> = LazyLock::new(|| Mutex::new(load(Compute::default())));
    LOADED.lock().expect("nothing panics while it forks").fork().expect("it forks")
}

/// The real model, to be run in this way.
pub fn load(compute: Compute) -> Session {
    let bytes = model();
    let mut loader = Loader::new(Some(bytes.len() as u64)).with(compute);
    loader.push(&bytes).expect("the default model is sound");
    loader.finish(None).expect("the default model is whole")
}
