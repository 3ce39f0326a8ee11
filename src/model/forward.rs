//! The llama architecture (Touvron et al. 2023, §2.2), step by step: the equation, then the shape.

use super::budget::layers_at_once;
use super::{CHUNK, Config, Row, Weights, Workspace};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernels::float::{add, rms_norm, rope, rope_angles, swiglu};
use crate::kernels::{Compute, Precision};

/// Runs `batch`, at most [`CHUNK`] rows, and leaves the keys, values and hidden row of each in its
/// slot of `cache`. `T` is the number of rows.
///
/// It runs some layers and returns whether these were the last; if not, it wants to be called again
/// with the same batch and a cache that nobody has changed, or [`Workspace::restart`].
///
/// `record` is room for the attention weights of a batch of one row, which has no branch,
/// `(layers, heads, slots)`.
pub(super) fn forward(
    c: &Config,
    w: &Weights,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
    mut record: Option<&mut [f32]>,
) -> Result<bool> {
    let batch = &batch[..batch.len().min(CHUNK)];
    let t = batch.len();
    if t == 0 {
        return Ok(true);
    }
    let (mut positions, mut slots) = (0, 0);
    for row in batch {
        positions = positions.max(row.position() + 1);
        slots = slots.max(row.slot + 1);
    }
    if positions > c.context_length {
        return Err(Error::PromptTooLong { tokens: positions, is_all: true, limit: c.context_length });
    }
    cache.reserve(slots.saturating_sub(cache.len()))?;

    let Workspace { done, x, h, q, k, v, gate, up, attention, angles, rows } = s;
    attention.reserve(c, pool, slots)?;
    let x = &mut x[..t * c.embedding];
    let h = &mut h[..t * c.embedding];
    let q = &mut q[..t * c.heads * c.head];
    let k = &mut k[..t * c.kv_heads * c.head];
    let v = &mut v[..t * c.kv_heads * c.head];
    let gate = &mut gate[..t * c.feed_forward];
    let up = &mut up[..t * c.feed_forward];

    if *done == 0 {
        for (row, x) in batch.iter().zip(x.chunks_exact_mut(c.embedding)) {
            w.embedding.row(row.id as usize, x); // (T, n_embd)
        }
        for (row, angles) in batch.iter().zip(angles.chunks_exact_mut((c.rotated / 2).max(1))) {
            rope_angles(row.position(), c.rope_base, &w.rope_factors, angles);
        }
    }

    let now = layers_at_once(c, t, slots);
    for (index, layer) in w.layers.iter().enumerate().skip(*done).take(now) {
        // Attention: x += W_o · softmax(q kᵀ / √d) v
        rms_norm(x, &layer.attention_norm, c.epsilon, h);
        rows.set(c.embedding, h, Precision::Sixteen, pool);
        layer.q.apply(rows, q, pool); // (T, heads · head)
        layer.k.apply(rows, k, pool); // (T, kv_heads · head)
        layer.v.apply(rows, v, pool); // (T, kv_heads · head)

        for (i, Row { slot, .. }) in batch.iter().enumerate() {
            let angles = &angles[i * (c.rotated / 2)..][..c.rotated / 2];
            let row = |heads: usize| i * heads * c.head..(i + 1) * heads * c.head;
            q[row(c.heads)].chunks_exact_mut(c.head).for_each(|q| rope(q, angles));
            k[row(c.kv_heads)].chunks_exact_mut(c.head).for_each(|k| rope(k, angles));
            cache.write(index, *slot, &k[row(c.kv_heads)], &v[row(c.kv_heads)]);
        }
        if let Some(weights) = record.as_deref_mut() {
            let size = c.heads * slots;
            attention.weights(c, cache, index, q, &mut weights[index * size..][..size]);
        }
        attention.attend(c, pool, cache, index, batch, q); // (T, heads · head)
        rows.set(c.heads * c.head, q, *precision, pool);
        layer.o.apply(rows, h, pool); // (T, n_embd)
        add(x, h);

        // Feed-forward: x += W_down · (silu(W_gate x) ⊙ W_up x)
        rms_norm(x, &layer.feed_forward_norm, c.epsilon, h);
        rows.set(c.embedding, h, *precision, pool);
        layer.gate.apply(rows, gate, pool); // (T, n_ff)
        layer.up.apply(rows, up, pool); // (T, n_ff)
        pool.stripes(gate, t * c.feed_forward, c.feed_forward, &|mut stripe| {
            let row = stripe.columns();
            swiglu(stripe.row(0), &up[row]);
        });
        rows.set(c.feed_forward, gate, *precision, pool);
        layer.down.apply(rows, h, pool); // (T, n_embd)
        add(x, h);
        *done += 1;
    }
    if *done < w.layers.len() {
        return Ok(false);
    }
    *done = 0;

    rms_norm(x, &w.output_norm, c.epsilon, h);
    for (row, hidden) in batch.iter().zip(h.chunks_exact(c.embedding)) {
        cache.write_hidden(row.slot, hidden); // (T, n_embd)
    }
    Ok(true)
}
