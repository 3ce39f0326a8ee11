// The pinned prompt of a link, before a model is loaded: the sender's numbers, beside numbers of the same model alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { ask, edited, pageWith } from './page.mjs';

const { Pinned } = await labModule('lab/pinned/pinned.ts');
const { bring } = await labModule('lab/bringing.ts');
const { pinnedSentOf, sentOf } = await labModule('lab/sending.ts');
const { Job } = await labModule('app/job.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset } = await labModule('app/state.ts');
const { fingerprint } = await labModule('util/fingerprint.ts');
const { presetById, presets } = await labModule('presets/index.ts');
const [lead] = presets;
const sentiment = presetById('sentiment');

function page(state, options) {
  const lab = pageWith(state, options);
  lab.sentAgreement = { reset() {} };
  lab.pinned = new Pinned(lab, () => new Job(() => {}));
  return lab;
}

const textOf = (state) => promptOf(state.draft).text;

/** What a page says of a recorded prompt of a preset, written for another prompt. */
const sentFor = (preset, state, model = {}) => {
  const result = sentOf(page(openPreset(preset)));
  return { ...result, prompt: fingerprint(textOf(state)), model: { ...result.model, ...model } };
};

/** A link of two prompts that are recorded nowhere, opened. */
function opened(preset = lead, { ofPinned = {}, settings = defaultSettings, change = {} } = {}) {
  const now = edited(preset, ask('A zebra.'));
  const a = edited(preset, ask('A gnu.'), { type: 'shots', shots: 1 });
  const lab = page(now, { settings });
  const link = {
    ...{ draft: now.draft, settings, receipt: null, pinned: a.draft, drifted: false },
    ...{ result: sentFor(preset, now), pinnedResult: sentFor(preset, a, ofPinned) },
    ...{ unreadable: null, ...change },
  };
  const problem = bring(lab, link);
  lab.pinned.held = { draft: a.draft, text: textOf(a) };
  return { lab, link, problem };
}

test('both prompts of a link are shown at once as the sender’s', () => {
  const { lab, link, problem } = opened();
  assert.equal(problem, null);
  assert.equal(lab.first.origin, 'sent');
  const { view } = lab.pinned;
  assert.match(
    view.note,
    /^A’s numbers came with the link, by SmolLM2-135M-Instruct Q4_1 with 16-bit/,
  );
  const [row] = view.told.rows;
  const p = Math.exp(link.result.prediction.candidates[0].logprob);
  assert.ok(Math.abs(row.a - p) < 1e-6 && Math.abs(row.now - p) < 1e-6);
  const sum = view.told.rows.reduce((sum, { a }) => sum + (a ?? 0), view.told.rest.a);
  assert.ok(Math.abs(sum - 1) < 1e-6);
  assert.equal(view.tree.prompt, lab.pinned.held.text);
  assert.equal(view.ladder.answer, 'horses');
  assert.equal(lab.pinned.view.told, view.told, 'the same is the same object');
  assert.deepEqual(pinnedSentOf(lab), link.pinnedResult, 'it is passed on');
});

test('labels stand beside the same labels, by the plain sum', () => {
  const { lab } = opened(sentiment);
  assert.equal(lab.pinned.view.classification.labels.length, 2);
  const scored = opened(sentiment, { settings: { ...defaultSettings, rule: 'perToken' } });
  assert.equal(scored.lab.pinned.view.classification, null);
  lab.edit({ type: 'labels', labels: ['Good', 'Bad'] });
  assert.equal(lab.pinned.view.classification, null);
});

test('numbers of another model, or of other arithmetic, are named and not compared', () => {
  const others = [
    [{ sha256: 'ef'.repeat(32), name: 'another' }, /from another model \(another \(Q4_1\), 16-bit/],
    [{ activationBits: 8 }, /from another model \(SmolLM2-135M-Instruct Q4_1, 8-bit/],
  ];
  for (const [ofPinned, sentence] of others) {
    const { lab } = opened(lead, { ofPinned });
    const { note, told, tree, classification, ladder } = lab.pinned.view;
    assert.match(note, sentence);
    assert.deepEqual([told, tree, classification, ladder], [null, null, null, null]);
  }
  // The present prompt may become a recorded one, whose model is the project's.
  const { lab } = opened(lead, {
    ofPinned: others[0][0],
    change: { result: null },
  });
  lab.edit(ask(lead.task.query));
  assert.equal(lab.first.origin, 'recorded');
  assert.equal(lab.pinned.view.told, null);
});

test('the numbers are of this very prompt: they are gone with it, and there after a swap', () => {
  const { lab, link } = opened();
  const { held } = lab.pinned;
  const now = { draft: lab.state.draft, text: lab.prompt.text };
  lab.edit({ type: 'open', draft: held.draft });
  lab.pinned.held = now;
  assert.deepEqual(lab.first.sentOf, link.pinnedResult);
  assert.deepEqual(lab.pinned.sent, link.result);
  assert.notEqual(lab.pinned.view.told, null);
  lab.pinned.held = { draft: now.draft, text: `${now.text} and more` };
  const { note, told } = lab.pinned.view;
  assert.deepEqual([lab.pinned.sent, told], [null, null]);
  assert.match(note, /^Load the model to compare/);
  lab.pinned.held = null;
  assert.equal(lab.pinned.view, null);
});

test('a result of another prompt than the pinned one is refused, unless a preset has changed', () => {
  const other = sentFor(lead, edited(lead, ask('elsewhere')));
  const { lab, problem } = opened(lead, { change: { pinnedResult: other } });
  assert.equal(`${problem.why} ${problem.where}`, 'wrong pinned.result.prompt');
  assert.equal(lab.pinned.sent, null);
  assert.notEqual(lab.first.sentOf, null, 'the other result stays');
  // Labels that neither prompt has are no labels of this link.
  const a = edited(sentiment, ask('A gnu.'), { type: 'shots', shots: 1 });
  const labelled = sentFor(sentiment, a);
  labelled.classification.labels[0].label = 'Strange';
  const strange = opened(sentiment, { change: { pinnedResult: labelled } });
  assert.equal(strange.problem.where, 'pinned.result.prompt');
  assert.equal(strange.lab.pinned.sent, null);
  const drifted = opened(lead, { change: { pinnedResult: other, drifted: true } });
  assert.equal(drifted.problem, null);
  assert.equal(drifted.lab.pinned.sent, null);
});

test('with a model, A is answered anew, and the sender’s numbers are checked against that', async () => {
  const { lab, link } = opened();
  const { sha256 } = link.pinnedResult.model;
  const logprobs = new Float32Array(49_152).fill(-30);
  for (const { id, logprob } of link.pinnedResult.prediction.candidates) logprobs[id] = logprob;
  const model = {
    info: { sha256, name: 'm', quantization: 'Q4_1', activationBits: 16 },
    predict: async () => ({ entropy: link.pinnedResult.prediction.entropy }),
    logprobs: async () => logprobs,
  };
  lab.models.model = model;
  const step = lab.pinned.steps.at(-1);
  await step.run(model);
  assert.match(lab.pinned.view.note, /^A: The sender’s numbers agree/);
  assert.equal(lab.pinned.view.told, null);
  lab.models.model = { ...model, info: { ...model.info, sha256: 'ef'.repeat(32) } };
  await step.run(lab.models.model);
  assert.match(
    lab.pinned.view.note,
    /from another model \(SmolLM2-135M-Instruct Q4_1\).*answered A anew/,
  );
});
