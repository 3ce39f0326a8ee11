import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from '../../../pkg/dist/errors.js';
import { contextualCalibration } from '../../../pkg/dist/experiments/compare.js';
import { evaluate } from '../../../pkg/dist/experiments/evaluate/index.js';
import { toCsv, toJsonl } from '../../../pkg/dist/experiments/evaluate/results.js';
import { exactMatch, wilson } from '../../../pkg/dist/math/statistics.js';
import { renderPrompt } from '../../../pkg/dist/prompt/render.js';
import { classify, readLabels } from '../../../pkg/dist/scoring/classify.js';
import { fakeModel, hashed as odd, sentiment } from './fake.mjs';

const near = (actual, expected, message = '') =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${message} ${actual} ≠ ${expected}`);
const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;

const { template } = sentiment;

/** Eight demonstrations; every other one is Negative. */
const task = {
  instruction: '',
  template,
  demonstrations: Array.from({ length: 8 }, (_, i) => ({
    input: `demonstration ${i}`,
    output: i % 2 ? 'Negative' : 'Positive',
  })),
};

/** Rows that say which label is right; of every three the last is Negative. */
const rowsOf = (n) =>
  Array.from({ length: n }, (_, i) => ({
    input: `row ${i} is ${i % 3 === 2 ? 'bad' : 'good'}`,
    output: i % 3 === 2 ? 'Negative' : 'Positive',
  }));

/** The last input of a prompt. */
const queryOf = (text) => /Review: ([^\n]*)\nSentiment:$/.exec(text)[1];
/** What the rows say. */
const goldOf = (query) => (query.includes('bad') ? ' Negative' : ' Positive');
/** Puts 0.9 on one label and 0.05 on the other. */
const sureOf = (word) => (text, continuation) =>
  Math.log(continuation === word(queryOf(text)) ? 0.9 : 0.05);
const perfect = sureOf(goldOf);
const constant = sureOf(() => ' Positive');
async function stepsOf(model, rows, options, ofTask = task) {
  const steps = [];
  for await (const step of evaluate(model, ofTask, rows, options)) steps.push(step);
  return steps;
}
const resultOf = async (...all) => (await stepsOf(...all)).at(-1).result;
const untimed = ({ durationMs: _, ...result }) => result;

test('rows whose scores are computed side by side come in order, and their time counts once', async () => {
  const plain = fakeModel(odd);
  let underWay = 0;
  let most = 0;
  const model = {
    ...plain,
    scoreConcurrency: 5,
    async score(...asked) {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 4));
      underWay -= 1;
      return plain.score(...asked);
    },
  };
  const options = { shots: [0, 2], comparison: contextualCalibration };
  const start = performance.now();
  const steps = await stepsOf(model, rowsOf(30), options);
  const passed = performance.now() - start;
  assert.equal(most, 5);
  assert.deepEqual(
    steps.map(({ done }) => done),
    Array.from({ length: 60 }, (_, i) => i + 1),
  );
  const { result } = steps.at(-1);
  assert.deepEqual(untimed(result), untimed(await resultOf(fakeModel(odd), rowsOf(30), options)));
  assert.ok(result.durationMs <= passed, `${result.durationMs} ms of ${passed}`);
});

test('a model that is always right', async () => {
  const result = await resultOf(fakeModel(perfect), rowsOf(30), { shots: [0, 2] });
  assert.deepEqual(
    result.cells.map(({ shots }) => shots),
    [0, 2],
  );
  for (const { accuracy, labels, rows, isComplete } of result.cells) {
    assert.ok(isComplete);
    assert.equal(accuracy.accuracy, 1);
    assert.deepEqual(accuracy.interval, wilson(30, 30));
    assert.equal(labels.macroF1, 1);
    assert.deepEqual(labels.confusion, [
      [20, 0],
      [0, 10],
    ]);
    near(labels.mass, 0.95);
    // The posterior of the right label is 0.9 / 0.95 = 18/19: in the last bin, and always right.
    near(labels.brier, 2 * (1 / 19) ** 2);
    near(labels.ece, 1 / 19);
    assert.equal(labels.reliability[9].n, 30);
    near(rows[2].classification.labels[1].p, 18 / 19);
    assert.deepEqual(
      [rows[2].gold, rows[2].predicted, rows[2].correct],
      ['Negative', 'Negative', true],
    );
  }
});

test('a model that always says the same', async () => {
  const { cells } = await resultOf(fakeModel(constant), rowsOf(30), { shots: [1] });
  const [{ accuracy, labels }] = cells;
  near(accuracy.accuracy, 20 / 30);
  assert.deepEqual(labels.confusion, [
    [20, 0],
    [10, 0],
  ]);
  // Positive: TP 20, FP 10 → 40/50; Negative: 0.
  near(labels.macroF1, 0.4);
  near(labels.brier, (20 * 2 * (1 / 19) ** 2 + 10 * 2 * (18 / 19) ** 2) / 30);
  near(labels.ece, 18 / 19 - 2 / 3);
});

test('the figures of four rows, by hand', async () => {
  // Posteriors of Positive: 0.8, 0.6, 0.3, 0.55. The first two and the last are Positive.
  const p = [0.8, 0.6, 0.3, 0.55];
  const rows = p.map((_, i) => ({ input: `${i}`, output: i === 2 ? 'Negative' : 'Positive' }));
  rows[1].output = 'Negative';
  const model = fakeModel((text, word) => {
    const own = p[Number(queryOf(text))];
    return Math.log(0.5 * (word === ' Positive' ? own : 1 - own));
  });
  const { cells } = await resultOf(model, rows, { shots: [0] });
  const [{ accuracy, labels }] = cells;
  assert.equal(accuracy.accuracy, 0.75);
  assert.deepEqual(labels.confusion, [
    [2, 0],
    [1, 1],
  ]);
  near(labels.mass, 0.5);
  // 2 · (0.2² + 0.6² + 0.3² + 0.45²) / 4
  near(labels.brier, (2 * (0.04 + 0.36 + 0.09 + 0.2025)) / 4);
  // Bins: 0.8 right; 0.6 wrong and 0.55 right in (0.5, 0.6]; 0.7 right. Of 1 − 0.3 the last digit decides.
  near(labels.ece, (0.2 + Math.abs(1 - 1.15) + 0.3) / 4);
});

test('the demonstrations of a seed are the first of one order, and never mixed with the query', async () => {
  const model = fakeModel(odd);
  const rows = rowsOf(4);
  const result = await resultOf(model, rows, { shots: [1, 3, 8], seeds: [0, 5] });
  for (const seed of [0, 5]) {
    const cells = result.cells.filter((cell) => cell.seed === seed);
    const [one, three, eight] = cells.map(({ demonstrations }) => demonstrations);
    assert.deepEqual([one.length, three.length, eight.length], [1, 3, 8]);
    assert.deepEqual(eight.slice(0, 3), three);
    assert.deepEqual(eight.slice(0, 1), one);
    assert.deepEqual([...eight].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
  }
  for (const { shots, demonstrations, rows: evaluated } of result.cells) {
    assert.deepEqual(
      evaluated.map(({ index }) => index),
      [0, 1, 2, 3],
    );
    for (const { index, prompt, input, output } of evaluated) {
      assert.deepEqual({ input, output }, rows[index]);
      const order = [
        ...demonstrations,
        ...[0, 1, 2, 3, 4, 5, 6, 7].filter((i) => !demonstrations.includes(i)),
      ];
      assert.equal(prompt, renderPrompt(task, { shots, order, query: input }).text);
    }
  }
  assert.notDeepEqual(result.cells[2].demonstrations, result.cells[5].demonstrations);
});

test('what a seed draws does not depend on which other shots and orders are asked for', async () => {
  const some = await resultOf(fakeModel(odd), rowsOf(3), { shots: [4], seeds: [3], orders: 2 });
  const more = await resultOf(fakeModel(odd), rowsOf(3), {
    shots: [0, 2, 4, 6],
    seeds: [1, 3],
    orders: 3,
  });
  const of = ({ cells }) => cells.filter((cell) => cell.shots === 4 && cell.seed === 3);
  assert.deepEqual(of(more).slice(0, 2), of(some));
});

test('demonstrations come from the training split, where there is one', async () => {
  const train = [
    { input: 'trained on', output: 'Negative' },
    { input: 'trained too', output: 'Positive' },
  ];
  const { cells, labels } = await resultOf(fakeModel(odd), rowsOf(3), { shots: [2], train });
  assert.match(cells[0].rows[0].prompt, /trained on/);
  assert.match(cells[0].rows[0].prompt, /trained too/);
  assert.doesNotMatch(cells[0].rows[0].prompt, /demonstration/);
  assert.deepEqual(
    labels.map(({ name }) => name),
    ['Negative', 'Positive'],
  );
});

test('orders are different orders of the same demonstrations', async () => {
  const { cells, warnings } = await resultOf(fakeModel(odd), rowsOf(3), {
    shots: [0, 1, 3],
    orders: 99,
    seeds: [2],
  });
  const three = cells.filter(({ shots }) => shots === 3);
  assert.equal(three.length, 6);
  assert.equal(new Set(three.map(({ demonstrations }) => String(demonstrations))).size, 6);
  const sets = three.map(({ demonstrations }) => String([...demonstrations].sort()));
  assert.equal(new Set(sets).size, 1);
  assert.deepEqual(
    three.map(({ order }) => order),
    [0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(cells.filter(({ shots }) => shots === 0).length, 1);
  assert.deepEqual(cells.filter(({ shots }) => shots === 1).length, 1);
  assert.ok(warnings.some((sentence) => sentence.includes('numbers of shots and orders')));
});

test('without a demonstration there is one cell for all seeds', async () => {
  const { cells, curve } = await resultOf(fakeModel(odd), rowsOf(3), {
    shots: [0, 2],
    seeds: [4, 1, 7],
  });
  assert.deepEqual(
    cells.map(({ shots, seed }) => [shots, seed]),
    [
      [0, 4],
      [2, 4],
      [2, 1],
      [2, 7],
    ],
  );
  assert.deepEqual(
    curve.map((point) => point.cells),
    [1, 3],
  );
});

test('the curve has the mean, the extremes, and an interval that counts each row once', async () => {
  const rows = rowsOf(40);
  const options = { shots: [0, 2], seeds: [0, 1, 2], orders: 2 };
  const { cells, curve } = await resultOf(fakeModel(odd), rows, options);
  const [zero, two] = curve;
  const accuracies = cells.filter(({ shots }) => shots === 2).map((cell) => cell.accuracy.accuracy);
  assert.equal(accuracies.length, 6);
  assert.ok(new Set(accuracies).size > 1, 'seeds differ');
  assert.deepEqual([two.shots, two.cells], [2, 6]);
  near(two.mean, average(accuracies));
  assert.equal(two.min, Math.min(...accuracies));
  assert.equal(two.max, Math.max(...accuracies));
  const { low, high } = wilson(average(accuracies) * 40, 40);
  near(two.interval.low, low);
  near(two.interval.high, high);
  assert.deepEqual(zero.interval, cells[0].accuracy.interval);
});

test('the same seeds give the same, other seeds something else', async () => {
  const options = { shots: [0, 2, 4], seeds: [3, 9], orders: 2, limit: 5 };
  const once = await stepsOf(fakeModel(odd), rowsOf(12), options);
  const again = await stepsOf(fakeModel(odd), rowsOf(12), options);
  assert.deepEqual(
    again.map(({ result }) => untimed(result)),
    once.map(({ result }) => untimed(result)),
  );
  const other = await resultOf(fakeModel(odd), rowsOf(12), { ...options, seeds: [4, 9] });
  const drawn = ({ cells }) => cells.find(({ shots }) => shots === 4).demonstrations;
  assert.notDeepEqual(drawn(other), drawn(once.at(-1).result));
});

test('rows in another order give the same figures', async () => {
  const rows = rowsOf(12);
  const order = [7, 3, 11, 0, 5, 9, 1, 10, 2, 8, 4, 6];
  for (const comparison of [null, 'batch', contextualCalibration]) {
    const options = { shots: [0, 2], seeds: [0, 1], comparison };
    const model = () => fakeModel(odd);
    const plain = await resultOf(model(), rows, options);
    const moved = await resultOf(
      model(),
      order.map((i) => rows[i]),
      options,
    );
    for (const [c, cell] of moved.cells.entries()) {
      const same = plain.cells[c];
      for (const [i, row] of cell.rows.entries()) {
        const { index, ...rest } = row;
        assert.equal(index, i);
        assert.deepEqual(
          [rest.prompt, rest.predicted, rest.correct],
          [same.rows[order[i]].prompt, same.rows[order[i]].predicted, same.rows[order[i]].correct],
        );
        near(rest.classification.labels[0].p, same.rows[order[i]].classification.labels[0].p);
      }
      assert.deepEqual(cell.accuracy, same.accuracy);
      assert.deepEqual(cell.labels.confusion, same.labels.confusion);
      for (const figure of ['macroF1', 'mass', 'brier', 'ece']) {
        near(cell.labels[figure], same.labels[figure], figure);
      }
    }
  }
});

test('a limit takes the same rows at all shots and seeds, and not the first ones', async () => {
  const rows = rowsOf(40);
  const { cells } = await resultOf(fakeModel(odd), rows, {
    shots: [0, 1],
    seeds: [0, 1],
    limit: 10,
  });
  const taken = cells.map((cell) => cell.rows.map(({ index }) => index));
  assert.equal(taken.length, 3);
  for (const each of taken) assert.deepEqual(each, taken[0]);
  assert.equal(new Set(taken[0]).size, 10);
  assert.deepEqual(
    [...taken[0]].sort((a, b) => a - b),
    taken[0],
  );
  assert.ok(taken[0].at(-1) > 20, 'rows from the second half, too');
  const other = await resultOf(fakeModel(odd), rows, { shots: [0], seeds: [8], limit: 10 });
  assert.deepEqual(
    other.cells[0].rows.map(({ index }) => index),
    taken[0],
  );
  const all = await resultOf(fakeModel(odd), rows, { shots: [0], limit: 41 });
  assert.equal(all.cells[0].rows.length, 40);
});

test('a step after each row, and no step changes later', async () => {
  const steps = [];
  const copies = [];
  for await (const step of evaluate(fakeModel(odd), task, rowsOf(5), {
    shots: [0, 1],
    comparison: 'batch',
  })) {
    steps.push(step);
    copies.push(structuredClone(step));
  }
  assert.deepEqual(steps, copies);
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    Array.from({ length: 10 }, (_, i) => [i + 1, 10]),
  );
  const { cells, curve } = steps[6].result;
  assert.deepEqual(
    cells.map(({ isComplete, rows }) => [isComplete, rows.length]),
    [
      [true, 5],
      [false, 2],
    ],
  );
  assert.equal(cells[1].accuracy.n, 2);
  assert.deepEqual(
    curve.map(({ shots }) => shots),
    [0],
    'the curve waits for whole cells',
  );
});

test('an abort rejects, and what was known is kept', async () => {
  const controller = new AbortController();
  const model = fakeModel(perfect);
  let last;
  await assert.rejects(
    async () => {
      const options = { shots: [0, 1], signal: controller.signal };
      for await (last of evaluate(model, task, rowsOf(6), options)) {
        if (last.done === 8) controller.abort('enough');
      }
    },
    { code: 'aborted' },
  );
  assert.equal(last.done, 8);
  assert.deepEqual(
    last.result.cells.map(({ rows }) => rows.length),
    [6, 2],
  );
  assert.equal(last.result.cells[0].accuracy.accuracy, 1);
  assert.equal(model.calls.length, 8);
  // Also where the model itself takes no notice.
  const deaf = { score: (context, continuations) => model.score(context, continuations) };
  await assert.rejects(
    evaluate(deaf, task, rowsOf(6), { shots: [0], signal: AbortSignal.abort() }).next(),
    { code: 'aborted' },
  );
  assert.equal(model.calls.length, 8);
});

test('batch calibration is the comparison with the prompts of all rows, and costs nothing', async () => {
  const rows = rowsOf(9);
  for (const rule of ['sum', 'perToken', 'perCharacter', 'perByte']) {
    const model = fakeModel(odd);
    const { cells, labels } = await resultOf(model, rows, {
      shots: [2],
      comparison: 'batch',
      rule,
    });
    assert.equal(model.calls.length, 9);
    assert.ok(model.calls.every(({ references }) => references.length === 0));
    const [cell] = cells;
    const reference = cell.rows.map(({ prompt }) => prompt);
    for (const { prompt, classification } of cell.rows) {
      const expected = await classify(fakeModel(odd), prompt, labels, { rule, reference });
      assert.equal(classification.predicted, expected.predicted);
      for (const [i, reading] of expected.labels.entries()) {
        near(classification.labels[i].p, reading.p);
        near(classification.labels[i].score, reading.score);
        near(
          classification.labels[i].scores[0].adjusted[rule === 'sum' ? 'logprob' : rule],
          reading.score,
        );
      }
    }
  }
  // A model that is only biased has, so calibrated, no opinion.
  const { cells } = await resultOf(fakeModel(constant), rows, { shots: [0], comparison: 'batch' });
  for (const { classification } of cells[0].rows) near(classification.labels[0].p, 0.5);
});

test('a reference is run once per cell, and is there for each row', async () => {
  const rows = [
    ...rowsOf(5),
    { input: 'ends in spaces  ', output: 'Negative' },
    { input: 'too  ', output: 'Positive' },
  ];
  for (const ofTask of [
    task,
    { ...task, template: { ...template, inputSuffix: '', outputPrefix: '' } },
  ]) {
    const model = fakeModel(odd);
    const options = { shots: [0, 2], comparison: contextualCalibration };
    const { cells, labels } = await resultOf(model, rows, options, ofTask);
    const withReferences = model.calls.filter(({ references }) => references.length > 0);
    // Where the query is the end of the prompt, its spaces belong to what is scored.
    assert.equal(withReferences.length, ofTask === task ? 2 : 4);
    for (const { demonstrations, rows: evaluated } of cells) {
      const shown = {
        ...ofTask,
        demonstrations: demonstrations.map((i) => task.demonstrations[i]),
      };
      const reference = ['N/A', '', '[MASK]'].map((query) => renderPrompt(shown, { query }));
      for (const { prompt, classification } of evaluated) {
        const expected = await classify(fakeModel(odd), prompt, labels, { reference });
        for (const [i, { p }] of expected.labels.entries()) near(classification.labels[i].p, p);
      }
    }
  }
});

test('shots at which a prompt is too long are reported, and the others run', async () => {
  const rows = [...rowsOf(4), { input: 'x'.repeat(60), output: 'Positive' }, ...rowsOf(2)];
  // Only the long row is over it, at four shots.
  const contextLength = 4 * 48 + 60;
  const model = fakeModel(odd, { contextLength });
  const options = { shots: [1, 4, 2], seeds: [0, 1] };
  const steps = await stepsOf(model, rows, options);
  const { result, done, total } = steps.at(-1);
  assert.deepEqual([done, total], [42, 42]);
  assert.deepEqual(
    result.notRun.map(({ shots, row, error }) => [shots, row, error.code]),
    [[4, 4, 'prompt-too-long']],
  );
  assert.deepEqual(
    result.cells.map(({ shots, seed }) => [shots, seed]),
    [
      [1, 0],
      [2, 0],
      [1, 1],
      [2, 1],
    ],
  );
  assert.deepEqual(
    result.curve.map(({ shots }) => shots),
    [1, 2],
  );
  assert.equal(model.calls.length, 28, 'the longest row is asked first');
  const none = await stepsOf(fakeModel(odd, { contextLength: 3 }), rows, options);
  assert.deepEqual(
    none[0].result.notRun.map(({ shots }) => shots),
    [1],
  );
  assert.equal(none.at(-1).done, 42);
  assert.deepEqual(none.at(-1).result.cells, []);
  assert.deepEqual(
    none.at(-1).result.notRun.map(({ shots }) => shots),
    [1, 4, 2],
  );
});

test('shots that are too long for a later seed lose the cells of the earlier ones', async () => {
  const seeds = Array.from({ length: 12 }, (_, i) => i);
  const { cells } = await resultOf(fakeModel(odd), rowsOf(4), { shots: [2], seeds });
  const fits = ({ demonstrations }) => !demonstrations.includes(2);
  const [fitting, other] = [cells.find(fits).seed, cells.find((cell) => !fits(cell)).seed];

  const train = task.demonstrations.with(2, { input: 'y'.repeat(300), output: 'Positive' });
  const model = fakeModel(odd, { contextLength: 300 });
  const options = { shots: [0, 2], seeds: [fitting, other], train };
  const steps = await stepsOf(model, rowsOf(4), options);
  assert.deepEqual(
    steps[7].result.curve.map(({ shots }) => shots),
    [0, 2],
  );
  const { result } = steps.at(-1);
  assert.deepEqual(
    result.notRun.map(({ shots }) => shots),
    [2],
  );
  assert.deepEqual(
    result.cells.map(({ shots }) => shots),
    [0],
  );
  assert.deepEqual(
    result.curve.map(({ shots }) => shots),
    [0],
  );
});

test('other failures of the model end the loop', async () => {
  const model = fakeModel(() => {
    throw new ShotglassError('merged-continuation', 'Merged.');
  });
  await assert.rejects(resultOf(model, rowsOf(3), { shots: [0] }), { code: 'merged-continuation' });
});

test('what cannot be evaluated is refused before anything runs', async () => {
  const model = fakeModel(odd);
  const refuses = async (message, rows, options, ofTask = task, ofModel = model) => {
    await assert.rejects(resultOf(ofModel, rows, { shots: [1], ...options }, ofTask), {
      code: 'invalid-option',
      message,
    });
    assert.equal(model.calls.length, 0);
  };
  const rows = rowsOf(6);
  const with_ = (i, row) => rows.with(i, row);
  await refuses(/^rows must be/, []);
  await refuses(/^rows must be/, 'rows');
  await refuses(
    /^rows must be an array of at least as many rows as there are labels \(2\)/,
    rows.slice(0, 1),
  );
  await refuses(/^rows must be an array of at least as many/, rows, { limit: 1 });
  await refuses(/input of row 3 must be a string/, with_(2, { output: 'Positive' }));
  await refuses(/output of row 3 must be a string/, with_(2, { input: 'a', output: 1 }));
  await refuses(/row 4 must be a string/, with_(3, null));
  await refuses(
    /output of row 5, 'positive', must be one of the labels \('Positive', 'Negative'\)/,
    with_(4, { input: 'a', output: 'positive' }),
  );
  await refuses(
    /^Row 6 has the same input as demonstration 3\./,
    with_(5, { input: ' demonstration 2\n', output: 'Positive' }),
  );
  await refuses(/^Row 1 has the same input as demonstration 2\./, rows, {
    train: [{ input: 'b', output: 'Negative' }, rows[0]],
  });
  await refuses(/^Row 2 has the same input as demonstration 1\./, rows, {
    train: [{ input: `\t${rows[1].input} `, output: 'Positive' }, task.demonstrations[1]],
  });
  await refuses(/^shots must be at most 8,/, rows, { shots: [0, 9] });
  await refuses(/^shots must be distinct numbers/, rows, { shots: [1, 2, 1] });
  await refuses(/^shots must be/, rows, { shots: [] });
  await refuses(/^shots must be/, rows, { shots: [1.5] });
  await refuses(/^shots must be/, rows, { shots: [-1] });
  await refuses(/^shots must be/, rows, { shots: 1 });
  await refuses(/^seeds must be/, rows, { seeds: [] });
  await refuses(/^seeds must be/, rows, { seeds: [0.5] });
  await refuses(/^seeds must be distinct numbers/, rows, { seeds: [1, 1] });
  await refuses(/^orders must be/, rows, { orders: 0 });
  await refuses(/^limit must be/, rows, { limit: 0 });
  await refuses(/^rule must be/, rows, { rule: 'mean' });
  await refuses(/^comparison must be/, rows, { comparison: 'batches' });
  await refuses(/^labels must be/, rows, { labels: [] });
  await refuses(/^labels must be an array of at least two/, rows, {
    labels: [{ name: 'Positive', words: [' Positive'] }],
  });
  await refuses(
    /^labels must be an array of at least two/,
    rows,
    {},
    { ...task, labels: ['Positive'] },
  );
  await refuses(
    /^labels must be labels with distinct names/,
    rows,
    {},
    { ...task, labels: ['Positive', 'Negative', 'Positive'] },
  );
  await refuses(/^labels must be objects with non-empty words/, rows, {
    labels: [{ name: 'Positive' }, null],
  });
  const same = ['Positive', 'Negative'].map((name) => ({ name, words: [' x'] }));
  await refuses(/^labels: the word " x" occurs twice/, rows, { labels: same });
  await refuses(/^train must be/, rows, { train: {} });
  await refuses(/output of demonstration 1 must be/, rows, { train: [{ input: 'a' }] });
  await refuses(/^task must have/, rows, {}, null);
  for (const option of [{ comparison: 'batch' }, { rule: 'perByte' }, { direction: 'channel' }]) {
    await refuses(/^rule, comparison and direction must be omitted/, rows, {
      labels: null,
      ...option,
    });
  }
  await refuses(/^direction must be/, rows, { direction: 'back' });
  await refuses(/^comparison must be omitted with direction 'channel'/, rows, {
    direction: 'channel',
    comparison: 'batch',
  });
  await refuses(/output of row 2 must be non-empty text/, with_(1, { input: 'a', output: ' ' }), {
    labels: null,
  });
  await refuses(/^model must be a model with generate\(\)/, rows, { labels: null }, task, {
    score: model.score,
  });
  await refuses(/^maxTokens must be/, rows, { labels: null, maxTokens: 0 });
});

test('no demonstration is shown at 0 shots, so that none can leak', async () => {
  const rows = task.demonstrations;
  const { cells } = await resultOf(fakeModel(odd), rows, { shots: [0] });
  assert.equal(cells[0].rows.length, 8);
});

test('warnings', async () => {
  const warningsOf = async (...all) => (await resultOf(fakeModel(odd), ...all)).warnings;
  assert.deepEqual(await warningsOf(rowsOf(30), { shots: [2], seeds: [0, 1] }), []);
  const [chosen, ...none] = await warningsOf(rowsOf(30), { shots: [0, 2] });
  assert.match(
    chosen,
    /^Several numbers of shots are evaluated on the same rows.*report its accuracy on others/,
  );
  assert.deepEqual(none, []);
  const [orders] = await warningsOf(rowsOf(30), { shots: [2], orders: 2 });
  assert.match(orders, /^Several orders are/);
  assert.match((await warningsOf(rowsOf(29), { shots: [2] }))[0], /fewer than 30 rows/);
  const labelled = { ...task, labels: ['Positive', 'Negative', 'Neutral'] };
  const [absent] = await warningsOf(rowsOf(30), { shots: [2] }, labelled);
  assert.match(absent, /No row has the label 'Neutral'/);
  const train = [
    ...task.demonstrations,
    { input: 'typo', output: 'Postive' },
    { input: 'o', output: '' },
  ];
  const strangers = await warningsOf(
    rowsOf(30),
    { shots: [2], train },
    { ...task, labels: ['Positive', 'Negative'] },
  );
  assert.deepEqual(strangers, [
    "The output 'Postive' of demonstration 9, and 1 more, is not one of the labels.",
  ]);
});

test('a label may have several words, and a row may say any of them', async () => {
  const labels = [
    { name: 'good', words: [' Positive', ' great'] },
    { name: 'bad', words: [' Negative'] },
  ];
  const rows = [
    { input: 'a', output: 'great' },
    { input: 'b', output: 'Negative' },
    { input: 'c', output: 'good' },
  ];
  // Alone ' Negative' is the most probable, but the two words of 'good' add up.
  const p = { ' Positive': 0.3, ' great': 0.2, ' Negative': 0.4 };
  const { cells } = await resultOf(
    fakeModel((_, word) => Math.log(p[word])),
    rows,
    { shots: [1], labels },
  );
  assert.deepEqual(
    cells[0].rows.map(({ output, gold, predicted }) => [output, gold, predicted]),
    [
      ['great', 'good', 'good'],
      ['Negative', 'bad', 'good'],
      ['good', 'good', 'good'],
    ],
  );
  near(cells[0].rows[0].classification.labels[0].p, 5 / 9);
  near(cells[0].labels.mass, 0.9);
});

const capitals = {
  instruction: '',
  template: { ...template, inputPrefix: 'Q: ', outputPrefix: 'A:' },
  demonstrations: [
    { input: 'France', output: 'Paris' },
    { input: 'Italy', output: 'Rome' },
  ],
};
const capitalRows = [
  { input: 'Spain', output: 'Madrid' },
  { input: 'Peru', output: 'Lima' },
  { input: 'Japan', output: 'Tōkyō' },
];

test('free text: perplexity of the gold output, and exact match of the answer', async () => {
  const answers = (text) =>
    text.endsWith('Q: Spain\nA:') ? '  madrid.' : text.endsWith('Q: Peru\nA:') ? ' Lime' : '';
  // Half a nat for each character, the space included.
  const model = fakeModel((_, continuation) => -0.5 * [...continuation].length, { answers });
  const options = { shots: [0, 2], labels: null };
  const { cells, curve, generation, labels, tokensRun } = await resultOf(
    model,
    capitalRows,
    options,
    capitals,
  );
  assert.equal(labels, null);
  assert.deepEqual(generation, { stop: ['\n\n', '\n'], maxTokens: 64 });
  assert.equal(model.generateOptions.maxTokens, 64);
  assert.deepEqual(model.generateOptions.stop, ['\n\n', '\n']);
  assert.ok(!model.generateOptions.temperature, 'greedy');
  for (const { text, accuracy, rows, labels: figures } of cells) {
    assert.equal(figures, null);
    near(text.perplexity, Math.exp(0.5));
    // 7 + 5 + 6 characters; ō has two bytes.
    near(text.bitsPerByte, (0.5 * 18) / (20 * Math.LN2));
    assert.deepEqual(
      rows.map(({ predicted, correct }) => [predicted, correct]),
      [
        ['  madrid.', true],
        [' Lime', false],
        ['', false],
      ],
    );
    near(accuracy.accuracy, 1 / 3);
    assert.deepEqual(
      rows.map(({ answer }) => answer.finish),
      ['stop', 'stop', null],
    );
    assert.equal(rows[0].answer.gold.continuation, ' Madrid');
    assert.equal(rows[0].classification, null);
  }
  assert.deepEqual(
    curve.map(({ mean }) => mean),
    [1 / 3, 1 / 3],
  );
  assert.equal(tokensRun, model.tokensRun);
});

test('perplexity weighs tokens, not rows', async () => {
  const model = fakeModel(
    (text, continuation) => (text.includes('Spain') ? -7 : 0) + 0 * continuation.length,
  );
  const options = { shots: [1], labels: null };
  const { cells } = await resultOf(model, capitalRows, options, capitals);
  near(cells[0].text.perplexity, Math.exp(7 / 18));
});

test('an answer ends with its line, unless a gold output has several', async () => {
  const stopOf = async (rows, part) => {
    const ofTask = { ...capitals, template: { ...capitals.template, ...part } };
    const result = await resultOf(
      fakeModel(odd),
      rows,
      { shots: [1], labels: null, maxTokens: 9 },
      ofTask,
    );
    assert.equal(result.generation.maxTokens, 9);
    return result.generation.stop;
  };
  assert.deepEqual(await stopOf(capitalRows, { demonstrationSeparator: '\n' }), ['\n']);
  assert.deepEqual(await stopOf(capitalRows, { demonstrationSeparator: '' }), ['\n']);
  assert.deepEqual(await stopOf([{ input: 'a', output: 'b\nc' }], {}), ['\n\n']);
  assert.deepEqual(
    await stopOf([{ input: 'a', output: 'b\n' }], { demonstrationSeparator: ' ## ' }),
    [' ## ', '\n'],
  );
});

test('tokens are counted as the model ran them', async () => {
  for (const comparison of [null, 'batch', contextualCalibration, { text: 'Sentiment:' }]) {
    const model = fakeModel(odd);
    const steps = await stepsOf(model, rowsOf(5), { shots: [0, 2], comparison });
    const { tokensRun, durationMs } = steps.at(-1).result;
    assert.equal(tokensRun, model.tokensRun);
    assert.ok(tokensRun > 0 && steps[0].result.tokensRun < tokensRun);
    assert.ok(durationMs > 0);
  }
});

/** A parser of CSV that knows only the grammar of RFC 4180. */
function parseCsv(text) {
  const lines = [];
  let fields = [];
  for (let at = 0; at < text.length; ) {
    let field = '';
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        field += text[at];
        if (text[at] === '"') at += 1;
      }
      at += 1;
    } else {
      while (!',\r'.includes(text[at])) {
        assert.ok(!'"\n'.includes(text[at]), 'a quote or a line break in a field without quotes');
        field += text[at++];
      }
    }
    fields.push(field);
    if (text[at] === ',') {
      at += 1;
    } else {
      assert.equal(text.slice(at, at + 2), '\r\n');
      at += 2;
      lines.push(fields);
      fields = [];
    }
  }
  const [header, ...rest] = lines;
  return rest.map((line) => {
    assert.equal(line.length, header.length);
    return Object.fromEntries(line.map((field, i) => [header[i], field]));
  });
}

/** Accuracy, Brier score and calibration error, written without our own code. */
function figuresOf(rows) {
  let right = 0;
  let squares = 0;
  const bins = new Map();
  for (const { posterior, target } of rows) {
    const most = Math.max(...posterior);
    const isRight = posterior.indexOf(most) === target;
    right += isRight;
    for (const [i, p] of posterior.entries()) squares += (p - (i === target)) ** 2;
    const bin = Math.ceil(most * 10);
    const [n, confidence, hits] = bins.get(bin) ?? [0, 0, 0];
    bins.set(bin, [n + 1, confidence + most, hits + isRight]);
  }
  let ece = 0;
  for (const [, confidence, hits] of bins.values())
    ece += Math.abs(hits - confidence) / rows.length;
  return { accuracy: right / rows.length, brier: squares / rows.length, ece };
}

function checkCells(evaluation, lines, read) {
  assert.equal(
    lines.length,
    evaluation.cells.reduce((n, { rows }) => n + rows.length, 0),
  );
  for (const cell of evaluation.cells) {
    const own = lines.filter(
      (line) =>
        Number(line.shots) === cell.shots &&
        Number(line.seed) === cell.seed &&
        Number(line.order) === cell.order,
    );
    const figures = figuresOf(own.map(read));
    assert.equal(own.length, cell.rows.length);
    near(figures.accuracy, cell.accuracy.accuracy, 'accuracy');
    near(figures.brier, cell.labels.brier, 'Brier');
    near(figures.ece, cell.labels.ece, 'ECE');
    near(average(own.map(({ mass }) => Number(mass))), cell.labels.mass, 'mass');
  }
}

const softmax = (scores) => {
  const all = scores.map(Math.exp);
  return all.map((value) => value / all.reduce((a, b) => a + b, 0));
};

/** Rows whose text is hard to put into a file. */
const awkward = rowsOf(20).map(({ input, output }, i) => ({
  input: input + ['', ', and', ' "quoted"', '\r\nline', '\tπ 😀', '"'][i % 6],
  output: i % 7 ? output : 'great, "really"',
}));

for (const rule of ['sum', 'perToken']) {
  for (const comparison of [null, 'batch', contextualCalibration]) {
    const named = comparison === null ? 'nothing' : comparison === 'batch' ? 'batch' : 'inputs';
    test(`every figure follows from the JSONL and from the CSV (${rule}, ${named})`, async () => {
      const labels = [
        { name: 'Positive', words: [' Positive', ' great, "really"'] },
        { name: 'Negative', words: [' Negative'] },
      ];
      const options = { shots: [0, 3], seeds: [0, 1], orders: 2, rule, comparison, labels };
      const evaluation = await resultOf(fakeModel(odd), awkward, options);

      const jsonl = toJsonl(evaluation);
      assert.ok(jsonl.endsWith('}\n'));
      const lines = jsonl
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      checkCells(evaluation, lines, (line) => {
        // Not even the posterior is taken: the logprobs of the words, their lengths and references do.
        const form = rule === 'sum' ? 'logprob' : 'perToken';
        const p = line.labels.map(() => 0);
        const behind = line.labels.map(() => 0);
        for (const [i, label] of line.argument_labels.entries()) {
          const logprob = line.filtered_resps[i][0];
          const own = rule === 'sum' ? logprob : logprob / [...line.arguments[i][1]].length;
          near(own, line.forms[i][form]);
          p[label] += Math.exp(own);
          if (line.references) behind[label] += Math.exp(line.references[i][form]);
        }
        const scores = p.map(
          (value, i) => Math.log(value) - (line.references ? Math.log(behind[i]) : 0),
        );
        for (const [i, score] of scores.entries()) near(score, line.scores[i]);
        const posterior = softmax(scores);
        for (const [i, value] of posterior.entries()) near(value, line.posterior[i]);
        assert.equal(line.labels[line.target], line.gold);
        assert.equal(line.acc, Number(line.gold === line.predicted));
        return { posterior, target: line.target };
      });
      for (const line of lines) {
        assert.deepEqual(line.doc, awkward[line.doc_id]);
        assert.deepEqual(
          line.arguments.map(([, word]) => word),
          labels.flatMap(({ words }) => words),
        );
        assert.deepEqual(
          line.resps,
          line.filtered_resps.map((answer) => [answer]),
        );
        assert.ok(line.filtered_resps.every(([, isGreedy]) => isGreedy === null));
        assert.ok(line.arguments.every(([context]) => context.includes(line.doc.input)));
        assert.deepEqual([line.filter, line.metrics, line.rule], ['none', ['acc'], rule]);
        assert.equal(line.references === null, comparison === null);
      }

      checkCells(evaluation, parseCsv(toCsv(evaluation)), (line) => {
        assert.deepEqual({ input: line.input, output: line.output }, awkward[Number(line.row)]);
        const scores = labels.map(({ name }) => Number(line[`score:${name}`]));
        const posterior = softmax(scores);
        for (const [i, { name }] of labels.entries()) near(posterior[i], Number(line[`p:${name}`]));
        assert.equal(Number(line.correct), Number(line.gold === line.predicted));
        assert.ok(line.prompt.includes(line.input));
        return { posterior, target: labels.findIndex(({ name }) => name === line.gold) };
      });
      const [first] = parseCsv(toCsv(evaluation));
      const expected = evaluation.cells[0].rows[0].classification.labels[0].scores[1].logprob;
      assert.equal(Number(first['logprob: great, "really"']), expected);
    });
  }
}

test('free text in files', async () => {
  const model = fakeModel(odd, {
    answers: (text) => (text.endsWith('Peru\nA:') ? ' LIMA, "yes"' : ' Lima'),
  });
  const rows = [...capitalRows, { input: 'Peru', output: 'Lima, yes' }];
  const evaluation = await resultOf(model, rows, { shots: [0, 1], labels: null }, capitals);
  const lines = toJsonl(evaluation)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const table = parseCsv(toCsv(evaluation));
  assert.equal(lines.length, 8);
  assert.equal(table.length, 8);
  for (const [c, cell] of evaluation.cells.entries()) {
    for (const own of [lines.slice(4 * c, 4 * c + 4), table.slice(4 * c, 4 * c + 4)]) {
      const total = (key) => own.reduce((sum, line) => sum + Number(line[key]), 0);
      near(Math.exp(-total('gold_logprob') / total('gold_tokens')), cell.text.perplexity);
      near(-total('gold_logprob') / (total('gold_bytes') * Math.LN2), cell.text.bitsPerByte);
      const matches = own.map(({ predicted, gold }) => Number(exactMatch(predicted, gold)));
      near(average(matches), cell.accuracy.accuracy);
      assert.deepEqual(
        own.map(({ exact_match, correct }) => Number(exact_match ?? correct)),
        matches,
      );
    }
  }
  assert.deepEqual(lines[3].arguments, [
    [
      evaluation.cells[0].rows[3].prompt,
      { until: ['\n\n', '\n'], max_gen_toks: 64, do_sample: false },
    ],
  ]);
  assert.deepEqual(
    [lines[3].resps, lines[3].filtered_resps],
    [[[' LIMA, "yes"']], [' LIMA, "yes"']],
  );
  assert.deepEqual(
    [lines[3].target, lines[3].exact_match, lines[3].gold_continuation],
    ['Lima, yes', 1, ' Lima, yes'],
  );
  assert.equal(table[3].finish, 'stop');
});

test('rows of a cell that was aborted are in the files, and say so', async () => {
  const steps = await stepsOf(fakeModel(odd), rowsOf(4), { shots: [0, 1] });
  const lines = toJsonl(steps[5].result)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ is_complete }) => is_complete),
    [true, true, true, true, false, false],
  );
  assert.deepEqual(
    parseCsv(toCsv(steps[5].result)).map(({ is_complete }) => is_complete),
    ['1', '1', '1', '1', '0', '0'],
  );
});

test('what is read of a row is what classify would say', async () => {
  const { cells, labels } = await resultOf(fakeModel(odd), rowsOf(6), {
    shots: [3],
    rule: 'perByte',
  });
  for (const { prompt, classification, predicted } of cells[0].rows) {
    const expected = await classify(fakeModel(odd), prompt, labels, { rule: 'perByte' });
    assert.deepEqual(classification, expected);
    assert.equal(predicted, labels[expected.predicted].name);
    const scores = classification.labels.flatMap((reading) => reading.scores);
    assert.deepEqual(readLabels(labels, scores, 'perByte'), classification);
  }
});

test('a step that is read later says what was known when it came', async () => {
  for (const comparison of [null, 'batch']) {
    const options = { shots: [0, 2], comparison };
    const late = await stepsOf(fakeModel(odd), rowsOf(5), options);
    const early = [];
    for await (const { result } of evaluate(fakeModel(odd), task, rowsOf(5), options)) {
      early.push(untimed(structuredClone(result)));
    }
    assert.deepEqual(
      late.map(({ result }) => untimed(result)),
      early,
    );
    // What is kept, and printed, is plain.
    const { get, value } = Object.getOwnPropertyDescriptor(late.at(-1).result, 'cells');
    assert.ok(get === undefined && value.length === 2);
  }
});
