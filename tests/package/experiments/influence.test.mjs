import assert from 'node:assert/strict';
import { test } from 'node:test';
import { influence, planInfluence } from '../../../pkg/dist/experiments/influence.js';
import {
  fakeModel,
  hashed,
  near,
  resultOf,
  sentiment,
  stepsOf,
  withDemonstrations,
} from './fake.mjs';

const names = (plan) => plan.map(({ shown }) => shown.join(''));
const shapley = { method: 'shapley' };

/** `ln P(Positive)` by which of the three demonstrations are shown, and a constant for Negative. */
const byHand = (values) => (context, word) => {
  if (word === ' Negative') return Math.log(0.2);
  const shown = ['warm', 'dull', 'funny'].map((input, i) => (context.includes(input) ? i : ''));
  return values[shown.join('')];
};

const game = { '': -4, 0: -3, 1: -4.5, 2: -3.5, '01': -2, '02': -2.5, 12: -4, '012': -1 };

test('the prompts: all first, neighbours share beginnings, none is cut from another', () => {
  assert.deepEqual(names(planInfluence(sentiment)), ['012', '01', '02', '12']);
  assert.deepEqual(names(planInfluence(sentiment, shapley)), [
    '012',
    '01',
    '02',
    '0',
    '12',
    '1',
    '2',
    '',
  ]);
  assert.equal(
    planInfluence(sentiment)[2].prompt.text,
    'Review: warm\nSentiment: Positive\n\nReview: funny\nSentiment: Positive\n\n' +
      'Review: fine\nSentiment:',
  );
  assert.equal(planInfluence(withDemonstrations(5), shapley).length, 32);
  assert.equal(planInfluence(withDemonstrations(40)).length, 41);
});

test('leave-one-out, by hand', async () => {
  const options = { gold: 'Positive' };
  const result = await resultOf(influence(fakeModel(byHand(game)), sentiment, options));
  assert.equal(result.label, 'Positive');
  assert.equal(result.none, null);
  near(result.all.logprob, -1);
  const p = (logprob) => Math.exp(logprob) / (Math.exp(logprob) + 0.2);
  near(result.all.p, p(-1));
  const without = [game['12'], game['02'], game['01']];
  result.influences.forEach(({ demonstration, leaveOneOut, shapley }, j) => {
    assert.equal(demonstration, j);
    assert.equal(shapley, null);
    near(leaveOneOut.nats, -1 - without[j]);
    near(leaveOneOut.points, 100 * (p(-1) - p(without[j])));
  });
});

test('Shapley values of three demonstrations, by hand', async () => {
  const options = { ...shapley, gold: 'Positive' };
  const result = await resultOf(influence(fakeModel(byHand(game)), sentiment, options));
  // Over the six ways to add them one by one:
  //        012   021   102   120   201   210   mean
  //   0    1     1     2.5   3     1     3     11.5/6
  //   1    1     1.5  −0.5  −0.5   1.5  −0.5   2.5/6
  //   2    1     0.5   1     0.5   0.5   0.5   4/6
  [11.5 / 6, 2.5 / 6, 4 / 6].forEach((value, j) => {
    near(result.influences[j].shapley.nats, value);
  });
  assert.deepEqual([result.all.logprob, result.none.logprob], [-1, -4]);
  near(result.influences[1].leaveOneOut.nats, 1.5);
});

test('leaving one out has the same effects whichever the method', async () => {
  const task = withDemonstrations(4);
  const one = await resultOf(influence(fakeModel(), task));
  const both = await resultOf(influence(fakeModel(), task, shapley));
  assert.deepEqual(
    one.influences.map(({ leaveOneOut }) => leaveOneOut),
    both.influences.map(({ leaveOneOut }) => leaveOneOut),
  );
});

test('Shapley values are the means over all orders of adding, and sum to the whole', async () => {
  const orders = (items) =>
    items.length === 0
      ? [[]]
      : items.flatMap((one) =>
          orders(items.filter((i) => i !== one)).map((rest) => [one, ...rest]),
        );
  for (let k = 1; k <= 5; k++) {
    const task = withDemonstrations(k);
    const labels = ['Positive', 'Negative'].map((name) => ({ name, words: [` ${name}`] }));
    const options = { ...shapley, labels, gold: 'Negative' };
    const result = await resultOf(influence(fakeModel(), task, options));

    const value = (shown) => {
      const text = shown.map((i) => {
        const { input, output } = task.demonstrations[i];
        return `Review: ${input}\nSentiment: ${output}\n\n`;
      });
      const context = `${text.join('')}Review: fine\nSentiment:`;
      const [good, bad] = [hashed(context, ' Positive'), hashed(context, ' Negative')];
      return [bad, (100 * Math.exp(bad)) / (Math.exp(good) + Math.exp(bad))];
    };
    const all = task.demonstrations.map((_, i) => i);
    const sums = all.map(() => [0, 0]);
    const ways = orders(all);
    for (const order of ways) {
      order.forEach((j, at) => {
        const before = value(order.slice(0, at).sort());
        const after = value(order.slice(0, at + 1).sort());
        sums[j] = sums[j].map((sum, unit) => sum + after[unit] - before[unit]);
      });
    }
    result.influences.forEach(({ shapley }, j) => {
      near(shapley.nats, sums[j][0] / ways.length, 1e-9);
      near(shapley.points, sums[j][1] / ways.length, 1e-9);
    });

    const total = (unit) => result.influences.reduce((sum, { shapley }) => sum + shapley[unit], 0);
    near(total('nats'), result.all.logprob - result.none.logprob, 1e-9);
    near(total('points'), 100 * (result.all.p - result.none.p), 1e-9);
  }
});

