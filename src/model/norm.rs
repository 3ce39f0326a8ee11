//! Normalization of rows.

use crate::kernels::float::rms_norm;

/// RMSNorm (Zhang & Sennrich 2019, eq. 4): `x / √(mean(x²) + ε) ⊙ weight`.
#[derive(Debug)]
pub struct Norm {
    /// The gain, as long as a row.
    pub weight: Vec<f32>,
    /// ε.
    pub epsilon: f32,
}

impl Norm {
    /// Normalizes each row of `x` into the same row of `y`.
    pub fn apply(&self, x: &[f32], y: &mut [f32]) {
        rms_norm(x, &self.weight, self.epsilon, y);
    }
}
