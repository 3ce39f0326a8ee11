//! The states of a prompt, kept so that an edited run of the same prompt need not pass the layers below its edits.

use super::Session;
use crate::cache::Key;
use crate::model::Resume;
use crate::states::States;

/// Most numbers that are kept: 64 MB.
const MOST: usize = 16 << 20;

/// The states of a prompt that ran without edits.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) key: Key,
    states: States,
}

impl Recorded {
    /// The rows with which a run of `key` can begin: those that enter the lowest layer of its edits, from the position
    /// of the first edit on. They must have been recorded for the same tokens.
    fn resume(&self, key: &Key) -> Option<Resume> {
        let edits = key.edits().list();
        let layer = edits.iter().map(|edit| edit.layer).min().filter(|&layer| layer > 0)?;
        let first = edits.iter().map(|edit| edit.position).min()?;
        if key.tokens() != self.key.tokens() || key.tuning() != self.key.tuning() {
            return None;
        }
        let States { layers, positions, .. } = &self.states;
        let layer_index = layers.iter().position(|&recorded| recorded == layer)?;
        let mut rows = Vec::new();
        for position in first..key.len() {
            let index = positions.iter().position(|&recorded| recorded == position)?;
            rows.extend_from_slice(self.states.row(layer_index, index));
        }
        Some(Resume { layer, first, rows })
    }
}

impl Session {
    /// Keeps the states of a run that has finished.
    pub(super) fn keep(&mut self, states: States) {
        let is_finished = self.key.len() == self.caches.active().len();
        if is_finished && self.key.edits().is_empty() && states.rows.len() <= MOST {
            self.recorded = Some(Recorded { key: self.key.clone(), states });
        }
    }

    /// Begins a run of `key` above the layers that its edits cannot reach, if the states and a cache of the same prompt
    /// are kept, and no cache holds more of the run itself. Returns how many tokens need not run at all.
    pub(super) fn begin_above(&mut self, key: &Key) -> Option<usize> {
        let recorded = self.recorded.as_ref()?;
        let resume = recorded.resume(key)?;
        if !self.caches.rewind(&recorded.key, key, resume.first) {
            return None;
        }
        self.cached = resume.first;
        self.resume = Some(resume);
        Some(self.cached)
    }
}
