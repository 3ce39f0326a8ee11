import type { Preset } from './preset.js';
import { questionAnswer } from './templates.js';

const queries = ['green apple', 'small apple', 'kiwi', 'red cabbage'] as const;

const demonstrations = [
  { input: 'banana', output: 'fruit' },
  { input: 'pear', output: 'fruit' },
  { input: 'red apple', output: 'vegetable' },
  { input: 'carrot', output: 'vegetable' },
  { input: 'onion', output: 'vegetable' },
  { input: 'cherry', output: 'fruit' },
  { input: 'cabbage', output: 'vegetable' },
  { input: 'plum', output: 'fruit' },
  { input: 'potato', output: 'vegetable' },
  { input: 'peach', output: 'fruit' },
];

/** The place of the one that says the contrary of what is true. */
const culprit = 2;

export const badExample: Preset = {
  id: 'bad-example',
  source: { text: 'LIT, Tenney et al. 2020', url: 'https://arxiv.org/abs/2008.05122' },
  task: {
    instruction: '',
    template: questionAnswer,
    demonstrations,
    labels: ['fruit', 'vegetable'],
    query: queries[0],
  },
  queries,
  answer: 'fruit',
  shots: 5,
  rows: [
    { input: 'orange', output: 'fruit' },
    { input: 'spinach', output: 'vegetable' },
    { input: 'grape', output: 'fruit' },
    { input: 'celery', output: 'vegetable' },
    { input: 'lemon', output: 'fruit' },
    { input: 'broccoli', output: 'vegetable' },
    { input: 'strawberry', output: 'fruit' },
    { input: 'radish', output: 'vegetable' },
    { input: 'mango', output: 'fruit' },
    { input: 'leek', output: 'vegetable' },
    { input: 'apricot', output: 'fruit' },
    { input: 'turnip', output: 'vegetable' },
    { input: 'melon', output: 'fruit' },
    { input: 'lettuce', output: 'vegetable' },
    { input: 'raspberry', output: 'fruit' },
    { input: 'garlic', output: 'vegetable' },
    { input: 'pineapple', output: 'fruit' },
    { input: 'beetroot', output: 'vegetable' },
    { input: 'fig', output: 'fruit' },
    { input: 'asparagus', output: 'vegetable' },
    { input: 'blueberry', output: 'fruit' },
    { input: 'parsnip', output: 'vegetable' },
    { input: 'yellow apple', output: 'fruit' },
    { input: 'cauliflower', output: 'vegetable' },
  ],
  mended: {
    task: {
      instruction: '',
      template: questionAnswer,
      demonstrations: demonstrations.filter((_, index) => index !== culprit),
      labels: ['fruit', 'vegetable'],
      query: queries[0],
    },
    shots: 4,
  },
};
