//! Multi-head attention (Vaswani et al. 2017, §3.2.2) of all rows of a chunk, divided among threads.

use std::ops::Range;
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

            let tiles: [Tile; TILES] = std::array::from_fn(|tile| {
                let first = first + tile * QUERIES;
                let count = QUERIES.min(queries.saturating_sub(first));
                Tile::new((0..count).map(|i| row(first + i)))
            });
            let slots = tiles.iter().map(|tile| tile.slots).max().unwrap_or(0);
            let groups = slots.div_ceil(GROUP);

            for (i, query) in (first..queries).take(TASK).enumerate() {
                let lanes = lanes[i / QUERIES * heads.size * QUERIES..].iter_mut().skip(i % QUERIES);
                for (lane, q) in lanes.step_by(QUERIES).zip(&source[heads.place(kv_head, query)]) {
                    *lane = *q;
                }
            }
            // Page by page, so that all tiles find the page in the nearest cache.
            for (index, page) in cache.pages(layer, kv_head, slots).enumerate() {
                let page_groups = index * PAGE / GROUP;
                prefetch(page.keys);
                for (n, tile) in tiles.iter().enumerate() {
                    for part in tile.parts(page_groups * GROUP..(page_groups * GROUP + page.count)) {
                        let groups_of = part.start / GROUP..part.end.div_ceil(GROUP);
                        let keys = (groups_of.start - page_groups) * heads.size * GROUP;
                        score(
                            tile.count,
                            &lanes[n * heads.size * QUERIES..][..heads.size * QUERIES],
                            &page.keys[keys..][..groups_of.len() * heads.size * GROUP],
                            heads.scale,
                            &mut scores[(n * groups + tile.place(groups_of.start)) * QUERIES..]
                                [..groups_of.len() * QUERIES],
                        );
                    }
                }
            }
            for (n, tile) in tiles.iter().enumerate() {
                let scores = &mut scores[n * groups * QUERIES..][..tile.groups() * QUERIES];
                cap(heads, scores);
                for i in 0..tile.count {
                    let row = row(first + n * QUERIES + i);
                    let behind = row.slot + 1..tile.slots.next_multiple_of(GROUP);
                    for hidden in row.hidden(heads.window).into_iter().chain([behind]) {
                        for part in tile.parts(hidden) {
                            let lane = tile.place(part.start / GROUP) * GROUP + part.start % GROUP;
                            mask(scores, i, lane..lane + part.len());
                        }
                    }
                }
                softmax(tile.count, scores);
            }
            let out = stripe.row(0);
            out.fill(0.0);
            for (index, page) in cache.pages(layer, kv_head, slots).enumerate() {
                let done = index * PAGE;
                prefetch(page.values);
                for (n, tile) in tiles.iter().enumerate() {
                    for part in tile.parts(done..done + page.count) {
                        let place = n * groups + tile.place(part.start / GROUP);
                        weighted_sum(
                            tile.count,
                            &scores[place * QUERIES..][..part.len().div_ceil(GROUP) * QUERIES],
                            page.values,
                            part.start - done..part.end - done,
                            &mut out[n * QUERIES * heads.size..][..QUERIES * heads.size],
                        );
                    }
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

/// Some queries that run together, and the slots that one of them may see: all before `hole`, and those from its end to
/// `slots`. What other branches have in between is not even read.
#[derive(Debug)]
struct Tile {
    count: usize,
    slots: usize,
    /// From a group to a group.
    hole: Range<usize>,
}

impl Tile {
    fn new<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Tile {
        let slots = rows.clone().map(|row| row.slot + 1).max().unwrap_or(0);
        let trunk = rows.clone().map(|row| row.trunk).max().unwrap_or(0).next_multiple_of(GROUP);
        let own = rows.clone().map(Row::first_behind).min().unwrap_or(0) / GROUP * GROUP;
        // Where nothing is in between, all slots are behind the hole.
        let hole = if own > trunk { trunk..own } else { 0..0 };
        Tile { count: rows.count(), slots, hole }
    }

    /// What of these slots one of the queries may see.
    fn parts(&self, slots: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let end = slots.end.min(self.slots_end());
        let parts = [slots.start..end.min(self.hole.start), slots.start.max(self.hole.end)..end];
        parts.into_iter().filter(|part| part.start < part.end)
    }

    /// The end of the last group.
    fn slots_end(&self) -> usize {
        self.slots.next_multiple_of(GROUP)
    }

    /// Where the scores of a group are.
    fn place(&self, group: usize) -> usize {
        if group * GROUP < self.hole.end { group } else { group - self.hole.len() / GROUP }
    }

    /// How many groups have scores.
    fn groups(&self) -> usize {
        (self.slots_end() - self.hole.len()) / GROUP
    }
}

/// Caps the scores if the network does.
fn cap(heads: Heads, scores: &mut [f32x4]) {
    if let Some(cap) = heads.cap {
        soft_cap(bytemuck::cast_slice_mut(scores), cap);
    }
}
