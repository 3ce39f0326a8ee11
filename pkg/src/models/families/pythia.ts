import { type CatalogueModel, hosted } from '../entry.js';

const family = {
  kind: 'base',
  base: null,
  languages: ['en'],
  languageCount: null,
  license: 'Apache-2.0',
  year: 2023,
  tokensTrained: 299_892_736_000,
  contextLength: 2048,
  architecture: 'gptneox',
  tokenizer: 'gpt2',
  wantsBos: null,
  quantization: 'Q8_0',
} as const;

const paper = 'https://arxiv.org/abs/2304.01373';

/** EleutherAI: one design, the same texts in the same order, in many sizes, made to see what size does. */
export const pythia: readonly CatalogueModel[] = [
  {
    id: 'pythia-14m',
    name: 'Pythia-14M Q8_0',
    ...family,
    parameters: 14_067_712,
    layerParameters: 1_189_888,
    ...hosted({
      repository: 'mradermacher/pythia-14m-GGUF',
      revision: '6e0b616b2d66b8f2c6bb6f80fc661350a19d1dcf',
      file: 'pythia-14m.Q8_0.gguf',
      bytes: 16_750_496,
      sha256: null,
    }),
    // The file is of the weights that have since been renamed to "deduped".
    sources: ['https://huggingface.co/EleutherAI/pythia-14m-deduped', paper],
  },
  {
    id: 'pythia-70m',
    name: 'Pythia-70M-deduped Q8_0',
    ...family,
    parameters: 70_426_624,
    layerParameters: 18_915_328,
    ...hosted({
      repository: 'mradermacher/pythia-70m-deduped-GGUF',
      revision: 'de94e2866e79534ca28e66593069e941988ac217',
      file: 'pythia-70m-deduped.Q8_0.gguf',
      bytes: 76_722_400,
      sha256: null,
    }),
    sources: ['https://huggingface.co/EleutherAI/pythia-70m-deduped', paper],
  },
  {
    id: 'pythia-160m',
    name: 'Pythia-160M Q8_0',
    ...family,
    parameters: 162_322_944,
    layerParameters: 85_056_000,
    ...hosted({
      repository: 'mradermacher/pythia-160m-GGUF',
      revision: '7a79d8f693376ce9f1ba21e2c0586c3bc874e68c',
      file: 'pythia-160m.Q8_0.gguf',
      bytes: 174_602_272,
      sha256: null,
    }),
    sources: ['https://huggingface.co/EleutherAI/pythia-160m', paper],
  },
  {
    id: 'pythia-410m',
    name: 'Pythia-410M Q8_0',
    ...family,
    parameters: 405_334_016,
    layerParameters: 302_311_424,
    ...hosted({
      repository: 'mradermacher/pythia-410m-GGUF',
      revision: '29569dd6a296a653472b3086dbc8ded8479e9707',
      file: 'pythia-410m.Q8_0.gguf',
      bytes: 433_397_664,
      sha256: null,
    }),
    sources: ['https://huggingface.co/EleutherAI/pythia-410m', paper],
  },
];
