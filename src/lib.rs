//! The engine of shotglass: the bytes of a GGUF file in, the probability of every next token out.
//!
//! The modules stand in the order of the data; each uses those above it and never those below.
//!
//! 1. [`error`]: everything that can go wrong, with a sentence and a code.
//! 2. [`gguf`]: a stream of bytes becomes metadata, a directory, and one tensor at a time.
//! 3. [`tokenizer`]: text ↔ tokens, from the file's own vocabulary.
//! 4. [`kernels`]: matrices of weights times rows of activations, and what lies between.
//! 5. [`cache`]: keys, values and hidden rows of the positions already run.
//! 6. [`caches`]: several of them, which share what is alike.
//! 7. [`model`]: the network; tokens in, hidden rows out, logits for the rows asked for.
//! 8. [`distribution`]: logits become probabilities over the full vocabulary, and a choice.
//! 9. [`score`]: how probable given continuations of a context are.
//! 10. [`attention`]: what one token attends to.
//! 11. [`session`]: model, tokenizer and caches together, the only thing with a state.
//! 12. [`loader`]: a stream of bytes becomes a session.
//! 13. `wasm`: all of it, for JavaScript.
//!
//! # Invariants
//!
//! - No `wasm_bindgen`, `js_sys` or `web_sys` outside `wasm`, and no network anywhere.
//! - `model` never sees text, `distribution` never sees the model, `tokenizer` never sees logits.
//! - Config, weights and cache are three values with three lifetimes.
//! - Nothing that a user can hand in can panic.
//! - A function that takes `temperature` or `k` does not run the model.
//! - A row's numbers do not depend on which rows were run with it: any split of a prompt into what
//!   was cached and what is run gives the same bits, and so does a continuation alone or among others.
//! - Every fast path has a slow reference in the tests.
//!
//! # Decisions
#![doc = include_str!("DESIGN.md")]

pub mod error;
pub mod gguf;
pub mod tokenizer;
pub mod kernels;
pub mod cache;
pub mod caches;
pub mod model;
pub mod distribution;
pub mod score;
pub mod attention;
pub mod session;
pub mod loader;
#[cfg(target_arch = "wasm32")]
pub mod wasm;

pub use error::Error;
pub use loader::Loader;
pub use session::Session;
