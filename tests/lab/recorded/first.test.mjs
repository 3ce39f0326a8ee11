// What is recorded, as the page uses it before there is a model; and the guess how fast one would be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { recordedShots, recordedText, recordedAnswer, agreementOf } =
  await labModule('lab/recorded/reading.ts');
const { ladderOf } = await labModule('lab/recorded/ladder.ts');
const { leadRecorded } = await labModule('recorded/index.ts');
const { presets } = await labModule('presets/index.ts');
const { rateOf } = await labModule('app/probe.ts');
const [lead] = presets;

test('every prompt of every preset as it ships is found by its text, at its shots', () => {
  for (const preset of presets) {
    for (let shots = 0; shots <= preset.task.demonstrations.length; shots++) {
      assert.equal(recordedShots(preset, recordedText(preset, shots)), shots, preset.id);
    }
    assert.equal(recordedShots(preset, `${recordedText(preset, preset.shots)} `), null);
    assert.equal(recordedShots(preset, ''), null);
  }
});

test('cut to fewer candidates, the rest takes what is not shown', () => {
  const text = recordedText(lead, 4);
  const all = recordedAnswer(leadRecorded, { shots: 4, text, topK: 10 }).prediction;
  const few = recordedAnswer(leadRecorded, { shots: 4, text, topK: 3 });
  assert.equal(few.predictionOf, text);
  assert.equal(few.origin, 'recorded');
  const { candidates, rest } = few.prediction;
  assert.deepEqual(candidates, all.candidates.slice(0, 3));
  assert.equal(rest.count, all.rest.count + 7);
  const sum = (prediction) =>
    prediction.candidates.reduce((sum, { p }) => sum + p, prediction.rest.p);
  assert.ok(Math.abs(sum(few.prediction) - sum(all)) < 1e-12);
});

test('agreement is the largest difference of p, and another order changes nothing', () => {
  const at = {
    candidates: [
      { id: 2, logprob: Math.log(0.5) },
      { id: 0, logprob: Math.log(0.25) },
    ],
  };
  const logprobs = (...ps) => Float32Array.from(ps, Math.log);
  assert.equal(agreementOf(at, logprobs(0.25, 0.25, 0.5)).kind, 'same');
  const off = agreementOf(at, logprobs(0.375, 0.125, 0.5));
  assert.equal(off.kind, 'differs');
  assert.ok(Math.abs(off.difference - 0.125) < 1e-6);
  assert.equal(agreementOf(at, logprobs(0.25, 0.2501, 0.49995)).kind, 'same', 'within 1e-4');
  assert.equal(agreementOf(at, logprobs(0.25, 0.2502, 0.4998)).kind, 'differs');
});

test('the ladder follows what comes first now, also where the record does not list it', () => {
  const { columns, current, answer, ofLabels } = ladderOf(leadRecorded, 4, lead.answer);
  assert.equal(current, 4);
  assert.equal(ofLabels, false);
  assert.equal(answer, columns[4].name);
  assert.deepEqual(
    columns.map(({ k }) => k),
    leadRecorded.results.map((_, k) => k),
  );
  const [none] = columns;
  assert.ok(
    !leadRecorded.results[0].candidates.some(({ text }) => text === ` ${lead.answer}`),
    'without a demonstration it is not listed',
  );
  assert.equal(none.p, Math.exp(leadRecorded.results[0].answer));
  assert.ok(columns[4].p > 0.9 && none.p < 0.01);
  assert.equal(ladderOf(leadRecorded, 4, null).columns[0].p, null, 'nor is it then known');
});

test('of labels the ladder shows the posterior, and the mass', () => {
  const labels = (yes, mass) => ({
    candidates: [],
    rest: { count: 0, p: 1 },
    entropy: 0,
    tokens: 1,
    text: [],
    answer: null,
    classification: {
      labels: [
        { label: 'yes', p: yes },
        { label: 'no', p: 1 - yes },
      ],
      mass,
    },
  });
  const recorded = { ...leadRecorded, results: [labels(0.25, 0.1), labels(0.75, 0.9)] };
  assert.deepEqual(ladderOf(recorded, 1, null), {
    columns: [
      { k: 0, p: 0.25, mass: 0.1, name: 'no' },
      { k: 1, p: 0.75, mass: 0.9, name: 'yes' },
    ],
    current: 1,
    answer: 'yes',
    ofLabels: true,
  });
});

test('the guess is a range of round numbers that grows with the device', () => {
  const round = (value) => {
    const digits = value / 10 ** Math.floor(Math.log10(value));
    return [1, 1.5, 2, 3, 5, 7].some((step) => Math.abs(digits - step) < 1e-9);
  };
  for (const speed of [1e8, 2e9, 15.4e9, 1e11]) {
    const { low, high } = rateOf(speed, 1);
    assert.ok(low < high && round(low) && round(high), `${low} to ${high}`);
    assert.ok(rateOf(speed, 8).high >= high, 'threads only add');
    assert.equal(rateOf(speed, 8).low, low, 'and are not promised');
    assert.ok(rateOf(speed * 10, 1).low > low);
  }
  // Where it was measured: 250 to 312 tokens a second on one thread.
  const { low, high } = rateOf(15.4e9, 1);
  assert.ok(low <= 250 && high >= 312, `${low} to ${high}`);
});
