//! Branches: continuations of one trunk, laid out so that the rows of several run together.
//!
//! What a row sees is a tree of depth one: the trunk, and its own branch as far as itself. The last
//! token of a branch is not run, for nothing is asked of what comes after it.

use super::Row;
use crate::kernels::dot_product::GROUP;

/// Slots behind the trunk that branches share. When they are full and what lies in them is done
/// with, the next branch begins at the trunk again, so that memory does not grow with the number of
/// branches. A longer branch has as many slots as it needs.
const SLOTS: usize = 256;

/// What is left to run of some branches.
#[derive(Debug, Clone)]
pub(crate) struct Branches {
    trunk: usize,
    /// The tokens of each, at least one.
    branches: Vec<Vec<u32>>,
    /// The branch whose turn it is, its first slot, and how many of its rows were handed out.
    branch: usize,
    first: usize,
    rows: usize,
}

/// A row, and which token of which branch it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BranchRow {
    pub row: Row,
    pub branch: usize,
    pub token: usize,
}

impl Branches {
    /// Branches behind `trunk` positions.
    pub fn new(trunk: usize, branches: Vec<Vec<u32>>) -> Branches {
        Branches { trunk, branches, branch: 0, first: trunk, rows: 0 }
    }

    /// Rows that [`Branches::next`] has not handed out.
    pub fn left(&self) -> usize {
        let rows = |branch: &Vec<u32>| branch.len().saturating_sub(1);
        self.branches.iter().skip(self.branch).map(rows).sum::<usize>() - self.rows
    }

    /// The next rows, at most `most`, which is not 0; those handed out before have been run. Empty
    /// when there are none left.
    pub fn next(&mut self, most: usize) -> Vec<BranchRow> {
        let mut batch = Vec::new();
        while batch.len() < most
            && let Some(ids) = self.branches.get(self.branch)
        {
            let all = ids.len().saturating_sub(1);
            if self.rows == all {
                self.branch += 1;
                // A multiple of `GROUP` behind the trunk, as `Row::branch` is to be.
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
