import { type CatalogueModel, hosted } from '../entry.js';

/** OpenAI, 2019: the smallest of the models whose successor made few-shot prompts known. */
export const gpt2: readonly CatalogueModel[] = [
  {
    id: 'gpt2',
    name: 'GPT-2 124M Q8_0',
    kind: 'base',
    base: null,
    languages: ['en'],
    languageCount: null,
    license: 'MIT',
    year: 2019,
    parameters: 124_439_808,
    // Without tables of 50,257 tokens and 1,024 positions × 768.
    layerParameters: 85_056_000,
    // 40 GB of text; the number of tokens was not published.
    tokensTrained: null,
    contextLength: 1024,
    architecture: 'gpt2',
    tokenizer: 'gpt2',
    wantsBos: null,
    quantization: 'Q8_0',
    ...hosted({
      repository: 'mradermacher/gpt2-GGUF',
      revision: '0cda0c2b1459ccd32256c6ddde9d230934112c1c',
      file: 'gpt2.Q8_0.gguf',
      bytes: 177_669_376,
      sha256: '9ab5d3c0b9ac838651c2bfd2db2d5b75d40077562557ccd23fca9569bdc2eee0',
    }),
    sources: ['https://huggingface.co/openai-community/gpt2'],
  },
];
