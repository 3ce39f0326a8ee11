// Which tokens may be drawn: a list, or a function that says so before each token. On the default model in Node.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { modelFile, mustExist } from '../../support/files.mjs';
import { collect } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const prompt = 'Q: walk\nA: walked\n\nQ: jump\nA:';
let model;
let vocabulary;
before(async () => {
  model = await Model.load(modelFile);
  vocabulary = await model.vocabulary();
});
after(() => model?.close());

/** The tokens with which a text goes on towards one of the choices. */
const towards =
  (choices) =>
  ({ text }) =>
    vocabulary
      .filter((token) => token.text && choices.some((one) => one.startsWith(text + token.text)))
      .map(({ id }) => id);

test('of some tokens the most probable one is drawn, and its probability stays', async () => {
  const logprobs = await model.logprobs(prompt);
  const few = [300, 5000, 20_000, 41_000];
  const best = few.toSorted((a, b) => logprobs[b] - logprobs[a]);
  const draw = async (options) =>
    (await model.complete(prompt, { maxTokens: 1, ...options })).tokens;
  for (const allowed of [few, () => few]) {
    const [token] = await draw({ allowed });
    assert.deepEqual([token.id, token.logprob], [best[0], logprobs[best[0]]]);
    // A bias chooses among them, and lets nothing else in.
    assert.equal((await draw({ allowed, logitBias: { [best[3]]: 100 } }))[0].id, best[3]);
    assert.equal((await draw({ allowed, logitBias: { 7: 100 } }))[0].id, best[0]);
  }
  const all = await collect(model.generate(prompt, { maxTokens: 8 }));
  assert.deepEqual(
    await collect(model.generate(prompt, { maxTokens: 8, allowed: () => null })),
    all,
  );
});

test('draws have the probabilities of the tokens among those that are allowed', async () => {
  const { candidates } = await model.predict(prompt, { topK: 4 });
  const [, second, third] = candidates;
  const allowed = [second.id, third.id];
  const { sampled } = await model.predict(prompt, {
    topK: 4,
    sampling: { temperature: 1, allowed: ({ tokens }) => (tokens.length === 0 ? allowed : null) },
  });
  const total = second.p + third.p;
  assert.equal(sampled.count, 2);
  for (const [i, p] of [0, second.p / total, third.p / total, 0].entries()) {
    assert.ok(Math.abs(sampled.p[i] - p) < 1e-6, `candidate ${i}`);
  }
  // With a seed a function and a list draw the same.
  const options = { temperature: 1.5, seed: 7, maxTokens: 12 };
  const some = vocabulary.filter(({ text }) => /^ [a-z]+$/.test(text)).map(({ id }) => id);
  const { text } = await model.complete(prompt, { ...options, allowed: some });
  assert.equal((await model.complete(prompt, { ...options, allowed: () => some })).text, text);
  assert.match(text, /^( [a-z]+){12}$/);
});

test('one of some choices is generated, and then nothing', async () => {
  const choices = [' walked slowly', ' jumped over it', ' jumps'];
  const seen = [];
  const allowed = (state) => {
    seen.push(state);
    return towards(choices)(state);
  };
  const { text, finish, tokens } = await model.complete(prompt, { allowed });
  assert.equal(text, ' jumped over it');
  assert.equal(finish, 'stop');
  assert.equal(seen.length, tokens.length + 1);
  assert.deepEqual(
    seen.at(-1).tokens.map(({ id }) => id),
    tokens.map(({ id }) => id),
  );
  // What is held back for a stop string comes out at the end.
  const held = await model.complete(prompt, { allowed, stop: 'it is' });
  assert.equal(held.text, ' jumped over it');
});

test('half a character is not in the text before it is whole', async () => {
  const fox = (await model.tokenize('🦊')).map(({ id }) => id);
  const texts = [];
  const { text } = await model.complete('A:', {
    allowed: ({ tokens, text }) => {
      texts.push(text);
      return fox.slice(tokens.length, tokens.length + 1);
    },
  });
  assert.equal(text, '🦊');
  assert.deepEqual(texts, [...fox.map(() => ''), '🦊']);
});

test('the example of the README chooses a value of JSON', async () => {
  const readme = readFileSync(new URL('../../../pkg/README.md', import.meta.url), 'utf8');
  const [, code] = /```js\n(const choices = .*?)```/s.exec(readme) ?? [];
  assert.ok(code, 'there is such an example');
  const AsyncFunction = (async () => {}).constructor;
  const completion = await new AsyncFunction('model', `${code}\nreturn completion;`)(model);
  assert.deepEqual(Object.keys(JSON.parse(`{"color": "${completion.text}`)), ['color']);
  assert.equal(completion.finish, 'stop');
});

test('what is no list of tokens, or fails, ends the call and nothing else', async () => {
  const complete = (allowed) => model.complete(prompt, { allowed });
  for (const [allowed, message] of [
    [[], /at least one token to begin with/],
    [() => [], /at least one token to begin with/],
    [[49_152], /allowed must be an array of token ids/],
    [() => [-1], /allowed must be an array of token ids/],
    [({ tokens }) => (tokens.length < 2 ? null : 'x'), /allowed must be an array of token ids/],
    ['x', /allowed must be an array of token ids/],
  ]) {
    await assert.rejects(complete(allowed), { code: 'invalid-option', message });
  }
  const mistake = new TypeError('mine');
  const fails = ({ tokens }) => {
    if (tokens.length === 2) throw mistake;
    return null;
  };
  await assert.rejects(complete(fails), mistake);
  // An abort from inside of it.
  const controller = new AbortController();
  const aborts = ({ tokens }) => {
    if (tokens.length === 3) controller.abort();
    return null;
  };
  const { signal } = controller;
  await assert.rejects(model.complete(prompt, { allowed: aborts, signal }), { code: 'aborted' });
  assert.equal((await model.predict(prompt)).candidates[0].text, ' jumped');
});
