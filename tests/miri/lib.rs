//! What the tests of the pool import from the engine.

/// The engine's own file.
pub mod kernels {
    #[path = "../../../src/kernels/threads.rs"]
    mod threads;

    pub use threads::{Pool, Stripe};
}
