// What the lab shows before a model is loaded, against the model.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  answerLogprob,
  classify,
  continuations,
  defaultModel,
  Model,
  renderPrompt,
  taskLabels,
} from 'shotglass';
import { presets } from 'shotglass/presets';
import { recordOf } from 'shotglass/records';
import { difference, recordDifferences } from '../../../www/record/difference.mjs';
import { continuationOf } from '../../../www/record/ladder.mjs';
import { queriesOf } from '../../../www/record/queries.mjs';
import { predictionOf, recordings } from '../../lab/recordings.mjs';
import { modelFile, mustExist } from '../../support/files.mjs';
import { collect } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const recordFile = new URL('../../../pkg/src/records/plural.json', import.meta.url);
const tolerance = 1e-4;
const near = (a, b, what) => assert.ok(Math.abs(a - b) <= tolerance, `${what}: ${a}, ${b}`);

let model;
before(async () => {
  model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
});
after(() => model?.close());

/** Of a right answer: as a whole word, or as the label that it is. */
async function probability(preset, prompt, output) {
  const continuation = continuationOf(preset, output);
  return Math.exp(await answerLogprob(model, preset.task, prompt, continuation));
}

async function wordsAfter(prompt, words) {
  let found = [];
  for await (const { result } of continuations(model, prompt, { words })) found = result.words;
  return found;
}

// Preset by preset, because the model keeps what is common to the prompts of one.
for (const preset of presets) {
  const { id, task, shots, answer } = preset;
  const recorded = recordings.get(id);
  const prompt = renderPrompt(task, { shots });

  test(`${id}, with the shots it opens with, is as the model says`, async () => {
    const shown = predictionOf(recorded, shots);
    const live = await model.predict(prompt, { topK: 10 });
    assert.equal(shown.tokens, live.tokens);
    for (const [i, { id: token, text, bytes, p, rank }] of live.candidates.entries()) {
      const candidate = shown.candidates[i];
      assert.deepEqual([candidate.id, candidate.text, candidate.rank], [token, text, rank]);
      assert.deepEqual(candidate.bytes, bytes);
      near(candidate.p, p, JSON.stringify(text));
    }
    near(shown.rest.p, live.rest.p, 'rest');
    near(shown.entropy, live.entropy, 'entropy');

    const { answer: logprob, classification } = recorded.results[shots];
    if (answer === null) assert.equal(logprob, null);
    else near(Math.exp(logprob), await probability(preset, prompt, answer), answer);
    if (task.labels) {
      const { labels, mass } = await classify(model, prompt, taskLabels(task));
      for (const [i, { label, p }] of labels.entries()) near(classification.labels[i].p, p, label);
      near(classification.mass, mass, 'mass');
    }
  });

  test(`${id}: the words, and the surprisal of every token, are as the model says`, async () => {
    const words = await wordsAfter(prompt, 5);
    for (const [i, [text, p]] of recorded.results[shots].words.entries()) {
      assert.equal(text, words[i].text);
      near(p, words[i].p, JSON.stringify(text));
    }
    assert.equal(recorded.results[shots].words.length, 5);

    const { shared, bytes, logprobs } = recorded.results[shots].prompt;
    const entries = await model.surprisal(prompt, { topK: 0 });
    const lengths = [...recorded.prompt.bytes.slice(0, shared), ...bytes];
    assert.deepEqual(
      lengths,
      entries.map(({ token }) => token.bytes.length),
    );
    const [first, ...others] = entries;
    assert.equal(first.logprob, null);
    const told = [...recorded.prompt.logprobs.slice(0, Math.max(0, shared - 1)), ...logprobs];
    assert.equal(told.length, others.length);
    for (const [i, { logprob }] of others.entries()) {
      assert.ok(Math.abs(told[i] - logprob) < 1e-3, `token ${i + 1}: ${told[i]}, ${logprob}`);
    }
  });

  test(`${id}: the further queries are as the model says`, async () => {
    const { queries } = recorded;
    assert.deepEqual(
      queries.map(({ query, output }) => ({ query, output })),
      queriesOf(id),
    );
    assert.ok(queries.length >= 4 && queries.length <= 6);
    assert.ok(!queries.some(({ query }) => query === task.query));
    for (const { query, output, results } of queries) {
      assert.equal(results.length, task.demonstrations.length + 1, query);
      const { words, answer } = results[shots];
      const prompt = renderPrompt(task, { shots, query });
      const live = await wordsAfter(prompt, 3);
      assert.deepEqual(
        words.map(([text]) => text),
        live.map(({ text }) => text),
        query,
      );
      for (const [i, [, p]] of words.entries()) near(p, live[i].p, query);
      const right = output === null ? null : await probability(preset, prompt, output);
      if (right === null) assert.equal(answer, null, query);
      else near(Math.exp(answer), right, query);
    }
  });
}

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
    [(_, one) => (one.answer -= 0.1), /^After 1 shot, the right answer was /],
    [(_, one) => (one.words[0][1] -= 0.1), /^results\.1\.words\.0\.1 is 0\.\d+ in the file/],
    [
      (_, one) => (one.words[0][0] = ' dogs'),
      /^results\.1\.words\.0\.0 is " \w+" in the file, and " dogs"/,
    ],
    [(_, one) => delete one.words, /^results\.1\.words is \[.*\] in the file, and undefined now$/],
    [(_, one) => (one.prompt.shared += 1), /^results\.1\.prompt\.shared is \d+ in the file/],
    [
      (_, one) => (one.prompt.logprobs[0] -= 0.01),
      /^results\.1\.prompt\.logprobs\.0 is -\d+\.\d+ in the file/,
    ],
    [(copy) => (copy.prompt.bytes[3] += 1), /^prompt\.bytes\.3 is \d+ in the file/],
    [(copy) => (copy.prompt.logprobs[3] -= 0.01), /^prompt\.logprobs\.3 is -\d+\.\d+ in the file/],
    [(copy) => delete copy.prompt, /^prompt is \{.*\} in the file, and undefined now$/],
    [
      (copy) => (copy.queries[0].output = 'mouses'),
      /^queries\.0\.output is "mice" in the file, and "mouses" now$/,
    ],
    [
      (copy) => (copy.queries[0].results[4].answer -= 1),
      /^queries\.0\.results\.4\.answer is 0\.\d+ in the file/,
    ],
    [(copy) => copy.queries.pop(), /^queries\.\d is \{.*\} in the file, and undefined now$/],
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
