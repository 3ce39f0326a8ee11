//! Random numbers that are computed from their place: the same in every build, on any number of threads, and whenever a
//! layer is run again.

/// A stream of numbers, each of which SplitMix64 (Steele et al. 2014, figure 1) makes from its index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Noise {
        Noise(mix(seed))
    }

    /// The stream of a part of what this one is for.
    pub fn part(self, index: usize) -> Noise {
        Noise(mix(self.number(index)))
    }

    /// The number at `index`.
    pub fn number(self, index: usize) -> u64 {
        mix(self.0.wrapping_add((index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// The number at `index` as one from 0 up to, but not including, 1, in steps of 2⁻²⁴.
    pub fn unit(self, index: usize) -> f32 {
        (self.number(index) >> 40) as f32 / (1u32 << 24) as f32
    }

    /// An order of the numbers below `count` (Fisher and Yates 1938).
    pub fn order(self, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        for last in (1..count).rev() {
            order.swap(last, (self.number(last) % (last as u64 + 1)) as usize);
        }
        order
    }
}

fn mix(z: u64) -> u64 {
    let z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}
