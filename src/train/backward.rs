//! The gradient of one layer, step by step, in the reverse order of [`layer`](super::layer), and in the same pieces. Each
//! step has its equation and the shape of its result, in which `T` is the number of rows of the piece, and `∂y` is short
//! for the gradient of the loss with respect to y.

use std::ops::Range;

use super::batch::Batch;
use super::layer::{Tape, copy, fit, gained, part};
use super::linear::Maps;
use super::products::each_rows;
use super::{attention, parts};
use crate::adapter::{Gain, LayerAdapter, Target, multiply};
use crate::error::Result;
use crate::model::Model;
use crate::model::config::Block;

impl Tape {
    /// The gradient of the feed-forward branch, for these rows. From theirs of what the layer leaves, `g`, it gives that of
    /// the branch's input, `(T, n_embd)`, and adds those of the adapter to `grads`. `x` are the rows of the layer's input,
    /// and `t` is the number of rows of the batch.
    ///
    /// Their [`Tape::gate`] and [`Tape::up`] are gradients afterwards.
    pub fn feed_forward_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        t: usize,
        rows: Range<usize>,
        [x, g]: [&[f32]; 2],
        grads: &mut LayerAdapter,
    ) -> Result<Vec<f32>> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let Tape { middle, inner_h, gate, up, inner, down, .. } = self;
        let [middle, inner_h, down] = [
            part(middle, t, &rows, c.embedding)?,
            part(inner_h, t, &rows, c.embedding)?,
            part(down, t, &rows, c.embedding)?,
        ];
        let [gate, inner] = [part(gate, t, &rows, c.feed_forward)?, part(inner, t, &rows, c.feed_forward)?];
        let up: &mut [f32] = if layer.gate.is_some() { part(up, t, &rows, c.feed_forward)? } else { &mut [] };

        // y = x + ρ · norm(down): ∂down = norm′(ρ · ∂y), (T, n_embd)
        let mut to_down = copy(g)?;
        to_down.iter_mut().for_each(|g| *g *= c.design.residual_scale);
        if let Some(norm) = &layer.feed_forward_post_norm {
            parts::norm(norm, down, &mut to_down, maps.pool);
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
            parts::norm(norm, input, &mut to_h, maps.pool);
        }
        Ok(to_h)
    }

    /// The gradient of what attention leaves, for these rows, in the order of attention. `g` are theirs of what follows it,
    /// or where the branches are parallel, of what the layer leaves.
    pub fn mixed_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        rows: Range<usize>,
        g: &[f32],
        grads: &mut LayerAdapter,
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (t, heads) = (batch.ids.len(), c.heads(maps.layer));
        let Tape { out, mixed, o, .. } = self;
        let mixed = part(mixed, t, &rows, heads.query_row())?;

        // y = x + ρ · norm(o): ∂o = norm′(ρ · ∂y), (T, n_embd)
        let mut to_o = copy(g)?;
        to_o.iter_mut().for_each(|g| *g *= c.design.residual_scale);
        if let Some(norm) = &layer.attention_post_norm {
            parts::norm(norm, part(o, t, &rows, c.embedding)?, &mut to_o, maps.pool);
        }

        // o = W_o mixed: ∂mixed = W_oᵀ ∂o, (T, heads · head)
        let mut to_mixed = Vec::new();
        fit(&mut to_mixed, mixed.len())?;
        maps.backward(Target::O, &layer.o, mixed, &to_o, &mut to_mixed, grads)?;
        attention::gather_queries(heads, &batch.lengths, rows, &to_mixed, out);
        Ok(())
    }

    /// mixed = softmax(q kᵀ · scale) v: ∂q, and what some queries of each task add to ∂k and ∂v.
    pub fn attend_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        queries: Range<usize>,
    ) -> Result<()> {
        let heads = model.config().heads(maps.layer);
        let Tape { grouped, out, gradients, .. } = self;
        let gradients = fit(gradients, batch.ids.len() * (heads.query_row() + 2 * heads.kv_row()))?;
        attention::backward(heads, &batch.lengths, queries, grouped, out, gradients, maps.pool);
        Ok(())
    }

    /// The gradient of the input of attention's branch, for these rows, `(T, n_embd)`. `x` are those of the layer's input.
    pub fn heads_back(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        rows: Range<usize>,
        x: &[f32],
        grads: &mut LayerAdapter,
    ) -> Result<Vec<f32>> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (t, heads) = (batch.ids.len(), c.heads(maps.layer));
        let Tape { h, q, k, v, gradients, .. } = self;
        let [q_size, kv_size] = [heads.query_row(), heads.kv_row()];
        let (h, q) = (part(h, t, &rows, c.embedding)?, part(q, t, &rows, q_size)?);
        let [k, v] = [part(k, t, &rows, kv_size)?, part(v, t, &rows, kv_size)?];

        // ∂q (T, heads · head), ∂k and ∂v (T, kv_heads · head)
        let (mut to_q, mut to_k, mut to_v) = (copy(q)?, copy(k)?, copy(v)?);
        let targets = [&mut to_q[..], &mut to_k, &mut to_v];
        attention::scatter(heads, &batch.lengths, rows.clone(), gradients, targets);

        // q = rotate(norm(W_q h)), and the same for k with its gain: ∂ = norm′(rotate⁻¹ ∂)
        for (size, values) in [(q_size, &mut to_q), (kv_size, &mut to_k)] {
            each_rows(maps.pool, size, values, &|first, values| {
                batch.rotate(model, maps.layer, size, rows.start + first, values, parts::rope);
            });
        }
        if let Some(norm) = &layer.q_norm {
            parts::norm(norm, q, &mut to_q, maps.pool);
        }
        if let Some(norm) = &layer.k_norm {
            let mut keys = copy(k)?;
            if let Some(gain) = maps.adapted().gain(Gain::Keys) {
                multiply(gain, 1.0, &mut keys);
            }
            parts::norm(norm, &keys, &mut to_k, maps.pool);
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
            parts::norm(norm, x, &mut to_h, maps.pool);
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
