// The pure parts of the story and of the generated texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { mostAttended, scaleOf, sharesOf } = await labModule('story/attention.ts');
const { formatScore, scaledTasks } = await labModule('story/scale.ts');
const { pointsOf } = await labModule('story/scale-picture.ts');
const { keptDraws, keptFor, textOf } = await labModule('answer/text/generation.ts');

// Two layers of two heads, three tokens: (layers, heads, position + 1).
const attention = {
  tokens: [],
  position: 2,
  layers: 2,
  heads: 2,
  weights: Float32Array.from([1, 0, 0, 0.5, 0.5, 0, 0.25, 0.25, 0.5, 0.75, 0.25, 0]),
};

test('shares are means over the heads of one layer, or of all', () => {
  assert.deepEqual([...sharesOf(attention, 0)], [0.75, 0.25, 0]);
  assert.deepEqual([...sharesOf(attention, 1)], [0.5, 0.25, 0.25]);
  assert.deepEqual([...sharesOf(attention, null)], [0.625, 0.25, 0.125]);
});

test('the first token and the reader are always listed, the others by share; all sum to 1', () => {
  const shares = Float64Array.of(0.4, 0.05, 0.2, 0.1, 0.15, 0.1);
  const { listed, rest } = mostAttended(shares, 2);
  assert.deepEqual(
    listed.map(({ index }) => index),
    [0, 5, 2, 4],
  );
  assert.equal(rest.count, 2);
  const sum = listed.reduce((sum, { share }) => sum + share, rest.share);
  assert.ok(Math.abs(sum - 1) < 1e-12);
  const alone = mostAttended(Float64Array.of(1), 4);
  assert.deepEqual(alone, { listed: [{ index: 0, share: 1 }], rest: { count: 0, share: 0 } });
});

test('the first token leaves the scale only where it would hide the others', () => {
  assert.deepEqual(scaleOf(Float64Array.of(0.6, 0.1, 0.3)), { top: 0.3, sink: true });
  assert.deepEqual(scaleOf(Float64Array.of(0.3, 0.1, 0.6)), { top: 0.6, sink: false });
  assert.deepEqual(scaleOf(Float64Array.of(1)), { top: 1, sink: false });
});

test('scores are drawn on an axis from 0 to 100, and a missing one is not drawn', () => {
  const [zero, all] = pointsOf([0, 100, null]);
  assert.ok(zero.y > all.y && zero.x < all.x);
  const [half] = pointsOf([50, null, null]);
  assert.equal(half.y, (zero.y + all.y) / 2);
  assert.equal(pointsOf([null, null, 71.8]).length, 1);
  assert.equal(pointsOf([null, null, 71.8])[0].x, pointsOf([1, 2, 3])[2].x);
});

test('scores are printed as the paper prints them', () => {
  assert.deepEqual([100, 76.9, 4.15, 0.7, null].map(formatScore), [
    '100.0',
    '76.9',
    '4.15',
    '0.7',
    '–',
  ]);
  for (const { large, small } of scaledTasks) {
    for (const score of [...large, ...small]) {
      assert.ok(score === null || (score >= 0 && score <= 100));
    }
  }
});

const sampling = { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1, maxTokens: 40 };
const drawOf = (of, seed, temperature = 0.7) => ({
  of,
  sampling: { ...sampling, seed, temperature },
  steps: [],
});

test('a text drawn again takes the place of its twin; five of one prompt are kept', () => {
  const draws = [5, 4, 3, 2, 1].map((seed) => drawOf('p', seed));
  const seeds = (kept) => kept.map(({ sampling }) => sampling.seed);
  assert.deepEqual(seeds(keptFor(draws, 'p', { ...sampling, seed: 6 })), [5, 4, 3, 2]);
  assert.equal(keptDraws, 5);
  assert.deepEqual(seeds(keptFor(draws, 'p', { ...sampling, seed: 3 })), [5, 4, 2, 1]);
  assert.deepEqual(keptFor(draws, 'another prompt', sampling), []);
  // A greedy text does not depend on the seed, so a second one would say the same.
  const greedy = [drawOf('p', 1, 0)];
  assert.deepEqual(keptFor(greedy, 'p', { ...sampling, seed: 2, temperature: 0 }), []);
});

test('what is appended is the text without what ended it', () => {
  const steps = [{ textDelta: ' le' }, { textDelta: '' }, { textDelta: ' pain' }];
  assert.equal(textOf({ of: 'p', sampling, steps }), ' le pain');
});
