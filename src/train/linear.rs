//! Linear maps whose weights are frozen, with LoRA beside them: `y = W x + b + s · B A x̃`, where x̃ is x after dropout.

use std::borrow::Cow;

use super::noise::Noise;
use super::products::{dot, each, transposed};
use crate::adapter::{Adapter, LayerAdapter, LowRank, Target, add_low_rank};
use crate::error::{Result, try_vec};
use crate::kernels::float::{add, add_scaled};
use crate::kernels::{Pool, Rows};
use crate::model::Linear;

/// Dropout of the input of A (Srivastava et al. 2014), as it is in one step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dropout {
    /// How probable it is that an element is dropped, from 0 to 1.
    pub rate: f32,
    /// The numbers of this step.
    pub noise: Noise,
}

impl Dropout {
    /// Drops elements of `x` `(T, size)`, and divides the others by the share that is kept. `first` is the index of the
    /// first row among the rows of the step.
    fn apply(self, layer: usize, target: Target, first: usize, size: usize, x: &mut [f32]) {
        let noise = self.noise.part(layer).part(target as usize);
        let factor = 1.0 / (1.0 - self.rate);
        for (index, x) in (first * size..).zip(x) {
            *x *= if noise.unit(index) < self.rate { 0.0 } else { factor };
        }
    }
}

/// The maps of one layer, for rows of which `first` is the index of the first among all rows of the step.
#[derive(Clone, Copy)]
pub(super) struct Maps<'a> {
    pub adapter: &'a Adapter,
    pub layer: usize,
    pub first: usize,
    pub dropout: Option<Dropout>,
    pub pool: &'a Pool,
}

impl Maps<'_> {
    /// What the adapter does to this layer.
    pub fn adapted(&self) -> &LayerAdapter {
        &self.adapter.layers[self.layer]
    }

    /// `y (T, output)` of the rows `x (T, input)`.
    pub fn forward(&self, target: Target, linear: &Linear, x: &Rows, y: &mut [f32]) {
        linear.apply(x, y, self.pool);
        if let Some(map) = self.adapted().low_rank(target) {
            let x = self.dropped(target, map, &x.values);
            add_low_rank(map, self.adapter.factor(map.rank), &x, y, self.pool);
        }
    }

    /// From `g = ∂L/∂y` of the rows `x`, adds `∂L/∂x (T, input)` to `dx` and the gradients of A and B to `grads`:
    /// `∂x = Wᵀ g + s · Aᵀ(B ᵀg)`, `∂A = s · (Bᵀ g) x̃ᵀ`, `∂B = s · g (A x̃)ᵀ`.
    pub fn backward(
        &self,
        target: Target,
        linear: &Linear,
        x: &[f32],
        g: &[f32],
        dx: &mut [f32],
        grads: &mut LayerAdapter,
    ) -> Result<()> {
        let tokens = g.len() / linear.matrix.rows();
        let mut frozen = try_vec(0.0, dx.len(), "a gradient")?;
        transposed(&*linear.matrix, g, tokens, &mut frozen, self.pool);
        add(dx, &frozen);
        if let (Some(map), Some(grads)) =
            (self.adapted().low_rank(target), &mut grads.low_rank[target as usize])
        {
            let x = self.dropped(target, map, x);
            let to_x = &mut frozen;
            low_rank(map, self.adapter.factor(map.rank), &x, g, to_x, grads, self.pool);
            if let Some(dropout) = self.dropout {
                dropout.apply(self.layer, target, self.first, map.input(), to_x);
            }
            add(dx, to_x);
        }
        Ok(())
    }

    /// x̃.
    fn dropped<'x>(&self, target: Target, map: &LowRank, x: &'x [f32]) -> Cow<'x, [f32]> {
        let Some(dropout) = self.dropout else { return Cow::Borrowed(x) };
        let mut x = x.to_vec();
        dropout.apply(self.layer, target, self.first, map.input(), &mut x);
        Cow::Owned(x)
    }
}

/// Tokens in one task of a thread.
const TOKENS: usize = 16;

/// The gradients of `y = s · B A x`, from `g = ∂L/∂y`: writes `∂L/∂x` to `dx` and adds those of A and B to `grads`.
fn low_rank(
    map: &LowRank,
    factor: f32,
    x: &[f32],
    g: &[f32],
    dx: &mut [f32],
    grads: &mut LowRank,
    pool: &Pool,
) {
    let (rank, input, output) = (map.rank, map.input(), map.output());
    // s · A x and s · Bᵀ g, (T, rank) each.
    let project = |rows: &[f32], size: usize, x: &[f32]| {
        let mut inner = vec![0.0; x.len() / size * rank];
        let mut tasks: Vec<_> = inner.chunks_mut(TOKENS * rank).zip(x.chunks(TOKENS * size)).collect();
        each(pool, &mut tasks, &|(inner, x)| {
            for (inner, x) in inner.chunks_exact_mut(rank).zip(x.chunks_exact(size)) {
                for (inner, row) in inner.iter_mut().zip(rows.chunks_exact(size)) {
                    *inner = factor * dot(row, x);
                }
            }
        });
        inner
    };
    let (inner, back) = (project(&map.a, input, x), project(&map.b, output, g));

    let to_a = grads.a.chunks_exact_mut(input).enumerate().map(|(j, row)| (j, row, &back, x, input));
    let to_b = grads.b.chunks_exact_mut(output).enumerate().map(|(j, row)| (j, row, &inner, g, output));
    let mut tasks: Vec<_> = to_a.chain(to_b).collect();
    each(pool, &mut tasks, &|(j, row, weights, x, size)| {
        for (weights, x) in weights.chunks_exact(rank).zip(x.chunks_exact(*size)) {
            add_scaled(row, x, weights[*j]);
        }
    });

    let mut tasks: Vec<_> = dx.chunks_mut(TOKENS * input).zip(back.chunks(TOKENS * rank)).collect();
    each(pool, &mut tasks, &|(dx, back)| {
        dx.fill(0.0);
        for (dx, back) in dx.chunks_exact_mut(input).zip(back.chunks_exact(rank)) {
            for (row, weight) in map.a.chunks_exact(input).zip(back) {
                add_scaled(dx, row, *weight);
            }
        }
    });
}
