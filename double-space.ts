import type { PresetContent } from './preset.ts';

const queries = ['climb', 'sing', 'borrow', 'freeze'] as const;

export const doubleSpace: PresetContent = {
  id: 'double-space',
  source: { text: 'EleutherAI/lm-evaluation-harness#2695', url: 'https://github.com/EleutherAI/lm-evaluation-harness/issues/2695' },
  task: {
    instruction: '',
    template: trap,
    demonstrations: [
      { input: 'walk', output: 'walked' },
      { input: 'play', output: 'played' },
      { input: 'go', output: 'went' },
      { input: 'carry', output: 'carried' },
      { input: 'write', output: 'wrote' },
      { input: 'plan', output: 'planned' },
      { input: 'bring', output: 'brought' },
      { input: 'open', output: 'opened' },
      { input: 'swim', output: 'swam' },
      { input: 'paint', output: 'painted' },
    ],
    query: queries[0],
  },
  queries,
  answer: 'climbed',
  shots: 4,
  rows: [
    { input: 'jump', output: 'jumped' },
  ],
  mended: null,
};
