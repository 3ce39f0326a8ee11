import type { Preset } from './preset.ts';

const queries = ['sing', 'climb', 'borrow', 'freeze', 'whisper', 'teach'] as const;

export const pastTense: Preset = {
  id: 'past-tense',
  name: 'Past tense',
  shows:
    'Nothing says what is wanted; only the demonstrations do. With none the model has to guess what an answer looks like. With a few it copies the pattern.',
  source: {
    text: 'The zero-, one- and few-shot settings of Brown et al. 2020',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  task: {
    instruction: '',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: 'Q: ',
      inputSuffix: '\n',
      outputPrefix: 'A:',
      outputSeparator: ' ',
      demonstrationSeparator: '\n\n',
    },
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
  shots: 4,
};
