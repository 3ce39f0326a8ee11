//! Rotary positions.

use crate::kernels::float::rotate;

/// Rotary position embedding (Su et al. 2021, eq. 15). It rotates neighboring pairs of dimensions, from the first,
/// because GGUF files of the llama architecture store the rows of a head in that order.
#[derive(Debug)]
pub struct Rope {
    /// Size of a head.
    head: usize,
    /// `base^(−2i/d)` for each pair, where `d` is the number of rotated dimensions.
    frequencies: Vec<f64>,
    /// Divisors of the frequencies, or empty.
    factors: Vec<f32>,
}

impl Rope {
    /// Rotation of the first `rotated` dimensions of heads of size `head`. `factors` are the divisors of the
    /// frequencies that Llama 3.x files hold; without them it is empty.
    pub fn new(head: usize, rotated: usize, base: f64, factors: Vec<f32>) -> Rope {
        let half = rotated / 2;
        let frequency = |i: usize| libm::pow(base, -(i as f64) / half as f64);
        Rope { head, frequencies: (0..half).map(frequency).collect(), factors }
    }

    /// Cosine and sine of the angle of each pair at `position`. `angles` is `(rotated / 2)`.
    pub fn angles(&self, position: usize, angles: &mut [(f32, f32)]) {
        for (i, (frequency, angle)) in self.frequencies.iter().zip(angles).enumerate() {
            let factor = self.factors.get(i).map_or(1.0, |&factor| f64::from(factor));
            let (sin, cos) = libm::sincos(position as f64 * frequency / factor);
            *angle = (cos as f32, sin as f32);
        }
    }

    /// Rotates each head of `heads` by these angles.
    pub fn apply(&self, angles: &[(f32, f32)], heads: &mut [f32]) {
        heads.chunks_exact_mut(self.head).for_each(|head| rotate(head, angles));
    }
}
