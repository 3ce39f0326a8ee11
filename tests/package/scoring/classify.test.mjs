// Labels from the scores of their words: by brute force on a small model, one prompt for each token.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  classify,
  classifyByChannel,
  contentFree,
  contentFreePrompts,
  Model,
  normalizations,
  readLabels,
  renderPrompt,
  taskLabels,
} from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { mustExist, tinyFolder } from '../../support/files.mjs';

mustExist(tinyFolder, 'cargo test --release');
let model;
before(async () => {
  model = await Model.load(readFileSync(join(tinyFolder, 'f32.gguf')));
});
after(() => model?.close());

const task = {
  instruction: '',
  template: {
    instructionSeparator: '\n\n',
    inputPrefix: 'Q: ',
    inputSuffix: '\n',
    outputPrefix: 'A:',
    outputSeparator: ' ',
    demonstrationSeparator: '\n\n',
  },
  demonstrations: [
    { input: 'the in', output: 'on' },
    { input: 'w7', output: 're' },
  ],
};
const labels = [
  { name: 'on', words: [' on'] },
  { name: 're', words: [' re', ' the prement'] },
  { name: 'é', words: [' é😀'] },
];
const words = labels.flatMap((label) => label.words);

/** Σ ln p of a continuation and its forms, from the full distribution before each of its tokens. */
async function forms(context, continuation) {
  const ids = (await model.tokenize(context + continuation)).map(({ id }) => id);
  const tokens = await model.tokenize(context);
  const bytes = (list) => Buffer.concat(list.map((token) => token.bytes));
  const all = await model.tokenize(context + continuation);
  assert.deepEqual(
    ids.slice(0, tokens.length),
    tokens.map(({ id }) => id),
  );
  // What tokens cannot say as text, because one holds half of a character, `surprisal` says.
  const entries = await model.surprisal(context + continuation);
  let sum = 0;
  for (let at = tokens.length; at < all.length; at++) {
    const before = new TextDecoder().decode(bytes(all.slice(0, at)));
    const again = (await model.tokenize(before)).map(({ id }) => id);
    const isText = again.length === at && again.every((id, i) => id === ids[i]);
    sum += isText ? (await model.logprobs(before))[ids[at]] : entries[at].logprob;
  }
  const characters = [...continuation.trimStart()].length;
  return {
    sum,
    perToken: sum / (all.length - tokens.length),
    perCharacter: sum / characters,
    perByte: sum / Buffer.byteLength(continuation),
  };
}

const near = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-5, `${what}: ${a} is not ${b}`);
const logSum = (values) => Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));

test('every rule against every reference is its formula', async () => {
  const prompt = renderPrompt(task, { query: 'x re' });
  const references = [
    [undefined, []],
    ['', ['<|endoftext|>']],
    ['A x: ', ['A x:']],
    [contentFreePrompts(task), contentFree.map((query) => renderPrompt(task, { query }).text)],
  ];
  for (const [reference, contexts] of references) {
    for (const rule of normalizations) {
      const {
        labels: readings,
        predicted,
        mass,
      } = await classify(model, prompt, labels, {
        rule,
        reference,
      });
      const scores = [];
      let owned = 0;
      for (const { words } of labels) {
        const own = [];
        const behind = contexts.map(() => []);
        for (const word of words) {
          const after = await forms(prompt.text, word);
          own.push(after[rule]);
          owned += Math.exp(after.sum);
          for (const [i, context] of contexts.entries()) {
            behind[i].push((await forms(context, word))[rule]);
          }
        }
        // Probabilities of words add up, and those after the references are averaged.
        const average =
          behind.reduce((sum, all) => sum + Math.exp(logSum(all)), 0) / contexts.length;
        scores.push(logSum(own) - (contexts.length > 0 ? Math.log(average) : 0));
      }
      const total = logSum(scores);
      for (const [i, { score, p }] of readings.entries()) {
        near(score, scores[i], `${rule}, ${reference}, label ${i}`);
        near(p, Math.exp(scores[i] - total), `posterior of ${rule}, ${reference}, label ${i}`);
      }
      assert.equal(predicted, scores.indexOf(Math.max(...scores)));
      near(mass, owned, 'mass');
      near(
        readings.reduce((sum, { p }) => sum + p, 0),
        1,
        'posteriors',
      );
    }
  }
});

test('a word of one token has the entry of the distribution, bit for bit', async () => {
  const prompt = renderPrompt(task, { query: 'x' });
  const single = ['the', 'in'].map((name) => ({ name, words: [` ${name}`] }));
  const { labels: readings } = await classify(model, prompt, single);
  const logprobs = await model.logprobs(prompt);
  for (const { label, logprob } of readings) {
    const [token, ...others] = await model.tokenize(` ${label}`);
    assert.equal(others.length, 0);
    assert.equal(logprob, logprobs[token.id], label);
  }
});

