//! Texts behind one trunk, laid out so that rows of several of them run together.
//!
//! Behind the trunk are stems, and behind each stem its branches. The trunk is what prompts have in common, such as
//! their demonstrations, a stem is the rest of one of them, and a branch is a continuation of it. A row sees the
//! trunk, its stem, and its own branch up to itself. The last token of a branch does not run, because nobody asks for
//! the distribution after it.

use super::Row;
use crate::kernels::dot_product::GROUP;

/// Slots after the trunk that stems and branches share. When they are full, the next one begins at the trunk again, or
/// behind its stem, so memory does not grow with their number. A longer one takes as many slots as it needs.
const SLOTS: usize = 256;

/// Tokens behind the trunk, which may be none, and the tokens of each branch behind them, which are at least one.
#[derive(Debug, Clone)]
pub(crate) struct Stem {
    pub tokens: Vec<u32>,
    pub branches: Vec<Vec<u32>>,
}

impl Stem {
    /// The tokens that run of part 0, the stem itself, and of the branches after it.
    fn part(&self, part: usize) -> Option<&[u32]> {
        match part.checked_sub(1) {
            None => Some(&self.tokens),
            Some(branch) => self.branches.get(branch).map(|ids| &ids[..ids.len().saturating_sub(1)]),
        }
    }

    fn rows(&self) -> usize {
        (0..=self.branches.len()).filter_map(|part| self.part(part)).map(<[u32]>::len).sum()
    }
}

/// The rows of some stems and branches that are left to run.
#[derive(Debug, Clone)]
pub(crate) struct Branches {
    trunk: usize,
    stems: Vec<Stem>,
    /// How many rows [`Branches::next`] has not returned yet.
    left: usize,
    /// The current stem and the slot that it begins at.
    stem: usize,
    stem_first: usize,
    /// The current part of it, as in [`Stem::part`], its first slot, and how many of its rows were returned.
    part: usize,
    first: usize,
    rows: usize,
    /// The first slot that no part has taken.
    free: usize,
}

/// A row, with the indices of its stem and of its branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BranchRow {
    pub row: Row,
    pub stem: usize,
    /// The branch; none for a row of the stem itself.
    pub branch: Option<usize>,
}

impl Branches {
    /// Stems after `trunk` positions.
    pub fn new(trunk: usize, stems: Vec<Stem>) -> Branches {
        let left = stems.iter().map(Stem::rows).sum();
        let (stem_first, first, free) = (trunk, trunk, trunk);
        Branches { trunk, stems, left, stem: 0, stem_first, part: 0, first, rows: 0, free }
    }

    /// How many rows [`Branches::next`] has not returned yet.
    pub fn left(&self) -> usize {
        self.left
    }

    /// How many rows each stem has, with its branches.
    pub fn rows(&self) -> Vec<usize> {
        self.stems.iter().map(Stem::rows).collect()
    }

    /// The next rows, at most `most`, which must not be 0. The rows returned before must have run. Returns none when
    /// none are left.
    pub fn next(&mut self, most: usize) -> Vec<BranchRow> {
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(stem) = self.stems.get(self.stem)
        {
            let Some(ids) = stem.part(self.part) else {
                (self.stem, self.part) = (self.stem + 1, 0);
                continue;
            };
            if self.rows == ids.len() {
                (self.part, self.rows) = (self.part + 1, 0);
                continue;
            }
            let all = ids.len();
            if self.rows == 0 {
                let Some(first) = self.place(all, stem.tokens.len(), batch.is_empty()) else { break };
                self.first = first;
                if self.part == 0 {
                    self.stem_first = first;
                }
                self.free = first + all;
            }
            batch.push(self.row());
            self.rows += 1;
            self.left -= 1;
        }
        batch
    }

    /// The first slot of a part with `rows` rows whose stem has `stem` tokens. None if it must begin where rows of the
    /// current batch are.
    fn place(&self, rows: usize, stem: usize, may_begin_again: bool) -> Option<usize> {
        // A branch sees all of its stem, whose slots must stay. Each position must stay in its lane.
        let start = if self.part == 0 || stem == 0 { self.trunk } else { self.stem_first + stem };
        let first = start + (self.free - start).next_multiple_of(GROUP);
        if first == start || first + rows <= self.trunk + SLOTS {
            return Some(first);
        }
        may_begin_again.then_some(start)
    }

    /// The row whose turn it is.
    fn row(&self) -> BranchRow {
        let Stem { tokens, branches } = &self.stems[self.stem];
        let branch = self.part.checked_sub(1);
        let (ids, stem) = match branch {
            None => (tokens, 0),
            Some(branch) => (&branches[branch], tokens.len()),
        };
        let row = Row {
            id: ids[self.rows],
            slot: self.first + self.rows,
            trunk: self.trunk,
            stem: if stem == 0 { self.trunk } else { self.stem_first },
            stem_tokens: stem,
            branch: self.first,
        };
        BranchRow { row, stem: self.stem, branch }
    }
}
