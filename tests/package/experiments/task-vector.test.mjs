import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, renderPrompt } from 'shotglass';
import { evaluate, evaluateTaskVector, planTaskVector, taskVector } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../../support/files.mjs';
import { resultOf, sentiment, stepsOf, withDemonstrations } from './fake.mjs';

const answers = [' Positive', ' Negative'];

/** The default model, loaded once for this file. */
let loading;
const load = () => {
  mustExist(modelFile, 'cargo xtask model');
  loading ??= Model.load(modelFile, { build: 'simd128' });
  return loading;
};
test.after(async () => (await loading)?.close());

test('the vector is read after the demonstrations and another input than the query', () => {
  const planned = planTaskVector(sentiment, { answers });
  assert.equal(planned.zeroShot.text, 'Review: fine\nSentiment:');
  assert.equal(planned.fewShot.spans.filter(({ role }) => role === 'input').length, 3);
  assert.ok(
    planned.source.text.endsWith('Review: N/A\nSentiment:'),
    'all demonstrations are shown',
  );
  const two = planTaskVector(sentiment, { shots: 2 });
  assert.ok(two.source.text.endsWith('Negative\n\nReview: funny\nSentiment:'));
  assert.deepEqual(two.answers, answers);
  const asked = planTaskVector(sentiment, { shots: 2, query: 'funny', layers: [3, 1] });
  assert.ok(asked.source.text.endsWith('Review: N/A\nSentiment:'), 'never the query');
  assert.deepEqual(asked.layers, [1, 3]);
  const odd = planTaskVector(sentiment, { dummy: 'odd', shots: 1 });
  assert.ok(odd.source.text.endsWith('Positive\n\nReview: odd\nSentiment:'));
});

test('what cannot be is refused by name', () => {
  const refused = (options, message, task = sentiment) =>
    assert.throws(() => planTaskVector(task, options), { code: 'invalid-option', message });
  refused({ dummy: ' fine' }, /^dummy must be another input than the query/);
  refused({ shots: 0 }, /^shots must be an integer from 1 to 3/);
  refused({ shots: 4 }, /^shots/);
  refused({ answers: [] }, /^answers/);
  refused({ answers: [' a', ''] }, /^answers/);
  refused({ layers: [] }, /^layers/);
  refused({ layers: [2, 2] }, /distinct/);
  refused({ layer: 2 }, /layer/);
  refused({}, /^shots/, { ...sentiment, demonstrations: [] });
});

test('each layer is what the edit gives by hand, the lowest changes nothing, and the last is the dummy input', async () => {
  const model = await load();
  const preset = presets.find(({ id }) => id === 'plural');
  const { task } = preset;
  const options = { shots: 4, answers: [' horses', ' cat', ' the'], layers: [0, 12, 21, 30] };
  const steps = await stepsOf(taskVector(model, task, options));
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]),
    [1, 2, 3, 4].map((done) => [done, 4]),
  );
  assert.equal(steps[0].result.layers.length, 1);
  const { layers, zeroShot, fewShot, best, vectors } = steps.at(-1).result;
  const { source } = planTaskVector(task, options);
  const zero = renderPrompt(task, { shots: 0 });
  assert.deepEqual(zeroShot, await model.score(zero, options.answers));
  assert.deepEqual(fewShot, await model.score(renderPrompt(task, { shots: 4 }), options.answers));
  assert.deepEqual(layers[0].scores, zeroShot, 'layer 0 is the token');

  const position = (await model.tokenize(zero)).length - 1;
  for (const [i, layer] of options.layers.entries()) {
    const { rows } = await model.states(source, { layers: [layer] });
    assert.deepEqual(vectors[i], { layer, row: rows });
    const edits = [{ layer, position, replace: rows }];
    assert.deepEqual(layers[i].scores, await model.score(zero, options.answers, { edits }));
    // The answers are one token each but for the first.
    const { logprobs } = await model.predict(zero, { edits, logprobs: true });
    for (const { tokens, logprob } of layers[i].scores.slice(1)) {
      assert.equal(tokens.length, 1);
      assert.equal(logprob, logprobs[tokens[0].id]);
    }
  }
  const [last] = await model.score(source, [' the']);
  assert.equal(layers[3].scores[2].logprob, last.logprob);
  const most = Math.max(...layers.map(({ scores }) => scores[0].logprob));
  assert.equal(layers.find(({ layer }) => layer === best[0]).scores[0].logprob, most);
  assert.ok(most > zeroShot[0].logprob + 3, 'one vector brings the answer up');
});

test('the layer is chosen on training rows, and the held-out rows are what the edit gives by hand', async () => {
  const model = await load();
  const { task, rows } = presets.find(({ id }) => id === 'plural');
  const train = task.demonstrations.slice(0, 7);
  const test = rows.slice(0, 3);
  const options = { train, shots: 4, labels: null, layers: [10, 21], maxTokens: 4 };
  const steps = await stepsOf(evaluateTaskVector(model, task, test, options));
  assert.deepEqual(
    steps.map(({ done, total }) => [done, total]).slice(-4),
    [8, 9, 10, 11].map((done) => [done, 11]),
  );
  const { layers, vector, prompts, patched } = steps.at(-1).result;
  const demonstrations = train.slice(0, 4);
  const source = renderPrompt({ ...task, demonstrations }, { query: train[4].input });
  const edit = async (prompt, layer) => {
    const position = (await model.tokenize(prompt)).length - 1;
    const { rows: replace } = await model.states(source, { layers: [layer] });
    return { edits: [{ layer, position, replace }] };
  };
  for (const { layer, logprob } of layers) {
    let sum = 0;
    for (const { input, output } of train.slice(5)) {
      const prompt = renderPrompt(task, { query: input, shots: 0 });
      const [score] = await model.score(prompt, [` ${output}`], await edit(prompt, layer));
      sum += score.logprob;
    }
    assert.ok(Math.abs(logprob - sum / 2) < 1e-9);
  }
  const [low, high] = layers.map(({ logprob }) => logprob);
  assert.equal(vector.layer, low > high ? 10 : 21);
  const plain = { ...task, demonstrations };
  const direct = await resultOf(
    evaluate(model, plain, test, { shots: [0, 4], labels: null, maxTokens: 4 }),
  );
  const predicted = ({ cells }) => cells.map((cell) => cell.rows.map((row) => row.predicted));
  assert.deepEqual(predicted(prompts), predicted(direct));
  const [cell] = patched.cells;
  for (const row of cell.rows) {
    const prompt = renderPrompt(task, { query: row.input, shots: 0 });
    const edited = { ...(await edit(prompt, vector.layer)), maxTokens: 4, stop: ['\n\n', '\n'] };
    let text = '';
    for await (const step of model.generate(prompt, edited)) text += step.textDelta;
    assert.equal(row.predicted, text);
  }
});

test('rows that are too few to choose a layer are refused, and labels come from all training rows', async () => {
  const model = await load();
  const held = [
    { input: 'scene 1', output: 'Positive' },
    { input: 'scene 2', output: 'Negative' },
  ];
  await assert.rejects(resultOf(evaluateTaskVector(model, withDemonstrations(5), held)), {
    code: 'invalid-option',
    message: /^train must be at least 6 rows: 4 to show, a dummy input/,
  });
  const options = { shots: 1, layers: [20] };
  const { patched } = await resultOf(
    evaluateTaskVector(model, withDemonstrations(3), held, options),
  );
  assert.deepEqual(
    patched.labels.map(({ name }) => name),
    ['Positive', 'Negative'],
  );
  assert.equal(patched.cells[0].accuracy.n, 2);
});
