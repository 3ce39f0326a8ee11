//! The adapter with which a session runs.

use std::sync::Arc;

use super::{Mode, Session};
use crate::adapter::{Adapter, Tuning};
use crate::adapter_file;
use crate::cache::Key;
use crate::edits::Edits;
use crate::error::{Error, Result};

/// The largest scale of an adapter.
const MAX_SCALE: f32 = 2.0;

impl Session {
    /// Reads an adapter for this model from the bytes of a GGUF file. It does not run before [`Session::tune`].
    pub fn read_adapter(&self, bytes: &[u8]) -> Result<Adapter> {
        adapter_file::read(bytes, &self.model)
    }

    /// Writes an adapter for this model as a GGUF file.
    pub fn write_adapter(&self, adapter: &Adapter, numbers: adapter_file::Numbers) -> Result<Vec<u8>> {
        adapter_file::check(adapter, self.model.config())?;
        adapter_file::write(adapter, numbers, &self.model)
    }

    /// Runs that begin from now on have this adapter beside the weights, or none. `scale`, from 0 to 2, is the factor of
    /// all that it adds; at 0 the runs are those of the model alone, and share its caches. The current run goes on as it
    /// began.
    pub fn tune(&mut self, adapter: Option<&Arc<Adapter>>, scale: f32) -> Result<()> {
        if !(0.0..=MAX_SCALE).contains(&scale) {
            let must = format!("from 0 to {MAX_SCALE}");
            return Err(Error::InvalidOption { name: "scale", must, got: scale.to_string() });
        }
        if let Some(adapter) = adapter {
            adapter_file::check(adapter, self.model.config())?;
        }
        let adapter = adapter.filter(|_| scale > 0.0).cloned();
        self.tuning = adapter.map(|adapter| Tuning { adapter, scale });
        Ok(())
    }

    /// The adapter with which runs begin, and its scale.
    pub fn tuning(&self) -> Option<&Tuning> {
        self.tuning.as_ref()
    }

    /// Drops what was kept of runs with an adapter. If it is active, none is active after that, and if the current run
    /// has it, the run is abandoned.
    pub fn forget(&mut self, adapter: &Arc<Adapter>) {
        let has = |tuning: Option<&Tuning>| tuning.is_some_and(|tuning| tuning.has(adapter));
        if has(self.tuning.as_ref()) {
            self.tuning = None;
        }
        if has(self.key.tuning()) {
            self.abandon();
            (self.key, self.cached, self.mode) = (Key::default(), 0, Mode::Prompt);
        }
        self.recorded.take_if(|recorded| has(recorded.key.tuning()));
        self.caches.forget(adapter);
    }

    /// The key of a run that begins now.
    pub(super) fn key_of(&self, ids: &[u32], edits: &Edits) -> Key {
        Key::edited(ids, edits.clone()).tuned(self.tuning.clone())
    }
}
