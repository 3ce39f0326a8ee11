//! What a run makes small, and its gradient with respect to the logits.
//!
//! With `p` the softmax of the logits `z`, the gradient of each loss but the teacher's is `w · (p − onehot(y))` at a place
//! where `y` is the token, with a weight `w` of its own:
//!
//! - cross-entropy `−ln p_y`, a mean over the N places of all examples: `w = 1 / N`;
//! - unlikelihood `−ln(1 − p_y)`, a mean over the tokens of an example's wrong answers (Liu et al. 2022, eq. 1);
//! - length-normalized `−ln(e^β(y) / Σ e^β)`, where β is the mean log-probability of an answer's tokens (eq. 2).
//!
//! The last two are means over the examples that have wrong answers.

use std::ops::Range;

use wide::f32x4;

use super::example::{Role, Sequence};
use crate::distribution::sums;
use crate::kernels::float::exp;
use crate::kernels::load;

/// The losses of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loss {
    /// Factor of the unlikelihood of wrong answers, 0 or more.
    pub unlikelihood: f32,
    /// Factor of the length-normalized loss, 0 or more.
    pub length_normalized: f32,
    /// Temperature of the distributions of teacher and student, above 0 (Hinton et al. 2015). The divergence is multiplied
    /// by its square, so that gradients keep their size.
    pub temperature: f32,
}

impl Default for Loss {
    /// Cross-entropy alone, and a teacher at temperature 1.
    fn default() -> Loss {
        Loss { unlikelihood: 0.0, length_normalized: 0.0, temperature: 1.0 }
    }
}

impl Loss {
    /// Whether wrong answers count.
    pub(super) fn has_others(&self) -> bool {
        self.unlikelihood > 0.0 || self.length_normalized > 0.0
    }
}

/// What the means of a step are taken over.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    /// Places of right answers and of teachers.
    pub places: usize,
    /// Examples with wrong answers.
    pub choices: usize,
}

impl Counts {
    /// Adds an example.
    pub fn add(&mut self, sequences: &[Sequence]) {
        let right = sequences.iter().filter(|sequence| !matches!(sequence.role, Role::Other(_)));
        self.places += right.map(Sequence::places).sum::<usize>();
        self.choices += usize::from(sequences.len() > 1);
    }
}

/// The weight of each place of an example, and the example's share of the loss, from what [`Goal::replace`] returns for
/// these places, sequence by sequence.
pub(super) fn weigh(
    loss: &Loss,
    counts: Counts,
    sequences: &[Sequence],
    logprobs: &[f64],
    weights: &mut [f32],
) -> f64 {
    let mut total = 0.0;
    let mut first = 0;
    let places: Vec<Range<usize>> = sequences
        .iter()
        .map(|sequence| {
            let start = first;
            first += sequence.places();
            start..first
        })
        .collect();
    let others: usize = places.iter().skip(1).map(Range::len).sum();
    let means: Vec<f64> = places
        .iter()
        .map(|places| logprobs[places.clone()].iter().sum::<f64>() / places.len() as f64)
        .collect();
    let most = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = means.iter().map(|mean| libm::exp(mean - most)).sum();
    let (even, choices) = (1.0 / counts.places as f64, counts.choices.max(1) as f64);
    let unlikely = f64::from(loss.unlikelihood) / choices / others.max(1) as f64;
    let normalized = f64::from(loss.length_normalized) / choices;

    for ((sequence, places), mean) in sequences.iter().zip(&places).zip(&means) {
        let is_right = !matches!(sequence.role, Role::Other(_));
        let mut of_mean = 0.0;
        if others > 0 {
            let share = libm::exp(mean - most) / sum;
            of_mean = normalized * (f64::from(is_right) - share) / places.len() as f64;
            if is_right {
                total += normalized * (most + libm::log(sum) - mean);
            }
        }
        for at in places.clone() {
            let logprob = logprobs[at];
            let weight = if is_right {
                total -= even * logprob;
                even
            } else {
                // A token of probability 1 has an infinite loss, so the rest counts as at least a millionth.
                let rest = (-libm::expm1(logprob)).max(1e-6);
                total -= unlikely * libm::log(rest);
                -unlikely * libm::exp(logprob) / rest
            };
            weights[at] = (weight + of_mean) as f32;
        }
    }
    total
}

/// What is wanted at a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal<'a> {
    /// This token, more or less probable.
    Token(u32),
    /// The distribution of a teacher, as log-probabilities.
    Teacher(&'a [f32]),
}

