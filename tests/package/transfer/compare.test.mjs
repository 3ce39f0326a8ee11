// The same examples in several ways: which examples each gets, what its figures are, and what cannot be measured.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPrompt, ShotglassError } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { compare, neutralText, ways } from 'shotglass/transfer';
import { near, resultOf, sentiment, stepsOf } from '../experiments/fake.mjs';
import { rowsOf, trainable } from './fake.mjs';

const labels = ['Positive', 'Negative'];
const task = { ...sentiment, labels, demonstrations: rowsOf('film', 12) };
const rows = rowsOf('row', 10);
const quick = { steps: 3 };

const readingOf = ({ readings }, way, shots) =>
  readings.find((one) => one.way === way && (shots === undefined || one.shots === shots));

test('every way has the very same examples: those that evaluate shows', async () => {
  const model = trainable();
  const options = { shots: [4], seeds: [0, 7], training: quick, inputs: 5 };
  const { readings } = await resultOf(compare(model, task, rows, options));
  const { cells } = await resultOf(
    evaluate(trainable(), task, rows, { shots: [4], seeds: [0, 7] }),
  );
  assert.deepEqual(cells[0].demonstrations, [0, 1, 2, 3]);
  assert.notDeepEqual(cells[1].demonstrations, [0, 1, 2, 3]);
  const { trainings } = model;
  for (const [nth, { seed, demonstrations }] of cells.entries()) {
    const drawn = demonstrations.map((i) => task.demonstrations[i]);
    for (const { way, runs } of readings) {
      const run = runs.find((one) => one.seed === seed);
      if (way === 'zero-shot') assert.deepEqual(runs[0].examples, []);
      else assert.deepEqual(run.examples, demonstrations.slice(0, run.shots), way);
    }
    const [ia3, lora, distilled] = trainings.slice(3 * nth, 3 * nth + 3);
    const zeroShot = ({ input }) => renderPrompt(task, { shots: 0, query: input }).text;
    for (const { examples, options } of [ia3, lora]) {
      assert.equal(options.seed, seed);
      assert.deepEqual(
        examples.map(({ prompt, answer }) => [prompt.text, answer]),
        drawn.map((one) => [zeroShot(one), ` ${one.output}`]),
      );
    }
    assert.deepEqual(
      [ia3, lora, distilled].map(({ options }) => options.method),
      ['ia3', 'lora', 'lora'],
    );
    const others = distilled.examples.map(({ prompt }) => prompt.text);
    assert.equal(others.length, 5);
    const shown = { ...task, demonstrations: drawn };
    for (const [i, { teacher }] of distilled.examples.entries()) {
      assert.ok(teacher.text.startsWith(renderPrompt(shown, { query: '' }).text.slice(0, -12)));
      assert.ok(!drawn.some((one) => zeroShot(one) === others[i]), 'no input is an example');
      assert.ok(
        task.demonstrations.some((one) => zeroShot(one) === others[i]),
        'it is of the pool',
      );
    }
  }
});

test('accuracies are those of evaluate, and the intervals too', async () => {
  // The base knows 8 of 10 rows, and an adapter 9.
  const knows = (row, adapter) => row < (adapter ? 9 : 8);
  const result = await resultOf(
    compare(trainable({ knows }), task, rows, { shots: [2, 4], seeds: [0, 1], training: quick }),
  );
  const { curve } = await resultOf(
    evaluate(trainable({ knows }), task, rows, { shots: [2, 4], seeds: [0, 1] }),
  );
  for (const { cells, ...point } of curve) {
    const { runs, ...reading } = readingOf(result, 'few-shot', point.shots);
    assert.equal(runs.length, cells);
    for (const [name, value] of Object.entries(point)) assert.deepEqual(reading[name], value, name);
  }
  // Wilson's interval of 8 of 10, as Brown, Cai & DasGupta 2001 compute it.
  const { mean, interval } = readingOf(result, 'zero-shot');
  assert.equal(mean, 0.8);
  near(interval.low, 0.4901625, 1e-6);
  near(interval.high, 0.9433178, 1e-6);
  for (const way of ['ia3', 'lora', 'distilled']) {
    assert.equal(readingOf(result, way, 4).mean, 0.9, way);
    assert.deepEqual(readingOf(result, way, 4).runs[0].correct, [...Array(9).fill(true), false]);
  }
  assert.equal(readingOf(result, 'probe', 4).mean, 1, 'the states say the label');
  assert.deepEqual(
    result.readings.map(({ way, shots }) => `${way} ${shots}`),
    [
      ...['zero-shot 0', 'one-shot 1'],
      ...[2, 4].flatMap((k) => ways.slice(2).map((way) => `${way} ${k}`)),
    ],
  );
});

