//! The forward pass, step by step (Touvron et al. 2023, §2.2). Each step has its equation and the shape of its
//! result, in which `T` is the number of rows.

use super::budget::layers_at_once;
use super::{CHUNK, Config, Row, Tap, Weights, Workspace};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernels::float::{add, swiglu};
use crate::kernels::{Compute, Precision};

/// Runs some layers for `batch`, at most [`CHUNK`] rows, and writes the keys, values and hidden row of each to its
/// slot of `cache`.
///
/// Returns whether these were the last layers. If not, call it again with the same batch and an unchanged cache, or
/// abandon the batch with [`Workspace::restart`].
pub(super) fn forward(
    c: &Config,
    w: &Weights,
    compute: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
    tap: &mut dyn Tap,
) -> Result<bool> {
    let batch = &batch[..batch.len().min(CHUNK)];
    if batch.is_empty() {
        return Ok(true);
    }
    let slots = reserve(c, compute, s, cache, batch)?;

    if s.done == 0 {
        embed(c, w, s, batch);
    }
    let end = w.layers.len().min(s.done.saturating_add(layers_at_once(c, batch.len(), slots)));
    while s.done < end {
        attention(c, w, compute, s, cache, batch, tap);
        feed_forward(c, w, compute, s, batch.len());
        s.done += 1;
    }
    if s.done < w.layers.len() {
        return Ok(false);
    }
    s.done = 0;

    let Workspace { x, h, .. } = s;
    let (x, h) = (&x[..batch.len() * c.embedding], &mut h[..batch.len() * c.embedding]);
    w.output_norm.apply(x, h);
    for (row, hidden) in batch.iter().zip(h.chunks_exact(c.embedding)) {
        cache.write_hidden(row.slot, hidden); // (T, n_embd)
    }
    Ok(true)
}

/// Allocates all memory that the batch needs, so that no later step can fail. Returns how many slots its rows see.
fn reserve(
    c: &Config,
    compute: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
) -> Result<usize> {
    let (mut positions, mut slots) = (0, 0);
    for row in batch {
        positions = positions.max(row.position() + 1);
        slots = slots.max(row.slot + 1);
    }
    if positions > c.context_length {
        return Err(Error::PromptTooLong { tokens: positions, is_all: true, limit: c.context_length });
    }
    cache.reserve(slots.saturating_sub(cache.len()))?;
    s.attention.reserve(c.heads, &compute.pool, slots)?;
    Ok(slots)
}

/// x = E\[id\]. It also computes the angles by which the heads of each row are rotated.
fn embed(c: &Config, w: &Weights, s: &mut Workspace, batch: &[Row]) {
    for (row, x) in batch.iter().zip(s.x.chunks_exact_mut(c.embedding)) {
        w.embedding.row(row.id as usize, x); // (T, n_embd)
    }
    for (row, angles) in batch.iter().zip(s.angles.chunks_exact_mut((c.rotated / 2).max(1))) {
        w.rope.angles(row.position(), angles);
    }
}

/// x += W_o · softmax(q kᵀ / √d) v
fn attention(
    c: &Config,
    w: &Weights,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
    tap: &mut dyn Tap,
) {
    let (t, heads, index, layer) = (batch.len(), c.heads, s.done, &w.layers[s.done]);
    let Workspace { x, h, q, k, v, attention, angles, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let q = &mut q[..t * heads.query_row()];
    let (k, v) = (&mut k[..t * heads.kv_row()], &mut v[..t * heads.kv_row()]);

    layer.attention_norm.apply(x, h);
    rows.quantize(c.embedding, h, Precision::Sixteen, pool);
    layer.q.apply(rows, q, pool); // (T, heads · head)
    layer.k.apply(rows, k, pool); // (T, kv_heads · head)
    layer.v.apply(rows, v, pool); // (T, kv_heads · head)

    for (i, Row { slot, .. }) in batch.iter().enumerate() {
        let angles = &angles[i * (c.rotated / 2)..][..c.rotated / 2];
        let q = &mut q[i * heads.query_row()..][..heads.query_row()];
        let [k, v] = [&mut *k, &mut *v].map(|rows| &mut rows[i * heads.kv_row()..][..heads.kv_row()]);
        w.rope.apply(angles, q);
        w.rope.apply(angles, k);
        cache.write(index, *slot, k, v);
    }
    if let Some(weights) = tap.attention(index) {
        attention.weights(heads, cache, index, q, weights);
    }
    attention.attend(heads, pool, cache, index, batch, q); // (T, heads · head)

    rows.quantize(heads.query_row(), q, *precision, pool);
    layer.o.apply(rows, h, pool); // (T, n_embd)
    add(x, h);
}

/// x += W_down · (silu(W_gate x) ⊙ W_up x)
fn feed_forward(c: &Config, w: &Weights, Compute { pool, precision }: &Compute, s: &mut Workspace, t: usize) {
    let layer = &w.layers[s.done];
    let Workspace { x, h, gate, up, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let (gate, up) = (&mut gate[..t * c.feed_forward], &mut up[..t * c.feed_forward]);

    layer.feed_forward_norm.apply(x, h);
    rows.quantize(c.embedding, h, *precision, pool);
    layer.gate.apply(rows, gate, pool); // (T, n_ff)
    layer.up.apply(rows, up, pool); // (T, n_ff)
    pool.stripes(gate, t * c.feed_forward, c.feed_forward, &|mut stripe| {
        let row = stripe.columns();
        swiglu(stripe.row(0), &up[row]);
    });

    rows.quantize(c.feed_forward, gate, *precision, pool);
    layer.down.apply(rows, h, pool); // (T, n_embd)
    add(x, h);
}
