//! One layer, forward, for all examples of a batch at once. It is the layer of `model/forward.rs`, and keeps what its
//! gradient needs.

use super::attention;
use super::batch::Batch;
use super::linear::Maps;
use crate::adapter::{Gain, Target, multiply};
use crate::error::{Error, Result};
use crate::kernels::float::add_scaled;
use crate::kernels::{Precision, Rows};
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
    /// What attention leaves, the input of W_o, `(T, heads · head)`.
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
    rows: Rows,
}

impl Tape {
    /// x += W_o · softmax(q kᵀ / √d) v, with q, k and v from norm(x). The sum is left in [`Tape::middle`]; if it is known,
    /// W_o is left out unless its result is normalized, because no gradient needs it.
    pub fn attention(
        &mut self,
        model: &Model,
        maps: &Maps,
        batch: &Batch,
        x: &[f32],
        known: Option<&[f32]>,
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (t, heads) = (batch.ids.len(), c.heads(maps.layer));
        let (pool, precision) = (maps.pool, model.compute().precision);
        let adapted = maps.adapted();
        let Tape { h, q, k, v, grouped, mixed, o, middle, rows, .. } = self;

        normalized(&layer.attention_norm, x, h)?;
        rows.quantize(c.embedding, h, Precision::Sixteen, pool);
        maps.forward(Target::Q, &layer.q, rows, fit(q, t * heads.query_row())?);
        maps.forward(Target::K, &layer.k, rows, fit(k, t * heads.kv_row())?);
        maps.forward(Target::V, &layer.v, rows, fit(v, t * heads.kv_row())?);

        let (mut queries, mut keys, mut values) = (copy(q)?, copy(k)?, copy(v)?);
        for (gain, rows) in [(Gain::Keys, &mut keys), (Gain::Values, &mut values)] {
            if let Some(gain) = adapted.gain(gain) {
                multiply(gain, 1.0, rows);
            }
        }
        for (norm, rows) in [(&layer.q_norm, &mut queries), (&layer.k_norm, &mut keys)] {
            if let Some(norm) = norm {
                norm.apply_in_place(rows);
            }
        }
        for (size, rows) in [(heads.query_row(), &mut queries), (heads.kv_row(), &mut keys)] {
            batch.rotate(model, maps.layer, size, rows, |rope, angles, row| rope.apply(angles, row));
        }
        fit(grouped, attention::gathered(heads, &batch.lengths))?;
        attention::gather(heads, &batch.lengths, &queries, &keys, &values, grouped);
        attention::forward(heads, &batch.lengths, grouped, &mut queries, pool);
        attention::scatter_queries(heads, &batch.lengths, &queries, fit(mixed, t * heads.query_row())?);

        if known.is_none() || layer.attention_post_norm.is_some() {
            rows.quantize(heads.query_row(), mixed, precision, pool);
            maps.forward(Target::O, &layer.o, rows, fit(o, x.len())?);
        }
        if let Some(known) = known {
            fit(middle, x.len())?.copy_from_slice(known);
            return Ok(());
        }
        add_branch(c.design.residual_scale, &layer.attention_post_norm, x, o, middle)
    }

    /// x += W_down · (silu(W_gate h) ⊙ W_up h), with h = norm(x). `x` is the layer's input, which only parallel branches
    /// read; `out` gets the sum, if it is wanted.
    pub fn feed_forward(
        &mut self,
        model: &Model,
        maps: &Maps,
        x: &[f32],
        out: Option<&mut Vec<f32>>,
    ) -> Result<()> {
        let (c, layer) = (model.config(), &model.weights().layers[maps.layer]);
        let (pool, precision) = (maps.pool, model.compute().precision);
        let Tape { middle, inner_h, gate, up, inner, down, rows, .. } = self;
        let size = x.len() / c.embedding * c.feed_forward;

        let input = if c.design.block == Block::Parallel { x } else { &middle[..] };
        normalized(&layer.feed_forward_norm, input, inner_h)?;
        rows.quantize(c.embedding, inner_h, precision, pool);
        if let Some(linear) = &layer.gate {
            maps.forward(Target::Gate, linear, rows, fit(gate, size)?);
            maps.forward(Target::Up, &layer.up, rows, fit(up, size)?);
        } else {
            maps.forward(Target::Up, &layer.up, rows, fit(gate, size)?);
        }
        fit(inner, size)?.copy_from_slice(gate);
        pool.stripes(inner, size, c.feed_forward, &|mut stripe| {
            let row = stripe.columns();
            c.design.activation.apply(stripe.row(0), up.get(row).unwrap_or_default());
        });

        // The gradient needs what W_down leaves only if that is normalized.
        if out.is_some() || layer.feed_forward_post_norm.is_some() {
            rows.quantize(c.feed_forward, &gained(maps, inner)?, precision, pool);
            maps.forward(Target::Down, &layer.down, rows, fit(down, x.len())?);
        }
        let Some(out) = out else { return Ok(()) };
        add_branch(c.design.residual_scale, &layer.feed_forward_post_norm, middle, down, out)
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
fn add_branch(scale: f32, norm: &Option<Norm>, x: &[f32], branch: &[f32], out: &mut Vec<f32>) -> Result<()> {
    fit(out, x.len())?.copy_from_slice(x);
    match norm {
        Some(norm) => {
            let mut branch = copy(branch)?;
            norm.apply_in_place(&mut branch);
            add_scaled(out, &branch, scale);
        }
        None => add_scaled(out, branch, scale),
    }
    Ok(())
}

/// Writes norm(x) to `h`, or `x` if there is no norm.
fn normalized(norm: &Option<Norm>, x: &[f32], h: &mut Vec<f32>) -> Result<()> {
    fit(h, x.len())?.copy_from_slice(x);
    if let Some(norm) = norm {
        norm.apply_in_place(h);
    }
    Ok(())
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
