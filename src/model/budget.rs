//! How much work runs before the caller has a chance to stop.

use super::{CHUNK, Config};
use crate::kernels::rows::TILE;

/// Multiplications between two chances to stop. They take about 25 ms on a core that does 40·10⁹ per second.
const WORK: u64 = 1 << 30;

/// How many layers `rows` rows pass at once if they see `slots` slots of the cache: at least one, and otherwise as
/// many as stay within 2³⁰ multiplications.
///
/// Products of sizes have 64 bits, because they do not fit into the 32 bits of `usize` in WebAssembly: 64 rows in one
/// layer of Llama 3.2 1B take 3.9·10⁹ multiplications.
pub fn layers_at_once(config: &Config, rows: usize, slots: usize) -> usize {
    let most = WORK / (rows as u64 * multiplications(config, slots)).max(1);
    usize::try_from(most.max(1)).unwrap_or(usize::MAX)
}

/// How many rows to run together if they see `slots` slots of the cache: as many as one layer takes within 2³⁰
/// multiplications. They are at least a tile and at most [`CHUNK`].
pub fn rows_at_once(config: &Config, slots: usize) -> usize {
    let most = (WORK / multiplications(config, slots).max(1)).min(CHUNK as u64) as usize;
    (most / TILE * TILE).max(TILE)
}

/// Multiplications of one row in one layer, the largest if they differ, if it sees `slots` slots of the cache.
pub fn multiplications(c: &Config, slots: usize) -> u64 {
    let [embedding, feed_forward, slots] = [c.embedding, c.feed_forward, slots].map(|size| size as u64);
    let [q, kv] = [c.heads.queries, c.heads.kv].map(|heads| heads as u64 * c.heads.size as u64);
    let inner = if c.design.activation.has_gate() { 3 } else { 2 };
    let matrices = embedding * (2 * q + 2 * kv + inner * feed_forward);
    // These count twice, because only half as many floats are multiplied at a time.
    let attention = 2 * (2 * q * slots);
    matrices + attention
}
