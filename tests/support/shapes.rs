//! Sizes of published models of the llama architecture, from their `config.json`.

use shotglass::model::{Config, Heads};

/// `(name, layers, n_embd, n_ff, heads, kv_heads, head, context)`.
type Row = (&'static str, usize, usize, usize, usize, usize, usize, usize);

const PUBLISHED: [Row; 8] = [
    ("SmolLM2-135M", 30, 576, 1536, 9, 3, 64, 8192),
    ("SmolLM2-360M", 32, 960, 2560, 15, 5, 64, 8192),
    ("SmolLM2-1.7B", 24, 2048, 8192, 32, 32, 64, 8192),
    ("TinyLlama-1.1B", 22, 2048, 5632, 32, 4, 64, 2048),
    ("Llama-3.2-1B", 16, 2048, 8192, 32, 8, 64, 131_072),
    ("Llama-3.2-3B", 28, 3072, 8192, 24, 8, 128, 131_072),
    ("Llama-3.1-8B", 32, 4096, 14_336, 32, 8, 128, 131_072),
    ("Llama-2-70B", 80, 8192, 28_672, 64, 8, 128, 4096),
];

/// The sizes of published models.
pub fn published() -> impl Iterator<Item = Config> {
    PUBLISHED.into_iter().map(|(name, layers, embedding, feed_forward, heads, kv_heads, head, context)| {
        Config {
            architecture: "llama".to_owned(),
            name: name.to_owned(),
            layers,
            embedding,
            feed_forward,
            heads: Heads::new(heads, kv_heads, head),
            rotated: head,
            rope_base: 10_000.0,
            epsilon: 1e-5,
            context_length: context,
        }
    })
}