test('each way has its costs', async () => {
  const result = await resultOf(
    compare(trainable(), task, rows, { shots: [4], seeds: [0, 1], training: quick }),
  );
  const lengthOf = (shots) => {
    const lengths = rows.map(
      ({ input }) => renderPrompt(task, { shots, query: input }).text.length,
    );
    return lengths.reduce((a, b) => a + b) / lengths.length;
  };
  const costs = ({ numbers, bytes, forgetting }) => [numbers, bytes, forgetting];
  assert.deepEqual(costs(readingOf(result, 'zero-shot')), [0, 0, null]);
  const [fewShot] = readingOf(result, 'few-shot').runs;
  assert.deepEqual(costs(fewShot), [0, lengthOf(4) - lengthOf(0), null]);
  // Two labels and three numbers a state, for the prototypes with what standardizes a state.
  assert.deepEqual(costs(readingOf(result, 'probe')), [8, 32, null]);
  assert.deepEqual(costs(readingOf(result, 'prototypes')), [12, 48, null]);
  assert.deepEqual(costs(readingOf(result, 'ia3')), [12, 24, 0.25]);
  assert.deepEqual(costs(readingOf(result, 'lora')), [100, 200, 0.25]);
  near(readingOf(result, 'lora').prepareMs, 15, 5);
  assert.equal(readingOf(result, 'few-shot').prepareMs, 0);
  // Rows under test are slow, and not counted.
  const readMs = (prompt) => (prompt.includes('row') ? 60 : 10);
  const slow = compare(trainable({ readMs }), task, rows, { shots: [4], ways: ['probe'] });
  const { prepareMs } = readingOf(await resultOf(slow), 'probe');
  assert.ok(prepareMs > 35 && prepareMs < 400, `4 examples: ${prepareMs} ms`);
  for (const way of ways) {
    const { promptTokens, runs } = readingOf(result, way);
    if (way === 'few-shot') near(runs[0].promptTokens, lengthOf(4), 1e-9);
    else if (way !== 'one-shot') near(promptTokens, lengthOf(0), 1e-9);
  }
});

test('progress goes from nothing to all, and the result is plain data', async () => {
  const model = trainable();
  const options = { shots: [4], seeds: [0, 1], training: quick };
  const steps = await stepsOf(compare(model, task, rows, options));
  const { total } = steps[0];
  let last = 0;
  for (const step of steps) {
    assert.equal(step.total, total);
    assert.ok(step.done >= last && step.done <= total);
    last = step.done;
  }
  assert.deepEqual([steps[0].done, last], [0, total]);
  assert.deepEqual(steps[0].result.current, { ways: ['zero-shot'], shots: 0, seed: 0 });
  const { result } = steps.at(-1);
  assert.equal(result.current, null);
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  assert.equal(model.open.size, 0, 'every training and adapter was closed');
  assert.equal(model.trainings[0].options.neutral, neutralText);
  assert.equal(new Set(model.read).size, model.read.length, 'no state is read twice');
});

test('a row of the pool under test is refused with its number, before anything has run', async () => {
  const model = trainable();
  const shared = rows.with(6, { input: ' good film 2 ', output: 'Positive' });
  await assert.rejects(resultOf(compare(model, task, shared, { shots: [1] })), {
    code: 'invalid-option',
    message: /Row 7 has the same input as demonstration 3/,
  });
  assert.deepEqual([model.calls, model.trainings, model.read], [[], [], []]);
});

test('an abort keeps the runs before it, and closes what it has opened', async () => {
  for (const way of ['few-shot', 'probe', 'lora']) {
    const controller = new AbortController();
    const model = trainable();
    const { signal } = controller;
    const comparison = compare(model, task, rows, { shots: [4], training: { steps: 9 }, signal });
    let kept;
    await assert.rejects(
      async () => {
        for await (const { result } of comparison) {
          kept = result;
          if (result.current?.ways.includes(way)) controller.abort();
        }
      },
      { name: 'AbortError' },
    );
    const known = kept.readings.map((one) => one.way);
    assert.deepEqual(known, ways.slice(0, way === 'probe' ? 3 : ways.indexOf(way)));
    assert.equal(model.open.size, 0);
  }
  const model = trainable();
  for await (const { result } of compare(model, task, rows, { shots: [4], ways: ['ia3'] })) {
    if (model.open.size > 0 && result.current) break;
  }
  assert.equal(model.open.size, 0, 'a loop that is left closes them too');
});

