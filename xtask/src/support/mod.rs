//! What all commands are written with: other programs, steps, progress, and what is still fresh.

pub mod command;
pub mod fresh;
pub mod progress;
pub mod size;
pub mod steps;
