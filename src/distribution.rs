//! Turns logits into probabilities over the full vocabulary, and draws tokens from them.
//!
//! Probabilities are always the softmax at temperature 1. Temperature and truncation belong to [`Sampler`], which
//! draws a token and changes no probability.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use wide::f32x4;

use crate::error::{Error, Result};
use crate::kernels::float::exp;
use crate::kernels::load;
use crate::model::Model;

/// Most rows of logits in memory at once. They share each read of the output matrix.
const LOGITS: usize = 16;

/// Computes the distribution after each of the positions with these hidden rows, and hands it to `take` with its index.
pub(crate) fn each_distribution(
    model: &Model,
    hidden: &[&[f32]],
    mut take: impl FnMut(usize, Distribution),
) -> Result<()> {
    for (chunk, rows) in hidden.chunks(LOGITS).enumerate() {
        let logits = model.logits(&rows.concat())?;
        for (i, logits) in logits.chunks_exact(model.vocabulary_size()).enumerate() {
            take(chunk * LOGITS + i, Distribution::from_logits(logits.to_vec())?);
        }
    }
    Ok(())
}

/// The distribution of the next token.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    logprobs: Vec<f32>,
    entropy: f64,
}

/// A token with its probability and rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The token.
    pub id: u32,
    /// Its probability, 0 to 1.
    pub p: f64,
    /// Its log-probability in nats.
    pub logprob: f32,
    /// 1 for the most probable token. Between equal probabilities, the lower id comes first.
    pub rank: usize,
}

/// All tokens that are not listed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rest {
    /// Number of tokens.
    pub count: usize,
    /// Sum of their probabilities.
    pub p: f64,
}

impl Distribution {
    /// Log-softmax: `logprob_i = x_i − max x − ln Σ_j e^(x_j − max x)`, over all logits `x`.
    pub fn from_logits(mut logits: Vec<f32>) -> Result<Distribution> {
        let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (sum, products) = sums(&logits, max);
        if !sum.is_finite() {
            return Err(Error::corrupt("its weights give no numbers"));
        }
        let log_sum = libm::log(sum);
        for x in &mut logits {
            *x = (f64::from(*x) - (f64::from(max) + log_sum)) as f32;
        }
        // This is −Σ p ln p, with ln p = x − max x − ln Σ e^(x − max x).
        Ok(Distribution { logprobs: logits, entropy: log_sum - products / sum })
    }

    /// Log-probabilities in nats, by token id.
    pub fn logprobs(&self) -> &[f32] {
        &self.logprobs
    }

    /// The log-probabilities, without a copy.
    pub fn into_logprobs(self) -> Vec<f32> {
        self.logprobs
    }

    /// `H = −Σ p ln p`, in nats.
    pub fn entropy(&self) -> f64 {
        self.entropy
    }

    /// `KL(self ‖ other) = Σ p (ln p − ln q)`, in nats.
    pub fn divergence(&self, other: &Distribution) -> f64 {
        let terms = self.logprobs.iter().zip(&other.logprobs).map(|(&p, &q)| {
            let (p, q) = (f64::from(p), f64::from(q));
            // The limit is 0 where p is, whatever q is.
            if p == f64::NEG_INFINITY { 0.0 } else { libm::exp(p) * (p - q) }
        });
        terms.sum::<f64>().max(0.0)
    }

    /// One token with its probability and rank.
    pub fn candidate(&self, id: u32) -> Candidate {
        let logprob = self.logprobs[id as usize];
        let before = |(other, &x): (usize, &f32)| x > logprob || x == logprob && other < id as usize;
        let rank = 1 + self.logprobs.iter().enumerate().filter(|&it| before(it)).count();
        Candidate { id, p: libm::exp(f64::from(logprob)), logprob, rank }
    }

    /// The `k` most probable tokens, most probable first, and a summary of the others.
    pub fn top(&self, k: usize) -> (Vec<Candidate>, Rest) {
        let ids = self.most_probable(k);
        let mut others = self.logprobs.clone();
        let candidates = ids.iter().enumerate().map(|(index, &id)| {
            others[id as usize] = f32::NEG_INFINITY;
            let logprob = self.logprobs[id as usize];
            Candidate { id, p: libm::exp(f64::from(logprob)), logprob, rank: index + 1 }
        });
        let candidates: Vec<_> = candidates.collect();
        let rest = Rest { count: self.logprobs.len() - candidates.len(), p: sums(&others, 0.0).0 };
        (candidates, rest)
    }

    /// Ids of the `k` most probable tokens, most probable first.
    fn most_probable(&self, k: usize) -> Vec<u32> {
        let mut places = self.logprobs.iter().zip(0..).map(|(&logprob, id)| Reverse(place(logprob, id)));
        let id = |Reverse(place): Reverse<u64>| !(place as u32);
        if k >= self.logprobs.len() {
            let mut all: Vec<_> = places.collect();
            all.sort_unstable();
            return all.into_iter().map(id).collect();
        }
        // The least of the best is at the top of the heap.
        let mut best: BinaryHeap<Reverse<u64>> = places.by_ref().take(k).collect();
        for place in places {
            match best.peek_mut() {
                Some(mut least) if place < *least => *least = place,
                _ => {}
            }
        }
        best.into_sorted_vec().into_iter().map(id).collect()
    }
}

/// A number that is higher for a higher logprob and, between equal ones, for a lower id.
fn place(logprob: f32, id: u32) -> u64 {
    let bits = logprob.to_bits();
    // The order of `f32::total_cmp`: of negative numbers, the one with higher bits is lower.
    let ordered = if logprob.is_sign_negative() { !bits } else { bits | 1 << 31 };
    u64::from(ordered) << 32 | u64::from(!id)
}

