// The benchmark's own arithmetic, on made-up samples. Nothing is measured here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DECODED, DECODED_AFTER, measure } from './measure.mjs';
import { bestPeer, isKept, measures } from './measures.mjs';
import { summary } from './numbers.mjs';
import { picture } from './picture.mjs';
import { fewShot, newTokens, text } from './prompts.mjs';
import { contextFor, gemmaSubjects, isOutrun, models, planFor, subjects } from './subjects.mjs';
import { report } from './table.mjs';

/**
 * A result in which the subject with this part in its name has these samples, and the others none.
 */
function resultOf(samples) {
  return {
    date: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'A & B <fast>', cores: 2, platform: 'linux x64' },
    versions: { Chromium: '1' },
    model: { about: 'default', file: 'model.gguf', bytes: 100 },
    rounds: 5,
    wasm: [{ name: 'shotglass relaxed', bytes: 2_000_000, gzipped: 600_000 }],
    subjects: subjects.map((subject) => ({ ...subject, samples: samples[subject.name] ?? [] })),
  };
}
const [v2] = subjects
  .filter(({ adapter, threads }) => adapter === 'wllama-2' && threads === 1)
  .map(({ name }) => name.replace(/Q\S+ ×1/, ''));
const speed = (prefill, decode) => ({ 'prefill-256': prefill, decode });
const measured = resultOf({
  'shotglass relaxed ×1': [speed(300, 90), speed(500, 110), speed(400, 100)],
  'shotglass threads ×2': [speed(600, 120)],
  [`${v2}Q4_0 ×1`]: [speed(50, 40)],
  [`${v2}Q8_0 ×1`]: [speed(80, 25)],
  [`${v2}Q8_0 ×2`]: [speed(999, 999)],
  'llama.cpp ×1': [speed(200, 50)],
});

test('a summary is the median and the spread, whatever the order', () => {
  assert.deepEqual(summary([3, 1, 10]), { median: 3, least: 1, most: 10, count: 3 });
  assert.deepEqual(summary([4, 1, 3, 2]), { median: 2.5, least: 1, most: 4, count: 4 });
  assert.equal(summary([]), null);
});

test('prompts have as many words as asked for, and no two begin alike', () => {
  const texts = Array.from({ length: 60 }, (_, seed) => text(48, seed));
  for (const text of texts) assert.equal(text.split(' ').length, 49, 'a space before each word');
  assert.equal(new Set(texts.map((text) => text.split(' ')[1])).size, texts.length);
  assert.equal(text(48, 7), texts[7]);
});

test('a position counts as new once, however many sequences begin with it', () => {
  assert.equal(newTokens([]), 0);
  assert.equal(newTokens([[1, 2, 3]]), 3);
  assert.equal(
    newTokens([
      [1, 2, 3],
      [1, 2, 4],
      [1, 2],
    ]),
    4,
  );
  assert.equal(
    newTokens([
      [1, 23],
      [12, 3],
    ]),
    4,
    'ids are told apart, not digits',
  );
});

test('the few-shot job is 50 prompts of 8 demonstrations that end before the label', () => {
  assert.equal(new Set(fewShot.contexts).size, 50);
  for (const context of fewShot.contexts) {
    const shots = fewShot.labels.map((label) => context.split(`Sentiment:${label}\n\n`).length - 1);
    assert.deepEqual(shots, [4, 4], 'as many of each label');
    assert.ok(context.endsWith('\nSentiment:'));
  }
});

test('every subject is measured on what the bounds are about, in every round at one thread', () => {
  for (const subject of subjects) {
    const { adapter, name, threads } = subject;
    const rounds = adapter.startsWith('wllama') && threads > 1 ? [0] : [0, 4];
    for (const round of rounds)
      for (const quick of [false, true])
        assert.ok(planFor(subject, round, quick).lengths.includes(DECODED_AFTER), name);
    const longest = Math.max(...planFor(subject, 0, false).lengths, DECODED_AFTER + DECODED);
    assert.ok(contextFor(subject) > longest, `${name} has no room`);
  }
});

test('on gemma the same subjects run, on its files, and what its bounds are about', () => {
  const names = gemmaSubjects.map(({ name }) => name);
  for (const name of [
    'shotglass relaxed ×1',
    'shotglass threads ×2',
    'llama.cpp ×1',
    `${v2}Q4_K_M ×1`,
  ])
    assert.ok(names.includes(name), `${name} of ${names}`);
  for (const subject of gemmaSubjects) {
    assert.ok(models.gemma.quantizations.includes(subject.quantization), subject.name);
    for (const round of [0, 2])
      assert.ok(planFor(subject, round, false).lengths.includes(DECODED_AFTER), subject.name);
  }
  const of = (about) => measures({ ...measured, model: { ...measured.model, about } });
  const boundOf = (about, what) => of(about).find((one) => one.what === what).bound;
  assert.equal(boundOf('gemma', 'prefill 256, relaxed, over llama.cpp'), 1.5);
  assert.equal(boundOf('default', 'prefill 256, relaxed, over llama.cpp'), 0.5);
});

