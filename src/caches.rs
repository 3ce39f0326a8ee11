//! A few caches, so that a prompt need not run again because others came between.
//!
//! One cache is active, the others are idle as they were left. Where prompts begin alike, their caches
//! share pages: a cache that goes another way from some token on is a fork of the one it follows.

use crate::cache::{Cache, Key, Shape};
use crate::error::Result;

/// The active cache, and the idle ones.
#[derive(Debug, Clone)]
pub struct Caches {
    active: Cache,
    /// The one that was active last is the last. None holds only what another holds too.
    idle: Vec<Cache>,
    /// Most bytes that idle caches may hold, not counting what they share with the active one.
    budget: usize,
}

impl Caches {
    /// One empty cache, and `budget` bytes for idle ones.
    pub fn new(shape: Shape, budget: usize) -> Caches {
        Caches { active: Cache::new(shape), idle: Vec::new(), budget }
    }

    /// The active cache.
    pub fn active(&self) -> &Cache {
        &self.active
    }

    /// The active cache, to run positions in that [`Caches::reserve`] made room for.
    pub fn active_mut(&mut self) -> &mut Cache {
        &mut self.active
    }

    /// The idle caches; the one that was active last is at the end.
    pub fn idle(&self) -> &[Cache] {
        &self.idle
    }

    /// Bytes of the idle caches' pages, each counted once and without those of the active cache.
    pub fn idle_bytes(&self) -> usize {
        Cache::bytes_beside(&self.active, &self.idle)
    }

    /// Activates the cache that saves most of `key`, cut to what the two have in common, and returns how
    /// many positions that is. What is cut off becomes idle.
    pub fn seek(&mut self, key: &Key) -> usize {
        self.active.truncate(self.active.len()); // what branches left behind it goes
        let mut common = self.active.key().common_prefix(key);
        // Of those that save the same, the active one, then the one that was active last.
        let saved = self.idle.iter().map(|cache| cache.key().common_prefix(key)).enumerate();
        if let Some((index, most)) = saved.max_by_key(|&(_, saved)| saved)
            && most > common
        {
            let other = self.idle.remove(index);
            let before = std::mem::replace(&mut self.active, other);
            self.set_idle(before);
            common = most;
        }
        if common < self.active.len() {
            let whole = self.active.fork();
            self.active.truncate(common);
            self.set_idle(whole);
        }
        self.keep_to_budget();
        common
    }

    /// Makes room in the active cache for `count` more positions. Where memory is refused, all idle
    /// caches are dropped: encoding a text needs memory too, and cannot report that there is none.
    pub fn reserve(&mut self, count: usize) -> Result<()> {
        if self.active.has_room(count) {
            return Ok(());
        }
        if let Err(error) = self.active.reserve(count) {
            if self.idle.is_empty() {
                return Err(error);
            }
            self.idle.clear();
            self.active.reserve(count)?;
        }
        // A page that was shared with the active cache may belong to an idle one alone now.
        self.keep_to_budget();
        Ok(())
    }

    /// Keeps `cache` as an idle one, unless another holds all that it does.
    fn set_idle(&mut self, cache: Cache) {
        let holds = |other: &Cache| other.key().common_prefix(cache.key()) == cache.len();
        if !holds(&self.active) && !self.idle.iter().any(holds) {
            self.idle.push(cache);
        }
    }

    fn keep_to_budget(&mut self) {
        while !self.idle.is_empty() && self.idle_bytes() > self.budget {
            self.idle.remove(0);
        }
    }
}
