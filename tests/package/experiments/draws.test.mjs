// Which demonstrations an evaluation shows, and how its figures differ between draws.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../../pkg/dist/experiments/evaluate/index.js';
import { toCsv, toJsonl } from '../../../pkg/dist/experiments/evaluate/results.js';
import { standardDeviation } from '../../../pkg/dist/math/statistics.js';
import { classifyByChannel } from '../../../pkg/dist/scoring/classify.js';
import { fakeModel, hashed, near, resultOf, withDemonstrations } from './fake.mjs';

const { query: _, ...task } = withDemonstrations(8);
const rowsOf = (n) =>
  Array.from({ length: n }, (_, i) => ({
    input: `row ${i}`,
    output: i % 2 === 0 ? 'Positive' : 'Negative',
  }));
const resultFor = (model, rows, options, ofTask = task) =>
  resultOf(evaluate(model, ofTask, rows, options));

test('seed 0 takes the demonstrations as they stand, and every other seed draws them', async () => {
  const shots = [0, 1, 3, 8];
  const { cells } = await resultFor(fakeModel(), rowsOf(2), { shots, seeds: [0, 1, 2] });
  const drawn = (seed) =>
    cells.filter((cell) => cell.seed === seed).map(({ demonstrations }) => demonstrations);
  const all = [0, 1, 2, 3, 4, 5, 6, 7];
  assert.deepEqual(
    drawn(0),
    shots.map((k) => all.slice(0, k)),
  );
  for (const seed of [1, 2]) assert.notDeepEqual(drawn(seed).at(-1), all);
  const unasked = await resultFor(fakeModel(), rowsOf(2), { shots: [3] });
  assert.deepEqual(
    unasked.cells.map(({ seed, demonstrations }) => [seed, demonstrations]),
    [[0, [0, 1, 2]]],
    'without seeds',
  );
});

test('the first order of seed 0 is that of the table, and the next are others', async () => {
  const { cells } = await resultFor(fakeModel(), rowsOf(2), { shots: [3], orders: 4 });
  const orders = cells.map(({ demonstrations }) => demonstrations);
  assert.deepEqual(orders[0], [0, 1, 2]);
  assert.equal(new Set(orders.map(String)).size, 4);
  for (const order of orders) assert.deepEqual([...order].sort(), [0, 1, 2]);
});

/** Right on the first `right[demonstration]` rows of four, where that demonstration comes first. */
function modelThatIsRight(right) {
  return fakeModel((text, word) => {
    const shown = Number(/film (\d+)/.exec(text)[1]);
    const row = Number(/row (\d+)\nSentiment:$/.exec(text)[1]);
    const gold = row % 2 === 0 ? ' Positive' : ' Negative';
    return Math.log((word === gold) === row < right[shown] ? 0.9 : 0.05);
  });
}

test('mean, standard deviation and interval of three draws, by hand', async () => {
  const { cells: tried } = await resultFor(fakeModel(), rowsOf(2), {
    shots: [1],
    seeds: Array.from({ length: 40 }, (_, seed) => seed),
  });
  const seedOf = (shown) => tried.find(({ demonstrations }) => demonstrations[0] === shown).seed;
  const seeds = [0, 1, 2].map(seedOf);
  const model = modelThatIsRight([2, 3, 4]);
  const evaluation = await resultFor(model, rowsOf(4), { shots: [1], seeds });
  const [point] = evaluation.curve;
  assert.deepEqual(
    evaluation.cells.map(({ accuracy }) => accuracy.accuracy),
    [0.5, 0.75, 1],
  );
  // (0.5 + 0.75 + 1) / 3, and √((0.25² + 0 + 0.25²) / 2).
  near(point.mean, 0.75);
  near(point.sd, 0.25);
  // Of 3 of 4 rows, z² = 3.84146: (0.75 + z²/8 ± 1.95996 · √(0.1875/4 + z²/64)) / (1 + z²/4).
  near(point.interval.low, 0.30064, 1e-5);
  near(point.interval.high, 0.95441, 1e-5);

  for (const line of toJsonl(evaluation).trimEnd().split('\n').map(JSON.parse)) {
    near(line.mean_accuracy, 0.75);
    near(line.sd_over_seeds, 0.25);
    near(line.interval_over_rows[0], 0.30064, 1e-5);
    near(line.interval_over_rows[1], 0.95441, 1e-5);
  }
  const [header, first] = toCsv(evaluation).split('\r\n');
  const at = header.split(',').indexOf('mean_accuracy');
  assert.deepEqual(header.split(',').slice(at, at + 4), [
    'mean_accuracy',
    'sd_over_seeds',
    'interval_low',
    'interval_high',
  ]);
  const values = first
    .split(',')
    .slice(at, at + 4)
    .map(Number);
  for (const [i, value] of [0.75, 0.25, 0.30064, 0.95441].entries()) near(values[i], value, 1e-5);
});

