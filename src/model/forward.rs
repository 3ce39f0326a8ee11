//! The llama architecture (Touvron et al. 2023, §2.2), step by step: the equation, then the shape.

use super::{CHUNK, Config, Weights, Workspace};
use crate::cache::{Cache, PAGE};
use crate::error::{Error, Result};
use crate::kernels::attention::{mix, score, softmax};
use crate::kernels::float::{add, rms_norm, rope, rope_angles, swiglu};

/// Runs `ids` behind the positions in `cache`, and leaves their keys, values and hidden rows there.
/// `T` is the number of ids.
pub(super) fn forward(
    c: &Config,
    w: &Weights,
    s: &mut Workspace,
    cache: &mut Cache,
    ids: &[u32],
) -> Result<()> {
    let (t, start) = (ids.len().min(CHUNK), cache.len());
    let ids = &ids[..t];
    if start + t > c.context_length {
        return Err(Error::PromptTooLong { tokens: start + t, limit: c.context_length });
    }
    cache.reserve(t)?;

    let Workspace { x, h, q, k, v, gate, up, scores, angles, rows } = s;
    let x = &mut x[..t * c.embedding];
    let h = &mut h[..t * c.embedding];
    let q = &mut q[..t * c.heads * c.head];
    let k = &mut k[..t * c.kv_heads * c.head];
    let v = &mut v[..t * c.kv_heads * c.head];
    let gate = &mut gate[..t * c.feed_forward];
    let up = &mut up[..t * c.feed_forward];

    for (&id, x) in ids.iter().zip(x.chunks_exact_mut(c.embedding)) {
        w.embedding.row(id as usize, x); // (T, n_embd)
    }
    for (i, angles) in angles.chunks_exact_mut((c.rotated / 2).max(1)).take(t).enumerate() {
        rope_angles(start + i, c.rope_base, &w.rope_factors, angles);
    }

    for (index, layer) in w.layers.iter().enumerate() {
        // Attention: x += W_o · softmax(q kᵀ / √d) v
        rms_norm(x, &layer.attention_norm, c.epsilon, h);
        rows.set(c.embedding, h);
        layer.q.apply(rows, q); // (T, heads · head)
        layer.k.apply(rows, k); // (T, kv_heads · head)
        layer.v.apply(rows, v); // (T, kv_heads · head)

        for i in 0..t {
            let angles = &angles[i * (c.rotated / 2)..][..c.rotated / 2];
            let row = |heads: usize| i * heads * c.head..(i + 1) * heads * c.head;
            q[row(c.heads)].chunks_exact_mut(c.head).for_each(|q| rope(q, angles));
            k[row(c.kv_heads)].chunks_exact_mut(c.head).for_each(|k| rope(k, angles));
            cache.write(index, start + i, &k[row(c.kv_heads)], &v[row(c.kv_heads)]);
        }
        for (i, q) in q.chunks_exact_mut(c.heads * c.head).enumerate() {
            attend(c, cache, index, start + i, q, scores); // (T, heads · head)
        }
        rows.set(c.heads * c.head, q);
        layer.o.apply(rows, h); // (T, n_embd)
        add(x, h);

        // Feed-forward: x += W_down · (silu(W_gate x) ⊙ W_up x)
        rms_norm(x, &layer.feed_forward_norm, c.epsilon, h);
        rows.set(c.embedding, h);
        layer.gate.apply(rows, gate); // (T, n_ff)
        layer.up.apply(rows, up); // (T, n_ff)
        swiglu(gate, up);
        rows.set(c.feed_forward, gate);
        layer.down.apply(rows, h); // (T, n_embd)
        add(x, h);
    }

    rms_norm(x, &w.output_norm, c.epsilon, h);
    for (i, hidden) in h.chunks_exact(c.embedding).enumerate() {
        cache.write_hidden(start + i, hidden); // (T, n_embd)
    }
    cache.commit(ids);
    Ok(())
}

/// Attention of the token at `position` to itself and all before it. `q` `(heads · head)` is
/// replaced by the mixed values.
fn attend(c: &Config, cache: &Cache, layer: usize, position: usize, q: &mut [f32], scores: &mut [f32]) {
    let len = position + 1;
    let scale = 1.0 / (c.head as f32).sqrt();
    let scores = &mut scores[..len.next_multiple_of(PAGE)];
    for (head, q) in q.chunks_exact_mut(c.head).enumerate() {
        let kv_head = head / (c.heads / c.kv_heads);
        for ((keys, _), scores) in cache.pages(layer, kv_head, len).zip(scores.chunks_exact_mut(PAGE)) {
            score(q, keys, scale, scores);
        }
        scores[len..].fill(f32::NEG_INFINITY);
        softmax(&mut scores[..len.next_multiple_of(4)]);

        q.fill(0.0);
        for ((_, values), weights) in cache.pages(layer, kv_head, len).zip(scores[..len].chunks(PAGE)) {
            mix(weights, values, q);
        }
    }
}
