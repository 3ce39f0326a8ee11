//! The heads of attention: their number, their size, and which of them share keys and values.

use std::ops::Range;

/// The heads of grouped-query attention (Ainslie et al. 2023), in which several query heads share each head of
/// keys and values. Query heads that share one are neighbors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heads {
    /// Query heads.
    pub queries: usize,
    /// Heads of keys and values, a divisor of `queries`.
    pub kv: usize,
    /// Size of a head.
    pub size: usize,
    /// The factor of a score.
    pub scale: f32,
}

impl Heads {
    /// Heads whose scores are divided by the square root of their size (Vaswani et al. 2017, eq. 1).
    pub fn new(queries: usize, kv: usize, size: usize) -> Heads {
        Heads { queries, kv, size, scale: 1.0 / (size as f32).sqrt() }
    }

    /// Query heads that share a head of keys and values.
    pub fn shared(self) -> usize {
        self.queries / self.kv
    }

    /// The head of keys and values that a query head reads.
    pub fn kv_of(self, head: usize) -> usize {
        head / self.shared()
    }

    /// Size of the queries of one position.
    pub fn query_row(self) -> usize {
        self.queries * self.size
    }

    /// Size of the keys of one position, and of its values.
    pub fn kv_row(self) -> usize {
        self.kv * self.size
    }

    /// Where a query lies in the queries `(T, heads · head)` of several positions. The queries to a head of keys
    /// and values are counted position by position.
    pub fn place(self, kv_head: usize, query: usize) -> Range<usize> {
        let shared = self.shared();
        let head = query / shared * self.queries + kv_head * shared + query % shared;
        head * self.size..(head + 1) * self.size
    }
}
