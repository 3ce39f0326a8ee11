//! Keys, values and hidden rows of the positions that have been run.
//!
//! A cache is a list of pages of [`PAGE`] positions each. It grows page by page and is never copied as a whole. A
//! fork shares the pages, and a page is copied only when one of the caches that share it writes to it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::adapter::Tuning;
use crate::edits::Edits;
use crate::error::{Result, try_vec};
use crate::kernels::dot_product::{COLUMNS, GROUP};

/// Positions in a page.
pub const PAGE: usize = 64;

/// The sizes of what is stored for each position.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// For each layer, the heads of keys and values in the layers before it, and then all of them.
    firsts: Arc<[usize]>,
    /// Size of a head.
    head: usize,
    /// Size of the hidden row.
    embedding: usize,
}

impl Shape {
    /// The sizes for layers with these numbers of heads of keys and values, heads of this size, and hidden rows of this
    /// size.
    pub fn new(kv_heads: impl Iterator<Item = usize>, head: usize, embedding: usize) -> Shape {
        let mut firsts = vec![0];
        let mut sum = 0;
        for heads in kv_heads {
            sum += heads;
            firsts.push(sum);
        }
        Shape { firsts: firsts.into(), head, embedding }
    }

    /// Heads of keys and values in all layers together.
    fn all_heads(&self) -> usize {
        self.firsts.last().copied().unwrap_or(0)
    }
}

/// The identity of a cache's content: everything that its keys, values and hidden rows were computed from.
/// Equal keys mean equal numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Key {
    tokens: Vec<u32>,
    /// They may also be edits of positions behind the tokens.
    edits: Edits,
    tuning: Option<Tuning>,
}

impl Key {
    /// The key of a plain run of `tokens`.
    pub fn new(tokens: &[u32]) -> Key {
        Key::edited(tokens, Edits::default())
    }

    /// The key of a run of `tokens` with `edits`.
    pub fn edited(tokens: &[u32], edits: Edits) -> Key {
        Key { tokens: tokens.to_vec(), edits, tuning: None }
    }

    /// The same run with an adapter beside the weights.
    pub fn tuned(self, tuning: Option<Tuning>) -> Key {
        Key { tuning, ..self }
    }

    /// Whether the tokens run with edits or an adapter.
    pub fn is_changed(&self) -> bool {
        !self.edits.is_empty() || self.tuning.is_some()
    }

    /// The adapter with which the tokens run.
    pub fn tuning(&self) -> Option<&Tuning> {
        self.tuning.as_ref()
    }

    /// The edits with which the tokens run.
    pub fn edits(&self) -> &Edits {
        &self.edits
    }

    /// The tokens, one for each position.
    pub fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// Number of positions.
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether it has no positions.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The number of leading positions whose numbers are the same under both keys.
    pub fn common_prefix(&self, other: &Key) -> usize {
        if self.tuning != other.tuning {
            return 0;
        }
        let tokens = self.tokens.iter().zip(&other.tokens).take_while(|(a, b)| a == b).count();
        tokens.min(self.edits.common_prefix(&other.edits))
    }

    /// The key of the first `len` positions.
    pub fn prefix(&self, len: usize) -> Key {
        Key::edited(&self.tokens[..len], self.edits.clone()).tuned(self.tuning.clone())
    }

    /// Removes all positions from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.tokens.truncate(len);
    }

    /// Appends a position for each of `tokens`.
    pub fn extend(&mut self, tokens: &[u32]) {
        self.tokens.extend_from_slice(tokens);
    }
}

/// The positions that have been run: their key, and everything that the model keeps of them.
#[derive(Debug, Clone)]
pub struct Cache {
    shape: Shape,
    key: Key,
    pages: Vec<Arc<Page>>,
}

#[derive(Debug, Clone)]
struct Page {
    /// `(kv head of all layers, position / 4, head, 4)`.
    keys: Vec<f32>,
    /// `(kv head of all layers, head / 8, position, 8)`. The last group of columns is narrower if the size of a head is not
    /// a multiple of 8.
    values: Vec<f32>,
    /// `(position, embedding)`: the input rows of the output layer.
    hidden: Vec<f32>,
}

impl Cache {
    /// An empty cache.
    pub fn new(shape: Shape) -> Cache {
        Cache { shape, key: Key::default(), pages: Vec::new() }
    }

    /// The identity of what has been run.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The tokens whose positions have been run.
    pub fn tokens(&self) -> &[u32] {
        self.key.tokens()
    }

    /// Number of positions that have been run.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether nothing has been run.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// Removes all positions from `len` on.
    pub fn truncate(&mut self, len: usize) {
        self.key.truncate(len);
        self.pages.truncate(self.len().div_ceil(PAGE));
    }

    /// Later positions run as those of `key`, which must give the positions that have been run the same numbers.
    pub fn go_on_as(&mut self, key: &Key) {
        self.key.edits = key.edits.clone();
        self.key.tuning = key.tuning.clone();
    }

    /// Removes all positions from `len` on, but not the memory that holds their numbers.
    pub fn rewind(&mut self, len: usize) {
        self.key.truncate(len);
    }

