import type { Preset } from './preset.ts';

const queries = ['48 plus 76', '15 plus 23', '62 plus 9', '7 plus 5', '31 plus 84'] as const;

export const arithmetic: Preset = {
  id: 'arithmetic',
  name: 'Arithmetic',
  shows:
    'An honest limit. Demonstrations bring the form, a number, but hardly the sum. This tokenizer writes numbers digit by digit, after a space of its own: append the space, then watch each digit.',
  source: {
    text: 'The two-digit addition format of Brown et al. 2020, appendix G',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  task: {
    instruction: '',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: 'Q: What is ',
      inputSuffix: '?\n\n',
      outputPrefix: 'A:',
      outputSeparator: ' ',
      demonstrationSeparator: '\n\n',
    },
    demonstrations: [
      { input: '17 plus 25', output: '42' },
      { input: '60 plus 31', output: '91' },
      { input: '8 plus 54', output: '62' },
      { input: '93 plus 18', output: '111' },
      { input: '29 plus 46', output: '75' },
      { input: '71 plus 12', output: '83' },
      { input: '35 plus 35', output: '70' },
      { input: '86 plus 57', output: '143' },
      { input: '44 plus 20', output: '64' },
      { input: '19 plus 79', output: '98' },
    ],
    query: queries[0],
  },
  queries,
  shots: 4,
};
