//! The gradient of one layer, step by step, in the reverse order of [`layer`](super::layer). Each step has its equation
//! and the shape of its result, in which `T` is the number of rows, and `∂y` is short for the gradient of the loss with
//! respect to y.

use super::batch::Batch;
use super::layer::{Tape, copy, fit, gained};
use super::linear::Maps;
use super::{attention, parts};
use crate::adapter::{Gain, LayerAdapter, Target, multiply};
use crate::error::Result;
use crate::model::Model;
use crate::model::config::Block;

impl Tape {
    /// The gradient of the feed-forward branch. From `g`, the gradient of what the layer leaves, it gives the gradient of
    /// the branch's input, `(T, n_embd)`, and adds those of the adapter to `grads`. `x` is the layer's input.
    ///
    /// [`Tape::gate`] and [`Tape::up`] are gradients afterwards.
    pub fn feed_forward_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        x: &[f32],
        g: &[f32],
        grads: &mut LayerAdapter,
    ) -> Result<Vec<f32>> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let Tape { middle, inner_h, gate, up, inner, down, .. } = self;

        // y = x + ρ · norm(down): ∂down = norm′(ρ · ∂y), (T, n_embd)
        let mut to_down = copy(g)?;
        to_down.iter_mut().for_each(|g| *g *= c.design.residual_scale);
        if let Some(norm) = &layer.feed_forward_post_norm {
            parts::norm(norm, down, &mut to_down);
        }

        // down = W_down (l ⊙ inner): ∂inner = l ⊙ W_downᵀ ∂down, ∂l = Σ inner ⊙ W_downᵀ ∂down, (T, n_ff)
        let mut to_inner = Vec::new();
        fit(&mut to_inner, inner.len())?;
        maps.backward(Target::Down, &layer.down, &gained(maps, inner)?, &to_down, &mut to_inner, grads)?;
        gain(maps, Gain::Inner, inner, &mut to_inner, grads);

        // inner = f(gate) ⊙ up: ∂gate = ∂inner ⊙ up ⊙ f′(gate), ∂up = ∂inner ⊙ f(gate), (T, n_ff)
        parts::activation(c.design.activation, gate, up, &to_inner, maps.pool);

        // gate = W_gate h, up = W_up h: ∂h = W_gateᵀ ∂gate + W_upᵀ ∂up, (T, n_embd)
        let mut to_h = Vec::new();
        fit(&mut to_h, x.len())?;
        if let Some(linear) = &layer.gate {
            maps.backward(Target::Gate, linear, inner_h, gate, &mut to_h, grads)?;
            maps.backward(Target::Up, &layer.up, inner_h, up, &mut to_h, grads)?;
        } else {
            maps.backward(Target::Up, &layer.up, inner_h, gate, &mut to_h, grads)?;
        }

        // h = norm(x): ∂x = norm′(∂h), (T, n_embd)
        if let Some(norm) = &layer.feed_forward_norm {
            let input = if c.design.block == Block::Parallel { x } else { middle };
            parts::norm(norm, input, &mut to_h);
        }
        Ok(to_h)
    }

    /// The same for attention. `g` is the gradient of what follows it, or where the branches are parallel, of what the
    /// layer leaves.
    pub fn attention_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        x: &[f32],
        g: &[f32],
        grads: &mut LayerAdapter,
    ) -> Result<Vec<f32>> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let heads = c.heads(maps.layer);
        let Tape { h, q, k, v, grouped, mixed, o, .. } = self;

        // y = x + ρ · norm(o): ∂o = norm′(ρ · ∂y), (T, n_embd)
        let mut to_o = copy(g)?;
        to_o.iter_mut().for_each(|g| *g *= c.design.residual_scale);
        if let Some(norm) = &layer.attention_post_norm {
            parts::norm(norm, o, &mut to_o);
        }

        // o = W_o mixed: ∂mixed = W_oᵀ ∂o, (T, heads · head)
        let mut to_mixed = Vec::new();
        fit(&mut to_mixed, mixed.len())?;
        maps.backward(Target::O, &layer.o, mixed, &to_o, &mut to_mixed, grads)?;

        // mixed = softmax(q kᵀ · scale) v: ∂q (T, heads · head), ∂k and ∂v (T, kv_heads · head)
        let (mut to_q, mut to_k, mut to_v) = (copy(q)?, copy(k)?, copy(v)?);
        attention::gather_queries(heads, &batch.lengths, &to_mixed, &mut to_q);
        let mut gradients = Vec::new();
        fit(&mut gradients, q.len() + k.len() + v.len())?;
        attention::backward(heads, &batch.lengths, grouped, &to_q, &mut gradients, maps.pool);
        attention::scatter(heads, &batch.lengths, &gradients, &mut to_q, &mut to_k, &mut to_v);

        // q = rotate(norm(W_q h)), and the same for k with its gain: ∂ = norm′(rotate⁻¹ ∂)
        for (size, rows) in [(heads.query_row(), &mut to_q), (heads.kv_row(), &mut to_k)] {
            batch.rotate(model, maps.layer, size, rows, parts::rope);
        }
        if let Some(norm) = &layer.q_norm {
            parts::norm(norm, q, &mut to_q);
        }
        if let Some(norm) = &layer.k_norm {
            let mut keys = copy(k)?;
            if let Some(gain) = maps.adapted().gain(Gain::Keys) {
                multiply(gain, 1.0, &mut keys);
            }
            parts::norm(norm, &keys, &mut to_k);
        }
        gain(maps, Gain::Keys, k, &mut to_k, grads);
        gain(maps, Gain::Values, v, &mut to_v, grads);

        // ∂h = W_qᵀ ∂q + W_kᵀ ∂k + W_vᵀ ∂v, (T, n_embd)
        let mut to_h = Vec::new();
        fit(&mut to_h, x.len())?;
        maps.backward(Target::Q, &layer.q, h, &to_q, &mut to_h, grads)?;
        maps.backward(Target::K, &layer.k, h, &to_k, &mut to_h, grads)?;
        maps.backward(Target::V, &layer.v, h, &to_v, &mut to_h, grads)?;

        // h = norm(x): ∂x = norm′(∂h), (T, n_embd)
        if let Some(norm) = &layer.attention_norm {
            parts::norm(norm, x, &mut to_h);
        }
        Ok(to_h)
    }
}

/// y = l ⊙ x: ∂l = Σ x ⊙ ∂y over the rows, and `g` becomes ∂x = l ⊙ ∂y.
fn gain(maps: &Maps, which: Gain, x: &[f32], g: &mut [f32], grads: &mut LayerAdapter) {
    if let (Some(gain), Some(grads)) = (maps.adapted().gain(which), &mut grads.gains[which as usize]) {
        for (x, g) in x.chunks_exact(gain.len()).zip(g.chunks_exact(gain.len())) {
            for ((grad, x), g) in grads.iter_mut().zip(x).zip(g) {
                *grad += x * g;
            }
        }
        multiply(gain, 1.0, g);
    }
}
