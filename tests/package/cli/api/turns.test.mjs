// A long answer of `shotglass serve` does not hold up other clients, and its text does not depend on them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { modelFile, mustExist } from '../../../support/files.mjs';
import { post, startApi, stop } from './server.mjs';

mustExist(modelFile, 'cargo xtask model');

let server;
let port;
before(async () => {
  server = await startApi();
  port = server.port;
});
after(async () => assert.equal((await stop(server)).code, 0));

const path = '/v1/completions';
/** It never ends by itself. */
const long = (prompt) => ({
  prompt,
  max_tokens: 250,
  temperature: 1,
  seed: 3,
  logit_bias: { 0: -100, 2: -100 },
});
const short = { prompt: 'Q: walk\nA: walked\n\nQ: jump\nA:', max_tokens: 1, temperature: 0 };
const textOf = ({ status, json }) => {
  assert.equal(status, 200);
  return json.choices[0].text;
};

test('short requests are answered while long ones run, and no text changes', async () => {
  const prompts = ['Once upon a time', 'The weather in June'];
  const alone = [];
  for (const prompt of prompts) alone.push(textOf(await post(port, path, long(prompt))));
  const isOver = [false, false];
  const both = prompts.map(async (prompt, i) => {
    const text = textOf(await post(port, path, long(prompt)));
    isOver[i] = true;
    return text;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(textOf(await post(port, path, short)), ' jumped');
  const scored = { ...short, max_tokens: 0, echo: true, logprobs: 1 };
  assert.equal((await post(port, path, scored)).status, 200);
  assert.equal((await post(port, '/tokenize', { prompt: 'a cat' })).json.count, 2);
  assert.deepEqual(isOver, [false, false], 'none of them had to wait for a long one');
  assert.deepEqual(await Promise.all(both), alone);
});