    /// Whether all numbers in the pages of later positions are finite, also those that a chunk left half-way.
    pub fn is_finite_behind(&self) -> bool {
        let numbers = |page: &Arc<Page>| page.keys.iter().chain(&page.values).all(|x| x.is_finite());
        self.pages.iter().skip(self.len() / PAGE).all(numbers)
    }

    /// A cache with the same positions. The two share their memory until one of them writes.
    pub fn fork(&self) -> Cache {
        self.clone()
    }

    /// Whether `count` more positions fit into pages that no other cache shares.
    pub fn has_room(&self, count: usize) -> bool {
        let mut from_here = self.pages.iter().skip(self.len() / PAGE);
        self.pages.len() * PAGE >= self.len() + count && from_here.all(|page| Arc::strong_count(page) == 1)
    }

    /// Bytes of the pages of `caches`. Shared pages count once, and pages that `active` has too do not count.
    pub fn bytes_beside(active: &Cache, caches: &[Cache]) -> usize {
        let Shape { head, embedding, .. } = active.shape;
        let page = (2 * active.shape.all_heads() * head + embedding) * PAGE * size_of::<f32>();
        let own: HashSet<_> = active.pages.iter().map(Arc::as_ptr).collect();
        let pages = caches.iter().flat_map(|cache| cache.pages.iter().map(Arc::as_ptr));
        pages.filter(|page| !own.contains(page)).collect::<HashSet<_>>().len() * page
    }

    /// Allocates memory for `count` more positions, so that writing to them cannot fail.
    pub fn reserve(&mut self, count: usize) -> Result<()> {
        let (size, embedding) = (self.shape.all_heads() * self.shape.head * PAGE, self.shape.embedding);
        let first = self.len() / PAGE;
        for page in self.pages.iter_mut().skip(first) {
            if Arc::get_mut(page).is_none() {
                *page = Arc::new(Page {
                    keys: copy(&page.keys)?,
                    values: copy(&page.values)?,
                    hidden: copy(&page.hidden)?,
                });
            }
        }
        while self.pages.len() * PAGE < self.len() + count {
            self.pages.push(Arc::new(Page {
                keys: try_vec(0.0, size, "the cache")?,
                values: try_vec(0.0, size, "the cache")?,
                hidden: try_vec(0.0, embedding * PAGE, "the cache")?,
            }));
        }
        Ok(())
    }

    /// Marks the positions of `ids` as run. Their keys, values and hidden rows must have been written.
    pub fn commit(&mut self, ids: &[u32]) {
        self.key.extend(ids);
    }

    /// The page of a position that [`Cache::reserve`] has allocated, for writing.
    fn page_mut(&mut self, position: usize) -> &mut Page {
        // `reserve` has made sure that the page is not shared, so this copies nothing.
        Arc::make_mut(&mut self.pages[position / PAGE])
    }

    /// Writes the keys and values of one position in one layer: `(kv head, head)` each.
    pub fn write(&mut self, layer: usize, position: usize, keys: &[f32], values: &[f32]) {
        let (first, head) = (self.shape.firsts[layer], self.shape.head);
        let at = position % PAGE;
        let page = self.page_mut(position);
        for kv_head in 0..keys.len() / head {
            let start = (first + kv_head) * PAGE * head;
            let group = start + at / GROUP * GROUP * head;
            for d in 0..head {
                page.keys[group + d * GROUP + at % GROUP] = keys[kv_head * head + d];
            }
            let (mut group, values) = (start, &values[kv_head * head..][..head]);
            for columns in values.chunks(COLUMNS) {
                page.values[group + at * columns.len()..][..columns.len()].copy_from_slice(columns);
                group += PAGE * columns.len();
            }
        }
    }

    /// Writes the hidden row of one position.
    pub fn write_hidden(&mut self, position: usize, hidden: &[f32]) {
        let size = self.shape.embedding;
        self.page_mut(position).hidden[position % PAGE * size..][..size].copy_from_slice(hidden);
    }

    /// The hidden row of one position.
    pub fn hidden(&self, position: usize) -> &[f32] {
        let size = self.shape.embedding;
        &self.pages[position / PAGE].hidden[position % PAGE * size..][..size]
    }

    /// The pages of one head that hold the first `slots`.
    pub fn pages(&self, layer: usize, kv_head: usize, slots: usize) -> impl Iterator<Item = Slots<'_>> {
        let head = self.shape.head;
        let start = (self.shape.firsts[layer] + kv_head) * PAGE * head;
        self.pages[..slots.div_ceil(PAGE)].iter().enumerate().map(move |(index, page)| {
            let count = PAGE.min(slots - index * PAGE);
            let keys = &page.keys[start..][..count.next_multiple_of(GROUP) * head];
            Slots { count, keys, values: &page.values[start..][..PAGE * head] }
        })
    }
}

/// The part of a page that belongs to one head of one layer.
#[derive(Debug, Clone, Copy)]
pub struct Slots<'a> {
    /// Number of slots, from the first of the page.
    pub count: usize,
    /// Keys of all groups that contain these slots: `(groups, head, 4)`.
    pub keys: &'a [f32],
    /// Values of all slots of the page: `(head / 8, PAGE, 8)`.
    pub values: &'a [f32],
}

fn copy(values: &[f32]) -> Result<Vec<f32>> {
    let mut copy = try_vec(0.0, values.len(), "the cache")?;
    copy.copy_from_slice(values);
    Ok(copy)
}
