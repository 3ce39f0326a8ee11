//! Sizes of published models, from their `config.json`.

use shotglass::model::config::{Activation, Pairs, Positions, Rotary, Spectrum};
use shotglass::model::{Config, Design, Heads};

/// `(name, layers, n_embd, n_ff, heads, kv_heads, head, context)`.
type Row = (&'static str, usize, usize, usize, usize, usize, usize, usize);

const PUBLISHED: [Row; 12] = [
    ("SmolLM2-135M", 30, 576, 1536, 9, 3, 64, 8192),
    ("SmolLM2-360M", 32, 960, 2560, 15, 5, 64, 8192),
    ("SmolLM2-1.7B", 24, 2048, 8192, 32, 32, 64, 8192),
    ("TinyLlama-1.1B", 22, 2048, 5632, 32, 4, 64, 2048),
    ("Llama-3.2-1B", 16, 2048, 8192, 32, 8, 64, 131_072),
    ("Llama-3.2-3B", 28, 3072, 8192, 24, 8, 128, 131_072),
    ("Llama-3.1-8B", 32, 4096, 14_336, 32, 8, 128, 131_072),
    ("Llama-2-70B", 80, 8192, 28_672, 64, 8, 128, 4096),
    ("Qwen3-0.6B", 28, 1024, 3072, 16, 8, 128, 40_960),
    ("Gemma-3-270m", 18, 640, 2048, 4, 1, 256, 32_768),
    ("gpt2", 12, 768, 3072, 12, 12, 64, 1024),
    ("gptneox, Pythia-1B", 16, 2048, 8192, 8, 8, 256, 2048),
];

/// The sizes of published models.
pub fn published() -> impl Iterator<Item = Config> {
    PUBLISHED.into_iter().map(|(name, layers, embedding, feed_forward, heads, kv_heads, head, context)| {
        let activation = if name.starts_with("gpt") { Activation::Gelu } else { Activation::SwiGlu };
        Config {
            architecture: "llama".to_owned(),
            name: name.to_owned(),
            layers,
            embedding,
            feed_forward,
            heads: Heads::new(heads, kv_heads, head),
            kv_heads: Vec::new(),
            positions: Positions::Rotary(Rotary::new(head, Pairs::Halves, Spectrum::new(10_000.0))),
            epsilon: 1e-5,
            context_length: context,
            design: Design { activation, ..Design::default() },
        }
    })
}
