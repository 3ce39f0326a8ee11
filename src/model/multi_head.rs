//! Multi-head attention (Vaswani et al. 2017, §3.2.2) of all rows of a chunk, divided among threads.

use std::sync::{Mutex, PoisonError};

use wide::f32x4;

use super::{CHUNK, Heads, Row};
use crate::cache::{Cache, PAGE};
use crate::error::{Result, try_vec};
use crate::kernels::Pool;
use crate::kernels::dot_product::{GROUP, QUERIES, mask, prefetch, score, softmax, weighted_sum};
use crate::kernels::float::soft_cap;

/// Tiles of queries in one task of a thread. They share the keys and values that it loads into its nearest cache.
const TILES: usize = 4;
/// Queries in one task.
const TASK: usize = TILES * QUERIES;

/// Multi-head attention, with its memory for one chunk.
#[derive(Debug)]
pub struct MultiHead {
    /// The results, `(kv_heads, queries, head)`.
    mixed: Vec<f32>,
    /// A buffer for each thread.
    buffers: Mutex<Vec<Buffer>>,
}

/// Memory for the queries of one task.
#[derive(Debug, Default)]
struct Buffer {
    /// The queries, `(TILES, head, QUERIES)`.
    queries: Vec<f32>,
    /// The scores, `(TILES, groups, QUERIES)`, with a lane for each slot of a group.
    scores: Vec<f32x4>,
}

impl MultiHead {
    /// Allocates the memory for everything but the scores, for any number of heads of keys and values.
    pub fn new(heads: Heads) -> Result<MultiHead> {
        // The queries of a whole chunk that share a head fill whole tasks, so they take no more than their own size.
        const { assert!(CHUNK.is_multiple_of(TASK)) };
        let mixed = try_vec(0.0, CHUNK * heads.query_row(), "a chunk")?;
        Ok(MultiHead { mixed, buffers: Mutex::default() })
    }

    /// Allocates memory for the scores of `slots` slots, so that [`MultiHead::attend`] cannot fail.
    pub fn reserve(&mut self, heads: Heads, pool: &Pool, slots: usize) -> Result<()> {
        let buffers = self.buffers.get_mut().unwrap_or_else(PoisonError::into_inner);
        while buffers.len() < pool.threads() {
            buffers.push(Buffer { queries: try_vec(0.0, heads.size * TASK, "a chunk")?, scores: Vec::new() });
        }
        for Buffer { scores, .. } in buffers {
            let needed = slots.next_multiple_of(PAGE) / GROUP * TASK;
            if scores.len() < needed {
                *scores = Vec::new(); // Frees the old memory before the new one is allocated.
                *scores = try_vec(f32x4::ZERO, needed, "attention")?;
            }
        }
        Ok(())
    }

