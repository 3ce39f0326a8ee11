import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribution, planAttribution } from '../../../pkg/dist/experiments/attribution.js';
import { influence } from '../../../pkg/dist/experiments/influence.js';
import { fakeModel, near, resultOf, sentiment, stepsOf } from './fake.mjs';

const task = {
  ...sentiment,
  instruction: 'Judge.',
  demonstrations: sentiment.demonstrations.slice(0, 2),
};

test('the parts of a prompt, in the order of its text', () => {
  const { whole, parts } = planAttribution(task);
  assert.deepEqual(
    parts.map(({ role, demonstration, start, end }) => [
      role,
      demonstration,
      whole.prompt.text.slice(start, end),
    ]),
    [
      ['instruction', null, 'Judge.\n\n'],
      ['demonstration', 0, 'Review: warm\nSentiment: Positive\n\n'],
      ['input', 0, 'warm'],
      ['output', 0, 'Positive'],
      ['demonstration', 1, 'Review: dull\nSentiment: Negative\n\n'],
      ['input', 1, 'dull'],
      ['output', 1, 'Negative'],
      ['query', null, 'fine'],
    ],
  );
});

test('a prompt without a part is the whole one less the text of the part', () => {
  let state = 1;
  const random = (n) => {
    state = (state * 48271) % 0x7fffffff;
    return state % n;
  };
  const word = () => ['', ' ', '\n', 'a', '😀', 'Review: ', '=>', 'long '.repeat(9)][random(8)];
  const labels = ['x', 'y'].map((name) => ({ name, words: [name] }));
  let seen = 0;
  for (let round = 0; round < 500; round++) {
    const any = {
      instruction: word(),
      template: {
        instructionSeparator: word(),
        inputPrefix: word(),
        inputSuffix: word(),
        outputPrefix: word(),
        outputSeparator: word(),
        demonstrationSeparator: word(),
      },
      demonstrations: Array.from({ length: random(4) }, () => ({ input: word(), output: word() })),
      query: word(),
    };
    const { whole, parts } = planAttribution(any, { labels });
    const { text } = whole.prompt;
    for (const { start, end, prompt } of parts) {
      assert.ok(end > start);
      assert.equal(prompt.text, text.slice(0, start) + text.slice(end));
      seen++;
    }
  }
  assert.ok(seen > 2000);
});

test('the effect of each part, by hand', async () => {
  // Each text that is there adds its own to ln P(Positive); that of Negative stays at −3.
  const adds = { 'Judge.': 0.125, warm: 1, ' Positive\n': 0.5, dull: -0.25, fine: 2 };
  const logprob = (context, word) =>
    word === ' Negative'
      ? -3
      : Object.entries(adds).reduce((s, [t, by]) => (context.includes(t) ? s + by : s), -6);
  const options = { gold: 'Positive' };
  const { label, answer, parts } = await resultOf(attribution(fakeModel(logprob), task, options));
  assert.equal(label, 'Positive');
  near(answer.logprob, -2.625);
  const p = (s) => Math.exp(s) / (Math.exp(s) + Math.exp(-3));
  near(answer.p, p(-2.625));
  const nats = [0.125, 1.5, 1, 0.5, -0.25, -0.25, 0, 2];
  parts.forEach(({ effect }, i) => {
    near(effect.nats, nats[i]);
    near(effect.points, 100 * (p(-2.625) - p(-2.625 - nats[i])));
  });
});

test('leaving a demonstration out is what influence says of it', async () => {
  const { parts } = await resultOf(attribution(fakeModel(), task));
  const { influences, all } = await resultOf(influence(fakeModel(), task));
  assert.deepEqual(
    parts.filter(({ role }) => role === 'demonstration').map(({ effect }) => effect),
    influences.map(({ leaveOneOut }) => leaveOneOut),
  );
  assert.deepEqual((await resultOf(attribution(fakeModel(), task))).answer, all);
});

test('the answer comes first, then the tokens of the whole prompt, then the parts', async () => {
  const [first, second, third] = await stepsOf(attribution(fakeModel(), task));
  const { text } = planAttribution(task).whole.prompt;
  assert.equal(first.result.tokens, null);
  assert.equal(second.result.tokens.map(({ token }) => token.text).join(''), text);
  for (const { result } of [first, second]) {
    assert.ok(result.parts.every(({ effect }) => effect === null));
    assert.deepEqual(result.answer, third.result.answer);
  }
  // The last part is the first to be left out.
  assert.deepEqual(
    third.result.parts.map(({ effect }) => effect !== null),
    [...Array(7).fill(false), true],
  );
});

test('without a gold label it is the predicted one of the whole prompt', async () => {
  const logprob = (_, word) => (word === ' Negative' ? -1 : -2);
  const { label, answer } = await resultOf(attribution(fakeModel(logprob), task));
  assert.deepEqual([label, answer.logprob], ['Negative', -1]);
});

test('what has no text is no part, nor is what all is made of', async () => {
  const bare = { ...sentiment.template, inputPrefix: '', inputSuffix: '', outputPrefix: '' };
  const only = { ...sentiment, template: bare };
  const options = { shots: 0, query: 'all' };
  assert.deepEqual(planAttribution(only, options).parts, []);
  const { parts } = await resultOf(attribution(fakeModel(), only, options));
  assert.deepEqual(parts, []);
  const roles = planAttribution(sentiment, { shots: 0, query: '' }).parts;
  assert.deepEqual(roles, []);
});

test('a prompt over the context is an error', async () => {
  await assert.rejects(resultOf(attribution(fakeModel(undefined, { contextLength: 10 }), task)), {
    code: 'prompt-too-long',
  });
});
