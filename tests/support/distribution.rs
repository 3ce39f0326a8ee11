//! The arithmetic of comparing distributions, in double precision.

/// logits → ln p over the whole vocabulary.
pub fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max) as f64;
    let total: f64 = logits.iter().map(|&logit| (logit as f64 - highest).exp()).sum();
    logits.iter().map(|&logit| logit as f64 - highest - total.ln()).collect()
}

/// KL(p ‖ q) = Σ p (ln p − ln q), in nats. Each term has q − p added, which changes nothing as both sum to 1, and leaves
/// no term negative: so small divergences are not lost in the rounding of large terms.
pub fn kl(p: &[f64], q: &[f64]) -> f64 {
    assert_eq!(p.len(), q.len(), "two distributions over one vocabulary");
    p.iter().zip(q).map(|(p, q)| p.exp() * (p - q) + (q.exp() - p.exp())).sum()
}

/// The index of the highest value, and how far it is above the second highest.
pub fn top(values: &[f64]) -> (usize, f64) {
    let (mut first, mut second) = (0, f64::NEG_INFINITY);
    for (i, &value) in values.iter().enumerate().skip(1) {
        if value > values[first] {
            second = values[first];
            first = i;
        } else if value > second {
            second = value;
        }
    }
    (first, values[first] - second)
}

/// The largest |a − b|.
pub fn largest_difference(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len(), "two rows of one length");
    a.iter().zip(b).map(|(a, b)| (*a as f64 - *b as f64).abs()).fold(0.0, f64::max)
}

pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The middle value, or the mean of the two in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

/// Little-endian bytes of a row of floats.
pub fn to_bytes(row: &[f32]) -> Vec<u8> {
    row.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// The floats in little-endian bytes.
pub fn from_bytes(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}
