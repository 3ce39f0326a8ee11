import { type CatalogueModel, hosted } from '../entry.js';

/** The Allen Institute for AI: weights, texts and code are all open. */
export const olmo2: readonly CatalogueModel[] = [
  {
    id: 'olmo-2-1b-instruct',
    name: 'OLMo-2-1B-Instruct Q4_K_M',
    kind: 'instruct',
    base: null,
    languages: ['en'],
    languageCount: null,
    license: 'Apache-2.0',
    year: 2025,
    parameters: 1_484_916_736,
    // Without a table and an output layer of 100,352 tokens × 2,048 each.
    layerParameters: 1_073_874_944,
    tokensTrained: 4e12,
    contextLength: 4096,
    architecture: 'olmo2',
    tokenizer: 'gpt2',
    wantsBos: null,
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'allenai/OLMo-2-0425-1B-Instruct-GGUF',
      revision: '62f8c199538474c3e33ed5d7e0580abd66686a27',
      file: 'OLMo-2-0425-1B-Instruct-Q4_K_M.gguf',
      bytes: 935_515_296,
      sha256: 'abd8187934a438fbf7cfff0a1de5b9d2793ce913f158794df1951dcba6c93cc6',
    }),
    sources: [
      'https://huggingface.co/allenai/OLMo-2-0425-1B-Instruct',
      'https://arxiv.org/abs/2501.00656',
    ],
  },
];
