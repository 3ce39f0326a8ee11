// vLLM with the same weights in 32 bits, asked through `Model.connect`: the tokens and the numbers of the model here.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { lastOf } from '../bench/last.mjs';
import { modelFile, mustExist, vocabularySize } from '../support/files.mjs';
import { compared, largestOf, spread, TYPICAL } from './agreement.mjs';
import { choice, lastWord } from './tasks.mjs';
import { startVllm } from './vllm.mjs';

mustExist(modelFile, 'cargo xtask model');

const TIMEOUT = 1_800_000;
const ROWS = 60;
const DISTRIBUTIONS = 12;
const EVALUATED = 24;
const ODD = [
  '',
  ' ',
  '\t\n\n  x',
  'é 你好 👩‍👩‍👧‍👦',
  'a\u0301 ﬁ \u200b',
  '<|im_start|>user\nHi<|im_end|>',
];

const stories = lastWord.rows.slice(0, ROWS);

let server;
let theirs;
let ours;
before(async () => {
  server = await startVllm();
  theirs = await Model.connect(server.origin);
  ours = await Model.load(modelFile, { activationBits: 16 });
});
after(async () => {
  theirs?.close();
  ours?.close();
  await server?.stop();
});

/** Says how far apart they are, and fails where that is more than rounding. */
function near(t, differences) {
  const { count, rms, largest } = spread(differences);
  const bounds = `${TYPICAL.toExponential(1)} and ${largestOf(count).toExponential(1)}`;
  const found = `${rms.toExponential(1)} nats, ${largest.toExponential(1)} at most`;
  t.diagnostic(`${count} log-probabilities: ${found} (bounds: ${bounds})`);
  assert.ok(rms < TYPICAL, `${rms}`);
  assert.ok(largest < largestOf(count), `${largest}`);
}

test('the connection finds what vLLM can do', () => {
  assert.deepEqual(theirs.capabilities, {
    distribution: 'full',
    top: vocabularySize,
    promptLogprobs: true,
    namedTokens: true,
    tokenize: true,
    states: false,
  });
  assert.equal(theirs.info.name, server.model);
  assert.equal(theirs.info.addsBos, ours.info.addsBos);
});

test('its tokens are ours', { timeout: TIMEOUT }, async () => {
  const texts = stories.map(({ input, output }) => `${input} ${output}.`);
  for (const text of [...ODD, ...texts]) {
    const tokens = await ours.tokenize(text);
    assert.deepEqual(await theirs.tokenize(text), tokens);
    const ids = tokens.map(({ id }) => id);
    assert.equal(await theirs.detokenize(ids), await ours.detokenize(ids));
  }
});

test('answers have the same log-probabilities', { timeout: TIMEOUT }, async (t) => {
  const differences = [];
  for (const { input, output } of stories) {
    const answers = [` ${output}`, ` ${output} again`];
    const [found, wanted] = [await theirs.score(input, answers), await ours.score(input, answers)];
    for (const [i, { tokens }] of wanted.entries()) {
      assert.deepEqual(
        found[i].tokens.map(({ id }) => id),
        tokens.map(({ id }) => id),
      );
      for (const [j, { logprob }] of tokens.entries()) {
        differences.push(found[i].tokens[j].logprob - logprob);
      }
    }
  }
  near(t, differences);
});

test('tokens of prompts have the same', { timeout: TIMEOUT }, async (t) => {
  const differences = [];
  for (const { input } of stories) {
    const [found, wanted] = [await theirs.surprisal(input), await ours.surprisal(input)];
    assert.equal(found.length, wanted.length);
    assert.equal(found[0].logprob, null);
    for (const [i, { token, logprob }] of wanted.entries()) {
      assert.equal(found[i].token.id, token.id);
      if (logprob !== null) differences.push(found[i].logprob - logprob);
    }
  }
  near(t, differences);
});

test('whole distributions are the same', { timeout: TIMEOUT }, async (t) => {
  const weighted = [];
  const differences = [];
  for (const { input } of stories.slice(0, DISTRIBUTIONS)) {
    const [found, wanted] = [await theirs.logprobs(input), await ours.logprobs(input)];
    assert.equal(found.length, wanted.length);
    let sum = 0;
    for (const [id, logprob] of wanted.entries()) {
      const difference = found[id] - logprob;
      differences.push(difference);
      sum += Math.exp(logprob) * difference ** 2;
    }
    weighted.push(Math.sqrt(sum));
  }
  t.diagnostic(`weighted by probability: ${Math.max(...weighted).toExponential(1)} nats at most`);
  assert.ok(Math.max(...weighted) < TYPICAL);
  near(t, differences);
});

test('`evaluate` gives the same, row by row', { timeout: TIMEOUT }, async (t) => {
  const rows = choice.rows.slice(0, EVALUATED);
  const options = { shots: [0, 4], labels: choice.labels };
  const [own, other] = [ours, theirs].map((model) =>
    lastOf(evaluate(model, choice.task, rows, options)),
  );
  const found = compared(await own, await other, 2 * largestOf(4 * EVALUATED));
  t.diagnostic(`${found.rows.same} of ${found.rows.all} answers are the same`);
  t.diagnostic(`largest difference: ${found.largest.toExponential(1)} nats`);
  assert.equal(found.rows.all, 2 * EVALUATED);
  assert.deepEqual(found.rows.wrong, []);
  assert.ok(found.rms < TYPICAL);
  assert.ok(found.largest < largestOf(found.count));
});
