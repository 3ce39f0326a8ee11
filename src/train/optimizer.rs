//! AdamW, and what surrounds it: clipping, and a learning rate that rises and falls.

use super::products::each;
use crate::adapter::LayerAdapter;
use crate::kernels::Pool;

/// How gradients change an adapter: AdamW (Loshchilov & Hutter 2019, algorithm 2).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimizer {
    /// The highest learning rate, η.
    pub learning_rate: f64,
    /// Steps in which the rate rises to it.
    pub warm_up: usize,
    /// How fast the means of gradients and of their squares forget, β₁ and β₂.
    pub betas: [f64; 2],
    /// ε.
    pub epsilon: f64,
    /// λ, which pulls each number towards the one that changes nothing: 0 in LoRA, 1 in (IA)³.
    pub weight_decay: f64,
    /// Most that the norm of all gradients together may be; larger ones are scaled down (Pascanu et al. 2013). ∞ leaves
    /// them as they are.
    pub clip: f64,
}

impl Default for Optimizer {
    fn default() -> Optimizer {
        Optimizer {
            learning_rate: 1e-3,
            warm_up: 0,
            betas: [0.9, 0.999],
            epsilon: 1e-8,
            weight_decay: 0.0,
            clip: 1.0,
        }
    }
}

impl Optimizer {
    /// The learning rate of a step, counted from 0, of `steps`: it rises in equal parts until the end of the warm-up, and
    /// then falls in equal parts, to 0 after the last step.
    pub fn rate(&self, step: usize, steps: usize) -> f64 {
        let share = if step < self.warm_up {
            (step + 1) as f64 / self.warm_up as f64
        } else {
            (steps - step) as f64 / (steps - self.warm_up) as f64
        };
        self.learning_rate * share
    }
}

/// The numbers of an adapter, vector after vector in one order, each with the value at which it changes nothing.
pub(super) fn numbers(layers: &mut [LayerAdapter]) -> Vec<(&mut [f32], f32)> {
    let mut numbers: Vec<(&mut [f32], f32)> = Vec::new();
    for LayerAdapter { low_rank, gains } in layers {
        for map in low_rank.iter_mut().flatten() {
            numbers.push((&mut map.a, 0.0));
            numbers.push((&mut map.b, 0.0));
        }
        for gain in gains.iter_mut().flatten() {
            numbers.push((gain, 1.0));
        }
    }
    numbers
}

/// The norm of all gradients together.
pub(super) fn norm(grads: &mut [LayerAdapter]) -> f64 {
    let mut squares = [0.0; 4];
    for (grads, _) in numbers(grads) {
        for (at, &g) in grads.iter().enumerate() {
            squares[at % 4] += f64::from(g) * f64::from(g);
        }
    }
    squares.iter().sum::<f64>().sqrt()
}

/// Means of gradients and of their squares, for each number of an adapter.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    pub means: Vec<LayerAdapter>,
    pub squares: Vec<LayerAdapter>,
    /// How many steps they have seen.
    pub steps: i32,
}

/// Numbers in one task of a thread.
const TASK: usize = 16_384;

impl Moments {
    /// Changes `layers` by a step of AdamW with this learning rate, and gradients that are multiplied by `factor`:
    /// `m = β₁ m + (1 − β₁) g`, `v = β₂ v + (1 − β₂) g²`, `θ −= η · (m̂ / (√v̂ + ε) + λ (θ − neutral))`, with
    /// `m̂ = m / (1 − β₁ᵗ)` and `v̂ = v / (1 − β₂ᵗ)`.
    pub fn step(
        &mut self,
        optimizer: &Optimizer,
        rate: f64,
        factor: f64,
        layers: &mut [LayerAdapter],
        grads: &mut [LayerAdapter],
        pool: &Pool,
    ) {
        self.steps += 1;
        let [first, second] = optimizer.betas;
        let [first_left, second_left] =
            optimizer.betas.map(|beta| 1.0 - libm::pow(beta, f64::from(self.steps)));
        let [keep, take, keep_square, take_square] =
            [first, 1.0 - first, second, 1.0 - second].map(|x| x as f32);
        let (factor, epsilon) = (factor as f32, optimizer.epsilon as f32);
        let size = (rate / first_left) as f32;
        let root = (1.0 / second_left.sqrt()) as f32;
        let decay = (rate * optimizer.weight_decay) as f32;

        let mut tasks = Vec::new();
        let moments = numbers(&mut self.means).into_iter().zip(numbers(&mut self.squares));
        for (((x, neutral), (g, _)), ((m, _), (v, _))) in
            numbers(layers).into_iter().zip(numbers(grads)).zip(moments)
        {
            let moments = m.chunks_mut(TASK).zip(v.chunks_mut(TASK));
            tasks.extend(x.chunks_mut(TASK).zip(g.chunks(TASK)).zip(moments).map(|chunks| (neutral, chunks)));
        }
        each(pool, &mut tasks, &|(neutral, ((x, g), (m, v)))| {
            for (((x, g), m), v) in x.iter_mut().zip(g.iter()).zip(m.iter_mut()).zip(v.iter_mut()) {
                let g = g * factor;
                *m = keep * *m + take * g;
                *v = keep_square * *v + take_square * (g * g);
                *x -= size * (*m / (v.sqrt() * root + epsilon)) + decay * (*x - *neutral);
            }
        });
    }
}
