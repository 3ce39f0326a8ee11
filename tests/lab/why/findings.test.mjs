// The sentence over a figure: what it names, and where it says that nothing stands out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { experimentOf } = await labModule('why/experiments.ts');

const cards = {};
for (const id of ['influence', 'order', 'calibrate', 'evaluate'])
  cards[id] = await experimentOf(id).fetchCard();
const findingOf = (figure) => cards[figure.experiment].finding(figure);

const effectsOf = (...nats) => ({
  experiment: 'influence',
  about: 'horses',
  isFree: true,
  method: 'shapley',
  all: 0.9,
  none: 0.0003,
  effects: nats.map((one, i) => ({
    role: 'demonstration',
    demonstration: i,
    text: '',
    output: '',
    nats: one,
  })),
});

test('examples that differ by less than a tenth help about equally', () => {
  const says = (...nats) => findingOf(effectsOf(...nats)).split('. ')[0];
  assert.equal(says(2.58, 2.52, 2.64, 2.64), 'All 4 examples help about equally');
  assert.equal(says(-1, -1.05), 'All 2 examples work against the answer about equally');
  assert.match(says(2.3, 2.64), /^Example 2 helps the answer most/);
  assert.match(says(1, -1), /^Example/);
  assert.match(says(-3, 1), /^Example 1 has the largest effect and works against/);
  const parts = { ...effectsOf(1, 1), method: 'parts' };
  assert.match(findingOf(parts), /^All parts help about equally\./);
});

const orderOf = (...ps) => ({
  experiment: 'order',
  about: 'spam',
  isFree: false,
  lasts: ['a'],
  orders: ps.map((p, i) => ({ order: [i], p, predicted: 'spam', last: 'a' })),
});

test('orders that differ by less than a tenth matter little', () => {
  assert.match(
    findingOf(orderOf(0.916, 0.95, 0.98)),
    /^The order matters little: P\(spam\) among the labels stays/,
  );
  assert.match(
    findingOf(orderOf(0.6, 0.95)),
    /^The order alone moves P\(spam\) among the labels from/,
  );
});

const point = { shots: 8, cells: 5, mean: 0.734, min: 0.66, max: 0.86 };
const evaluationOf = (change, cells) => ({
  experiment: 'evaluate',
  evaluation: {
    curve: [{ ...point, sd: 0.076, interval: { low: 0.64, high: 0.811 }, ...change }],
    cells,
  },
});

test('the deviation is over draws, and the interval over rows', () => {
  const drawn = [0, 1].map((seed) => ({ shots: 8, seed, order: 0 }));
  assert.equal(
    findingOf(evaluationOf({}, drawn)),
    'With 8 examples: 73.4% ± 7.6% correct (mean ± sd over draws of the examples), 66.0% to 86.0%; 95% interval over rows 64.0% to 81.1%.',
  );
  const ordered = [0, 1].map((order) => ({ shots: 8, seed: 0, order }));
  assert.match(findingOf(evaluationOf({ sd: null }, ordered)), /on average over 5 orders, 66/);
  const accuracy = { n: 50, correct: 40, accuracy: 0.8, interval: { low: 0.67, high: 0.89 } };
  assert.equal(
    findingOf(evaluationOf({ sd: null }, [{ shots: 8, seed: 0, order: 0, accuracy }])),
    'With 8 examples: 80.0% correct (40 of 50); 95% interval over rows 67.0% to 89.0%.',
  );
});

test('a posterior says that it is one', () => {
  const calibrated = {
    experiment: 'calibrate',
    about: 'spam',
    isFree: false,
    answers: [
      { name: 'spam', asked: 0.8, empty: 0.7, calibrated: 0.6 },
      { name: 'ham', asked: 0.2, empty: 0.3, calibrated: 0.4 },
    ],
  };
  assert.match(findingOf(calibrated), /\(70\.0% among the labels\)/);
  assert.match(findingOf({ ...calibrated, isFree: true }), /among the answers compared/);
});
