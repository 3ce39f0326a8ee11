import type { Preset } from './preset.js';

const queries = [
  'Tom carried the ladder to the tree, climbed up, and picked a red ____.',
  'The orchestra was ready, and everyone waited for the ____.',
  'Her shoes were wet, so she took them ____.',
  'He wanted to pay, but he had left his ____ at home.',
  'The bees flew from flower to flower to make ____.',
] as const;

export const cloze: Preset = {
  id: 'cloze',
  source: { text: 'Brown et al. 2020, §3.1.2', url: 'https://arxiv.org/abs/2005.14165' },
  task: {
    instruction: 'Fill in blank:',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: '',
      inputSuffix: ' ',
      outputPrefix: '->',
      outputSeparator: ' ',
      demonstrationSeparator: '\n',
    },
    demonstrations: [
      {
        input:
          'Paul and Nora went to the lake. Paul rowed the boat, and a fish was caught by ____.',
        output: 'Nora',
      },
      { input: 'The kettle was boiling. He took a cup, a spoon and a bag of ____.', output: 'tea' },
      {
        input: 'She had forgotten her umbrella, and on the way home she got caught in the ____.',
        output: 'rain',
      },
      {
        input: 'The violinist lifted her bow, and the whole hall listened to her ____.',
        output: 'violin',
      },
      {
        input: 'He sat down at the desk, took a sheet of paper, and began to write a ____.',
        output: 'letter',
      },
      { input: 'The farmer rose at dawn to feed the pigs and milk the ____.', output: 'cows' },
      { input: 'Lena lost her key, so she climbed in through the open ____.', output: 'window' },
      { input: 'Grandfather put on his glasses and opened the morning ____.', output: 'newspaper' },
      { input: 'It was dark in the cellar, so Ben lit a ____.', output: 'candle' },
      { input: 'The baker opened the oven and took out a fresh loaf of ____.', output: 'bread' },
    ],
    query: queries[0],
  },
  queries,
  answer: 'apple',
  shots: 8,
  rows: [
    { input: 'The dog ran to the gate, wagged its tail, and began to ____.', output: 'bark' },
    {
      input:
        'Mary and John were at the station. John had bought the tickets, so Mary thanked ____.',
      output: 'John',
    },
    { input: 'The pilot spoke to the tower, and then he landed the ____.', output: 'plane' },
    { input: 'She sat on the beach all day and listened to the waves of the ____.', output: 'sea' },
    { input: 'The dentist asked him to open his ____.', output: 'mouth' },
    { input: 'They had no wood left, and slowly the fire went ____.', output: 'out' },
    {
      input: 'The teacher wrote the sum on the board and asked the children for the ____.',
      output: 'answer',
    },
    { input: 'The library was quiet. He sat down in a corner and opened a ____.', output: 'book' },
    { input: 'The judge looked at the thief and sent him to ____.', output: 'prison' },
    { input: 'She planted a seed, and every morning she gave it some ____.', output: 'water' },
    { input: 'We could not see the stars, for the sky was full of ____.', output: 'clouds' },
    { input: 'The king took off his golden ____.', output: 'crown' },
    { input: 'He was tired, so he went upstairs and lay down on his ____.', output: 'bed' },
    { input: 'The hen sat in her nest and laid an ____.', output: 'egg' },
    { input: 'The clock on the tower struck twelve. It was already ____.', output: 'midnight' },
    { input: 'She put the letter into an envelope and licked the ____.', output: 'stamp' },
    { input: 'The phone began to ring, but nobody would answer the ____.', output: 'phone' },
    { input: 'The nurse took his hand and led him to the ____.', output: 'doctor' },
    { input: 'Anna gave Peter a present, and Peter gave a present to ____.', output: 'Anna' },
    { input: 'In the winter the lake freezes, and the children skate on the ____.', output: 'ice' },
    {
      input: 'The goalkeeper jumped to the left, but he could not reach the ____.',
      output: 'ball',
    },
    { input: 'The cat crept through the grass and caught a ____.', output: 'mouse' },
    { input: 'He knocked three times, and an old woman opened the ____.', output: 'door' },
    { input: 'The soup was far too hot, and she burned her ____.', output: 'tongue' },
  ],
  mended: null,
};
