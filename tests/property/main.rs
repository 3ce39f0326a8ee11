//! What must hold for any input: each fast path against a twin too simple to be wrong, and the
//! statistics against their definitions.

mod distribution;
mod float;
mod kernels;
mod threads;
