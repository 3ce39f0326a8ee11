// A tape: an experiment that is interrupted and goes on comes to the same figures as one that was not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { attribution, contextualCalibration, evaluate, influence } from 'shotglass/experiments';
import { fakeModel, hashed, withDemonstrations } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

const { Tape, TapeDiffers, TapeEnded } = await labModule('why/tape.ts');

const { query, ...task } = withDemonstrations(4);
const rows = Array.from({ length: 7 }, (_, i) => ({
  input: `row ${i}`,
  output: i % 2 === 0 ? 'Positive' : 'Negative',
}));
const options = { shots: [0, 1, 3], seeds: [0, 1], orders: 2 };

const experiments = {
  labels: (model) => evaluate(model, task, rows, options),
  batch: (model) => evaluate(model, task, rows, { ...options, comparison: 'batch' }),
  calibrated: (model) =>
    evaluate(model, task, rows, { ...options, comparison: contextualCalibration }),
  channel: (model) => evaluate(model, task, rows, { ...options, direction: 'channel' }),
  text: (model) => evaluate(model, task, rows, { ...options, labels: null }),
  influence: (model) => influence(model, { ...task, query }),
  attribution: (model) => attribution(model, { ...task, query }),
};
const newModel = (limit) =>
  fakeModel(hashed, { answers: (text) => ` ${text.length % 7} ends`, contextLength: limit });

/** The time differs, and after an interruption the cache of the model is empty. */
const figures = ({ durationMs: _, tokensRun: __, ...result }) => structuredClone(result);

const uncounted = (calls) => calls.map(({ tokens: _, ...call }) => call);

/** Runs, until so many steps are there. */
async function played(experiment, model, known, most = Number.POSITIVE_INFINITY) {
  const calls = [];
  const tape = new Tape(model, known, (call) => calls.push(structuredClone(call)));
  let last = null;
  let steps = 0;
  for await (const { result } of experiment(tape)) {
    last = result;
    steps += 1;
    if (steps === most) break;
  }
  return { last: last && figures(last), steps, calls, isLive: tape.isLive };
}

for (const [name, experiment] of Object.entries(experiments)) {
  test(`${name}: interrupted after any step, it comes to the same`, async () => {
    const whole = await played(experiment, newModel(), []);
    const plain = await played((tape) => experiment(tape), newModel(), []);
    assert.deepEqual(whole.last, plain.last);
    for (let most = 1; most < whole.steps; most += Math.ceil(whole.steps / 9)) {
      const begun = await played(experiment, newModel(), [], most);
      const model = newModel();
      const resumed = await played(experiment, model, begun.calls);
      assert.deepEqual(resumed.last, whole.last);
      assert.deepEqual(uncounted([...begun.calls, ...resumed.calls]), uncounted(whole.calls));
      assert.ok(model.calls.length < whole.calls.length, 'what was known is not asked again');
    }
  });

  test(`${name}: played to its end it needs no model`, async () => {
    const whole = await played(experiment, newModel(), []);
    const again = await played(experiment, null, whole.calls);
    assert.deepEqual(again.last, whole.last);
    assert.ok(again.isLive);
    assert.deepEqual(again.calls, []);
  });
}

/** A model that answers several calls side by side, the later ones first. */
function sideBySide() {
  const model = newModel();
  const waiting = [];
  const answerAll = () => {
    for (const answer of waiting.splice(0).reverse()) answer();
  };
  const score = async (...asked) => {
    await new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setTimeout(answerAll, 1);
    });
    return model.score(...asked);
  };
  return { ...model, score, scoreConcurrency: 4 };
}

for (const name of ['labels', 'batch', 'calibrated', 'channel']) {
  test(`${name}: calls that are answered side by side are on the tape in their order`, async () => {
    const experiment = experiments[name];
    const one = await played(experiment, newModel(), []);
    const several = await played(experiment, sideBySide(), []);
    assert.deepEqual(several.last, one.last);
    assert.deepEqual(uncounted(several.calls), uncounted(one.calls));
    const begun = await played(experiment, sideBySide(), [], 3);
    const resumed = await played(experiment, sideBySide(), [...begun.calls]);
    assert.deepEqual(resumed.last, one.last);
  });
}

test('a prompt that is too long is too long again', async () => {
  const experiment = experiments.labels;
  const whole = await played(experiment, newModel(70), []);
  assert.ok(whole.last.notRun.length > 0);
  const again = await played(experiment, null, whole.calls);
  assert.deepEqual(
    again.last.notRun.map(({ shots, row, error }) => [shots, row, error.code]),
    whole.last.notRun.map(({ shots, row, error }) => [shots, row, error.code]),
  );
  assert.deepEqual(again.last.cells, whole.last.cells);
});

test('without a model it ends where its calls do, and other failures are not kept', async () => {
  const { calls } = await played(experiments.labels, newModel(), [], 5);
  await assert.rejects(played(experiments.labels, null, calls), TapeEnded);
  const kept = [];
  const failing = {
    score: async () => {
      throw new ShotglassError('crashed', 'It crashed.');
    },
  };
  const tape = new Tape(failing, [], (call) => kept.push(call));
  await assert.rejects(tape.score('a', ['b']), { code: 'crashed' });
  assert.deepEqual(kept, []);
});

test('calls of another experiment are refused', async () => {
  const { calls } = await played(experiments.labels, newModel(), []);
  await assert.rejects(played(experiments.calibrated, newModel(), calls), TapeDiffers);
  const other = (tape) => evaluate(tape, task, rows.with(3, { ...rows[3], input: 'x' }), options);
  await assert.rejects(played(other, newModel(), calls), TapeDiffers);
});

test('tokens count as they were run', async () => {
  const costs = async (tape) => {
    let last;
    for await (const { result } of experiments.text(tape)) last = result;
    return last.tokensRun;
  };
  const calls = [];
  const run = await costs(new Tape(newModel(), [], (call) => calls.push(call)));
  assert.ok(run > 0);
  assert.equal(await costs(new Tape(null, calls, () => {})), run);
});

test('every option of a call counts, the numbers of a row too, and the hooks do not', async () => {
  const methods = ['tokenize', 'predict', 'attention', 'lens', 'states', 'embed'];
  const model = Object.fromEntries(methods.map((name) => [name, async (...asked) => asked[0]]));
  const edit = (value) => ({ layer: 1, position: 0, replace: Float32Array.of(0.5, value) });
  const asks = {
    tokenize: [['a'], ['b']],
    predict: [
      ['a', { edits: [edit(1)] }],
      ['a', { edits: [edit(2)] }],
    ],
    attention: [
      ['a', { position: 0 }],
      ['a', { position: 1 }],
    ],
    lens: [['a', { ids: [1] }], ['a']],
    states: [
      ['a', { layers: [1] }],
      [[97], { layers: [1] }],
    ],
    embed: [[['a', 'b']], [['a', 'b'], { pooling: 'last' }]],
  };
  for (const [name, [one, other]] of Object.entries(asks)) {
    const calls = [];
    await new Tape(model, [], (call) => calls.push(call))[name](...one);
    const hooks = { signal: new AbortController().signal, onProgress: () => {} };
    const again = [one[0], name === 'tokenize' ? {} : { ...one[1], ...hooks }];
    assert.deepEqual(await new Tape(null, calls, () => {})[name](...again), one[0], name);
    await assert.rejects(new Tape(null, calls, () => {})[name](...other), TapeDiffers, name);
  }
});
