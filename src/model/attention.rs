//! Attention of all rows of a chunk, shared among threads.

use std::sync::{Mutex, PoisonError};

use wide::f32x4;

use super::{CHUNK, Config, Row};
use crate::cache::{Cache, PAGE};
use crate::error::{Result, try_vec};
use crate::kernels::Pool;
use crate::kernels::attention::{GROUP, QUERIES, hide, mix, score, softmax};

/// Queries that make one task for a thread.
const TASK: usize = 4 * QUERIES;

/// Memory for the attention of a chunk.
#[derive(Debug)]
pub struct Attention {
    /// The mixed values, `(kv_heads, queries, head)`.
    mixed: Vec<f32>,
    /// One for each thread.
    buffers: Mutex<Vec<Buffer>>,
}

/// What a thread needs for the queries that it runs together.
#[derive(Debug, Default)]
struct Buffer {
    /// `(head, QUERIES)`.
    queries: Vec<f32>,
    /// `(groups, QUERIES)`, a lane for each slot of a group.
    scores: Vec<f32x4>,
}

impl Attention {
    /// Memory for all but the scores.
    pub fn new(c: &Config) -> Result<Attention> {
        let queries = (CHUNK * (c.heads / c.kv_heads)).next_multiple_of(TASK);
        let mixed = try_vec(0.0, c.kv_heads * queries * c.head, "a chunk")?;
        Ok(Attention { mixed, buffers: Mutex::default() })
    }

    /// Memory for the scores of so many slots, so that [`Attention::attend`] cannot fail.
    pub fn reserve(&mut self, c: &Config, pool: &Pool, slots: usize) -> Result<()> {
        let buffers = self.buffers.get_mut().unwrap_or_else(PoisonError::into_inner);
        while buffers.len() < pool.threads() {
            buffers.push(Buffer { queries: try_vec(0.0, c.head * QUERIES, "a chunk")?, scores: Vec::new() });
        }
        for Buffer { scores, .. } in buffers {
            let needed = slots.next_multiple_of(PAGE) / GROUP * QUERIES;
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
        c: &Config,
        pool: &Pool,
        cache: &Cache,
        layer: usize,
        batch: &[Row],
        q: &mut [f32],
    ) {
        let shared = c.heads / c.kv_heads;
        let queries = batch.len() * shared;
        let tasks = queries.div_ceil(TASK); // for each head of keys and values
        let mixed = &mut self.mixed[..c.kv_heads * tasks * TASK * c.head];
        let row = |query: usize| &batch[query / shared];
        // The place in `q` of a query to a head of keys and values.
        let place = |kv_head: usize, query: usize| {
            let head = query / shared * c.heads + kv_head * shared + query % shared;
            head * c.head..(head + 1) * c.head
        };

        let (columns, source) = (mixed.len(), &*q);
        pool.stripes(mixed, columns, TASK * c.head, &|mut stripe| {
            let task = stripe.columns().start / (TASK * c.head);
            let (kv_head, first) = (task / tasks, task % tasks * TASK);
            let mut buffer =
                self.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let tiles = (first..queries).step_by(QUERIES);
            for (query, out) in tiles.zip(stripe.row(0).chunks_exact_mut(QUERIES * c.head)) {
                let count = QUERIES.min(queries - query);
                buffer.queries.fill(0.0);
                for i in 0..count {
                    let q = &source[place(kv_head, query + i)];
                    for (queries, q) in buffer.queries.chunks_exact_mut(QUERIES).zip(q) {
                        queries[i] = *q;
                    }
                }

                let slots = (0..count).map(|i| row(query + i).slot + 1).max().unwrap_or(0);
                let scores = &mut buffer.scores[..slots.div_ceil(GROUP) * QUERIES];
                let mut rest = &mut *scores;
                for (keys, _) in cache.pages(layer, kv_head, slots) {
                    let (here, after) = rest.split_at_mut(keys.len() / c.head / GROUP * QUERIES);
                    score(&buffer.queries, keys, 1.0 / (c.head as f32).sqrt(), here);
                    rest = after;
                }
                for i in 0..count {
                    let Row { trunk, branch, slot, .. } = *row(query + i);
                    hide(scores, i, trunk..branch);
                    hide(scores, i, slot + 1..slots.next_multiple_of(GROUP));
                }
                softmax(scores);

                out.fill(0.0);
                let mut rest = &*scores;
                for (keys, values) in cache.pages(layer, kv_head, slots) {
                    let (here, after) = rest.split_at(keys.len() / c.head / GROUP * QUERIES);
                    mix(here, values, out);
                    rest = after;
                }
            }
            self.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        });
        for (kv_head, mixed) in mixed.chunks_exact(tasks * TASK * c.head).enumerate() {
            for (query, mixed) in mixed.chunks_exact(c.head).take(queries).enumerate() {
                q[place(kv_head, query)].copy_from_slice(mixed);
            }
        }
    }
}
