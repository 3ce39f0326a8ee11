//! What a machine needs: programs, compilers, browsers, npm packages and the default model.

pub mod apt;
pub mod browser;
pub mod model;
pub mod node;
pub mod toolchain;