    /// Computes attention for every row and replaces the queries `q` `(T, heads · head)` by the results.
    ///
    /// The query heads that share a head of keys and values are its queries, row by row. A slot that a row does not
    /// see has weight zero. A branch begins a multiple of [`GROUP`] after its trunk, so the sums have the same terms
    /// in the same lanes as if trunk and branch were one text.
    pub fn attend(
        &mut self,
        heads: Heads,
        pool: &Pool,
        cache: &Cache,
        layer: usize,
        batch: &[Row],
        q: &mut [f32],
    ) {
        let queries = batch.len() * heads.shared();
        let tasks = queries.div_ceil(TASK); // for each head of keys and values
        let mixed = &mut self.mixed[..heads.kv * tasks * TASK * heads.size];
        let row = |query: usize| &batch[query / heads.shared()];

        let (columns, source) = (mixed.len(), &*q);
        pool.stripes(mixed, columns, TASK * heads.size, &|mut stripe| {
            let task = stripe.columns().start / (TASK * heads.size);
            let (kv_head, first) = (task / tasks, task % tasks * TASK);
            let mut buffer =
                self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let Buffer { queries: lanes, scores } = &mut buffer;

            // The number of queries in each tile, and of slots that it sees.
            let tiles: [(usize, usize); TILES] = std::array::from_fn(|tile| {
                let first = first + tile * QUERIES;
                let count = QUERIES.min(queries.saturating_sub(first));
                (count, (0..count).map(|i| row(first + i).slot + 1).max().unwrap_or(0))
            });
            let slots = tiles.map(|(_, slots)| slots).into_iter().max().unwrap_or(0);
            let groups = slots.div_ceil(GROUP);

            for (i, query) in (first..queries).take(TASK).enumerate() {
                let lanes = lanes[i / QUERIES * heads.size * QUERIES..].iter_mut().skip(i % QUERIES);
                for (lane, q) in lanes.step_by(QUERIES).zip(&source[heads.place(kv_head, query)]) {
                    *lane = *q;
                }
            }
            // Page by page, so that all tiles find the page in the nearest cache.
            for (index, page) in cache.pages(layer, kv_head, slots).enumerate() {
                let done = index * PAGE / GROUP;
                prefetch(page.keys);
                for (tile, (count, slots)) in tiles.into_iter().enumerate() {
                    let here = slots.div_ceil(GROUP).saturating_sub(done).min(PAGE / GROUP);
                    score(
                        count,
                        &lanes[tile * heads.size * QUERIES..][..heads.size * QUERIES],
                        &page.keys[..here * heads.size * GROUP],
                        heads.scale,
                        &mut scores[(tile * groups + done) * QUERIES..][..here * QUERIES],
                    );
                }
            }
            for (tile, (count, slots)) in tiles.into_iter().enumerate() {
                let scores = &mut scores[tile * groups * QUERIES..][..slots.div_ceil(GROUP) * QUERIES];
                cap(heads, scores);
                for i in 0..count {
                    let row = row(first + tile * QUERIES + i);
                    for hidden in row.hidden(heads.window) {
                        mask(scores, i, hidden);
                    }
                    mask(scores, i, row.slot + 1..slots.next_multiple_of(GROUP));
                }
                softmax(count, scores);
            }
            let out = stripe.row(0);
            out.fill(0.0);
            for (index, page) in cache.pages(layer, kv_head, slots).enumerate() {
                let done = index * PAGE;
                prefetch(page.values);
                for (tile, (count, slots)) in tiles.into_iter().enumerate() {
                    let here = slots.saturating_sub(done).min(PAGE);
                    weighted_sum(
                        count,
                        &scores[(tile * groups + done / GROUP) * QUERIES..][..here.div_ceil(GROUP) * QUERIES],
                        page.values,
                        here,
                        &mut out[tile * QUERIES * heads.size..][..QUERIES * heads.size],
                    );
                }
            }
            self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        });
        for (kv_head, mixed) in mixed.chunks_exact(tasks * TASK * heads.size).enumerate() {
            for (query, mixed) in mixed.chunks_exact(heads.size).take(queries).enumerate() {
                q[heads.place(kv_head, query)].copy_from_slice(mixed);
            }
        }
    }

    /// Computes the attention weights `(heads, slots)` of one row with queries `q` `(heads · head)` that sees all
    /// slots.
    ///
    /// [`MultiHead::attend`] uses the same weights, bit for bit, because both call the same functions. The weights
    /// are computed a second time here, so that a row costs nothing if nobody asks for its weights.
    pub fn weights(&mut self, heads: Heads, cache: &Cache, layer: usize, q: &[f32], weights: &mut [f32]) {
        let slots = weights.len() / heads.queries;
        let buffers = self.buffers.get_mut().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = buffers.pop().unwrap_or_default();
        let lanes = &mut buffer.queries[..heads.size * QUERIES];
        let scores = &mut buffer.scores[..slots.div_ceil(GROUP) * QUERIES];

        for (head, (q, weights)) in
            q.chunks_exact(heads.size).zip(weights.chunks_exact_mut(slots)).enumerate()
        {
            for (lane, q) in lanes.iter_mut().step_by(QUERIES).zip(q) {
                *lane = *q;
            }
            let pages = cache.pages(layer, heads.kv_of(head), slots);
            for (page, scores) in pages.zip(scores.chunks_mut(PAGE / GROUP * QUERIES)) {
                score(1, lanes, page.keys, heads.scale, scores);
            }
            cap(heads, scores);
            mask(scores, 0, 0..slots.saturating_sub(heads.window));
            mask(scores, 0, slots..slots.next_multiple_of(GROUP));
            softmax(1, scores);
            for (slot, weight) in weights.iter_mut().enumerate() {
                *weight = scores[slot / GROUP * QUERIES].as_array()[slot % GROUP];
            }
        }
        buffers.push(buffer);
    }
}

/// Caps the scores if the network does.
fn cap(heads: Heads, scores: &mut [f32x4]) {
    if let Some(cap) = heads.cap {
        soft_cap(bytemuck::cast_slice_mut(scores), cap);
    }
}
