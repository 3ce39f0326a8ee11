import type { Preset } from './preset.js';
import { sentiment } from './sentiment.js';

const { task, queries, answer, rows } = sentiment;

const exchanged: Record<string, string> = { Negative: 'Positive', Positive: 'Negative' };

/** Every demonstration says the contrary; the rows, and what counts as right, say the truth. */
export const flipped: Preset = {
  id: 'flipped',
  source: { text: 'Min et al. 2022', url: 'https://arxiv.org/abs/2202.12837' },
  task: {
    ...task,
    demonstrations: task.demonstrations.map(({ input, output }) => ({
      input,
      output: exchanged[output] ?? output,
    })),
  },
  queries,
  answer,
  shots: 4,
  rows,
  mended: { task, shots: 4 },
};
