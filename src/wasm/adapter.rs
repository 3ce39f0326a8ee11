//! Adapters, which JavaScript holds and the engine runs.

use std::sync::Arc;

use wasm_bindgen::prelude::*;

use super::Engine;
use super::answers::{JsResult, throw};
use crate::adapter::{Adapter, Target};
use crate::adapter_file::Numbers;
use crate::model::config::{Pairs, Positions};

/// An adapter that has been read. After `forget`, freeing it gives its memory back.
#[wasm_bindgen(js_name = Adapter)]
#[derive(Debug)]
pub struct JsAdapter(pub(super) Arc<Adapter>);

#[wasm_bindgen(js_class = Adapter)]
impl JsAdapter {
    /// The name in its file, which may be empty.
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    /// α of LoRA.
    pub fn alpha(&self) -> f32 {
        self.0.alpha
    }

    /// How many numbers it has.
    pub fn parameters(&self) -> usize {
        self.0.parameters()
    }

    /// The highest rank beside each of the seven matrices over all layers, 0 if there is none.
    pub fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; Target::ALL.len()];
        for layer in &self.0.layers {
            for (most, map) in ranks.iter_mut().zip(&layer.low_rank) {
                *most = map.as_ref().map_or(0, |map| map.rank as u32).max(*most);
            }
        }
        ranks
    }
}

#[wasm_bindgen]
impl Engine {
    /// Reads an adapter for this model from the bytes of a GGUF file.
    #[wasm_bindgen(js_name = readAdapter)]
    pub fn read_adapter(&self, bytes: &[u8]) -> JsResult<JsAdapter> {
        self.0.read_adapter(bytes).map(|adapter| JsAdapter(Arc::new(adapter))).map_err(throw)
    }

    /// Writes an adapter as a GGUF file, with numbers of 16 bits or else 32.
    #[wasm_bindgen(js_name = writeAdapter)]
    pub fn write_adapter(
        &self,
        adapter: &JsAdapter,
        #[wasm_bindgen(js_name = isHalf)] is_half: bool,
    ) -> JsResult<Vec<u8>> {
        let numbers = if is_half { Numbers::F16 } else { Numbers::F32 };
        self.0.write_adapter(&adapter.0, numbers).map_err(throw)
    }

    /// Runs that begin from now on have this adapter, at a scale from 0 to 2.
    pub fn tune(&mut self, adapter: &JsAdapter, scale: f32) -> JsResult<()> {
        self.0.tune(Some(&adapter.0), scale).map_err(throw)
    }

    /// Runs that begin from now on have no adapter.
    pub fn untune(&mut self) -> JsResult<()> {
        self.0.tune(None, 1.0).map_err(throw)
    }

    /// Drops what was kept of runs with an adapter, and the adapter itself if it is active.
    pub fn forget(&mut self, adapter: &JsAdapter) {
        self.0.forget(&adapter.0);
    }

    /// The size of the heads if the rows of W_q and W_k are in the order in which pairs are neighbors, otherwise 0.
    #[wasm_bindgen(js_name = pairedHead)]
    pub fn paired_head(&self) -> usize {
        let config = self.0.config();
        match &config.positions {
            Positions::Rotary(rotary) if rotary.pairs == Pairs::Neighbors => config.heads.size,
            _ => 0,
        }
    }
}
