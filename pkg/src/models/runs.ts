import type { CatalogueModel, Quantization } from './entry.js';

/** What the engine of this version runs: the one place that says so. */
const engine: { architectures: readonly string[]; tokenizers: readonly string[] } = {
  architectures: ['llama'],
  tokenizers: ['gpt2'],
};

/**
 * Bytes of weights in the engine's memory for each byte of the file. The engine packs a weight of Q4_1 and Q4_K in 6
 * bits, of Q8_0 in 9 and of Q6_K in 10, scales included. A file of Q4_K_M has both Q4_K and Q6_K: 1.39 for
 * SmolLM2-1.7B, 1.40 for OLMo-2-1B, 1.41 for Llama-3.2-1B.
 */
export const memoryPerByte: Readonly<Record<Quantization, number>> = {
  Q4_1: 1.2,
  Q4_K_M: 1.4,
  Q8_0: 1.06,
};

/** Whether the engine of this version runs a model of the catalogue. */
export function runs({ architecture, tokenizer }: CatalogueModel): boolean {
  return engine.architectures.includes(architecture) && engine.tokenizers.includes(tokenizer);
}