test('free text has no probe, and is trained to its end', async () => {
  const free = { ...task, labels: undefined };
  const model = trainable({ answers: () => 'Positive' });
  const result = await resultOf(compare(model, free, rows, { shots: [2], training: quick }));
  assert.deepEqual(
    result.leftOut.map(({ way, shots, seed }) => [way, shots, seed]),
    [
      ['prototypes', null, null],
      ['probe', null, null],
    ],
  );
  assert.match(result.leftOut[0].why, /no labels/);
  assert.equal(readingOf(result, 'lora').mean, 0.5);
  assert.equal(model.trainings[0].examples[0].answer, ' Positive\n\n');
});

test('what a draw does not allow is left out of that draw alone', async () => {
  const leftOut = async (model, of, options) =>
    (await resultOf(compare(model, of, rows, { training: quick, ...options }))).leftOut;
  const demonstrations = [0, 2, 4, 1, 3, 5].map((i) => task.demonstrations[i]);
  const sorted = { ...task, demonstrations };
  const one = await leftOut(trainable(), sorted, { shots: [3, 4], ways: ['probe', 'lora'] });
  assert.equal(one.length, 1);
  assert.deepEqual([one[0].way, one[0].shots, one[0].seed], ['probe', 3, 0]);
  assert.match(one[0].why, /at least two labels/);

  const whole = await leftOut(trainable(), task, { shots: [11, 12], ways: ['lora', 'distilled'] });
  assert.deepEqual(
    whole.map(({ way, shots }) => [way, shots]),
    [['distilled', 12]],
  );
  assert.match(whole[0].why, /no inputs beyond the examples/);

  const long = await leftOut(trainable({ contextLength: 300 }), task, { shots: [2, 12] });
  assert.deepEqual(
    long.filter(({ way }) => way === 'few-shot').map(({ shots, why }) => [shots, why]),
    [[12, 'Too long.']],
  );
  const diverging = trainable({
    loss({ options }) {
      if (options.method === 'ia3') throw new ShotglassError('diverged', 'It diverged.');
      return 1;
    },
  });
  assert.deepEqual(await leftOut(diverging, task, { shots: [2], ways: ['ia3', 'lora'] }), [
    { way: 'ia3', shots: 2, seed: 0, why: 'It diverged.' },
  ]);
  assert.equal(diverging.open.size, 0);
});

test('a teacher that says nothing is left out, with what that means', async () => {
  const silent = trainable({ answers: () => '' });
  const options = { shots: [2], ways: ['distilled'], training: quick };
  const { leftOut } = await resultOf(compare(silent, task, rows, options));
  assert.match(leftOut[0].why, /The teacher answers none of the inputs/);
});

test('an error that is not of one run ends it', async () => {
  const crashing = trainable({
    loss() {
      throw new ShotglassError('crashed', 'It crashed.');
    },
  });
  await assert.rejects(resultOf(compare(crashing, task, rows, { shots: [2] })), {
    code: 'crashed',
  });
});

test('the settings of a training are those of all ways, and then its own', async () => {
  const model = trainable();
  const training = { steps: 2, layers: 1, ia3: { steps: 4, learningRate: 0.1 } };
  await resultOf(compare(model, task, rows, { shots: [2], neutral: null, training }));
  assert.deepEqual(
    model.trainings.map(({ options: { steps, layers, learningRate, neutral } }) => [
      ...[steps, layers, learningRate, neutral],
    ]),
    [
      [4, 1, 0.1, undefined],
      [2, 1, undefined, undefined],
      [2, 1, undefined, undefined],
    ],
  );
});

test('wrong options are refused before anything has run', async () => {
  const model = trainable();
  const refused = (options, message) =>
    assert.rejects(resultOf(compare(model, task, rows, { shots: [2], ...options })), {
      code: 'invalid-option',
      message,
    });
  await refused({ shots: undefined }, /shots must be/);
  await refused({ shots: [0] }, /shots must be an integer of at least 1/);
  await refused({ shots: [13] }, /shots must be at most 12/);
  await refused({ ways: [] }, /ways must be a non-empty array/);
  await refused({ ways: ['few'] }, /ways must be one of 'zero-shot'/);
  await refused({ seed: 1 }, /Unknown option seed. Did you mean seeds\?/);
  await refused({ training: { seed: 1 } }, /Unknown option seed/);
  await refused({ training: { lora: { method: 'ia3' } } }, /Unknown option method/);
  await refused({ inputs: 0 }, /inputs must be/);
  await refused({ neutral: 1 }, /neutral must be/);
  assert.deepEqual([model.calls, model.trainings, model.read], [[], [], []]);
});
