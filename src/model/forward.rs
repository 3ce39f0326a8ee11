//! The forward pass, step by step, for every architecture. Each step has its equation and the shape of its result, in
//! which `T` is the number of rows. The equations are llama's (Touvron et al. 2023, §2.2); where an architecture has
//! another part, the comment of the step says so.

use super::budget::layers_at_once;
use super::{CHUNK, Config, Norm, Row, Tap, Weights, Workspace};
use crate::adapter::{Gain, Target, Tuning};
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::kernels::float::{add, add_scaled};
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

    let size = batch.len() * c.embedding;
    if s.done == 0 {
        embed(c, w, s, batch);
        s.done = tap.resume(batch, &mut s.x[..size]);
        tap.residual(s.done, batch, &mut s.x[..size]);
    }
    let depth = w.layers.len().min(tap.depth());
    let end = depth.min(s.done.saturating_add(layers_at_once(c, batch.len(), slots)));
    while s.done < end {
        attention(c, w, compute, s, cache, batch, tap);
        feed_forward(c, w, compute, s, batch.len(), cache.key().tuning());
        s.done += 1;
        tap.residual(s.done, batch, &mut s.x[..size]);
    }
    if s.done < depth {
        return Ok(false);
    }
    s.done = 0;

    let Workspace { x, h, .. } = s;
    let (x, h) = (&x[..size], &mut h[..size]);
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

/// x = scale · E\[id\], plus P\[position\] if positions are learned. It also computes the angles by which the heads of
/// each row are rotated.
fn embed(c: &Config, w: &Weights, s: &mut Workspace, batch: &[Row]) {
    for (row, x) in batch.iter().zip(s.x.chunks_exact_mut(c.embedding)) {
        w.embedding.row(row.id as usize, x); // (T, n_embd)
        x.iter_mut().for_each(|x| *x *= c.design.embedding_scale);
        if let Some(positions) = &w.positions {
            let learned = &mut s.h[..c.embedding];
            positions.row(row.position(), learned);
            add(x, learned);
        }
    }
    let half = c.rotated() / 2;
    for (rope, angles) in w.ropes.iter().zip(s.angles.chunks_exact_mut((CHUNK * half).max(1))) {
        for (row, angles) in batch.iter().zip(angles.chunks_exact_mut(half)) {
            rope.angles(row.position(), angles);
        }
    }
}

