// What the lab shows before a model is loaded, against the model.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { classify, defaultModel, Model, renderPrompt, taskLabels } from 'shotglass';
import { presets } from 'shotglass/presets';
import { recordOf } from 'shotglass/records';
import { difference, recordDifferences } from '../../../www/record/difference.mjs';
import { predictionOf, recordings } from '../../lab/recordings.mjs';
import { modelFile, mustExist } from '../../support/files.mjs';
import { collect } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const recordFile = new URL('../../pkg/src/records/plural.json', import.meta.url);
const tolerance = 1e-4;
const near = (a, b, what) => assert.ok(Math.abs(a - b) <= tolerance, `${what}: ${a}, ${b}`);

let model;
before(async () => {
  model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
});
after(() => model?.close());

test('each preset, with the shots it opens with, is as the model says', async () => {
  for (const { id, task, shots, answer } of presets) {
    const recorded = recordings.get(id);
    const prompt = renderPrompt(task, { shots });
    const shown = predictionOf(recorded, shots);
    const live = await model.predict(prompt, { topK: 10 });
    assert.equal(shown.tokens, live.tokens, id);
    for (const [i, { id: token, text, bytes, p, rank }] of live.candidates.entries()) {
      const candidate = shown.candidates[i];
      assert.deepEqual([candidate.id, candidate.text, candidate.rank], [token, text, rank], id);
      assert.deepEqual(candidate.bytes, bytes, id);
      near(candidate.p, p, `${id} ${JSON.stringify(text)}`);
    }
    near(shown.rest.p, live.rest.p, `${id}, rest`);
    near(shown.entropy, live.entropy, `${id}, entropy`);

    const { answer: logprob, classification } = recorded.results[shots];
    if (answer !== null) {
      const [score] = await model.score(prompt, [` ${answer}`]);
      near(Math.exp(logprob), Math.exp(score.logprob), `${id}, answer`);
    }
    if (task.labels) {
      const { labels, mass } = await classify(model, prompt, taskLabels(task));
      for (const [i, { p }] of labels.entries()) near(classification.labels[i].p, p, id);
      near(classification.mass, mass, `${id}, mass`);
    }
  }
});

test('the record of every preset is of the prompts that the preset renders to, for all its shots', async () => {
  for (const { id, task, shots: opensWith } of presets) {
    const record = await recordOf(id);
    assert.equal(record.model.sha256, defaultModel.sha256, id);
    assert.deepEqual([record.task, record.opensWith], [task, opensWith], id);
    const numbers = [...task.demonstrations.keys(), task.demonstrations.length];
    assert.deepEqual(
      record.results.map(({ shots }) => shots),
      numbers,
      id,
    );
    for (const { shots, tokens, classification } of record.results) {
      const { length } = await model.tokenize(renderPrompt(task, { shots }).text);
      assert.equal(tokens, length, `${id}, ${shots} shots`);
      const labels = classification?.labels.map(({ label }) => label);
      assert.deepEqual(labels, task.labels, id);
    }
  }
});

test('a record that nobody has, or that cannot be read, is a sentence', async () => {
  await assert.rejects(recordOf('plurals'), { code: 'invalid-option', message: /'plural'/ });
  await assert.rejects(recordOf('constructor'), { code: 'invalid-option' });
});

test('the text that the page opens on is what the model writes', async () => {
  const [{ id, task, shots }] = presets;
  const { text } = recordings.get(id).results[shots];
  const steps = await collect(
    model.generate(renderPrompt(task, { shots }), { maxTokens: 12, stop: '\n' }),
  );
  const written = steps.map((step) => step.textDelta).join('');
  assert.equal(text.map((token) => token.text).join(''), written);
});

test('a comparison finds what differs from a record, and only that', async () => {
  const record = JSON.parse(await readFile(recordFile, 'utf8'));
  const changed = (change) => {
    const copy = structuredClone(record);
    change(copy, copy.results[1]);
    return recordDifferences(record, copy);
  };
  assert.deepEqual(
    changed((copy) => Object.assign(copy, { shotglass: '99.0.0' })),
    [],
    'which version wrote it is no number',
  );
  for (const [change, message] of [
    [(_, one) => (one.answer -= 0.1), /^answers\.1 is 0\.\d+ in the file, and 0\.\d+ now$/],
    [(_, one) => (one.candidates[0].logprob -= 0.1), /^After 1 shot, the token ␣horses was /],
    [(_, one) => (one.tokens += 1), /^After 1 shot, the number of tokens in the prompt was /],
    [(copy) => (copy.content = 'other'), /^content is "\w{64}" in the file, and "other" now$/],
    [(copy) => (copy.opensWith = 2), /^opensWith is 4 in the file, and 2 now$/],
  ]) {
    const [found, ...others] = changed(change);
    assert.match(found, message);
    assert.deepEqual(others, []);
  }
});

test('a comparison finds what differs from a measurement', () => {
  const measured = { points: [{ n: 24, p: 0.5, labels: null }] };
  const changed = (change) => {
    const copy = structuredClone(measured);
    change(copy.points[0]);
    return difference(measured, copy);
  };
  assert.equal(
    changed((one) => (one.p += 0.00009)),
    null,
  );
  assert.match(
    changed((one) => (one.p += 0.0002)),
    /^points\.0\.p is 0\.5 in the file/,
  );
  assert.match(
    changed((one) => (one.n = 23)),
    /n is 24/,
  );
  assert.match(
    changed((one) => delete one.n),
    /n is 24 in the file, and undefined now/,
  );
});