impl Goal<'_> {
    /// Replaces the logits of a place by the gradient of its loss with this weight. Returns the log-probability of the
    /// token, or the negative loss of the student.
    pub fn replace(self, logits: &mut [f32], temperature: f32, weight: f32) -> f64 {
        match self {
            Goal::Token(id) => token(logits, id, weight),
            Goal::Teacher(logprobs) => -teacher(logits, logprobs, temperature, weight),
        }
    }
}

/// The gradient `weight · (p − onehot(id))`, and `ln p` of the token.
fn token(logits: &mut [f32], id: u32, weight: f32) -> f64 {
    let normalizer = normalizer(logits);
    let logprob = f64::from(logits[id as usize]) - normalizer;
    softmax(logits, normalizer, weight);
    logits[id as usize] -= weight;
    logprob
}

/// The gradient of `weight · τ² · KL(t ‖ s)`, which is `weight · τ · (s − t)`, and `τ² · KL`. `t` and `s` are the softmax
/// of `teacher` and of the logits, both divided by the temperature τ.
fn teacher(logits: &mut [f32], teacher: &[f32], temperature: f32, weight: f32) -> f64 {
    let teacher: Vec<f32> = teacher.iter().map(|x| x / temperature).collect();
    logits.iter_mut().for_each(|x| *x /= temperature);
    let (theirs, ours) = (normalizer(&teacher), normalizer(logits));
    let mut t = teacher.clone();
    softmax(&mut t, theirs, 1.0);

    let mut terms = [0.0; 4];
    for (at, ((&t, &before), &x)) in t.iter().zip(&teacher).zip(&*logits).enumerate() {
        // The limit is 0 where the teacher's probability is.
        if t > 0.0 {
            terms[at % 4] += f64::from(t) * ((f64::from(before) - theirs) - (f64::from(x) - ours));
        }
    }
    let factor = weight * temperature;
    softmax(logits, ours, factor);
    logits.iter_mut().zip(t).for_each(|(g, t)| *g -= factor * t);
    f64::from(temperature) * f64::from(temperature) * terms.iter().sum::<f64>()
}

/// `ln Σ e^x`
fn normalizer(x: &[f32]) -> f64 {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    f64::from(max) + libm::log(sums(x, max).0)
}

