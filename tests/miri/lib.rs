//! What the tests of the pool import from the engine.

#[path = "../../src/kernels/threads.rs"]
mod threads;

/// As the engine names it.
pub mod kernels {
    pub use crate::threads::{Pool, Stripe};
}
