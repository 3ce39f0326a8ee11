import { type CatalogueModel, hosted } from '../entry.js';

const family = {
  kind: 'base',
  base: null,
  languages: ['en'],
  license: 'Gemma Terms of Use',
  year: 2025,
  contextLength: 32_768,
  architecture: 'gemma3',
  tokenizer: 'llama',
  wantsBos: true,
} as const;

const report = 'https://arxiv.org/abs/2503.19786';

/** Google DeepMind: two thirds of the smallest are a table of 262,144 tokens. */
export const gemma: readonly CatalogueModel[] = [
  {
    id: 'gemma-3-270m',
    name: 'Gemma-3-270M Q8_0',
    ...family,
    languageCount: 140,
    parameters: 268_098_176,
    // Without a tied table of 262,144 tokens × 640.
    layerParameters: 100_326_016,
    tokensTrained: 6e12,
    quantization: 'Q8_0',
    ...hosted({
      repository: 'ggml-org/gemma-3-270m-GGUF',
      revision: '360e988e4c99209d62d171ca1a46aceb4b224791',
      file: 'gemma-3-270m-Q8_0.gguf',
      bytes: 291_543_744,
      sha256: 'e00cf79514204dfe2f4d6943f277ffea7fd8a4c8e955b4b7a869cfc157694881',
    }),
    sources: ['https://huggingface.co/google/gemma-3-270m', report],
  },
  {
    id: 'gemma-3-1b-pt',
    name: 'Gemma-3-1B Q4_K_M',
    ...family,
    languageCount: null,
    parameters: 999_885_952,
    // Without a tied table of 262,144 tokens × 1,152.
    layerParameters: 697_896_064,
    tokensTrained: 2e12,
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'mradermacher/gemma-3-1b-pt-GGUF',
      revision: null,
      file: 'gemma-3-1b-pt.Q4_K_M.gguf',
      bytes: 806_056_864,
      sha256: 'caf1c278f8a8ba1e4605af68b6c17c91a18bf315b38bd52efc542d009d19dd57',
    }),
    sources: ['https://huggingface.co/google/gemma-3-1b-pt', report],
  },
];