test('a label may be its name, whose word stands after a space or after the separator of a task', async () => {
  const prompt = renderPrompt(task, { query: 'x' });
  const single = ['the', 'in'].map((name) => ({ name, words: [` ${name}`] }));
  assert.deepEqual(
    await classify(model, prompt, ['the', single[1]]),
    await classify(model, prompt, single),
  );
  const joined = { ...task, template: { ...task.template, outputSeparator: '' } };
  const bare = ['the', 'in'].map((name) => ({ name, words: [name] }));
  const options = { query: 'x re', shots: 2 };
  assert.deepEqual(
    await classifyByChannel(model, joined, ['the', 'in'], options),
    await classifyByChannel(model, joined, bare, options),
  );
  const rows = [
    { input: 'w7', output: 'the' },
    { input: 'x re', output: 'in' },
  ];
  const evaluated = async (labels) => {
    let last;
    for await (const { result } of evaluate(model, joined, rows, { labels, shots: [0] }))
      last = result;
    return last.cells.map((cell) => cell.rows.map(({ classification }) => classification));
  };
  assert.deepEqual(await evaluated(['the', 'in']), await evaluated(bare));
});

test('calibrated on itself, a content-free query leaves no preference', async () => {
  const prompt = renderPrompt(task, { query: 'N/A' });
  const { labels: readings } = await classify(model, prompt, labels, { reference: [prompt] });
  for (const { p } of readings) near(p, 1 / 3, 'posterior');
});

test('labels in another order are the same labels', async () => {
  const prompt = renderPrompt(task, { query: 'x' });
  const [straight, turned] = [
    await classify(model, prompt, labels),
    await classify(model, prompt, [...labels].reverse()),
  ];
  assert.deepEqual(
    [...turned.labels].reverse().map(({ label }) => label),
    ['on', 're', 'é'],
  );
  for (const [i, reading] of [...turned.labels].reverse().entries()) {
    assert.deepEqual(reading.scores, straight.labels[i].scores);
  }
  assert.equal(turned.predicted, 2 - straight.predicted);
});

test('the channel reads labels first, by hand', async () => {
  const read = await classifyByChannel(model, task, labels, { query: 'x re', shots: 2 });
  const scores = [];
  for (const { words } of labels) {
    const own = [];
    for (const word of words) {
      const context = `A: on\nQ: the in\n\nA: re\nQ: w7\n\nA:${word}\nQ:`;
      own.push((await forms(context, ' x re')).sum);
    }
    scores.push(logSum(own));
  }
  for (const [i, { score }] of read.labels.entries()) near(score, scores[i], `label ${i}`);
});

/** A score as the engine gives it. */
const scored = (ids, logprob) => ({
  tokens: ids.map((id) => ({ id })),
  logprob,
  perToken: logprob / ids.length,
  perCharacter: logprob,
  perByte: logprob,
  reference: null,
  adjusted: null,
});

test('a word that begins another owns what that owns', () => {
  const two = ['a', 'a b'].map((word) => ({ name: word, words: [word] }));
  const scores = [scored([1], Math.log(0.5)), scored([1, 2], Math.log(0.25))];
  const { mass, labels: readings, predicted } = readLabels(two, scores, 'sum');
  near(mass, 0.5, 'mass');
  near(readings[0].p, 2 / 3, 'posterior');
  assert.equal(predicted, 0);
  near(readLabels(two, scores, 'perToken').labels[1].score, Math.log(0.5), 'per token');
  assert.equal(readLabels(two, scores, 'perToken').predicted, 0, 'of equal ones the first');
});

test('the labels of a task', () => {
  assert.deepEqual(taskLabels(task), [
    { name: 'on', words: [' on'] },
    { name: 're', words: [' re'] },
  ]);
  assert.deepEqual(taskLabels({ ...task, labels: ['b'] }), [{ name: 'b', words: [' b'] }]);
});

test('what cannot be labels is said before anything runs', async () => {
  const never = { score: () => assert.fail('nothing is run') };
  const bad = [
    [[], /at least two/],
    [labels.slice(0, 1), /at least two/],
    [[labels[0], { name: 'x', words: [] }], /non-empty words, which 'x' does not have/],
    [[labels[0], { name: 'x', words: [''] }], /non-empty words, which 'x' does not have/],
    [[labels[0], { name: 'x', words: [' on'] }], /" on" occurs twice/],
    [[labels[0], { name: 'x', words: ['\ud800'] }], /surrogate/],
    [['on', 'on'], /" on" occurs twice/],
    [['on', 7], /./],
  ];
  for (const [labels, message] of bad) {
    await assert.rejects(classify(never, 'Q:', labels), { name: 'ShotglassError', message });
  }
  await assert.rejects(classify(never, 'Q:', labels, { rule: 'best' }), { code: 'invalid-option' });
  await assert.rejects(classify(model, 'a', labels, { reference: [] }), { code: 'invalid-option' });
  await assert.rejects(classify(model, 'a', labels, { reference: 7 }), { code: 'invalid-option' });
  const merged = [labels[0], { name: 'merged', words: ['g'] }];
  await assert.rejects(classify(model, 'w in', merged), { code: 'merged-continuation' });
  assert.equal(words.length, 4);
});
