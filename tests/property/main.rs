//! What must hold for any input: each fast path against a twin too simple to be wrong, and the
//! statistics against their definitions.

#[path = "../support/blocks.rs"]
mod blocks;
mod budget;
#[path = "../support/budget.rs"]
mod budget_of;
mod distribution;
mod float;
mod kernels;
#[path = "../support/noise.rs"]
mod noise;
#[path = "../support/shapes.rs"]
mod shapes;
mod speed;
mod threads;
mod transposed;