test('a token of the beginning counts as one of the prompt', async () => {
  const run = async (text, count) => ({
    tokens: text.split(' ').length,
    cachedTokens: 1,
    firstMs: 100,
    generated: count,
    restMs: 640,
  });
  const plan = { lengths: [256], fewShot: false };
  assert.deepEqual(await measure({ run, begins: true }, plan), {
    'prefill-256': 2560,
    decode: 100,
  });
  await assert.rejects(measure({ run, begins: false }, plan), /counts 257 tokens/);
});

test('a quantization is dropped where another of its package is far ahead in both, and no build is', () => {
  const outrun = (samples) => {
    const { subjects } = resultOf(samples);
    return subjects.filter((subject) => isOutrun(subject, subjects)).map(({ name }) => name);
  };
  const [fast, slow] = [
    [speed(60, 40), speed(20, 15)],
    [speed(30, 20), speed(25, 20)],
  ];
  const best = { [`${v2}Q8_0 ×1`]: fast };
  assert.deepEqual(outrun({ ...best, [`${v2}Q4_1 ×1`]: slow }), [`${v2}Q4_1 ×1`]);
  assert.deepEqual(outrun({ ...best, [`${v2}Q4_1 ×1`]: slow.slice(1) }), [], 'after one round');
  assert.deepEqual(outrun({ ...best, [`${v2}Q4_1 ×1`]: [...slow, speed(30, 45)] }), []);
  const builds = { 'shotglass simd128 ×1': slow, 'shotglass relaxed ×1': fast };
  assert.deepEqual(outrun({ ...best, ...builds, 'llama.cpp ×1': slow }), []);
});

test('a sample is refused where the subject did not do the work', async () => {
  const honest = (text, count) => ({
    tokens: text.split(' ').length - 1,
    cachedTokens: 0,
    firstMs: 100,
    generated: count,
    restMs: 640,
  });
  const plan = { lengths: [256], fewShot: false };
  const sampleOf = (change) =>
    measure({ run: async (...run) => ({ ...honest(...run), ...change }) }, plan);
  assert.deepEqual(await sampleOf({}), { 'prefill-256': 2560, decode: 100 });
  await assert.rejects(sampleOf({ tokens: 255 }), /counts 255 tokens where the prompt has 256/);
  await assert.rejects(sampleOf({ cachedTokens: 200 }), /had 200 of 256 tokens/);
  await assert.rejects(sampleOf({ generated: 12 }), /generated 12 tokens where 65/);
});

test('the best peer is the fastest at one thread, for each measure its own', () => {
  assert.equal(bestPeer(measured, 'prefill-256').name, `${v2}Q8_0 ×1`);
  assert.equal(bestPeer(measured, 'decode').name, `${v2}Q4_0 ×1`);
  assert.equal(bestPeer(resultOf({}), 'decode'), undefined);
});

test('the ratios are those of the medians, and what was not measured is said', () => {
  const values = Object.fromEntries(measures(measured).map(({ what, value }) => [what, value]));
  assert.equal(values['prefill 256, relaxed, over the best peer'], 400 / 80);
  assert.equal(values['decode, relaxed, over the best peer'], 100 / 40);
  assert.equal(values['prefill 256, relaxed, over llama.cpp'], 400 / 200);
  assert.equal(values['prefill 256, 2 threads over 1'], 600 / 400);
  assert.ok(Number.isNaN(values['prefill 256, simd128, over the best peer']));
  assert.match(report(measured), /prefill 256, simd128, over the best peer +≥ 3 × +not measured/);
  assert.match(report(measured), /shotglass relaxed ×1 .* 400 \(300–500\)/);
  assert.match(report(resultOf({})), /not measured/);
});

test('a bound is kept from its own side', () => {
  const of = (value, atLeast) => isKept({ value, bound: 2, atLeast });
  assert.deepEqual(
    [of(3, true), of(1, true), of(1, false), of(3, false)],
    [true, false, true, false],
  );
  assert.equal(of(Number.NaN, true), null);
});

test('the picture is a function of the result, with bars as long as the numbers', () => {
  const svg = picture(measured);
  assert.equal(picture(measured), svg);
  assert.ok(svg.includes('A &amp; B &lt;fast&gt;, 2 cores · Chromium 1 · 2026-01-02'));
  const widths = [...svg.matchAll(/<rect class="(?:ours|theirs)" .*? width="([\d.]+)"/g)].map(
    ([, width]) => Number(width),
  );
  // Each row has its prefill and its decode: relaxed, threads, wllama's best, llama.cpp.
  assert.deepEqual(
    widths.map((width) => Math.round(width)),
    [400, 100, 600, 120, 80, 25, 200, 50].map((rate, i) =>
      Math.round((120 * rate) / [600, 120][i % 2]),
    ),
  );
  assert.ok(svg.includes('5.0 ×'), 'relaxed over the best peer');
});
