//! What is proved: lints, tests, examples and measurements.

pub mod advisories;
pub mod bench;
pub mod check;
pub mod examples;
pub mod recipes;
pub mod test;
#[cfg(test)]
pub mod workflows;
