import type { Preset } from './preset.ts';

const queries = [
  'Striker out for the season. The captain tore a ligament in training on Tuesday and will miss the final.',
  'Central bank holds rates. Borrowing costs stay where they are as inflation slows for a third month.',
  'Probe reaches the comet. After a voyage of nine years the spacecraft sent its first close pictures.',
  'Talks on the border resume. Envoys of both countries met for the first time since the summer.',
  'Chip maker beats forecasts. Orders for its new processor lifted profits by a fifth.',
] as const;

export const topics: Preset = {
  id: 'topics',
  name: 'News topics',
  shows:
    'Four classes and an instruction that names them. Compare zero shots with four, and see which class the model prefers before it has read an article: a bias towards common words.',
  source: {
    text: 'The AG News format of Zhao et al. 2021, “Calibrate Before Use”',
    url: 'https://arxiv.org/abs/2102.09690',
  },
  task: {
    instruction:
      'Classify the news articles into the categories of World, Sports, Business, and Technology.',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: 'Article: ',
      inputSuffix: '\n',
      outputPrefix: 'Answer:',
      outputSeparator: ' ',
      demonstrationSeparator: '\n\n',
    },
    demonstrations: [
      {
        input: 'Airline to cut routes. Rising fuel prices force the carrier to drop eleven cities.',
        output: 'Business',
      },
      {
        input:
          'Voters go to the polls. The island elects a new parliament after months of protest.',
        output: 'World',
      },
      {
        input: 'Late goal settles the derby. A header in added time sent the visitors to the top.',
        output: 'Sports',
      },
      {
        input: 'Browser gets a faster engine. The update loads heavy pages in half the time.',
        output: 'Technology',
      },
      {
        input: 'Flood waters recede. Rescue teams reached the last cut-off villages in the delta.',
        output: 'World',
      },
      {
        input: 'Grocer buys its rival. The two chains will keep their names after the merger.',
        output: 'Business',
      },
      {
        input: 'Phone with a folding screen. The hinge is said to last two hundred thousand bends.',
        output: 'Technology',
      },
      {
        input: 'Veteran wins the marathon. At thirty-nine she ran the fastest second half of all.',
        output: 'Sports',
      },
    ],
    labels: ['World', 'Sports', 'Business', 'Technology'],
    query: queries[0],
  },
  queries,
  shots: 4,
};
