// Token ids as prompts, what stands beside generated tokens, and what moves the draws: on the default model in Node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { modelFile, mustExist, sameBits } from '../../support/files.mjs';
import { collect } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const prompt = 'Q: walk\nA: walked\n\nQ: jump\nA:';
let model;
let ids;
before(async () => {
  model = await Model.load(modelFile);
  ids = (await model.tokenize(prompt)).map(({ id }) => id);
});
after(() => model?.close());

const invalid = (message) => ({ code: 'invalid-option', message });

test('ids are the text that they stand for, in every call', async () => {
  const still = ({ durationMs, cachedTokens, ...prediction }) => prediction;
  assert.deepEqual(still(await model.predict(ids)), still(await model.predict(prompt)));
  sameBits(await model.logprobs(ids), await model.logprobs(prompt));
  assert.deepEqual(
    await model.surprisal(ids, { topK: 2 }),
    await model.surprisal(prompt, { topK: 2 }),
  );
  const options = { maxTokens: 3 };
  assert.deepEqual(
    await collect(model.generate(ids, options)),
    await collect(model.generate(prompt, options)),
  );
  const [one, other] = await model.embed([ids, prompt]);
  sameBits(one, other);
  assert.equal((await model.predict(ids)).cachedTokens, ids.length);
});

// Half a character has no text that a tokenizer would make ids of.
test('ids are read as they are, and their text is put together from bytes', async () => {
  const emoji = (await model.tokenize('🦊')).map(({ id }) => id);
  assert.ok(emoji.length > 1);
  assert.equal(await model.detokenize([...ids, ...emoji]), `${prompt}🦊`);
  assert.equal(await model.detokenize(emoji.slice(0, -1)), '\ufffd');
  assert.equal(await model.detokenize([]), '');
  const entries = await model.surprisal([...ids, emoji[0]]);
  assert.deepEqual(
    entries.map(({ token }) => token.id),
    [...ids, emoji[0]],
  );
});

test('ids that are none are refused', async () => {
  const must = invalid('prompt must be an array of token ids, integers from 0 to 49151.');
  for (const wrong of [[49_152], [-1], [1.5], [Number.NaN]]) {
    await assert.rejects(model.predict(wrong), must);
    await assert.rejects(model.generate(wrong).next(), must);
  }
  await assert.rejects(model.detokenize([49_152]), /ids must be an array of token ids/);
  await assert.rejects(model.predict([]), { code: 'empty-prompt' });
  await assert.rejects(model.predict(Array(8193).fill(1)), { code: 'prompt-too-long' });
  await assert.rejects(model.predict([{ role: 'user', content: 'hi' }]), /renderChat/);
});

test('a completion is the steps together, with what stood beside each token', async () => {
  const asked = [378, 5];
  const options = { maxTokens: 4, candidates: 3, ids: asked, stop: '\n' };
  const { text, finish, tokens } = await model.complete(prompt, options);
  const steps = await collect(model.generate(prompt, options));
  assert.equal(text, steps.map(({ textDelta }) => textDelta).join(''));
  assert.equal(text, ' jumped');
  assert.equal(finish, 'stop');
  assert.equal(tokens.length, steps.length);
  const before = [...ids];
  for (const token of tokens) {
    const { candidates, logprobs } = await model.predict(before, { topK: 3, logprobs: true });
    assert.deepEqual(token.candidates, candidates);
    assert.deepEqual(
      token.asked.map(({ id, logprob, rank }) => [id, logprob, rank]),
      asked.map((id) => [id, logprobs[id], 1 + logprobs.filter((x) => x > logprobs[id]).length]),
    );
    before.push(token.id);
  }
  const plain = (await model.complete(prompt, { maxTokens: 1 })).tokens[0];
  assert.ok(!('candidates' in plain || 'asked' in plain));
  await assert.rejects(model.complete(prompt, { ids: [-1] }), /^ShotglassError: ids must be/);
});

test('a bias moves what is drawn, and no probability', async () => {
  const [first] = (await model.complete(prompt, { maxTokens: 1 })).tokens;
  const [second] = (await model.predict(prompt)).candidates.slice(1);
  const { tokens } = await model.complete(prompt, {
    maxTokens: 1,
    logitBias: { [first.id]: -100 },
  });
  const { entropy, ...token } = tokens[0];
  assert.deepEqual(token, second);
  assert.equal(entropy, first.entropy);

  const [rare] = (await model.complete(prompt, { maxTokens: 1, logitBias: { 5: 100 } })).tokens;
  assert.equal(rare.id, 5);
  assert.equal(rare.logprob, (await model.logprobs(prompt))[5]);

  // Equal logits are drawn equally often: this bias is exactly the distance of the two.
  const sampling = { temperature: 1, logitBias: { [second.id]: first.logprob - second.logprob } };
  const { sampled, candidates } = await model.predict(prompt, { topK: 2, sampling });
  assert.ok(Math.abs(sampled.p[0] - sampled.p[1]) < 1e-6);
  assert.equal(candidates[1].p, second.p);

  for (const [logitBias, message] of [
    [{ x: 1 }, /the keys of logitBias must be an array of token ids/],
    [{ 49152: 1 }, /the keys of logitBias/],
    [{ 5: 'x' }, /logitBias\[5\] must be a number/],
    [[1], /logitBias must be an object/],
  ]) {
    await assert.rejects(model.complete(prompt, { logitBias }), message);
  }
});

test('a scored token has its rank, and a continuation says whether it is the greedy one', async () => {
  const scores = await model.score(prompt, [' jumped', ' walked', ' jumped high']);
  assert.deepEqual(
    scores.map(({ isGreedy }) => isGreedy),
    [true, false, false],
  );
  for (const { continuation, tokens } of scores) {
    const entries = await model.surprisal(prompt + continuation, { from: ids.length });
    assert.deepEqual(
      tokens.map(({ id, logprob, rank }) => ({ id, logprob, rank })),
      entries.map(({ token, logprob, rank }) => ({ id: token.id, logprob, rank })),
    );
  }
});
