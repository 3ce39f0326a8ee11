// llama.cpp's own server and ours, asked by one client: the same tokens, and nearly the same probabilities.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Model } from 'shotglass';
import { startApi, stop } from '../package/cli/api/server.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { startPython } from './python.mjs';
import { lastWord } from './tasks.mjs';

mustExist(modelFile, 'cargo xtask model');

const script = fileURLToPath(new URL('../package/remote/llama-server.py', import.meta.url));
const TOP = 10;

let server;
let llama;
let ours;
let theirs;
before(async () => {
  llama = await startPython([script, modelFile], /http:\/\/127\.0\.0\.1:\d+/);
  theirs = await Model.connect(llama.found[0]);
  server = await startApi();
  ours = await Model.connect(server.origin);
});
after(async () => {
  ours?.close();
  theirs?.close();
  await stop(server);
  await llama?.stop();
});

test('llama-server tokenizes alike and predicts alike', async (t) => {
  const differences = [];
  let sameBest = 0;
  for (const { input, output } of lastWord.rows) {
    const [own, other] = await Promise.all(
      [ours, theirs].map((model) => model.tokenize(`${input} ${output}.`)),
    );
    assert.deepEqual(
      other.map(({ id }) => id),
      own.map(({ id }) => id),
    );
    const { candidates } = await theirs.predict(input, { topK: TOP });
    const logprobs = await ours.logprobs(input);
    for (const { id, logprob } of candidates) differences.push(Math.abs(logprob - logprobs[id]));
    const [best] = (await ours.predict(input, { topK: 1 })).candidates;
    if (best.id === candidates[0].id) sameBest += 1;
  }
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  t.diagnostic(`${sameBest} of ${lastWord.rows.length} best tokens are the same`);
  t.diagnostic(
    `a logprob differs by ${mean} nats in the mean, ${Math.max(...differences)} at most`,
  );
  assert.ok(sameBest >= 0.95 * lastWord.rows.length);
  // Rounding activations to 8 bits puts it 2.4e-3 nats of KL divergence from the truth (README): √(2 · KL) is 0.07.
  assert.ok(mean < 0.1);
});
