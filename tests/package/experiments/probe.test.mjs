import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { planProbe, probe, random } from 'shotglass/experiments';
import { fakeModel, resultOf, sentiment, stepsOf, withDemonstrations } from './fake.mjs';

const task = withDemonstrations(10);
const held = Array.from({ length: 6 }, (_, i) => ({
  input: `scene ${i}`,
  output: i % 3 === 0 ? 'Positive' : 'Negative',
}));

/**
 * A model of three layers. The first says nothing of the input; the second says its label, as `labelOf` has it; the
 * last says it in the wrong units and with noise.
 */
function layered(labelOf, { score = fakeModel(), tooLong = Number.POSITIVE_INFINITY } = {}) {
  return Object.assign(score, {
    read: [],
    async states(text, { layers = [0, 1, 2], signal } = {}) {
      signal?.throwIfAborted();
      if (text.length > tooLong) throw new ShotglassError('prompt-too-long', 'Too long.');
      score.read.push(text);
      const [input] = [...text.matchAll(/Review: (.*)\n/g)].at(-1).slice(1);
      const own = labelOf(input);
      const noise = Math.sin(input.length + input.codePointAt(input.length - 1));
      const all = [
        [7, 7],
        [own + 0.1 * noise, 5 - own],
        [1000 * own + 700 * noise, noise],
      ];
      const rows = Float32Array.from(layers.flatMap((layer) => all[layer]));
      return { layers: [...layers], positions: [0], size: 2, rows };
    },
  });
}

const known = new Map([...task.demonstrations, ...held].map((row) => [row.input, row.output]));
const truth = (input) => (known.get(input) === 'Positive' ? 1 : -1);

test('a layer that holds the label is found by cross-validation, and tested on the held-out rows', async () => {
  const { layers, best, labels, prompts, warnings } = await resultOf(
    probe(layered(truth), task, held, { shots: [0, 2] }),
  );
  assert.deepEqual(
    labels.map(({ name }) => name),
    ['Positive', 'Negative'],
  );
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    [0, 1, 2],
  );
  assert.deepEqual(best, { regression: 1, prototypes: 1 });
  const gold = held.map(({ output }) => (output === 'Positive' ? 0 : 1));
  for (const kind of ['regression', 'prototypes']) {
    const { accuracy, validation, predicted } = layers[1][kind];
    assert.deepEqual(predicted, gold);
    assert.deepEqual([accuracy.n, accuracy.correct], [6, 6]);
    assert.deepEqual([validation.n, validation.correct], [10, 10]);
    assert.ok(accuracy.interval.low > 0.6 && accuracy.interval.high === 1);
    assert.ok(layers[0][kind].accuracy.correct < 6, 'layer 0 knows nothing');
  }
  assert.ok([1, 100, 10_000].includes(layers[1].regression.strength));
  assert.deepEqual(
    prompts.curve.map(({ shots }) => shots),
    [0, 2],
  );
  assert.deepEqual(warnings, []);
});

test('a layer of noise fits the training rows, and is no better than chance in cross-validation', async () => {
  const { integer } = random(5);
  const model = Object.assign(fakeModel(), {
    async states() {
      const rows = Float32Array.from({ length: 40 }, () => integer(1000));
      return { layers: [0], positions: [0], size: 40, rows };
    },
  });
  const own = withDemonstrations(60);
  const { layers } = await resultOf(probe(model, own, held, { shots: [] }));
  for (const kind of ['regression', 'prototypes']) {
    const { accuracy: share } = layers[0][kind].validation;
    assert.ok(share > 0.3 && share < 0.7, `${kind}: ${share}`);
  }
});

test('there is a step for each row, each layer and each evaluated row', async () => {
  const steps = await stepsOf(probe(layered(truth), task, held, { shots: [1] }));
  assert.deepEqual(
    steps.map(({ done }) => done),
    Array.from({ length: 16 + 3 + 6 }, (_, i) => i + 1),
  );
  assert.equal(steps.at(-1).total, 25);
  assert.deepEqual(steps.map(({ result }) => result.layers.length).slice(15, 20), [0, 1, 2, 3, 3]);
  assert.equal(steps[17].result.best, null);
  assert.equal(steps[18].result.prompts, null);
  const none = await stepsOf(probe(layered(truth), task, held, { shots: [], layers: [2, 1] }));
  assert.equal(none.length, 18);
  assert.deepEqual(
    none.at(-1).result.layers.map(({ layer }) => layer),
    [1, 2],
  );
});

test('the prompts are the zero-shot ones, or have demonstrations that nothing is learned from', () => {
  const plain = planProbe(task, held);
  assert.equal(plain.train.length, 10);
  assert.equal(plain.train[0].prompt.text, 'Review: film 0\nSentiment:');
  assert.deepEqual(plain.shots, [0, 4]);
  const { train, test: tested } = planProbe(task, held, { context: 2 });
  assert.equal(train.length, 8);
  for (const { prompt } of [...train, ...tested]) {
    assert.ok(prompt.text.startsWith('Review: film 0\nSentiment: Positive\n\nReview: film 1\n'));
  }
  assert.ok(train[0].prompt.text.endsWith('Review: film 2\nSentiment:'));
});

test('a space at the end of the prompt is not read', async () => {
  const template = { ...sentiment.template, outputPrefix: 'Sentiment: ' };
  const model = layered(truth);
  await resultOf(probe(model, { ...task, template }, held, { shots: [] }));
  assert.equal(model.read[0], 'Review: film 0\nSentiment:');
});