test('orders of one seed are no draws: each seed counts with their mean', async () => {
  const options = { shots: [0, 3], seeds: [0, 1, 2], orders: 3 };
  const { cells, curve } = await resultFor(fakeModel(hashed), rowsOf(20), options);
  const means = [0, 1, 2].map((seed) => {
    const own = cells.filter((cell) => cell.shots === 3 && cell.seed === seed);
    assert.equal(own.length, 3);
    return own.reduce((sum, { accuracy }) => sum + accuracy.accuracy, 0) / 3;
  });
  near(curve[1].sd, standardDeviation(means));
  assert.ok(curve[1].sd > 0);
  assert.equal(curve[0].sd, null, 'without a demonstration there is one draw');
});

test('one seed has no standard deviation, in no file either', async () => {
  const evaluation = await resultFor(fakeModel(hashed), rowsOf(4), { shots: [2], orders: 2 });
  assert.equal(evaluation.curve[0].sd, null);
  assert.equal(JSON.parse(toJsonl(evaluation).split('\n')[0]).sd_over_seeds, null);
  const [header, first] = toCsv(evaluation)
    .split('\r\n')
    .map((line) => line.split(','));
  assert.equal(first[header.indexOf('sd_over_seeds')], '');
});

test('a cell that is not complete has no summary in the files', async () => {
  const steps = [];
  for await (const step of evaluate(fakeModel(), task, rowsOf(3), { shots: [1] })) steps.push(step);
  const [line] = toJsonl(steps[1].result).split('\n');
  const { is_complete, mean_accuracy, interval_over_rows } = JSON.parse(line);
  assert.deepEqual([is_complete, mean_accuracy, interval_over_rows], [false, null, null]);
});

test('the channel direction scores the input after each label, as classifyByChannel does', async () => {
  const model = fakeModel(hashed);
  const options = { shots: [0, 2], direction: 'channel', rule: 'perToken' };
  const evaluation = await resultFor(model, rowsOf(5), options);
  assert.equal(evaluation.direction, 'channel');
  assert.equal(evaluation.tokensRun, model.tokensRun);
  for (const { demonstrations, rows } of evaluation.cells) {
    const shown = { ...task, demonstrations: demonstrations.map((i) => task.demonstrations[i]) };
    for (const { input, classification, contexts, prompt } of rows) {
      const alone = fakeModel(hashed);
      const expected = await classifyByChannel(alone, shown, evaluation.labels, {
        query: input,
        rule: 'perToken',
      });
      assert.deepEqual(classification, expected);
      // The spaces that a context ends in belong to what is scored.
      assert.deepEqual(
        contexts.map((context) => context.trimEnd()),
        alone.calls.map(({ context }) => context),
      );
      assert.equal(prompt, contexts[0]);
    }
  }
  const line = JSON.parse(toJsonl(evaluation).split('\n')[0]);
  assert.equal(line.direction, 'channel');
  assert.deepEqual(
    line.arguments,
    evaluation.cells[0].rows[0].contexts.map((context) => [context, 'row 0']),
  );
});
