//! Multi-head attention (Vaswani et al. 2017, §3.2.2) of all rows of a chunk, shared among threads.

use std::sync::{Mutex, PoisonError};

use wide::f32x4;

use super::{CHUNK, Heads, Row};
use crate::cache::{Cache, PAGE};
use crate::error::{Result, try_vec};
use crate::kernels::Pool;
use crate::kernels::dot_product::{GROUP, QUERIES, mask, prefetch, score, softmax, weighted_sum};

/// Tiles of queries that make one task for a thread, and share what it brings into its nearest cache.
const TILES: usize = 4;
/// Queries that make one task.
const TASK: usize = TILES * QUERIES;

/// Memory for the attention of a chunk.
#[derive(Debug)]
pub struct MultiHead {
    /// The mixed values, `(kv_heads, queries, head)`.
    mixed: Vec<f32>,
    /// One for each thread.
    buffers: Mutex<Vec<Buffer>>,
}

/// What a thread needs for the queries that it runs together.
#[derive(Debug, Default)]
struct Buffer {
    /// `(TILES, head, QUERIES)`.
    queries: Vec<f32>,
    /// `(TILES, groups, QUERIES)`, a lane for each slot of a group.
    scores: Vec<f32x4>,
}

impl MultiHead {
    /// Memory for all but the scores.
    pub fn new(heads: Heads) -> Result<MultiHead> {
        let queries = (CHUNK * heads.shared()).next_multiple_of(TASK);
        let mixed = try_vec(0.0, heads.kv * queries * heads.size, "a chunk")?;
        Ok(MultiHead { mixed, buffers: Mutex::default() })
    }

    /// Memory for the scores of so many slots, so that [`MultiHead::attend`] cannot fail.
    pub fn reserve(&mut self, heads: Heads, pool: &Pool, slots: usize) -> Result<()> {
        let buffers = self.buffers.get_mut().unwrap_or_else(PoisonError::into_inner);
        while buffers.len() < pool.threads() {
            buffers.push(Buffer { queries: try_vec(0.0, heads.size * TASK, "a chunk")?, scores: Vec::new() });
        }
        for Buffer { scores, .. } in buffers {
            let needed = slots.next_multiple_of(PAGE) / GROUP * TASK;
            if scores.len() < needed {
                *scores = Vec::new(); // The old ones are of no use; they go before the new ones come.
                *scores = try_vec(f32x4::ZERO, needed, "attention")?;
            }
        }
        Ok(())
    }

    /// Attention of every row to what it sees. `q` `(T, heads · head)` is replaced by the mixed values.
    ///
    /// The heads that share a head of keys and values are queries to it, row by row. A slot that a row
    /// does not see has weight zero; and since a branch begins a multiple of [`GROUP`] behind its trunk,
    /// the sums have the same terms in the same lanes as if trunk and branch were one text.
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

            // How many queries there are in a tile, and how many slots it sees.
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
            // Page by page, so that the tiles find it near.
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
                for i in 0..count {
                    let Row { trunk, branch, slot, .. } = *row(first + tile * QUERIES + i);
                    mask(scores, i, trunk..branch);
                    mask(scores, i, slot + 1..slots.next_multiple_of(GROUP));
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

    /// The weights that [`MultiHead::attend`] mixes the values of slots `0..slots` by, for one row that sees
    /// them all, of queries `q` `(heads · head)`. `weights` is `(heads, slots)`.
    ///
    /// It is computed beside `attend`, from the same parts and so with the same bits: a row that nobody asks
    /// about costs nothing.
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
            mask(scores, 0, slots..slots.next_multiple_of(GROUP));
            softmax(1, scores);
            for (slot, weight) in weights.iter_mut().enumerate() {
                *weight = scores[slot / GROUP * QUERIES].as_array()[slot % GROUP];
            }
        }
        buffers.push(buffer);
    }
}
