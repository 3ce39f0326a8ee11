//! One layer, forward, for all examples of a batch at once. It is the layer of `model/forward.rs`, and keeps what its
//! gradient needs. It runs in four pieces, each of which takes some rows of the batch, or some queries: a long example
//! takes several calls.

use std::ops::Range;

use super::attention;
use super::batch::Batch;
use super::linear::Maps;
use super::products::each_rows;
use crate::adapter::{Gain, Target, multiply};
use crate::error::{Error, Result};
use crate::kernels::float::add_scaled;
use crate::kernels::{Pool, Precision, Rows};
use crate::model::config::Block;
use crate::model::{Model, Norm};

/// What a layer computed on its way from `x` to what it leaves.
#[derive(Debug, Default)]
pub(super) struct Tape {
    /// The input of W_q, W_k and W_v, `(T, n_embd)`.
    pub h: Vec<f32>,
    /// What W_q leaves, before it is normalized and rotated, `(T, heads · head)`.
    pub q: Vec<f32>,
    /// What W_k leaves, before its gain, `(T, kv_heads · head)`.
    pub k: Vec<f32>,
    /// What W_v leaves, before its gain, `(T, kv_heads · head)`.
    pub v: Vec<f32>,
    /// Queries, keys and values that attention reads, in the order of [`attention`].
    pub grouped: Vec<f32>,
    /// What attention leaves, and on the way back its gradient, in this order too.
    pub out: Vec<f32>,
    /// The gradients of queries, keys and values in this order, on the way back.
    pub gradients: Vec<f32>,
    /// What attention leaves, row by row, the input of W_o, `(T, heads · head)`.
    pub mixed: Vec<f32>,
    /// What W_o leaves, `(T, n_embd)`.
    pub o: Vec<f32>,
    /// The row with what attention has added, `(T, n_embd)`.
    pub middle: Vec<f32>,
    /// The input of W_gate and W_up, `(T, n_embd)`.
    pub inner_h: Vec<f32>,
    /// What W_gate leaves, or without a gate W_up, `(T, n_ff)`.
    pub gate: Vec<f32>,
    /// What W_up leaves, `(T, n_ff)`. Empty without a gate.
    pub up: Vec<f32>,
    /// The function of the two, before its gain, `(T, n_ff)`.
    pub inner: Vec<f32>,
    /// What W_down leaves, `(T, n_embd)`.
    pub down: Vec<f32>,
    /// The input of a matrix.
    codes: Rows,
}

impl Tape {
    /// q, k and v of these rows, from norm(x), for attention. `x` `(rows, n_embd)` are the rows of the layer's input.
    pub fn heads(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        rows: Range<usize>,
        x: &[f32],
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (t, heads) = (batch.ids.len(), c.heads(maps.layer));
        let (pool, adapted) = (maps.pool, maps.adapted());
        let Tape { h, q, k, v, grouped, codes, .. } = self;
        let [q_size, kv_size] = [heads.query_row(), heads.kv_row()];
        let h = part(h, t, &rows, c.embedding)?;
        let q = part(q, t, &rows, q_size)?;
        let [k, v] = [part(k, t, &rows, kv_size)?, part(v, t, &rows, kv_size)?];

        normalized(&layer.attention_norm, x, h, pool);
        codes.quantize(c.embedding, h, Precision::Sixteen, pool);
        maps.forward(Target::Q, &layer.q, codes, q);
        maps.forward(Target::K, &layer.k, codes, k);
        maps.forward(Target::V, &layer.v, codes, v);

        let (mut queries, mut keys, mut values) = (copy(q)?, copy(k)?, copy(v)?);
        for (gain, rows) in [(Gain::Keys, &mut keys), (Gain::Values, &mut values)] {
            if let Some(gain) = adapted.gain(gain) {
                multiply(gain, 1.0, rows);
            }
        }
        for (norm, size, values) in
            [(&layer.q_norm, q_size, &mut queries), (&layer.k_norm, kv_size, &mut keys)]
        {
            each_rows(pool, size, values, &|first, values| {
                if let Some(norm) = norm {
                    norm.apply_in_place(values);
                }
                let first = rows.start + first;
                batch.rotate(model, maps.layer, size, first, values, |rope, angles, row| {
                    rope.apply(angles, row);
                });
            });
        }
        fit(grouped, attention::gathered(heads, &batch.lengths))?;
        attention::gather(heads, &batch.lengths, rows, [&queries, &keys, &values], grouped);
        Ok(())
    }

    /// softmax(q kᵀ / √d) v for some queries of each task.
    pub fn attend(&mut self, model: &Model, maps: &Maps, batch: &Batch, queries: Range<usize>) -> Result<()> {
        let heads = model.config().heads(maps.layer);
        let out = fit(&mut self.out, batch.ids.len() * heads.query_row())?;
        attention::forward(heads, &batch.lengths, queries, &self.grouped, out, maps.pool);
        Ok(())
    }

    /// x += W_o · what attention leaves, for these rows. The sum is left in [`Tape::middle`]; if it is known, W_o is left
    /// out unless its result is normalized, because no gradient needs it.
    pub fn mixed(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        rows: Range<usize>,
        x: &[f32],
        known: Option<&[f32]>,
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (t, heads) = (batch.ids.len(), c.heads(maps.layer));
        let Tape { out, mixed, o, middle, codes, .. } = self;
        let mixed = part(mixed, t, &rows, heads.query_row())?;
        attention::scatter_queries(heads, &batch.lengths, rows.clone(), out, mixed);
        let o = part(o, t, &rows, c.embedding)?;
        if known.is_none() || layer.attention_post_norm.is_some() {
            codes.quantize(heads.query_row(), mixed, model.compute().precision, maps.pool);
            maps.forward(Target::O, &layer.o, codes, o);
        }
        let middle = part(middle, t, &rows, c.embedding)?;
        if let Some(known) = known {
            middle.copy_from_slice(known);
        } else {
            add_branch(c.design.residual_scale, &layer.attention_post_norm, x, o, middle, maps.pool);
        }
        Ok(())
    }