/// x += W_o · softmax(q kᵀ / √d) v, with q, k and v from norm(x)
///
/// An adapter, with which the positions of the cache run, adds to the product of each matrix. Queries and keys may be normalized, and so may what is added.
// Inlined, it makes decode in WebAssembly slower.
#[inline(never)]
fn attention(
    c: &Config,
    w: &Weights,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    cache: &mut Cache,
    batch: &[Row],
    tap: &mut dyn Tap,
) {
    let (t, index, layer) = (batch.len(), s.done, &w.layers[s.done]);
    let heads = c.heads(index);
    let Workspace { x, h, input, q, k, v, attention, angles, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let q = &mut q[..t * heads.query_row()];
    let (k, v) = (&mut k[..t * heads.kv_row()], &mut v[..t * heads.kv_row()]);

    input.iter_mut().zip(&*x).for_each(|(input, x)| *input = *x);
    rows.quantize(c.embedding, normalized(&layer.attention_norm, x, h), Precision::Sixteen, pool);
    layer.q.apply(rows, q, pool); // (T, heads · head)
    layer.k.apply(rows, k, pool); // (T, kv_heads · head)
    layer.v.apply(rows, v, pool); // (T, kv_heads · head)
    if let Some(tuning) = cache.key().tuning() {
        tuning.add(index, Target::Q, rows, q, pool);
        tuning.add(index, Target::K, rows, k, pool);
        tuning.add(index, Target::V, rows, v, pool);
        tuning.multiply(index, Gain::Keys, k);
        tuning.multiply(index, Gain::Values, v);
    }
    normalize(&layer.q_norm, q);
    normalize(&layer.k_norm, k);

    if let Some(rotation) = c.rotation(index) {
        let (rope, half) = (&w.ropes[rotation], c.rotated() / 2);
        for i in 0..t {
            let angles = &angles[(rotation * CHUNK + i) * half..][..half];
            rope.apply(angles, &mut q[i * heads.query_row()..][..heads.query_row()]);
            rope.apply(angles, &mut k[i * heads.kv_row()..][..heads.kv_row()]);
        }
    }
    for (i, Row { slot, .. }) in batch.iter().enumerate() {
        let [k, v] = [&*k, &*v].map(|rows| &rows[i * heads.kv_row()..][..heads.kv_row()]);
        cache.write(index, *slot, k, v);
    }
    if let Some(weights) = tap.attention(index) {
        attention.weights(heads, cache, index, q, weights);
    }
    attention.attend(heads, pool, cache, index, batch, q); // (T, heads · head)

    rows.quantize(heads.query_row(), q, *precision, pool);
    layer.o.apply(rows, h, pool); // (T, n_embd)
    if let Some(tuning) = cache.key().tuning() {
        tuning.add(index, Target::O, rows, h, pool);
    }
    normalize(&layer.attention_post_norm, h);
    add_scaled(x, h, c.design.residual_scale);
}

/// x += W_down · (silu(W_gate h) ⊙ W_up h), with h = norm(x)
///
/// Without a gate it is W_down · gelu(W_up h). Where the branches are parallel, h is the norm of the layer's input. What
/// is added may be normalized.
// Inlined, it makes decode in WebAssembly slower.
#[inline(never)]
fn feed_forward(
    c: &Config,
    w: &Weights,
    Compute { pool, precision }: &Compute,
    s: &mut Workspace,
    t: usize,
    tuning: Option<&Tuning>,
) {
    let (index, layer) = (s.done, &w.layers[s.done]);
    let Workspace { x, h, input, gate, up, rows, .. } = s;
    let (x, h) = (&mut x[..t * c.embedding], &mut h[..t * c.embedding]);
    let (inner, up) = (&mut gate[..t * c.feed_forward], &mut up[..t * c.feed_forward]);

    let input = input.get(..t * c.embedding).unwrap_or(x);
    rows.quantize(c.embedding, normalized(&layer.feed_forward_norm, input, h), *precision, pool);
    if let Some(gate) = &layer.gate {
        gate.apply(rows, inner, pool); // (T, n_ff)
        layer.up.apply(rows, up, pool); // (T, n_ff)
    } else {
        layer.up.apply(rows, inner, pool); // (T, n_ff)
    }
    if let Some(tuning) = tuning {
        let plain = if layer.gate.is_some() { &mut *up } else { &mut *inner };
        tuning.add(index, Target::Up, rows, plain, pool);
        tuning.add(index, Target::Gate, rows, inner, pool);
    }
    pool.stripes(inner, t * c.feed_forward, c.feed_forward, &|mut stripe| {
        let row = stripe.columns();
        c.design.activation.apply(stripe.row(0), &up[row]);
    });

    if let Some(tuning) = tuning {
        tuning.multiply(index, Gain::Inner, inner);
    }
    rows.quantize(c.feed_forward, inner, *precision, pool);
    layer.down.apply(rows, h, pool); // (T, n_embd)
    if let Some(tuning) = tuning {
        tuning.add(index, Target::Down, rows, h, pool);
    }
    normalize(&layer.feed_forward_post_norm, h);
    add_scaled(x, h, c.design.residual_scale);
}

/// norm(x), written to `h`, or `x` if there is no norm.
fn normalized<'a>(norm: &Option<Norm>, x: &'a [f32], h: &'a mut [f32]) -> &'a [f32] {
    match norm {
        Some(norm) => {
            norm.apply(x, h);
            h
        }
        None => x,
    }
}

/// x = norm(x), if there is a norm.
fn normalize(norm: &Option<Norm>, x: &mut [f32]) {
    if let Some(norm) = norm {
        norm.apply_in_place(x);
    }
}
