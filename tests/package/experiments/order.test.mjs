import assert from 'node:assert/strict';
import { test } from 'node:test';
import { order, planOrder } from '../../../pkg/dist/experiments/order.js';
import { fakeModel, near, resultOf, sentiment, withDemonstrations } from './fake.mjs';

const ordersOf = (k, options) =>
  planOrder(withDemonstrations(k), options).map(({ order }) => order);
const twoLabels = ['Positive', 'Negative'].map((name) => ({ name, words: [` ${name}`] }));

test('all orders of up to four demonstrations, sorted, the given one first', () => {
  assert.deepEqual(ordersOf(3), [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ]);
  for (const [k, all] of [
    [0, 1],
    [1, 1],
    [2, 2],
    [4, 24],
  ]) {
    const orders = ordersOf(k, { labels: twoLabels });
    assert.equal(orders.length, all);
    assert.equal(new Set(orders.map(String)).size, all);
    for (const order of orders) assert.deepEqual(order.toSorted(), [0, 1, 2, 3].slice(0, k));
    assert.deepEqual(orders, orders.toSorted());
  }
});

test('24 different orders of more, chosen by the seed, the given one among them', () => {
  for (const k of [5, 8, 12]) {
    const indices = Array.from({ length: k }, (_, i) => i);
    const orders = ordersOf(k, { seed: 7 });
    assert.equal(orders.length, 24);
    assert.equal(new Set(orders.map(String)).size, 24);
    for (const order of orders)
      assert.deepEqual(
        order.toSorted((a, b) => a - b),
        indices,
      );
    assert.deepEqual(orders[0], indices);
    assert.deepEqual(ordersOf(k, { seed: 7 }), orders);
    assert.notDeepEqual(ordersOf(k, { seed: 8 }), orders);
    assert.deepEqual(ordersOf(k), ordersOf(k, { seed: 0 }));
  }
});

test('neighbours share beginnings: no beginning is left and come back to', () => {
  for (const k of [4, 6, 12]) {
    const left = new Set();
    let last = [];
    for (const order of ordersOf(k)) {
      for (let n = 1; n <= k; n++) {
        const beginning = String(order.slice(0, n));
        assert.ok(!left.has(beginning), `${beginning} again`);
        if (beginning !== String(last.slice(0, n))) left.add(String(last.slice(0, n)));
      }
      last = order;
    }
  }
});

test('flips, and the posterior of the gold label', async () => {
  // The label of the last demonstration gets ln 3 more: a model of recency.
  const recency = (context, word) =>
    context.split('\n\n').at(-2).endsWith(word) ? Math.log(0.3) : Math.log(0.1);
  const model = fakeModel(recency);
  const { readings, flips } = await resultOf(order(model, sentiment, { gold: 'Negative' }));
  // [0, 1, 2] and the three others without Negative at the end have Positive; two orders flip.
  assert.deepEqual(
    readings.map(({ order, classification }) => [order.at(-1), classification.predicted]),
    [
      [2, 0],
      [1, 1],
      [2, 0],
      [0, 0],
      [1, 1],
      [0, 0],
    ],
  );
  assert.equal(flips, 2);
  for (const { order, pGold } of readings) near(pGold, order.at(-1) === 1 ? 0.75 : 0.25);
  const other = { ...sentiment, demonstrations: sentiment.demonstrations.toSpliced(1, 1) };
  const unknown = await resultOf(order(fakeModel(recency), other, { labels: twoLabels }));
  assert.deepEqual([unknown.flips, unknown.readings[0].pGold], [0, null]);
});

test('flips count from the given order, also when it is the odd one', async () => {
  const odd = (context, word) =>
    (context.startsWith('Review: warm\nSentiment: Positive\n\nReview: dull') ? 1 : -1) *
    (word === ' Negative' ? 1 : 2);
  assert.equal((await resultOf(order(fakeModel(odd), sentiment))).flips, 5);
});

test('GlobalE and LocalE over four probes, by hand', async () => {
  const posteriors = { a: 0.9, b: 0.8, c: 0.6, d: 0.2 };
  const logprob = (context, word) => {
    const p = posteriors[context.match(/Review: (.)\nSentiment:$/)[1]];
    return Math.log(word === ' Positive' ? p : 1 - p);
  };
  const options = { query: 'a', probes: ['a', 'b', 'c', 'd'], shots: 1 };
  const model = fakeModel(logprob);
  const { readings } = await resultOf(order(model, sentiment, options));
  // Three probes are Positive, one is Negative: −¾ ln ¾ − ¼ ln ¼.
  near(readings[0].globalE, 0.5623351446188083);
  // The entropies of .9, .8, .6 and .2 are 0.325083, 0.500402, 0.673012 and 0.500402 nats.
  near(readings[0].localE, (0.325083 + 0.500402 + 0.673012 + 0.500402) / 4, 1e-6);
  // The query is a probe, and is not run twice.
  assert.equal(model.calls.length, 4);

  const alike = await resultOf(
    order(fakeModel(logprob), sentiment, { ...options, probes: ['b', 'c'] }),
  );
  // Two of Positive and 1e-5 of Negative, made to sum to 1.
  const rare = 1e-5 / (2 + 1e-5);
  near(alike.readings[0].globalE, -rare * Math.log(rare) - (1 - rare) * Math.log(1 - rare));

  const even = { ...options, probes: ['a', 'd'] };
  near((await resultOf(order(fakeModel(logprob), sentiment, even))).readings[0].globalE, Math.LN2);
});

test('probabilities of 0 and 1 have no entropy', async () => {
  const certain = (_, word) => (word === ' Positive' ? 0 : -2000);
  const { readings } = await resultOf(order(fakeModel(certain), sentiment));
  assert.equal(readings[0].localE, 0);
});

test('permuting the demonstrations permutes the readings', async () => {
  for (const [k, by] of [
    [3, [2, 0, 1]],
    [4, [1, 3, 0, 2]],
  ]) {
    const task = withDemonstrations(k);
    const permuted = { ...task, demonstrations: by.map((i) => task.demonstrations[i]) };
    const options = { labels: twoLabels, gold: 'Positive', probes: ['one', 'two'] };
    const { readings } = await resultOf(order(fakeModel(), task, options));
    const turned = await resultOf(order(fakeModel(), permuted, options));
    const back = turned.readings.map((one) => ({ ...one, order: one.order.map((i) => by[i]) }));
    const sorted = (all) => all.toSorted((a, b) => (String(a.order) < String(b.order) ? -1 : 1));
    assert.deepEqual(sorted(back), sorted(readings));
  }
});

test('what is no seed and no list of probes is refused', () => {
  for (const seed of [-1, 0.5, '1', Number.NaN]) {
    assert.throws(() => planOrder(sentiment, { seed }), { message: /^seed must be an integer/ });
  }
  for (const probes of [[], 'a', [1]]) {
    assert.throws(() => planOrder(sentiment, { probes }), { code: 'invalid-option' });
  }
});