/// `x = factor · e^(x − normalizer)`
fn softmax(x: &mut [f32], normalizer: f64, factor: f32) {
    let (factor, shift) = (f32x4::splat(factor), f32x4::splat(normalizer as f32));
    for x in x.chunks_mut(4) {
        let mut lanes = [0.0; 4];
        lanes[..x.len()].copy_from_slice(x);
        let p = exp(load(&lanes) - shift) * factor;
        x.copy_from_slice(&p.as_array()[..x.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::{assert_near, numbers, slopes, wide};
    use super::*;

    const SIZE: usize = 7;

    fn logprobs(logits: &[f64]) -> Vec<f64> {
        let sum: f64 = logits.iter().map(|x| x.exp()).sum();
        logits.iter().map(|x| x - sum.ln()).collect()
    }

    /// The loss of two examples, an answer with two others and a text, in 64 bits as the paper writes it.
    fn truth(loss: &Loss, sequences: &[&[Sequence]], logits: &[f64]) -> f64 {
        let mut rows = logits.chunks(SIZE).map(logprobs);
        let (mut total, mut places) = (0.0, 0);
        for example in sequences {
            let (mut betas, mut unlikely, mut others) = (Vec::new(), 0.0, 0);
            for Sequence { role, .. } in *example {
                let (Role::Answer(ids) | Role::Other(ids)) = role else { continue };
                let found: Vec<f64> =
                    ids.iter().map(|&id| rows.next().expect("a row for each token")[id as usize]).collect();
                betas.push(found.iter().sum::<f64>() / ids.len() as f64);
                if let Role::Other(_) = role {
                    unlikely -= found.iter().map(|x| (1.0 - x.exp()).ln()).sum::<f64>();
                    others += ids.len();
                } else {
                    places += ids.len();
                    total -= found.iter().sum::<f64>();
                }
            }
            if others > 0 {
                // These are means over places and over examples; one example of the two has others.
                let all: f64 = betas.iter().map(|beta| beta.exp()).sum();
                let normalized = -(betas[0].exp() / all).ln();
                let beside = f64::from(loss.unlikelihood) * unlikely / others as f64
                    + f64::from(loss.length_normalized) * normalized;
                total += 5.0 * beside;
            }
        }
        assert_eq!(places, 5, "the factor above");
        total / 5.0
    }

    fn sequence(ids: &[u32], role: fn(Vec<u32>) -> Role) -> Sequence {
        Sequence { ids: vec![0; ids.len() + 2], first: 2, role: role(ids.to_vec()) }
    }

    #[test]
    fn losses_of_tokens_have_the_slopes_of_their_definitions() {
        let choice =
            [sequence(&[1, 2], Role::Answer), sequence(&[3], Role::Other), sequence(&[1, 5, 0], Role::Other)];
        let text = [sequence(&[4, 4, 6], Role::Answer)];
        let places = 9;
        let logits = numbers(places * SIZE, 40);
        for (unlikelihood, length_normalized) in [(0.0, 0.0), (0.7, 0.0), (0.0, 1.3), (1.0, 1.0)] {
            let loss = Loss { unlikelihood, length_normalized, temperature: 1.0 };
            let mut counts = Counts::default();
            counts.add(&choice);
            counts.add(&text);
            let (mut ours, mut value) = (logits.clone(), 0.0);
            let mut rows = ours.chunks_mut(SIZE);
            for sequences in [&choice[..], &text[..]] {
                let ids: Vec<u32> = sequences
                    .iter()
                    .flat_map(|sequence| match &sequence.role {
                        Role::Answer(ids) | Role::Other(ids) => ids.clone(),
                        Role::Teacher(_) => Vec::new(),
                    })
                    .collect();
                let mut rows: Vec<_> = rows.by_ref().take(ids.len()).collect();
                let replace = |row: &mut [f32], id: u32, weight| Goal::Token(id).replace(row, 1.0, weight);
                let values: Vec<f64> =
                    rows.iter().zip(&ids).map(|(row, &id)| replace(&mut row.to_vec(), id, 0.0)).collect();
                let mut weights = vec![0.0; ids.len()];
                value += weigh(&loss, counts, sequences, &values, &mut weights);
                for ((row, &id), weight) in rows.iter_mut().zip(&ids).zip(weights) {
                    replace(row, id, weight);
                }
            }
            let function = |logits: &[f64]| truth(&loss, &[&choice, &text], logits);
            let exact = function(&wide(&logits));
            assert!((value - exact).abs() < 1e-6, "{loss:?}: {value}, not {exact}");
            assert_near(&ours, &slopes(&wide(&logits), function), &format!("{loss:?}"));
        }
    }

    #[test]
    fn the_divergence_from_a_teacher_has_the_slope_of_its_definition() {
        let (student, mut teacher) = (numbers(SIZE, 41), numbers(SIZE, 42));
        teacher[3] = f32::NEG_INFINITY;
        for temperature in [0.5, 1.0, 3.0] {
            let tau = f64::from(temperature);
            let cool = |x: &[f64]| logprobs(&x.iter().map(|x| x / tau).collect::<Vec<_>>());
            let t = cool(&wide(&teacher));
            let truth = |student: &[f64]| {
                let terms = t.iter().zip(cool(student));
                let terms = terms.filter(|(t, _)| t.is_finite()).map(|(t, s)| t.exp() * (t - s));
                0.3 * tau * tau * terms.sum::<f64>()
            };
            let mut ours = student.clone();
            let value = -0.3 * Goal::Teacher(&teacher).replace(&mut ours, temperature, 0.3);
            let exact = truth(&wide(&student));
            assert!((value - exact).abs() < 1e-6, "{temperature}: {value}, not {exact}");
            assert_near(&ours, &slopes(&wide(&student), truth), &format!("temperature {temperature}"));
        }
    }

    /// The loss of a token of probability 1 that should be improbable is infinite, so it is bounded.
    #[test]
    fn a_certain_wrong_answer_has_a_finite_loss() {
        let sequences = [sequence(&[1], Role::Answer), sequence(&[2], Role::Other)];
        let loss = Loss { unlikelihood: 1.0, length_normalized: 1.0, temperature: 1.0 };
        let mut weights = [0.0; 2];
        let counts = Counts { places: 1, choices: 1 };
        let total = weigh(&loss, counts, &sequences, &[-80.0, 0.0], &mut weights);
        assert!(total.is_finite() && weights.iter().all(|weight| weight.is_finite()), "{total}, {weights:?}");
    }
}