/// `Σ_i e^(x_i − shift)`, and `Σ_i (x_i − shift) · e^(x_i − shift)`.
pub(crate) fn sums(x: &[f32], shift: f32) -> (f64, f64) {
    let (mut sums, mut products) = ([0.0; 4], [0.0; 4]);
    let mut add = |x: f32x4| {
        let x = x - f32x4::splat(shift);
        // −∞ would make the product NaN where the exponential is zero.
        let factor = x.fast_max(f32x4::splat(-1000.0));
        for (i, (e, x)) in exp(x).to_array().into_iter().zip(factor.to_array()).enumerate() {
            sums[i] += f64::from(e);
            products[i] += f64::from(e) * f64::from(x);
        }
    };
    let vectors = x.chunks_exact(4);
    let rest = vectors.remainder();
    for x in vectors {
        add(load(x));
    }
    let mut last = [f32::NEG_INFINITY; 4];
    last[..rest.len()].copy_from_slice(rest);
    add(f32x4::new(last));
    (sums.iter().sum(), products.iter().sum())
}

/// What a [`Sampler`] draws from a distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// How many tokens may be drawn.
    pub count: usize,
    /// How probable each of the tokens that were asked for is to be drawn, 0 to 1; 0 if it is excluded.
    pub p: Vec<f64>,
}

/// Draws tokens: temperature, then top-k, then top-p (Holtzman et al. 2020, §3.1), then min-p
/// (Nguyen et al. 2024, §3), each applied to the tokens that the previous step kept. Equal seeds draw equal tokens.
#[derive(Debug, Clone)]
pub struct Sampler {
    temperature: f64,
    top_k: usize,
    top_p: f64,
    min_p: f64,
    /// What is added to the logits of some tokens before anything else.
    bias: Vec<(u32, f32)>,
    /// State of SplitMix64 (Steele et al. 2014, figure 1).
    state: u64,
}

impl Sampler {
    /// `temperature` 0 takes the most probable token. `top_k` 0, `top_p` 1 and `min_p` 0 keep all tokens.
    pub fn new(temperature: f64, top_k: usize, top_p: f64, min_p: f64, seed: u64) -> Result<Sampler> {
        let check = |fine: bool, name: &'static str, must: &str, got: f64| match fine {
            true => Ok(()),
            false => Err(Error::InvalidOption { name, must: must.to_owned(), got: got.to_string() }),
        };
        let finite = temperature.is_finite() && temperature >= 0.0;
        check(finite, "temperature", "a number from 0", temperature)?;
        check(top_p > 0.0 && top_p <= 1.0, "topP", "above 0 and at most 1", top_p)?;
        check((0.0..=1.0).contains(&min_p), "minP", "from 0 to 1", min_p)?;
        Ok(Sampler { temperature, top_k, top_p, min_p, bias: Vec::new(), state: seed })
    }

    /// Adds numbers to the logits of some tokens before temperature and truncation: the tokens become as much more
    /// probable to be drawn, and no probability that is reported changes. Of several numbers for a token, the last one
    /// counts.
    pub fn with_bias(mut self, bias: impl IntoIterator<Item = (u32, f32)>) -> Sampler {
        self.bias = bias.into_iter().collect();
        self
    }

    /// Draws a token from `distribution`.
    pub fn sample(&mut self, distribution: &Distribution) -> u32 {
        let (ids, weights) = self.weigh(&self.biased(distribution));
        if ids.len() == 1 {
            return ids[0];
        }
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        let drawn = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        ids[drawn.unwrap_or(weights.len() - 1)]
    }

    /// How often [`Sampler::sample`] draws each of `ids` from `distribution`.
    pub fn sampled(&self, distribution: &Distribution, ids: &[u32]) -> Sampled {
        let (drawable, weights) = self.weigh(&self.biased(distribution));
        let total: f64 = weights.iter().sum();
        let place = |id: &u32| drawable[..weights.len()].iter().position(|one| one == id);
        let p = ids.iter().map(|id| place(id).map_or(0.0, |place| weights[place] / total)).collect();
        Sampled { count: weights.len(), p }
    }

    /// The distribution with the bias in it. Its log-probabilities lack their sum, which drawing does without.
    fn biased<'a>(&self, distribution: &'a Distribution) -> Cow<'a, Distribution> {
        if self.bias.is_empty() {
            return Cow::Borrowed(distribution);
        }
        let mut biased = distribution.clone();
        for &(id, bias) in &self.bias {
            if let Some(x) = biased.logprobs.get_mut(id as usize) {
                *x = distribution.logprobs[id as usize] + bias;
            }
        }
        Cow::Owned(biased)
    }

    /// Tokens, most probable first, and the weights of those that may be drawn, the first of them.
    fn weigh(&self, distribution: &Distribution) -> (Vec<u32>, Vec<f64>) {
        let k = if self.temperature == 0.0 { 1 } else { self.top_k };
        let ids = distribution.most_probable(if k == 0 { usize::MAX } else { k });
        if ids.len() == 1 {
            return (ids, vec![1.0]);
        }
        let logprob = |id: u32| f64::from(distribution.logprobs[id as usize]);
        let best = logprob(ids[0]);
        let mut weights: Vec<f64> =
            ids.iter().map(|&id| libm::exp((logprob(id) - best) / self.temperature)).collect();
        let total: f64 = weights.iter().sum();
        let mut sum = 0.0;
        let enough = weights.iter().position(|weight| {
            sum += weight;
            sum >= self.top_p * total
        });
        weights.truncate(enough.map_or(weights.len(), |last| last + 1));
        let least = self.min_p * weights[0];
        weights.truncate(weights.partition_point(|&weight| weight >= least));
        (ids, weights)
    }

    /// A random number from 0 up to, but not including, 1.
    fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.state ^ self.state >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }
}
