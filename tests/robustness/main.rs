//! Whatever bytes come, the loader answers with a session or with an error of a known code: no panic, no hang, no memory
//! out of proportion. And whatever prompt comes, the session survives it.

#[path = "../support/mod.rs"]
mod support;

mod adapters;
mod architectures;
mod caches;
mod feed;
mod memory;
mod mutations;
mod named;
mod pieces;
mod prompts;
mod shards;
mod tokenizers;
mod values;

use candle_core::quantized::GgmlDType;
use support::gguf::Gguf;
use support::tiny::{Shape, model};

/// The file that is bent: as small as a whole model can be, with all its parts.
fn sound() -> Gguf {
    let shape =
        Shape { width: 32, heads: 2, kv_heads: 1, feed_forward: 64, ..Shape::of(GgmlDType::Q4_1, false) };
    model(&shape)
}
