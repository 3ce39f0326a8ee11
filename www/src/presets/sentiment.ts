import type { Preset } from './preset.ts';

const queries = [
  'The cast is wonderful and the last scene stayed with me for days.',
  'Two hours of my life that I will never get back.',
  'Beautifully shot, but there is nothing behind the pictures.',
  'I went in expecting little and came out smiling.',
  'Not bad at all.',
] as const;

export const sentiment: Preset = {
  id: 'sentiment',
  name: 'Sentiment',
  shows:
    'A classification without an instruction. Demonstrations first teach the model that the answer is one of two words; how well it then chooses between them is another matter. Try four of the same kind in a row.',
  source: {
    text: 'The SST-2 format of Zhao et al. 2021, “Calibrate Before Use”',
    url: 'https://arxiv.org/abs/2102.09690',
  },
  task: {
    instruction: '',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: 'Review: ',
      inputSuffix: '\n',
      outputPrefix: 'Sentiment:',
      outputSeparator: ' ',
      demonstrationSeparator: '\n\n',
    },
    demonstrations: [
      { input: 'A warm, funny film that never talks down to its audience.', output: 'Positive' },
      { input: 'The plot makes no sense and the jokes fall flat.', output: 'Negative' },
      { input: 'It drags on and on, and then it simply stops.', output: 'Negative' },
      { input: 'I would gladly watch it again tomorrow.', output: 'Positive' },
      { input: 'Wooden acting, ugly sets, a score that grates.', output: 'Negative' },
      { input: 'A small story, told with great care.', output: 'Positive' },
      { input: 'Every minute of it feels alive.', output: 'Positive' },
      { input: 'A tired copy of a better film.', output: 'Negative' },
      { input: 'The children in the row behind us loved it, and so did we.', output: 'Positive' },
      { input: 'I walked out after half an hour.', output: 'Negative' },
    ],
    labels: ['Negative', 'Positive'],
    query: queries[0],
  },
  queries,
  shots: 4,
};
