//! The engine on the real model, against llama.cpp and against the float32 truth.
//!
//! Reads what `tests/golden/llama.mjs` left in `target/golden/`; `SHOTGLASS_MODEL` names the model, else it is the one in
//! the user's cache. Leaves there `truth-logprobs.f32`, `native-logprobs.f32` (rows as in `llama-logprobs.f32`: the
//! tests of wasm compare with them) and `kl.md`.

#[path = "../support/mod.rs"]
mod support;

mod attention;
mod cache;
mod distributions;
mod files;
mod tokenizers;
mod tokens;
mod training;
