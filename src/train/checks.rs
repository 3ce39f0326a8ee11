//! What the tests of gradients share: slow functions in 64 bits, and their slopes by differences.

/// Numbers near 1 that look random.
pub fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let noise = super::noise::Noise::new(seed);
    (0..count).map(|index| (0..6).map(|i| noise.unit(6 * index + i)).sum::<f32>() - 3.0).collect()
}

/// The same in 64 bits.
pub fn wide(x: &[f32]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

/// `Σ g ⊙ y`, whose gradient with respect to `y` is `g`.
pub fn weighted(g: &[f32], y: &[f64]) -> f64 {
    g.iter().zip(y).map(|(&g, y)| f64::from(g) * y).sum()
}

/// The gradient of a function of some numbers, by central differences.
pub fn slopes(x: &[f64], mut function: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let mut x = x.to_vec();
    (0..x.len())
        .map(|at| {
            let (center, step) = (x[at], 1e-5);
            let mut with = |value: f64| {
                x[at] = value;
                function(&x)
            };
            let slope = (with(center + step) - with(center - step)) / (2.0 * step);
            x[at] = center;
            slope
        })
        .collect()
}

/// Asserts that two gradients are within 10⁻⁴ of each other, as a share of their length.
pub fn assert_near(ours: &[f32], truth: &[f64], what: &str) {
    assert_eq!(ours.len(), truth.len(), "{what}");
    let length = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
    let gap = length(&mut ours.iter().zip(truth).map(|(&ours, truth)| f64::from(ours) - truth));
    let whole = length(&mut truth.iter().copied());
    assert!(whole > 0.0 && gap / whole <= 1e-4, "{what}: {gap:.1e} of {whole:.1e}");
}
