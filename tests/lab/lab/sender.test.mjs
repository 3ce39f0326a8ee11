// What came with a link: shown of the sender's prompt alone, behind a record of it, and in front of nothing that the model
// here says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';
import { ask, edited, pageWith } from './page.mjs';

const { sentOf } = await labModule('lab/sending.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset } = await labModule('app/state.ts');
const { fingerprint } = await labModule('util/fingerprint.ts');
const { presetById, presets } = await labModule('presets/index.ts');
const [lead] = presets;

/** What a page with the record sends, of a prompt that is recorded; written for another prompt it stands for one that is not. */
function sent(preset, prompt) {
  const result = sentOf(pageWith(openPreset(preset)));
  return { ...result, prompt: fingerprint(prompt) };
}

/** A page that a link has opened with a prompt that is recorded nowhere. */
function opened(preset = lead, settings = defaultSettings) {
  const lab = pageWith(edited(preset, ask('A zebra.'), { type: 'pause' }), { settings });
  const result = sent(preset, lab.prompt.text);
  lab.first.sender.bring(result, { draft: lab.state.draft, settings });
  return { lab, first: lab.first, result };
}

test('a page sends what is recorded of its prompt: tokens, words, labels and ladder', () => {
  const plural = sentOf(pageWith(openPreset(lead)));
  const { results, model } = recordings.get('plural');
  const at = results[lead.shots];
  assert.equal(plural.model.sha256, model.sha256);
  assert.deepEqual(
    plural.prediction.candidates.map(({ id }) => id),
    at.candidates.map(({ id }) => id),
  );
  assert.equal(plural.prediction.entropy, at.entropy);
  assert.deepEqual(plural.words, at.words);
  assert.equal(plural.classification, null);
  assert.equal(plural.ladder.answer, 'horses');
  assert.equal(plural.ladder.columns.length, results.length);
  const sentiment = sentOf(pageWith(openPreset(presetById('sentiment'))));
  assert.equal(sentiment.classification.labels.length, 2);
  assert.equal(sentiment.ladder.ofLabels, true);
  // Of a further query only words are recorded.
  const mouse = sentOf(pageWith(edited(lead, ask('mouse'))));
  assert.equal(mouse.prediction, null);
  assert.equal(mouse.words[0][0], ' mice');
  assert.equal(sentOf(pageWith(edited(lead, ask('zebra')))), null, 'nothing is known of it');
});

test('the numbers of a link are shown at once as the sender’s, and ask for no model', () => {
  for (const preset of [lead, presetById('sentiment')]) {
    const { lab, first, result } = opened(preset);
    assert.equal(first.origin, 'sent');
    assert.equal(first.need, null);
    const { origin, predictionOf, prediction } = first.jobState.result;
    assert.deepEqual([origin, predictionOf], ['sent', lab.prompt.text]);
    assert.equal(prediction.candidates[0].id, result.prediction.candidates[0].id);
    const label = result.classification?.labels.reduce((a, b) => (b.p > a.p ? b : a)).label;
    assert.equal(first.headline.text, label ?? 'horses');
    assert.deepEqual(
      first.ladder.columns.map(({ p }) => p),
      result.ladder.columns.map(({ p }) => p),
    );
    assert.equal(first.ladder.current, preset.shots);
    assert.equal(first.tree.result?.prompt, lab.prompt.text);
    assert.equal(first.ghost, '', 'the text is not sent');
    assert.deepEqual(sentOf(lab), result, 'it is passed on as it came');
  }
});

test('with the prompt the numbers go, and with it they come back', () => {
  for (const edit of [
    ask('Another.'),
    { type: 'shots', shots: 1 },
    { type: 'append', text: ' x' },
    { type: 'demonstration', index: 0, field: 'output', text: 'dogs' },
    { type: 'text', text: 'Once' },
  ]) {
    const { lab, first } = opened();
    lab.edit(edit);
    const { origin, ladder, words, headline, sentOf: about } = first;
    assert.deepEqual(
      { origin, ladder, words, headline, about },
      { origin: null, ladder: null, words: null, headline: null, about: null },
      edit.type,
    );
    assert.equal(first.jobState.result, null);
    lab.edit({ type: 'undo' });
    assert.equal(first.origin, 'sent', edit.type);
  }
});

test('the same prompt in another task has neither the labels nor the ladder of the sender', () => {
  const { lab, first } = opened(presetById('sentiment'));
  lab.edit({ type: 'labels', labels: ['Positive', 'Neutral'] });
  assert.equal(first.origin, 'sent');
  assert.equal(first.classification.result, null);
  assert.equal(first.ladder, null);
  assert.equal(first.headline.kind, 'word');
});

test('labels that are read another way than the sender’s are not shown', () => {
  const { lab, first } = opened(presetById('sentiment'));
  assert.equal(first.classification.result.labels.length, 2);
  lab.settings = { ...defaultSettings, rule: 'perByte' };
  assert.equal(first.classification.result, null);
});

test('a record of the same prompt goes before what was sent', () => {
  const lab = pageWith(openPreset(lead));
  const { text } = lab.prompt;
  const forged = sent(lead, text);
  const other = {
    ...forged,
    words: [[' forged', 0.99]],
    ladder: { ...forged.ladder, answer: 'forged' },
  };
  lab.first.sender.bring(other, { draft: lab.state.draft, settings: defaultSettings });
  assert.equal(lab.first.origin, 'recorded');
  assert.equal(lab.first.headline.text, 'horses');
  assert.equal(lab.first.ladder.answer, 'horses');
  assert.equal(lab.first.jobState.result.origin, 'recorded');
  // Until the record is there, the sender's word is all that is known.
  lab.first.recorded = null;
  assert.deepEqual([lab.first.origin, lab.first.headline.text], ['sent', 'forged']);
});

test('where there is a model nothing of the sender’s is shown, and it is known what to ask', () => {
  const { lab, first, result } = opened();
  lab.models.model = {};
  assert.equal(first.origin, null);
  assert.equal(first.jobState.result, null);
  assert.equal(first.ladder, null);
  assert.equal(first.sent, null);
  assert.equal(first.sentOf, result);
});

test('more tokens than the link has ask for the model', () => {
  const { lab, first } = opened();
  lab.settings = { ...defaultSettings, topK: 50 };
  assert.equal(first.need?.isKept, false);
});

test('what was put away is gone', () => {
  const { first } = opened();
  first.sender.putAway();
  assert.equal(first.origin, null);
});