test('players that are alike have the same value, and one without effect has none', async () => {
  // Counts the demonstrations that are warm or funny; a dull one changes nothing.
  const counts = (context, word) =>
    word === ' Negative' ? -3 : -4 + (context.match(/warm|funny/g)?.length ?? 0) ** 2 / 2;
  const { influences } = await resultOf(influence(fakeModel(counts), sentiment, shapley));
  near(influences[0].shapley.nats, 1);
  near(influences[2].shapley.nats, 1);
  near(influences[1].shapley.nats, 0);
  near(influences[1].shapley.points, 0);
  near(influences[0].shapley.points, influences[2].shapley.points);

  const twin = {
    ...sentiment,
    demonstrations: sentiment.demonstrations.toSpliced(1, 0, sentiment.demonstrations[0]),
  };
  const twins = await resultOf(influence(fakeModel(), twin, shapley));
  near(twins.influences[0].shapley.nats, twins.influences[1].shapley.nats, 1e-9);
});

test('permuting the demonstrations permutes the values, where the order is nothing to the model', async () => {
  const bag = (context, word) => hashed(context.split('\n\n').sort().join('\n\n'), word);
  const by = [2, 3, 1, 0];
  const task = withDemonstrations(4);
  const permuted = { ...task, demonstrations: by.map((i) => task.demonstrations[i]) };
  const options = {
    ...shapley,
    gold: 'Positive',
    labels: ['Positive', 'Negative'].map((name) => ({ name, words: [` ${name}`] })),
  };
  const { influences } = await resultOf(influence(fakeModel(bag), task, options));
  const turned = await resultOf(influence(fakeModel(bag), permuted, options));
  by.forEach((i, j) => {
    near(turned.influences[j].shapley.nats, influences[i].shapley.nats, 1e-9);
    near(turned.influences[j].leaveOneOut.points, influences[i].leaveOneOut.points, 1e-9);
  });
});

test('without a gold label it is the predicted one, with all demonstrations', async () => {
  const negative = byHand({ ...game, '012': -9 });
  const { label, all } = await resultOf(influence(fakeModel(negative), sentiment));
  assert.equal(label, 'Negative');
  near(all.logprob, Math.log(0.2));
});

test('what is known so far is there after each prompt', async () => {
  const steps = await stepsOf(influence(fakeModel(), sentiment));
  assert.deepEqual(
    steps.map(({ result }) => result.influences.map(({ leaveOneOut }) => leaveOneOut !== null)),
    [
      [false, false, false],
      [false, false, true],
      [false, true, true],
      [true, true, true],
    ],
  );
  const full = await stepsOf(influence(fakeModel(), sentiment, shapley));
  const known = full.map(({ result }) => result.influences.every((each) => each.shapley));
  assert.deepEqual(known, [...Array(7).fill(false), true]);
});

test('one demonstration, and none', async () => {
  const labels = ['Positive', 'Negative'].map((name) => ({ name, words: [` ${name}`] }));
  const one = await resultOf(influence(fakeModel(), sentiment, { ...shapley, labels, shots: 1 }));
  assert.deepEqual(one.influences[0].shapley, one.influences[0].leaveOneOut);
  const plain = await resultOf(influence(fakeModel(), sentiment, { labels, shots: 1 }));
  assert.deepEqual(plain.influences, [{ ...one.influences[0], shapley: null }]);
  const none = await resultOf(influence(fakeModel(), sentiment, { ...shapley, labels, shots: 0 }));
  assert.deepEqual([none.influences, none.all], [[], none.none]);
});

test('Shapley values of six demonstrations are refused with what to do', () => {
  const six = withDemonstrations(6);
  assert.throws(() => planInfluence(six, shapley), {
    code: 'invalid-option',
    message: /^method: Shapley .* limited to 5 .* has 6\. Use 'leaveOneOut', or lower shots/,
  });
  assert.equal(planInfluence(six, { ...shapley, shots: 5 }).length, 32);
  assert.throws(() => planInfluence(sentiment, { method: 'lime' }), { message: /^method must be/ });
});
