//! How much runs between two chances to stop, against the same products in 128 bits.

use shotglass::model::budget::{layers_at_once, rows_at_once};
use shotglass::model::{CHUNK, Config};

/// Multiplications that may run at once, unless a single layer has more.
const MOST: u128 = 1 << 30;

/// What is wrong for a network of these sizes, if anything is.
///
/// With 32-bit products Llama-3.2-1B divided by zero behind 768 tokens, and SmolLM2-1.7B ran all its layers at once.
pub fn check(c: &Config) -> Result<(), String> {
    let each = [1, 2, 3, 7, 16, 33, CHUNK];
    let seen = [1, 64, 768, 832, 1024, 4096, c.context_length];
    for (rows, slots) in each.into_iter().flat_map(|rows| seen.map(|slots| (rows, slots))) {
        let layer = rows as u128 * multiplications(c, slots);
        let layers = layers_at_once(c, rows, slots) as u128;
        let is_right = layers >= 1 && (layers == 1 || layers * layer <= MOST) && (layers + 1) * layer > MOST;
        if !is_right {
            return Err(format!("{}: {layers} layers at once of {rows} rows that see {slots} slots", c.name));
        }
    }
    for slots in seen {
        let rows = rows_at_once(c, slots);
        let layer = |rows: usize| rows as u128 * multiplications(c, slots);
        let is_right = rows == CHUNK && layer(rows) <= MOST
            || (4..CHUNK).contains(&rows)
                && rows.is_multiple_of(4)
                && (rows == 4 || layer(rows) <= MOST)
                && layer(rows + 4) > MOST;
        if !is_right {
            return Err(format!("{}: {rows} rows at once that see {slots} slots", c.name));
        }
    }
    Ok(())
}

/// Multiplications of one row in one layer.
fn multiplications(c: &Config, slots: usize) -> u128 {
    let (q, kv) = (c.heads.query_row() as u128, c.heads.kv_row() as u128);
    let inner = if c.name.starts_with("gpt") { 2 } else { 3 };
    c.embedding as u128 * (2 * q + 2 * kv + inner * c.feed_forward as u128) + 4 * q * slots as u128
}
