import { type CatalogueModel, hosted } from '../entry.js';

const family = {
  license: 'Apache-2.0',
  contextLength: 32_768,
  tokenizer: 'gpt2',
  wantsBos: false,
} as const;

const qwen3 = {
  ...family,
  languages: ['en', 'zh'],
  languageCount: 119,
  year: 2025,
  parameters: 596_049_920,
  // Without a tied table of 151,936 tokens × 1,024.
  layerParameters: 440_467_456,
  tokensTrained: 36e12,
  architecture: 'qwen3',
  quantization: 'Q8_0',
} as const;

const paper = 'https://arxiv.org/abs/2505.09388';

/** Alibaba: small models for many languages, Chinese among the first. */
export const qwen: readonly CatalogueModel[] = [
  {
    id: 'qwen2.5-0.5b-instruct',
    name: 'Qwen2.5-0.5B-Instruct Q4_K_M',
    ...family,
    kind: 'instruct',
    base: null,
    languages: ['zh', 'en', 'fr', 'es', 'pt', 'de', 'it', 'ru', 'ja', 'ko', 'vi', 'th', 'ar'],
    languageCount: 29,
    year: 2024,
    parameters: 494_032_768,
    // Without a tied table of 151,936 tokens × 896.
    layerParameters: 357_898_112,
    tokensTrained: 18e12,
    architecture: 'qwen2',
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'Qwen/Qwen2.5-0.5B-Instruct-GGUF',
      revision: '9217f5db79a29953eb74d5343926648285ec7e67',
      file: 'qwen2.5-0.5b-instruct-q4_k_m.gguf',
      bytes: 491_400_032,
      sha256: '74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db',
    }),
    sources: [
      'https://huggingface.co/Qwen/Qwen2.5-0.5B-Instruct',
      'https://arxiv.org/abs/2412.15115',
    ],
  },
  {
    id: 'qwen3-0.6b-base',
    name: 'Qwen3-0.6B-Base Q8_0',
    ...qwen3,
    kind: 'base',
    base: null,
    ...hosted({
      repository: 'mradermacher/Qwen3-0.6B-Base-GGUF',
      revision: 'b8b11a6dbbb14c739e25018f3f77abac860c28f4',
      file: 'Qwen3-0.6B-Base.Q8_0.gguf',
      bytes: 639_447_232,
      sha256: '4b088f1793f6cba9f0c2f77ab835ef6734f205c2159168698c6e1a51b7df168a',
    }),
    sources: ['https://huggingface.co/Qwen/Qwen3-0.6B-Base', paper],
  },
  {
    id: 'qwen3-0.6b',
    name: 'Qwen3-0.6B Q8_0',
    ...qwen3,
    kind: 'instruct',
    base: 'qwen3-0.6b-base',
    ...hosted({
      repository: 'Qwen/Qwen3-0.6B-GGUF',
      revision: '23749fefcc72300e3a2ad315e1317431b06b590a',
      file: 'Qwen3-0.6B-Q8_0.gguf',
      bytes: 639_446_688,
      sha256: '9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031',
    }),
    sources: ['https://huggingface.co/Qwen/Qwen3-0.6B', paper],
  },
];
