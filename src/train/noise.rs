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

    /// Whether the place at `index` is one of those that are drawn with this probability, in steps of 2⁻¹⁶. Four places
    /// share a number.
    pub fn is_drawn(self, index: usize, probability: f32) -> bool {
        let bits = self.number(index / 4) >> (16 * (index % 4)) & 0xFFFF;
        (bits as f32) < probability * 65_536.0
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_even_and_orders_are_whole() {
        let noise = Noise::new(1).part(2);
        let mean = (0..10_000).map(|index| noise.unit(index)).sum::<f32>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert_ne!(noise.number(0), Noise::new(1).part(3).number(0));
        assert_ne!(noise.number(0), Noise::new(2).part(2).number(0));
        let drawn = (0..40_000).filter(|&index| noise.is_drawn(index, 0.3)).count();
        assert!((11_700..12_300).contains(&drawn), "{drawn}");
        assert!((0..1000).all(|index| !noise.is_drawn(index, 0.0)));
        for count in [0, 1, 2, 50] {
            let mut order = noise.order(count);
            assert!(count < 50 || !order.is_sorted(), "it is another order");
            order.sort_unstable();
            assert_eq!(order, (0..count).collect::<Vec<_>>());
        }
    }
}
