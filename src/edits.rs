//! Changes of the residual stream, the rows that pass from layer to layer: rows in place of the model's own, or added
//! to them.
//!
//! The rows are those of Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits". Layer 0 means the
//! embedding as the first layer receives it, scaled and with its position where the network does that, and layer `ℓ`
//! means the row that layer `ℓ` of `L` leaves, counted from 1. Layer `L` is the input of the last normalization.

use std::sync::Arc;

/// A change of the row of one position, or of all positions from one on, at one layer.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The layer, from 0 to the number of layers.
    pub layer: usize,
    /// The position, from 0.
    pub position: usize,
    /// Whether it changes all later positions too.
    pub goes_on: bool,
    /// What happens to the row.
    pub change: Change,
    /// The new row, or what is added, `(n_embd)`.
    pub row: Vec<f32>,
}

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Its row takes the place of the model's own.
    Replace,
    /// Its row is added.
    Add,
}

impl Edit {
    /// Whether it changes the row of `position`.
    fn reaches(&self, position: usize) -> bool {
        position == self.position || self.goes_on && position > self.position
    }
}

impl PartialEq for Edit {
    /// Equal edits have equal bits, because 0 and −0 can give different numbers later.
    fn eq(&self, other: &Edit) -> bool {
        let place = |edit: &Edit| (edit.layer, edit.position, edit.goes_on, edit.change);
        let (ours, theirs) = (self.row.iter().map(|x| x.to_bits()), other.row.iter().map(|x| x.to_bits()));
        place(self) == place(other) && ours.eq(theirs)
    }
}

/// The edits of a run. Where several reach one row, it is replaced first and then added to. Of two replacements the one
/// that begins at a later position counts, or else the one that is listed later.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edits {
    /// By position.
    edits: Arc<[Edit]>,
}

impl Edits {
    /// The edits of a list.
    pub fn new(list: Vec<Edit>) -> Edits {
        let mut edits: Vec<Edit> = Vec::with_capacity(list.len());
        for edit in list {
            let place = edits.partition_point(|earlier| earlier.position <= edit.position);
            edits.insert(place, edit);
        }
        Edits { edits: edits.into() }
    }

    /// The edits, by position.
    pub fn list(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// A number of leading positions whose numbers are the same with both edits.
    pub fn common_prefix(&self, other: &Edits) -> usize {
        if Arc::ptr_eq(&self.edits, &other.edits) {
            return usize::MAX;
        }
        let same = self.edits.iter().zip(&*other.edits).take_while(|(a, b)| a == b).count();
        let next = [self, other].map(|edits| edits.edits.get(same).map_or(usize::MAX, |edit| edit.position));
        next[0].min(next[1])
    }

    /// Changes the row of a position at a layer.
    pub fn apply(&self, layer: usize, position: usize, row: &mut [f32]) {
        for change in [Change::Replace, Change::Add] {
            let edits = self.edits.iter().filter(|edit| edit.layer == layer && edit.change == change);
            for edit in edits.filter(|edit| edit.reaches(position)) {
                match change {
                    Change::Replace => row.copy_from_slice(&edit.row),
                    Change::Add => row.iter_mut().zip(&edit.row).for_each(|(x, more)| *x += more),
                }
            }
        }
    }
}
