//! Branches are continuations of one trunk. They are laid out so that rows of several branches run together.
//!
//! A row sees the trunk, and its own branch up to itself. The last token of a branch does not run, because nobody
//! asks for the distribution after it.

use super::Row;
use crate::kernels::dot_product::GROUP;

/// Slots after the trunk that branches share. When they are full, the next branch begins at the trunk again, so
/// memory does not grow with the number of branches. A longer branch takes as many slots as it needs.
const SLOTS: usize = 256;

/// The rows of some branches that are left to run.
#[derive(Debug, Clone)]
pub(crate) struct Branches {
    trunk: usize,
    /// The tokens of each branch, at least one.
    branches: Vec<Vec<u32>>,
    /// The current branch, its first slot, and how many of its rows were returned.
    branch: usize,
    first: usize,
    rows: usize,
}

/// A row, with the indices of its branch and of its token in the branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BranchRow {
    pub row: Row,
    pub branch: usize,
    pub token: usize,
}

impl Branches {
    /// Branches after `trunk` positions.
    pub fn new(trunk: usize, branches: Vec<Vec<u32>>) -> Branches {
        Branches { trunk, branches, branch: 0, first: trunk, rows: 0 }
    }

    /// How many rows [`Branches::next`] has not returned yet.
    pub fn left(&self) -> usize {
        let rows = |branch: &Vec<u32>| branch.len().saturating_sub(1);
        self.branches.iter().skip(self.branch).map(rows).sum::<usize>() - self.rows
    }

    /// The next rows, at most `most`, which must not be 0. The rows returned before must have run. Returns none when
    /// none are left.
    pub fn next(&mut self, most: usize) -> Vec<BranchRow> {
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(ids) = self.branches.get(self.branch)
        {
            let all = ids.len().saturating_sub(1);
            if self.rows == all {
                self.branch += 1;
                // `Row::branch` must be a multiple of `GROUP` after the trunk.
                self.first += all.next_multiple_of(GROUP);
                self.rows = 0;
                continue;
            }
            if self.rows == 0 && self.first > self.trunk && self.first + all > self.trunk + SLOTS {
                if !batch.is_empty() {
                    break;
                }
                self.first = self.trunk;
            }
            let row = Row {
                id: ids[self.rows],
                slot: self.first + self.rows,
                trunk: self.trunk,
                branch: self.first,
            };
            batch.push(BranchRow { row, branch: self.branch, token: self.rows });
            self.rows += 1;
        }
        batch
    }
}
