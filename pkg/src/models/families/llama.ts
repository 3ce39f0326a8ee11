import { type CatalogueModel, hosted } from '../entry.js';

/** Meta's Llama 3.2, and TinyLlama, which has the design and the tokenizer of Llama 2. */
export const llama: readonly CatalogueModel[] = [
  {
    id: 'llama-3.2-1b-instruct',
    name: 'Llama-3.2-1B-Instruct Q4_K_M',
    kind: 'instruct',
    base: null,
    languages: ['en', 'de', 'fr', 'it', 'pt', 'hi', 'es', 'th'],
    languageCount: 8,
    license: 'Llama 3.2 Community License',
    year: 2024,
    parameters: 1_235_814_400,
    // Without a tied table of 128,256 tokens × 2,048.
    layerParameters: 973_146_112,
    // "Up to" so many.
    tokensTrained: 9e12,
    contextLength: 131_072,
    architecture: 'llama',
    tokenizer: 'gpt2',
    wantsBos: true,
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'bartowski/Llama-3.2-1B-Instruct-GGUF',
      revision: '067b946cf014b7c697f3654f621d577a3e3afd1c',
      file: 'Llama-3.2-1B-Instruct-Q4_K_M.gguf',
      bytes: 807_694_464,
      sha256: '6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83',
    }),
    sources: ['https://huggingface.co/meta-llama/Llama-3.2-1B-Instruct'],
  },
  {
    id: 'tinyllama-1.1b-chat',
    name: 'TinyLlama-1.1B-Chat Q4_K_M',
    kind: 'instruct',
    base: null,
    languages: ['en'],
    languageCount: null,
    license: 'Apache-2.0',
    year: 2024,
    parameters: 1_100_048_384,
    // Without a table and an output layer of 32,000 tokens × 2,048 each.
    layerParameters: 968_976_384,
    tokensTrained: 3e12,
    contextLength: 2048,
    architecture: 'llama',
    tokenizer: 'llama',
    wantsBos: true,
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF',
      revision: '52e7645ba7c309695bec7ac98f4f005b139cf465',
      file: 'tinyllama-1.1b-chat-v1.0.Q4_K_M.gguf',
      bytes: 668_788_096,
      sha256: '9fecc3b3cd76bba89d504f29b616eedf7da85b96540e490ca5824d3f7d2776a0',
    }),
    sources: [
      'https://huggingface.co/TinyLlama/TinyLlama-1.1B-Chat-v1.0',
      'https://arxiv.org/abs/2401.02385',
    ],
  },
];
