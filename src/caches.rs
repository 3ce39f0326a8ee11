//! Several caches, so that a prompt need not run again after other prompts have run.
//!
//! One cache is active, and the others are idle. Caches of prompts with equal beginnings share pages, because a
//! cache that leaves another one at some token is a fork of it.

use std::sync::Arc;

use crate::adapter::Adapter;
use crate::cache::{Cache, Key, PAGE, Shape};
use crate::error::Result;

/// The active cache, and the idle ones.
#[derive(Debug, Clone)]
pub struct Caches {
    active: Cache,
    /// In the order in which they were active; the most recent one is the last. None of them is contained in another.
    idle: Vec<Cache>,
    /// Most bytes that idle caches may hold, without pages that they share with the active one.
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

    /// The active cache, for running positions that [`Caches::reserve`] has allocated.
    pub fn active_mut(&mut self) -> &mut Cache {
        &mut self.active
    }

    /// The idle caches. The one that was active most recently is at the end.
    pub fn idle(&self) -> &[Cache] {
        &self.idle
    }

    /// Bytes of the idle caches' pages. Shared pages count once, and those of the active cache do not count.
    pub fn idle_bytes(&self) -> usize {
        Cache::bytes_beside(&self.active, &self.idle)
    }

    /// Activates the cache with the longest prefix in common with `key`, truncates it to that prefix, and returns the
    /// length of the prefix. The untruncated cache becomes idle.
    pub fn seek(&mut self, key: &Key) -> usize {
        self.active.truncate(self.active.len()); // Frees the pages that only branches have used.
        let mut common = self.active.key().common_prefix(key);
        // Between equally long prefixes, the active cache wins, then the most recently active one.
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
        self.active.go_on_as(key);
        self.keep_to_budget();
        common
    }

    /// Activates a fork of the cache that holds all of `base`, rewound to `len` positions, for a run of `key`. Returns
    /// whether there is one, unless a cache holds more of `key` than that.
    pub fn rewind(&mut self, base: &Key, key: &Key, len: usize) -> bool {
        let all = || std::iter::once(&self.active).chain(&self.idle);
        if all().any(|cache| cache.key().common_prefix(key) > len) {
            return false;
        }
        let has_all = |cache: &Cache| cache.key().common_prefix(base) == base.len();
        let before = self.active.fork();
        if !has_all(&before) {
            let Some(index) = self.idle.iter().position(has_all) else { return false };
            self.active = self.idle.remove(index);
            self.set_idle(before);
        }
        let whole = self.active.fork();
        self.active.rewind(len);
        self.active.go_on_as(key);
        self.set_idle(whole);
        self.keep_to_budget();
        true
    }

    /// Removes the positions of the active cache from `len` on, and with them their whole page, so that nothing that
    /// was written there can be read again.
    pub fn discard(&mut self, len: usize) {
        self.active.truncate(len / PAGE * PAGE);
    }

    /// Allocates memory for `count` more positions in the active cache. If there is not enough, drops all idle
    /// caches and not just some, because encoding a text needs memory too and cannot report a lack of it.
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
        // A page that was shared with the active cache may now count as one of an idle cache.
        self.keep_to_budget();
        Ok(())
    }

    /// Adds `cache` to the idle ones, unless another cache contains it.
    fn set_idle(&mut self, cache: Cache) {
        let holds = |other: &Cache| other.key().common_prefix(cache.key()) == cache.len();
        if !holds(&self.active) && !self.idle.iter().any(holds) {
            self.idle.push(cache);
        }
    }

    /// Drops all positions that ran with this adapter.
    pub fn forget(&mut self, adapter: &Arc<Adapter>) {
        let has = |cache: &Cache| cache.key().tuning().is_some_and(|tuning| tuning.has(adapter));
        self.idle.retain(|cache| !has(cache));
        if has(&self.active) {
            self.active.truncate(0);
            self.active.go_on_as(&Key::default());
        }
    }

    fn keep_to_budget(&mut self) {
        while !self.idle.is_empty() && self.idle_bytes() > self.budget {
            self.idle.remove(0);
        }
    }
}
