//! A few caches, so that a prompt need not run again because others came between.
//!
//! One cache is active, the others rest as they were left. Where prompts begin alike, their caches
//! share pages: a cache that goes another way from some token on is a fork of the one it follows.

use crate::cache::{Cache, Shape};
use crate::error::Result;

/// The active cache, and those that rest.
#[derive(Debug, Clone)]
pub struct Caches {
    active: Cache,
    /// The one that was active last is the last. None holds only what another holds too.
    resting: Vec<Cache>,
    /// Most bytes that resting caches may hold beside what they share with the active one.
    budget: usize,
}

impl Caches {
    /// One empty cache, and room for others to rest in `budget` bytes.
    pub fn new(shape: Shape, budget: usize) -> Caches {
        Caches { active: Cache::new(shape), resting: Vec::new(), budget }
    }

    /// The active cache.
    pub fn active(&self) -> &Cache {
        &self.active
    }

    /// The active cache, to run positions in that [`Caches::reserve`] made room for.
    pub fn active_mut(&mut self) -> &mut Cache {
        &mut self.active
    }

    /// Those that rest, the one that was active last at the end.
    pub fn resting(&self) -> &[Cache] {
        &self.resting
    }

    /// Bytes of the resting caches' pages, each counted once and without those of the active cache.
    pub fn resting_bytes(&self) -> usize {
        Cache::bytes_beside(&self.active, &self.resting)
    }

    /// Makes active what saves most of `ids`, cut to what it has in common with them, and returns
    /// how many tokens that is. What is cut off rests.
    pub fn aim(&mut self, ids: &[u32]) -> usize {
        self.active.truncate(self.active.len()); // what branches left behind it goes
        let mut common = self.active.common_prefix(ids);
        // Of those that save the same, the active one, then the one that was active last.
        let saved = self.resting.iter().map(|cache| cache.common_prefix(ids)).enumerate();
        if let Some((index, most)) = saved.max_by_key(|&(_, saved)| saved)
            && most > common
        {
            let other = self.resting.remove(index);
            let before = std::mem::replace(&mut self.active, other);
            self.rest(before);
            common = most;
        }
        if common < self.active.len() {
            let whole = self.active.fork();
            self.active.truncate(common);
            self.rest(whole);
        }
        self.keep_to_budget();
        common
    }

    /// Makes room in the active cache for `count` more positions. Where memory is refused, all that
    /// rests goes: what cannot fail politely, such as encoding a text, needs some too.
    pub fn reserve(&mut self, count: usize) -> Result<()> {
        if self.active.has_room(count) {
            return Ok(());
        }
        if let Err(error) = self.active.reserve(count) {
            if self.resting.is_empty() {
                return Err(error);
            }
            self.resting.clear();
            self.active.reserve(count)?;
        }
        // A page that was shared with the active cache may be a resting one's own now.
        self.keep_to_budget();
        Ok(())
    }

    /// Keeps `cache`, unless another holds all that it does.
    fn rest(&mut self, cache: Cache) {
        let holds = |other: &Cache| other.common_prefix(cache.tokens()) == cache.len();
        if !holds(&self.active) && !self.resting.iter().any(holds) {
            self.resting.push(cache);
        }
    }

    fn keep_to_budget(&mut self) {
        while !self.resting.is_empty() && self.resting_bytes() > self.budget {
            self.resting.remove(0);
        }
    }
}
