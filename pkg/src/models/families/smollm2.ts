import { defaultModel } from '../../files/default-model.js';
import { type CatalogueModel, hosted } from '../entry.js';

const family = {
  languages: ['en'],
  languageCount: null,
  license: 'Apache-2.0',
  year: 2024,
  contextLength: 8192,
  architecture: 'llama',
  tokenizer: 'gpt2',
  wantsBos: false,
} as const;

const paper = 'https://arxiv.org/abs/2502.02737';
const card = (name: string) => [`https://huggingface.co/HuggingFaceTB/${name}`, paper];

/** Layers: all weights but a tied table of 49,152 tokens × the width of 576, 960 or 2,048. */
const sizes = {
  small: { parameters: 134_515_008, layerParameters: 106_203_456, tokensTrained: 2e12 },
  middle: { parameters: 361_821_120, layerParameters: 314_635_200, tokensTrained: 4e12 },
  large: { parameters: 1_711_376_384, layerParameters: 1_610_713_088, tokensTrained: 11e12 },
};

/** Hugging Face: one design in three sizes. */
export const smollm2: readonly CatalogueModel[] = [
  {
    id: defaultModel.id,
    name: defaultModel.name,
    ...family,
    ...sizes.small,
    kind: 'instruct',
    base: 'smollm2-135m',
    quantization: 'Q4_1',
    url: defaultModel.url,
    isFixed: true,
    bytes: defaultModel.bytes,
    sha256: defaultModel.sha256,
    sources: card('SmolLM2-135M-Instruct'),
  },
  {
    id: 'smollm2-135m',
    name: 'SmolLM2-135M Q8_0',
    ...family,
    ...sizes.small,
    kind: 'base',
    base: null,
    quantization: 'Q8_0',
    ...hosted({
      repository: 'QuantFactory/SmolLM2-135M-GGUF',
      revision: 'd948db3614be18259a175aafd7689a70f1cb4e2f',
      file: 'SmolLM2-135M.Q8_0.gguf',
      bytes: 144_810_464,
      sha256: 'b761d9ccdfce67726e41ca2ef30e9dfbcf6a32ca2aaef47df5c049ec362d04cd',
    }),
    sources: card('SmolLM2-135M'),
  },
  {
    id: 'smollm2-360m',
    name: 'SmolLM2-360M Q8_0',
    ...family,
    ...sizes.middle,
    kind: 'base',
    base: null,
    quantization: 'Q8_0',
    ...hosted({
      repository: 'mradermacher/SmolLM2-360M-GGUF',
      revision: '630c4866d716e28f45a516ed00e2882149726c13',
      file: 'SmolLM2-360M.Q8_0.gguf',
      bytes: 386_404_864,
      sha256: null,
    }),
    sources: card('SmolLM2-360M'),
  },
  {
    id: 'smollm2-360m-instruct',
    name: 'SmolLM2-360M-Instruct Q8_0',
    ...family,
    ...sizes.middle,
    kind: 'instruct',
    base: 'smollm2-360m',
    quantization: 'Q8_0',
    ...hosted({
      repository: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF',
      revision: '593b5a2e04c8f3e4ee880263f93e0bd2901ad47f',
      file: 'smollm2-360m-instruct-q8_0.gguf',
      bytes: 386_404_992,
      sha256: '48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201',
    }),
    sources: card('SmolLM2-360M-Instruct'),
  },
  {
    id: 'smollm2-1.7b-instruct',
    name: 'SmolLM2-1.7B-Instruct Q4_K_M',
    ...family,
    ...sizes.large,
    kind: 'instruct',
    base: null,
    quantization: 'Q4_K_M',
    ...hosted({
      repository: 'bartowski/SmolLM2-1.7B-Instruct-GGUF',
      revision: '1f03464768bfcc0319fc50da8ff5fb20b6417ba2',
      file: 'SmolLM2-1.7B-Instruct-Q4_K_M.gguf',
      bytes: 1_055_609_824,
      sha256: '77665ea4815999596525c636fbeb56ba8b080b46ae85efef4f0d986a139834d7',
    }),
    sources: card('SmolLM2-1.7B-Instruct'),
  },
];