test('every part has its share of each label, and rows with one input share a part', () => {
  const { train, folds } = planProbe(task, held, { folds: 5, seed: 3 });
  assert.equal(folds, 5);
  for (let fold = 0; fold < 5; fold++) {
    const own = train.filter((row) => row.fold === fold).map(({ label }) => label);
    assert.deepEqual(own.sort(), [0, 1]);
  }
  const of = (seed) => planProbe(task, held, { seed }).train.map(({ fold }) => fold);
  assert.deepEqual(of(3), of(3));
  assert.notDeepEqual(of(3), of(4));
  const twice = [...task.demonstrations, ...task.demonstrations.slice(0, 4)];
  const doubled = planProbe({ ...task, demonstrations: twice }, held).train;
  for (let i = 0; i < 4; i++) assert.equal(doubled[i].fold, doubled[10 + i].fold);
  const few = planProbe({ ...task, demonstrations: task.demonstrations.slice(0, 3) }, held);
  assert.equal(few.folds, 3, 'one for each row');
});

test('the order of the training rows changes no accuracy of a layer that is clear', async () => {
  const reversed = { ...task, demonstrations: [...task.demonstrations].reverse() };
  const read = async (own) => {
    const labels = ['Positive', 'Negative'];
    const { layers } = await resultOf(
      probe(layered(truth), { ...own, labels }, held, { shots: [] }),
    );
    return layers[1].regression.predicted;
  };
  assert.deepEqual(await read(reversed), await read(task));
});

test('labels that cannot be learned are refused by name', async () => {
  const refused = (own, options, message) =>
    assert.rejects(resultOf(probe(layered(truth), own, held, options)), {
      code: 'invalid-option',
      message,
    });
  const labels = ['Positive', 'Negative'];
  const one = task.demonstrations.filter(({ output }) => output === 'Positive');
  await refused({ ...task, labels, demonstrations: one }, {}, /every one has the label 'Positive'/);
  await refused({ ...task, demonstrations: one }, {}, /at least two labels/);
  await refused({ ...task, demonstrations: [], labels }, {}, /demonstrations must be a non-empty/);
  await refused(task, { context: 10 }, /demonstrations must be a non-empty array/);
  await refused(task, { context: 11 }, /^context must be an integer from 0 to 10/);
  const words = ['a', 'b', 'c'].map((input) => ({ input, output: `${input}s` }));
  await refused({ ...task, demonstrations: words }, {}, /labels that occur more than once/);
  const same = task.demonstrations.map(({ output }) => ({ input: 'film', output }));
  await refused({ ...task, demonstrations: same }, {}, /All training rows have the same input/);
  const odd = [...task.demonstrations, { input: 'x', output: 'Meh' }];
  await refused(
    { ...task, labels, demonstrations: odd },
    {},
    /demonstration 11, 'Meh', must be one/,
  );
  const leaked = [...task.demonstrations.slice(0, 9), { input: ' scene 0 ', output: 'Negative' }];
  await refused(
    { ...task, demonstrations: leaked },
    {},
    /Row 1 has the same input as demonstration 10/,
  );
  await refused(task, { strengths: [0] }, /^strengths/);
  await refused(task, { strengths: [] }, /^strengths/);
  await refused(task, { folds: 1 }, /^folds/);
  await refused(task, { layers: [1, 1] }, /^layers must be .* distinct/);
  await refused(task, { shots: [1, 1] }, /^shots must be .* distinct/);
  await refused(task, { strength: 1 }, /strength/);
  await assert.rejects(resultOf(probe(layered(truth), task, [])), /^ShotglassError: rows must be/);
});

test('a label with one training row works, and its limits are said', async () => {
  const demonstrations = [...task.demonstrations, { input: 'so so', output: 'Mixed' }];
  const { warnings, layers } = await resultOf(
    probe(layered(truth), { ...task, demonstrations }, held, { shots: [] }),
  );
  assert.match(warnings[0], /Only one training row has the label 'Mixed'/);
  assert.equal(layers[1].regression.accuracy.correct, 6);
  const two = task.demonstrations.slice(0, 2);
  const least = await resultOf(
    probe(layered(truth), { ...task, demonstrations: two }, held, { shots: [] }),
  );
  assert.equal(least.warnings.length, 2);
  assert.equal(least.layers[1].prototypes.accuracy.correct, 6, 'prototypes work at one shot');
  const labels = ['Positive', 'Negative', 'Mixed'];
  const absent = await resultOf(probe(layered(truth), { ...task, labels }, held, { shots: [] }));
  assert.match(absent.warnings[0], /No training row has the label 'Mixed'/);
});

test('an abort, a prompt that does not fit and a closed model end the loop', async () => {
  const controller = new AbortController();
  const steps = [];
  await assert.rejects(async () => {
    for await (const step of probe(layered(truth), task, held, { signal: controller.signal })) {
      steps.push(step);
      if (step.result.layers.length === 1) controller.abort();
    }
  });
  assert.equal(steps.length, 17);
  await assert.rejects(resultOf(probe(layered(truth, { tooLong: 5 }), task, held)), {
    code: 'prompt-too-long',
  });
  const closed = Object.assign(layered(truth), {
    async states() {
      throw new ShotglassError('closed', 'The model was closed.');
    },
  });
  await assert.rejects(resultOf(probe(closed, task, held)), { code: 'closed' });
});
