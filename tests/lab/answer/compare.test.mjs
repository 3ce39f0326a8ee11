// Two distributions beside each other, and labels under all rules: by examples computed by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { distanceOf, pairOf, toldPairOf } = await labModule('answer/compare/compare.ts');
const { wordPairs } = await labModule('answer/compare/words.ts');
const { decisionsOf } = await labModule('answer/labels/decisions.ts');
const { formatDivergence, formatPoints } = await labModule('ui/numbers.ts');

const ln = (...p) => Float32Array.from(p, Math.log);
const close = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-6, `${what ?? ''}: ${a}, not ${b}`);

test('the distance of two distributions', () => {
  const a = ln(0.5, 0.25, 0.25);
  const b = ln(0.25, 0.25, 0.5);
  const { totalVariation, divergence } = distanceOf(a, b);
  close(totalVariation, 0.25, '½ (0.25 + 0 + 0.25)');
  close(divergence, 0.25 * Math.LN2, '0.5 ln 2 + 0.25 ln 1 − 0.25 ln 2');
  // The divergence is of a from b, and not the other way round.
  const c = ln(0.9, 0.05, 0.05);
  close(distanceOf(c, a).divergence, 0.9 * Math.log(1.8) + 0.1 * Math.log(0.2));
  close(distanceOf(a, c).divergence, 0.5 * Math.log(1 / 1.8) + 0.5 * Math.log(5));
  assert.deepEqual(distanceOf(a, a), { totalVariation: 0, divergence: 0 });
});

test('what cannot happen adds nothing, or everything', () => {
  const certain = ln(1, 0);
  const even = ln(0.5, 0.5);
  const near = distanceOf(certain, even);
  close(near.divergence, Math.LN2, '0 ln 0 is 0');
  close(near.totalVariation, 0.5);
  assert.equal(distanceOf(even, certain).divergence, Number.POSITIVE_INFINITY);
  assert.equal(distanceOf(ln(1, 0), ln(0, 1)).totalVariation, 1);
});

test('the tokens of two lists: each list and what it leaves out come to 1', () => {
  const listed = (...ps) => ({
    candidates: ps.map(([id, p]) => ({ id, p, bytes: new Uint8Array(), text: String(id) })),
    rest: { count: 100 - ps.length, p: 1 - ps.reduce((sum, [, p]) => sum + p, 0) },
  });
  const { rows, rest } = toldPairOf(listed([1, 0.5], [2, 0.3]), listed([3, 0.6], [1, 0.2]));
  assert.deepEqual(
    rows.map(({ token, a, now }) => [token.id, a, now]),
    [
      [3, null, 0.6],
      [1, 0.5, 0.2],
      [2, 0.3, null],
    ],
  );
  assert.equal(rest.count, 97);
  close(rest.a, 0.2);
  close(rest.now, 0.2);
});

test('words of two prompts: all that either lists, and what is not found has no number', () => {
  const found = (words) => ({ words: words.map(([text, p]) => ({ text, p })) });
  const a = found([
    [' horses', 0.9],
    [' horse', 0.05],
  ]);
  const now = found([
    [' The', 0.2],
    [' horse', 0.15],
  ]);
  const { rows, rest } = wordPairs(a, now);
  assert.deepEqual(rows, [
    { text: ' horses', a: 0.9, now: null },
    { text: ' The', a: null, now: 0.2 },
    { text: ' horse', a: 0.05, now: 0.15 },
  ]);
  close(rest.a, 0.05);
  close(rest.now, 0.65);
});

const utf8 = new TextEncoder();
const distribution = (p, listed) => ({
  of: '',
  model: '',
  logprobs: ln(...p),
  candidates: listed.map((id) => ({ id, text: `t${id}`, bytes: utf8.encode(`t${id}`), p: p[id] })),
});

test('the rows are the union of both heads, and with the rest they are all of each', () => {
  const a = distribution([0.5, 0.2, 0.1, 0.1, 0.1], [0, 1]);
  const now = distribution([0.1, 0.2, 0.6, 0.05, 0.05], [2, 1]);
  const { rows, rest, distance } = pairOf(a, now);
  assert.deepEqual(
    rows.map(({ token }) => token.id),
    [2, 0, 1],
    'the more probable in either first',
  );
  close(rows[0].a, 0.1, 'not among the head of a, and yet known');
  close(rows[1].now, 0.1);
  assert.equal(rest.count, 2);
  close(rest.a, 0.2);
  close(rest.now, 0.1);
  close(distance.totalVariation, 0.5);
});

const reading = (label, tokens, logprob, reference = null) => {
  const forms = (sum) => ({
    logprob: sum,
    perToken: sum / tokens,
    perCharacter: sum / label.length,
    perByte: sum / (label.length + 1),
  });
  const score = {
    continuation: ` ${label}`,
    tokens: Array.from({ length: tokens }, (_, i) => ({ id: label.charCodeAt(0) + i })),
    ...forms(logprob),
    reference: reference === null ? null : forms(reference),
    adjusted: null,
  };
  return { label, scores: [score], logprob, score: logprob, p: 0 };
};

test('where the rules agree there is one decision, and where they do not, who says what', () => {
  const agreed = decisionsOf({ labels: [reading('aa', 1, -1), reading('bb', 1, -2)] });
  assert.deepEqual(
    agreed.map(({ label, scorers }) => [label, scorers.length]),
    [['aa', 4]],
  );
  // −2 over one token and two characters; −3 over three tokens and six characters.
  const split = decisionsOf({ labels: [reading('aa', 1, -2), reading('bbbbbb', 3, -3)] });
  assert.deepEqual(
    split.map(({ label, scorers }) => [label, scorers.map(({ rule }) => rule)]),
    [
      ['aa', ['sum']],
      ['bbbbbb', ['perToken', 'perCharacter', 'perByte']],
    ],
  );
});

test('a reference is weighed with and without', () => {
  // Alone the first leads; but it is as probable after nothing, where the second is not.
  const labels = [reading('aa', 1, -1, -1), reading('bb', 1, -2, -5)];
  const decisions = decisionsOf({ labels });
  assert.deepEqual(
    decisions.map(({ label, scorers }) => [
      label,
      scorers.length,
      scorers.every(({ compared }) => compared),
    ]),
    [
      ['aa', 4, false],
      ['bb', 4, true],
    ],
  );
});

test('differences and divergences as they are printed', () => {
  assert.equal(formatPoints(0.1234), '+12.3');
  assert.equal(formatPoints(-0.5), '−50.0');
  assert.equal(formatPoints(-0.0004), '0.0', 'nothing has no sign');
  assert.equal(formatDivergence(0), '0.000');
  assert.equal(formatDivergence(1.23456), '1.235');
  assert.equal(formatDivergence(0.00123), '0.0012', 'small is not none');
  assert.equal(formatDivergence(Number.POSITIVE_INFINITY), '∞');
  assert.equal(formatDivergence(3.14e-7), '0.00000031', 'and not a power of ten');
});