    /// x += W_down · (silu(W_gate h) ⊙ W_up h), with h = norm(x), for these rows. `x` are those of the layer's input, which
    /// only parallel branches read; `out` gets the sums, if they are wanted.
    pub fn feed_forward(
        &mut self,
        model: &Model,
        maps: &Maps,
        t: usize,
        rows: Range<usize>,
        x: &[f32],
        out: Option<&mut [f32]>,
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (pool, precision) = (maps.pool, model.compute().precision);
        let Tape { middle, inner_h, gate, up, inner, down, codes, .. } = self;
        let middle = part(middle, t, &rows, c.embedding)?;
        let inner_h = part(inner_h, t, &rows, c.embedding)?;
        let [gate, inner] = [part(gate, t, &rows, c.feed_forward)?, part(inner, t, &rows, c.feed_forward)?];

        let input = if c.design.block == Block::Parallel { x } else { &middle[..] };
        normalized(&layer.feed_forward_norm, input, inner_h, pool);
        codes.quantize(c.embedding, inner_h, precision, pool);
        let up: &mut [f32] = if layer.gate.is_some() { part(up, t, &rows, c.feed_forward)? } else { &mut [] };
        if let Some(linear) = &layer.gate {
            maps.forward(Target::Gate, linear, codes, gate);
            maps.forward(Target::Up, &layer.up, codes, up);
        } else {
            maps.forward(Target::Up, &layer.up, codes, gate);
        }
        each_rows(pool, c.feed_forward, inner, &|first, inner| {
            let ours = first * c.feed_forward..first * c.feed_forward + inner.len();
            inner.copy_from_slice(&gate[ours.clone()]);
            c.design.activation.apply(inner, up.get(ours).unwrap_or_default());
        });

        // The gradient needs what W_down leaves only if that is normalized.
        let down = part(down, t, &rows, c.embedding)?;
        if out.is_some() || layer.feed_forward_post_norm.is_some() {
            codes.quantize(c.feed_forward, &gained(maps, inner)?, precision, pool);
            maps.forward(Target::Down, &layer.down, codes, down);
        }
        if let Some(out) = out {
            add_branch(c.design.residual_scale, &layer.feed_forward_post_norm, middle, down, out, pool);
        }
        Ok(())
    }
}

/// The input of W_down: the inner row times its gain.
pub(super) fn gained<'a>(maps: &Maps, inner: &'a [f32]) -> Result<std::borrow::Cow<'a, [f32]>> {
    let Some(gain) = maps.adapted().gain(Gain::Inner) else { return Ok(inner.into()) };
    let mut inner = copy(inner)?;
    multiply(gain, 1.0, &mut inner);
    Ok(inner.into())
}

/// out = x + scale · norm(branch)
fn add_branch(scale: f32, norm: &Option<Norm>, x: &[f32], branch: &[f32], out: &mut [f32], pool: &Pool) {
    let size = norm.as_ref().map_or(1, |norm| norm.weight.len());
    each_rows(pool, size, out, &|first, out| {
        let ours = first * size..first * size + out.len();
        out.copy_from_slice(&x[ours.clone()]);
        match norm {
            Some(norm) => {
                let mut branch = branch[ours].to_vec();
                norm.apply_in_place(&mut branch);
                add_scaled(out, &branch, scale);
            }
            None => add_scaled(out, &branch[ours], scale),
        }
    });
}

/// Writes norm(x) to `h`, or `x` if there is no norm.
fn normalized(norm: &Option<Norm>, x: &[f32], h: &mut [f32], pool: &Pool) {
    let size = norm.as_ref().map_or(1, |norm| norm.weight.len());
    each_rows(pool, size, h, &|first, h| {
        h.copy_from_slice(&x[first * size..first * size + h.len()]);
        if let Some(norm) = norm {
            norm.apply_in_place(h);
        }
    });
}

/// Some rows of a vector `(t, size)`, in memory that is kept from call to call.
pub(super) fn part<'a>(
    vec: &'a mut Vec<f32>,
    t: usize,
    rows: &Range<usize>,
    size: usize,
) -> Result<&'a mut [f32]> {
    Ok(&mut fit(vec, t * size)?[rows.start * size..rows.end * size])
}

/// A vector of `len` elements, in memory that is kept from call to call.
pub(super) fn fit(vec: &mut Vec<f32>, len: usize) -> Result<&mut [f32]> {
    if len > vec.len() {
        vec.try_reserve_exact(len - vec.len()).map_err(|_| Error::OutOfMemory {
            what: "training",
            bytes: (len as u64).saturating_mul(size_of::<f32>() as u64),
        })?;
    }
    vec.resize(len, 0.0);
    Ok(vec)
}

/// A copy, or an error if memory is refused.
pub(super) fn copy(values: &[f32]) -> Result<Vec<f32>> {
    let mut copy = Vec::new();
    fit(&mut copy, values.len())?.copy_from_slice(values);
    Ok(copy)
}
