//! The engine of shotglass. It takes the bytes of a GGUF file and gives the probability of every next token.
//!
//! The modules are listed in the order in which data passes through them. Each one uses only those above it.
//!
//! 1. [`error`]: every failure, with a sentence and a code.
//! 2. [`gguf`]: turns a stream of bytes into metadata, a directory, and one tensor at a time.
//! 3. [`tokenizer`]: converts text to tokens and back with the vocabulary of the file.
//! 4. [`kernels`]: multiplies matrices of weights by rows of activations, and does the arithmetic in between.
//! 5. [`edits`]: changes of the rows that pass from layer to layer.
//! 6. [`adapter`]: small changes of the weights, which run beside them.
//! 7. [`cache`]: holds keys, values and hidden rows of the positions that have been run.
//! 8. [`caches`]: holds several caches, which share equal beginnings.
//! 9. [`model`]: the network, which turns tokens into hidden rows, and hidden rows into logits.
//! 10. [`adapter_file`]: reads and writes adapters, and says whether one fits a network.
//! 11. [`distribution`]: turns logits into probabilities over the full vocabulary, and draws from them.
//! 12. [`prediction`]: what a distribution says of the next token, and of a token that is there.
//! 13. [`score`]: the probability of given continuations of a context.
//! 14. [`attention`]: the attention weights of one token.
//! 15. [`states`]: the rows between the layers, and what the model would say there.
//! 16. [`train`]: changes the numbers of an adapter, step by step, so that examples become probable.
//! 17. [`session`]: joins model, tokenizer and caches. It is the only module with state.
//! 18. [`loader`]: turns a stream of bytes into a session.
//! 19. `wasm`: makes all of this callable from JavaScript.
//!
//! # Invariants
//!
//! - Only `wasm` uses `wasm_bindgen`, `js_sys` or `web_sys`. Nothing uses the network.
//! - `model` never sees text, `distribution` never sees the model, and `tokenizer` never sees logits.
//! - Config, weights and cache are three values with three lifetimes.
//! - No input from a user causes a panic.
//! - A function that takes `temperature` or `k` does not run the model.
//! - The numbers of a row do not depend on the rows that run with it. A prompt gives the same bits however it is
//!   split into a cached part and a part that runs, and a continuation gives the same bits alone or among others.
//! - Every fast path has a slow reference in the tests.
//!
//! # Decisions
#![doc = include_str!("DESIGN.md")]

pub mod error;
pub mod gguf;
pub mod tokenizer;
pub mod kernels;
pub mod edits;
pub mod adapter;
pub mod cache;
pub mod caches;
pub mod model;
pub mod adapter_file;
pub mod distribution;
pub mod prediction;
pub mod score;
pub mod attention;
pub mod states;
pub mod train;
pub mod session;
pub mod loader;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use error::Error;
pub use loader::Loader;
pub use session::Session;
