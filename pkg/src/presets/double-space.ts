import { pastTense } from './past-tense.js';
import type { Preset } from './preset.js';
import { questionAnswer } from './templates.js';

const queries = ['climb', 'sing', 'borrow', 'freeze', 'whisper', 'teach'] as const;

/**
 * The fault of the issue: outputs began with a space of their own, and the template added another, but only in the
 * demonstrations. Ours are verbs and not sums, because this model cannot add: there would be nothing to lose.
 */
export const doubleSpace: Preset = {
  id: 'double-space',
  source: {
    text: 'EleutherAI/lm-evaluation-harness#2695',
    url: 'https://github.com/EleutherAI/lm-evaluation-harness/issues/2695',
  },
  task: {
    ...pastTense.task,
    template: { ...questionAnswer, outputSeparator: '  ' },
    query: queries[0],
  },
  queries,
  answer: 'climbed',
  shots: 4,
  rows: pastTense.rows,
  mended: { task: { ...pastTense.task, query: queries[0] }, shots: 4 },
};
