/** What Brown et al. 2020 (arXiv 2005.14165) report for GPT-3, in per cent, zero-, one- and few-shot. */
export interface PaperResult {
  /** The task as the paper names it. */
  task: string;
  metric: 'accuracy' | 'exact match' | 'BLEU';
  /** The paper's number of demonstrations in "few"; null where it is not in the table. */
  few: number | null;
  /** 175 billion parameters; null where it is not shown here. */
  large: { values: readonly [number, number, number]; table: string } | null;
  /** 125 million parameters, from table H.1, which was read from a transcription. */
  small: readonly [number, number, number];
}

/** By the id of the preset. Their items are not ours. */
export const paperResults: Readonly<Record<string, PaperResult>> = {
  arithmetic: {
    task: 'Two-digit addition',
    metric: 'exact match',
    few: null,
    large: { values: [76.9, 99.6, 100], table: '3.9' },
    small: [0.7, 2, 2],
  },
  unscramble: {
    task: 'Cycled letters',
    metric: 'exact match',
    few: 100,
    large: { values: [3.66, 21.7, 37.9], table: '3.10' },
    small: [0.62, 1.67, 4.69],
  },
  cloze: {
    task: 'LAMBADA',
    metric: 'accuracy',
    few: null,
    large: { values: [76.2, 72.5, 86.4], table: '3.2' },
    small: [42.7, 22, 22],
  },
  qa: {
    task: 'TriviaQA',
    metric: 'accuracy',
    few: null,
    large: { values: [64.3, 68, 71.2], table: '3.3' },
    small: [4.15, 4.19, 6.96],
  },
  translate: { task: 'En→Fr', metric: 'BLEU', few: null, large: null, small: [1.74, 0.49, 4.09] },
};
