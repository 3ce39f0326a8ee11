import type { Preset } from './preset.ts';

const queries = ['cheese', 'night', 'school', 'red wine', 'thank you', 'bird'] as const;

export const translate: Preset = {
  id: 'translate',
  name: 'Translation',
  shows:
    'The picture that made few-shot prompts famous. A model this small learns the form from the demonstrations, French words after an arrow, more readily than the vocabulary.',
  source: {
    text: 'Figure 2.1 of Brown et al. 2020, with other words',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  task: {
    instruction: 'Translate English to French:',
    template: {
      instructionSeparator: '\n',
      inputPrefix: '',
      inputSuffix: ' ',
      outputPrefix: '=>',
      outputSeparator: ' ',
      demonstrationSeparator: '\n',
    },
    demonstrations: [
      { input: 'bread', output: 'pain' },
      { input: 'the blue house', output: 'la maison bleue' },
      { input: 'water', output: 'eau' },
      { input: 'good morning', output: 'bonjour' },
      { input: 'apple', output: 'pomme' },
      { input: 'a black cat', output: 'un chat noir' },
      { input: 'book', output: 'livre' },
      { input: 'friend', output: 'ami' },
      { input: 'white flower', output: 'fleur blanche' },
      { input: 'sun', output: 'soleil' },
    ],
    query: queries[0],
  },
  queries,
  shots: 4,
};
