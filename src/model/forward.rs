//! The llama architecture (Touvron et al. 2023, §2.2), step by step: the equation, then the shape.

use super::{CHUNK, Config, Row, Weights, Workspace};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernels::attention::{GROUP, mix, score, softmax};
use crate::kernels::float::{add, rms_norm, rope, rope_angles, swiglu};
use crate::kernels::{Compute, Precision};

/// Runs `batch`, at most [`CHUNK`] rows, and leaves the keys, values and hidden row of each in its
/// slot of `cache`. `T` is the number of rows.
pub(super) fn forward(
    c: &Config,
    w: &Weights,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
) -> Result<()> {
    let batch = &batch[..batch.len().min(CHUNK)];
    let t = batch.len();
    let (mut positions, mut slots) = (0, 0);
    for row in batch {
        positions = positions.max(row.position() + 1);
        slots = slots.max(row.slot + 1);
    }
    if positions > c.context_length {
        return Err(Error::PromptTooLong { tokens: positions, limit: c.context_length });
    }
    cache.reserve(slots.saturating_sub(cache.len()))?;

    let Workspace { x, h, q, k, v, gate, up, scores, angles, rows } = s;
    let x = &mut x[..t * c.embedding];
    let h = &mut h[..t * c.embedding];
    let q = &mut q[..t * c.heads * c.head];
    let k = &mut k[..t * c.kv_heads * c.head];
    let v = &mut v[..t * c.kv_heads * c.head];
    let gate = &mut gate[..t * c.feed_forward];
    let up = &mut up[..t * c.feed_forward];

    for (row, x) in batch.iter().zip(x.chunks_exact_mut(c.embedding)) {
        w.embedding.row(row.id as usize, x); // (T, n_embd)
    }
    for (row, angles) in batch.iter().zip(angles.chunks_exact_mut((c.rotated / 2).max(1))) {
        rope_angles(row.position(), c.rope_base, &w.rope_factors, angles);
    }

    for (index, layer) in w.layers.iter().enumerate() {
        // Attention: x += W_o · softmax(q kᵀ / √d) v
        rms_norm(x, &layer.attention_norm, c.epsilon, h);
        rows.set(c.embedding, h, Precision::Sixteen);
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
        for (row, q) in batch.iter().zip(q.chunks_exact_mut(c.heads * c.head)) {
            attend(c, cache, index, row, q, scores); // (T, heads · head)
        }
        rows.set(c.heads * c.head, q, *precision);
        layer.o.apply(rows, h, pool); // (T, n_embd)
        add(x, h);

        // Feed-forward: x += W_down · (silu(W_gate x) ⊙ W_up x)
        rms_norm(x, &layer.feed_forward_norm, c.epsilon, h);
        rows.set(c.embedding, h, *precision);
        layer.gate.apply(rows, gate, pool); // (T, n_ff)
        layer.up.apply(rows, up, pool); // (T, n_ff)
        swiglu(gate, up);
        rows.set(c.feed_forward, gate, *precision);
        layer.down.apply(rows, h, pool); // (T, n_embd)
        add(x, h);
    }

    rms_norm(x, &w.output_norm, c.epsilon, h);
    for (row, hidden) in batch.iter().zip(h.chunks_exact(c.embedding)) {
        cache.write_hidden(row.slot, hidden); // (T, n_embd)
    }
    Ok(())
}

/// Attention of one row to the trunk, and to its branch as far as itself. `q` `(heads · head)` is
/// replaced by the mixed values.
///
/// Scores lie in the order of positions, as if trunk and branch were one text: what follows sums
/// them in the same order, and gives the same bits, wherever the branch's slots are.
fn attend(c: &Config, cache: &Cache, layer: usize, row: &Row, q: &mut [f32], scores: &mut [f32]) {
    let len = row.position() + 1;
    // Each part of the text: its first position, and its slots.
    let parts = [(0, 0..row.trunk), (row.trunk, row.branch..row.slot + 1)];
    let scale = 1.0 / (c.head as f32).sqrt();
    let scores = &mut scores[..len.next_multiple_of(GROUP)];
    for (head, q) in q.chunks_exact_mut(c.head).enumerate() {
        let kv_head = head / (c.heads / c.kv_heads);
        for (first, slots) in &parts {
            // Where a part begins within a group, the lanes before it are not its own.
            let group = first - first % GROUP;
            let before: [f32; GROUP] = std::array::from_fn(|lane| scores[group + lane]);
            let mut out = &mut scores[group..];
            for (keys, _) in cache.pages(layer, kv_head, slots.clone()) {
                let (here, rest) = out.split_at_mut(keys.len() / c.head);
                score(q, keys, scale, here);
                out = rest;
            }
            scores[group..*first].copy_from_slice(&before[..first % GROUP]);
        }
        scores[len..].fill(f32::NEG_INFINITY);
        softmax(scores);

        q.fill(0.0);
        for (first, slots) in &parts {
            let mut weights = &scores[*first..];
            for (_, values) in cache.pages(layer, kv_head, slots.clone()) {
                let (here, rest) = weights.split_at(values.len() / c.head);
                mix(here, values, q);
                weights = rest;
            }
        }
    }
}
