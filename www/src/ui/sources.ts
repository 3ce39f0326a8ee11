/** A source, named alike in every language. */
export interface Source {
  text: string;
  url: string;
}

const arxiv = (text: string, id: string): Source => ({ text, url: `https://arxiv.org/abs/${id}` });

/** Where the story's claims come from. */
export const sources = {
  smollm2: arxiv('Allal et al. 2025', '2502.02737'),
  card: {
    text: 'SmolLM2-135M-Instruct',
    url: 'https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct',
  },
  gpt3: arxiv('Brown et al. 2020', '2005.14165'),
  bert: arxiv('Devlin et al. 2019', '1810.04805'),
  features: arxiv('Peters et al. 2019', '1903.05987'),
  distillation: arxiv('Hinton et al. 2015', '1503.02531'),
  lora: arxiv('Hu et al. 2021', '2106.09685'),
  contextDistillation: arxiv('Snell et al. 2022', '2209.15189'),
  adaptation: arxiv('Gururangan et al. 2020', '2004.10964'),
  transformer: arxiv('Vaswani et al. 2017', '1706.03762'),
  sink: arxiv('Xiao et al. 2023', '2309.17453'),
  notExplanation: arxiv('Jain & Wallace 2019', '1902.10186'),
  brier: {
    text: 'Brier 1950',
    url: 'https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2',
  },
} as const satisfies Record<string, Source>;
export type SourceName = keyof typeof sources;
