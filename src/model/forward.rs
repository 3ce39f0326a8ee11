//! The pass through the network, step by step: the equation, then the shape (Touvron et al. 2023, §2.2).

use super::budget::layers_at_once;
use super::weights::Layer;
use super::{CHUNK, Config, Row, Tap, Weights, Workspace};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernels::float::{add, rms_norm, rope, rope_angles, swiglu};
use crate::kernels::{Compute, Precision};

/// Runs `batch`, at most [`CHUNK`] rows, and leaves the keys, values and hidden row of each in its
/// slot of `cache`. `T` is the number of rows.
///
/// It runs some layers and returns whether these were the last; if not, it wants to be called again
/// with the same batch and a cache that nobody has changed, or [`Workspace::restart`].
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
        let layer = &w.layers[s.done];
        attention(c, layer, compute, s, cache, batch, tap);
        feed_forward(c, layer, compute, s, batch.len());
        s.done += 1;
    }
    if s.done < w.layers.len() {
        return Ok(false);
    }
    s.done = 0;

    let Workspace { x, h, .. } = s;
    let (x, h) = (&x[..batch.len() * c.embedding], &mut h[..batch.len() * c.embedding]);
    rms_norm(x, &w.output_norm, c.epsilon, h);
    for (row, hidden) in batch.iter().zip(h.chunks_exact(c.embedding)) {
        cache.write_hidden(row.slot, hidden); // (T, n_embd)
    }
    Ok(true)
}

/// Memory for all that the batch needs, so that nothing behind it can fail. Returns how many slots its rows see.
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
    s.attention.reserve(c, &compute.pool, slots)?;
    Ok(slots)
}

/// x = E\[id\], and the angles by which the heads of each row are rotated.
fn embed(c: &Config, w: &Weights, s: &mut Workspace, batch: &[Row]) {
    for (row, x) in batch.iter().zip(s.x.chunks_exact_mut(c.embedding)) {
        w.embedding.row(row.id as usize, x); // (T, n_embd)
    }
    for (row, angles) in batch.iter().zip(s.angles.chunks_exact_mut((c.rotated / 2).max(1))) {
        rope_angles(row.position(), c.rope_base, &w.rope_factors, angles);
    }
}

/// x += W_o · softmax(q kᵀ / √d) v
fn attention(
    c: &Config,
    layer: &Layer,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
    tap: &mut dyn Tap,
) {
    let t = batch.len();
    let Workspace { done: index, x, h, q, k, v, attention, angles, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let q = &mut q[..t * c.heads * c.head];
    let (k, v) = (&mut k[..t * c.kv_heads * c.head], &mut v[..t * c.kv_heads * c.head]);

    rms_norm(x, &layer.attention_norm, c.epsilon, h);
    rows.quantize(c.embedding, h, Precision::Sixteen, pool);
    layer.q.apply(rows, q, pool); // (T, heads · head)
    layer.k.apply(rows, k, pool); // (T, kv_heads · head)
    layer.v.apply(rows, v, pool); // (T, kv_heads · head)

    for (i, Row { slot, .. }) in batch.iter().enumerate() {
        let angles = &angles[i * (c.rotated / 2)..][..c.rotated / 2];
        let row = |heads: usize| i * heads * c.head..(i + 1) * heads * c.head;
        q[row(c.heads)].chunks_exact_mut(c.head).for_each(|q| rope(q, angles));
        k[row(c.kv_heads)].chunks_exact_mut(c.head).for_each(|k| rope(k, angles));
        cache.write(*index, *slot, &k[row(c.kv_heads)], &v[row(c.kv_heads)]);
    }
    if let Some(weights) = tap.attention(*index) {
        attention.weights(c, cache, *index, q, weights);
    }
    attention.attend(c, pool, cache, *index, batch, q); // (T, heads · head)

    rows.quantize(c.heads * c.head, q, *precision, pool);
    layer.o.apply(rows, h, pool); // (T, n_embd)
    add(x, h);
}

/// x += W_down · (silu(W_gate x) ⊙ W_up x)
fn feed_forward(
    c: &Config,
    layer: &Layer,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    t: usize,
) {
    let Workspace { x, h, gate, up, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let (gate, up) = (&mut gate[..t * c.feed_forward], &mut up[..t * c.feed_forward]);

    rms_norm(x, &layer.feed_forward_norm, c.epsilon, h);
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
