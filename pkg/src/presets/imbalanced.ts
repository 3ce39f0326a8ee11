import type { Preset } from './preset.js';
import { sentiment } from './sentiment.js';

const { task, rows } = sentiment;

const queries = [
  'Two hours of my life that I will never get back.',
  'Dull from the first minute.',
  'The cast is wonderful and the last scene stayed with me for days.',
  'Beautifully shot, but there is nothing behind the pictures.',
] as const;

const withOutput = (label: string) => task.demonstrations.filter(({ output }) => output === label);

/** The demonstrations of `sentiment`, those of one label first: the first four shots have no other. */
export const imbalanced: Preset = {
  id: 'imbalanced',
  source: { text: 'Zhao et al. 2021, §4', url: 'https://arxiv.org/abs/2102.09690' },
  task: {
    ...task,
    demonstrations: [...withOutput('Positive'), ...withOutput('Negative')],
    query: queries[0],
  },
  queries,
  answer: 'Negative',
  shots: 4,
  rows,
  mended: { task: { ...task, query: queries[0] }, shots: 4 },
};
