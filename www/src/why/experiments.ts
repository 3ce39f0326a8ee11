import { chunk } from '../util/chunk.ts';
import type { Card } from './card.ts';
import { type Experiment, type ExperimentId, experimentIds } from './experiment.ts';
import type { Figure } from './figure.ts';

interface Listed extends Omit<Experiment, 'fetchCard'> {
  load(): Promise<Card>;
}

const listed: readonly Listed[] = [
  {
    id: 'influence',
    demonstrations: 1,
    source: {
      text: 'Nguyen & Wong 2023, In-context Example Selection with Influences',
      url: 'https://arxiv.org/abs/2302.11042',
    },
    load: async () => (await import('./effects/card.ts')).influenceCard,
  },
  {
    id: 'order',
    demonstrations: 2,
    source: {
      text: 'Lu et al. 2022, Fantastically Ordered Prompts',
      url: 'https://arxiv.org/abs/2104.08786',
    },
    load: async () => (await import('./order/card.ts')).orderCard,
  },
  {
    id: 'labels',
    demonstrations: 1,
    source: {
      text: 'Min et al. 2022, Rethinking the Role of Demonstrations',
      url: 'https://arxiv.org/abs/2202.12837',
    },
    load: async () => (await import('./variants/card.ts')).labelsCard,
  },
  {
    id: 'calibrate',
    needsTable: true,
    source: {
      text: 'Zhao et al. 2021, Calibrate Before Use',
      url: 'https://arxiv.org/abs/2102.09690',
    },
    load: async () => (await import('./calibration/card.ts')).calibrateCard,
  },
  {
    id: 'format',
    needsTable: true,
    source: {
      text: 'Sclar et al. 2024, Quantifying Sensitivity to Prompt Formatting',
      url: 'https://arxiv.org/abs/2310.11324',
    },
    load: async () => (await import('./variants/card.ts')).formatCard,
  },
  {
    id: 'attribution',
    tabOf: 'influence',
    source: {
      text: 'Miglani et al. 2023, Captum for generative language models',
      url: 'https://arxiv.org/abs/2312.05491',
    },
    load: async () => (await import('./effects/card.ts')).attributionCard,
  },
  {
    id: 'lens',
    needs: 'inside',
    looksAt: true,
    isRecorded: true,
    comparesNothing: true,
    source: {
      text: 'nostalgebraist 2020, the logit lens; Belrose et al. 2023',
      url: 'https://arxiv.org/abs/2303.08112',
    },
    load: async () => (await import('./lens/card.ts')).lensCard,
  },
  {
    id: 'patch',
    needs: 'inside',
    mayUsePinned: true,
    comparesNothing: true,
    demonstrations: 1,
    isBrief: true,
    source: {
      text: 'Meng et al. 2022; Zhang & Nanda 2024',
      url: 'https://arxiv.org/abs/2309.16042',
    },
    load: async () => (await import('./patch/card.ts')).patchCard,
  },
  {
    id: 'heads',
    needs: 'inside',
    comparesNothing: true,
    asks: 'nothing',
    isBrief: true,
    source: {
      text: 'Olsson et al. 2022, In-context Learning and Induction Heads',
      url: 'https://arxiv.org/abs/2209.11895',
    },
    load: async () => (await import('./heads/card.ts')).headsCard,
  },
  {
    id: 'probe',
    needs: 'inside',
    isRecorded: true,
    asks: 'rows',
    needsTable: true,
    needsLabels: true,
    atOwnShots: true,
    comparesNothing: true,
    isBrief: true,
    source: {
      text: 'Alain & Bengio 2016; Cho et al. 2023, Prompt-Augmented Linear Probing',
      url: 'https://arxiv.org/abs/1610.01644',
    },
    load: async () => (await import('./probe/card.ts')).probeCard,
  },
  {
    id: 'vector',
    needs: 'inside',
    isRecorded: true,
    demonstrations: 1,
    usesPool: true,
    comparesNothing: true,
    needsTable: true,
    source: {
      text: 'Hendel et al. 2023, In-Context Learning Creates Task Vectors; Turner et al. 2023',
      url: 'https://arxiv.org/abs/2310.15916',
    },
    load: async () => (await import('./vector/card.ts')).vectorCard,
  },
  {
    id: 'choose',
    needs: 'inside',
    demonstrations: 1,
    needsTable: true,
    overTable: true,
    source: {
      text: 'Liu et al. 2021 (KATE); Rubin et al. 2021 (EPR); Robertson & Zaragoza 2009 (BM25)',
      url: 'https://arxiv.org/abs/2101.06804',
    },
    load: async () => (await import('./choose/card.ts')).chooseCard,
  },
  {
    id: 'manyShots',
    needsTable: true,
    overTable: true,
    source: {
      text: 'Agarwal et al. 2024, Many-Shot In-Context Learning',
      url: 'https://arxiv.org/abs/2404.11018',
    },
    load: async () => (await import('./many-shots/card.ts')).manyShotsCard,
  },
  {
    id: 'sentences',
    asks: 'sentences',
    comparesNothing: true,
    source: {
      text: 'Warstadt et al. 2020, BLiMP',
      url: 'https://arxiv.org/abs/1912.00582',
    },
    load: async () => (await import('./sentences/card.ts')).sentencesCard,
  },
  {
    id: 'evaluate',
    asks: 'rows',
    needsTable: true,
    source: {
      text: 'Brown et al. 2020, §2.4; Wilson 1927; Guo et al. 2017',
      url: 'https://arxiv.org/abs/1706.04599',
    },
    load: async () => (await import('./evaluate/card.ts')).evaluateCard,
  },
  {
    id: 'compare',
    tabOf: 'evaluate',
    asks: 'rows',
    needsTable: true,
    needsPinned: true,
    source: {
      text: 'McNemar 1947; Newcombe 1998, method 10; Fagerland et al. 2013',
      url: 'https://doi.org/10.1186/1471-2288-13-91',
    },
    load: async () => (await import('./evaluate/pair/card.ts')).pairCard,
  },
  {
    id: 'models',
    asks: 'rows',
    needsTable: true,
    overModels: true,
    source: {
      text: 'Brown et al. 2020, Figure 1.2',
      url: 'https://arxiv.org/abs/2005.14165',
    },
    load: async () => (await import('./models/card.ts')).modelsCard,
  },
];

const fetched = new Map<ExperimentId, Card>();

const all: readonly Experiment[] = listed.map(({ load, ...facts }) => ({
  ...facts,
  fetchCard: chunk(async () => {
    const card = await load();
    fetched.set(facts.id, card);
    return card;
  }),
}));

/** The card that made a figure, which is there as long as the figure is. */
export function cardThatMade({ experiment }: Figure): Card {
  const card = fetched.get(experiment);
  if (!card) throw new Error(`A figure of ${experiment} was there before its card.`);
  return card;
}

const byId = new Map<string, Experiment>(all.map((experiment) => [experiment.id, experiment]));

/** The experiment that has this name; of a name that nothing has, the first. */
export function experimentOf(id: string): Experiment {
  return byId.get(id) ?? (all[0] as Experiment);
}

/** In the order of the tabs. */
export const experiments: readonly Experiment[] = experimentIds.map(experimentOf);

/** The experiment that is shown: two prompts are compared only while one is pinned. */
export function shownExperiment(id: string, isPinned: boolean): Experiment {
  const experiment = experimentOf(id);
  return experiment.needsPinned && !isPinned ? experimentOf('evaluate') : experiment;
}
