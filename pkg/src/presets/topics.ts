import type { Preset } from './preset.js';

const queries = [
  'Striker out for the season. The captain tore a ligament in training on Tuesday and will miss the final.',
  'Central bank holds rates. Borrowing costs stay where they are as inflation slows for a third month.',
  'Probe reaches the comet. After a voyage of nine years the spacecraft sent its first close pictures.',
  'Talks on the border resume. Envoys of both countries met for the first time since the summer.',
  'Chip maker beats forecasts. Orders for its new processor lifted profits by a fifth.',
] as const;

export const topics: Preset = {
  id: 'topics',
  source: { text: 'Zhao et al. 2021, AG News', url: 'https://arxiv.org/abs/2102.09690' },
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
  answer: 'Sports',
  shots: 4,
  rows: [
    {
      input:
        'Sprinter breaks the record. The young runner took a tenth of a second off the old mark.',
      output: 'Sports',
    },
    {
      input:
        'Bank closes branches. Forty offices will shut as customers move their accounts online.',
      output: 'Business',
    },
    {
      input:
        'Ceasefire holds. Both armies stayed behind the line for a second day, observers said.',
      output: 'World',
    },
    {
      input: 'New chip doubles battery life. The laptop maker will ship the processor next spring.',
      output: 'Technology',
    },
    {
      input: 'Coach resigns after defeat. The club had lost six matches in a row.',
      output: 'Sports',
    },
    {
      input:
        'Shares fall on weak sales. The retailer warned that profits would be lower this year.',
      output: 'Business',
    },
    {
      input: 'President visits the neighbours. The two leaders signed a treaty on river water.',
      output: 'World',
    },
    {
      input: 'Software flaw fixed. The company asks users to install the security update at once.',
      output: 'Technology',
    },
    {
      input: 'Tennis star returns. She won her first match in a year in straight sets.',
      output: 'Sports',
    },
    {
      input: 'Oil prices climb. Traders expect less supply from the producers next month.',
      output: 'Business',
    },
    {
      input: 'Earthquake shakes the coast. The government sent troops to help the injured.',
      output: 'World',
    },
    {
      input: 'Robot learns to fold clothes. Engineers trained it on thousands of videos.',
      output: 'Technology',
    },
    {
      input: 'Cyclists reach the mountains. The leader kept the yellow jersey on a hard climb.',
      output: 'Sports',
    },
    {
      input: 'Carmaker cuts jobs. Two thousand workers will leave the factory by the summer.',
      output: 'Business',
    },
    {
      input: 'Parliament passes the law. Thousands marched through the capital against the reform.',
      output: 'World',
    },
    {
      input: 'App translates signs. Point the camera at a text, and it appears in your language.',
      output: 'Technology',
    },
    {
      input: 'Home side wins the cup. A penalty in the last minute decided the final.',
      output: 'Sports',
    },
    {
      input: 'Investors back the start-up. The firm raised ninety million to expand abroad.',
      output: 'Business',
    },
    {
      input: 'Refugees cross the border. Aid groups say that tents and water are running out.',
      output: 'World',
    },
    {
      input: 'Search engine adds a chat. The company says that the new tool answers questions.',
      output: 'Technology',
    },
    {
      input: 'Swimmer takes three medals. She won both relays and the long distance race.',
      output: 'Sports',
    },
    {
      input: 'Airline returns to profit. Full planes and cheaper fuel lifted its earnings.',
      output: 'Business',
    },
    {
      input: 'Rebels free the hostages. The ambassador thanked the negotiators for their work.',
      output: 'World',
    },
    {
      input:
        'Smaller satellites go up. The rocket carried sixty of them, each the size of a shoe box.',
      output: 'Technology',
    },
  ],
  mended: null,
};
