// What the page shows before a model is loaded: what is recorded of this very prompt, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel } from 'shotglass';
import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';

const { First } = await labModule('lab/recorded-or-live.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { ladderKey } = await labModule('answer/ladder/ladder.ts');
const { presetById, presets } = await labModule('presets/index.ts');
const [lead] = presets;

const jobState = { of: null, result: null, running: false, progress: null, problem: null };

/** The page on a preset after some edits, without a model; what it loads is counted. */
function opened(preset, ...actions) {
  const state = actions.reduce(reduce, openPreset(preset));
  const lab = { state, settings: defaultSettings, prompt: promptOf(state.draft), loads: 0 };
  for (const name of ['answer', 'classification', 'generation', 'tree', 'ghost', 'ladder']) {
    lab[name] = { jobState };
  }
  lab.models = { model: null, loading: null, problem: null, load: () => (lab.loads += 1) };
  const first = new First(lab, () => {});
  first.recorded = recordings.get(preset.id);
  first.probe = { obstacle: null, savesData: false };
  return { lab, first };
}

const ask = (text) => ({ type: 'query', text });
const shots = (count) => ({ type: 'shots', shots: count });

test('the default query shows all that is recorded of it', () => {
  const { lab, first } = opened(lead, shots(2));
  assert.equal(first.origin, 'recorded');
  assert.equal(first.jobState.result.predictionOf, lab.prompt.text);
  assert.equal(first.headline.text, 'horses');
  assert.equal(first.ladder.answer, 'horses');
  assert.equal(first.ladder.current, 2);
  assert.equal(first.words.words.length, 5);
  const text = Buffer.concat(first.promptTokens.map(({ bytes }) => bytes)).toString();
  assert.equal(text, lab.prompt.text);
});

test('a further recorded query shows its words and its ladder, and asks for no model', () => {
  for (const count of [0, 4]) {
    const { lab, first } = opened(lead, ask('mouse'), shots(count));
    first.asked();
    assert.equal(lab.loads, 0);
    assert.equal(first.need, null);
    assert.equal(first.origin, 'recorded');
    const { words, of } = first.words;
    assert.equal(of, lab.prompt.text);
    assert.equal(words[0].text, count === 0 ? ' The' : ' mice');
    assert.deepEqual(first.headline, { text: words[0].text.trim(), p: words[0].p, kind: 'word' });
    assert.equal(first.ladder.answer, 'mice');
    assert.ok(first.ladder.columns.every(({ p }) => p > 0));
    // What is recorded of the default query alone is not shown for it.
    assert.equal(first.jobState.result, null);
    assert.equal(first.generation.result, null);
    assert.equal(first.promptTokens, null);
    assert.equal(first.ghost, '');
  }
});

test('a prompt that is not recorded shows nothing, and asks for the model', () => {
  for (const edit of [
    ask('zebra'),
    { type: 'demonstration', index: 0, field: 'output', text: 'dogs' },
    { type: 'append', text: ' horses' },
    { type: 'text', text: 'Once' },
  ]) {
    const { lab, first } = opened(lead, edit);
    first.asked();
    assert.deepEqual(first.need, { isKept: false, bytesLeft: defaultModel.bytes }, edit.type);
    assert.equal(lab.loads, 0, 'nothing is fetched before the reader says so');
    const { origin, ladder, words, headline, promptTokens, ghost } = first;
    assert.deepEqual(
      { origin, ladder, words, headline, promptTokens, ghost },
      { origin: null, ladder: null, words: null, headline: null, promptTokens: null, ghost: '' },
      edit.type,
    );
    assert.equal(first.jobState.result, null);
    assert.equal(first.tree.result, null);
    assert.equal(first.classification.result, null);
  }
});

test('the recorded ladder stays until the same model has climbed all of its own', () => {
  const { lab, first } = opened(lead);
  const recorded = first.drawnLadder;
  lab.models.model = { info: { sha256: first.recordedModel.sha256 } };
  assert.deepEqual(first.drawnLadder, recorded, 'nothing is blank while the model runs');
  const key = ladderKey(lab.state.draft, 'nothing');
  const rung = (k) => ({ k, first: ' horses', p: 0.25 });
  const climbed = (count) => {
    const rungs = Array.from({ length: count }, (_, k) => rung(k));
    const result = { key, labels: null, answer: 'horses', rungs };
    lab.ladder = { jobState: { ...jobState, result } };
    return first.drawnLadder;
  };
  assert.deepEqual(climbed(10), recorded, 'one is missing');
  assert.ok(climbed(11).columns.every(({ p }) => p === 0.25));
  // The rungs of another query are not those of this one.
  lab.ladder.jobState.result.key = 'another';
  assert.deepEqual(first.drawnLadder.columns, recorded.columns);
});

test('another model climbs its own ladder from the beginning', () => {
  const { lab, first } = opened(lead);
  lab.models.model = { info: { sha256: '0'.repeat(64) } };
  assert.ok(first.drawnLadder.columns.every(({ p }) => p === null));
});

test('while the record of another task is fetched, the numbers of the last one are gone', () => {
  // Both ask the same queries.
  const { first } = opened(presetById('flipped'));
  assert.equal(first.ladder.answer, 'Positive');
  first.recorded = recordings.get('sentiment');
  const { origin, ladder, words, headline } = first;
  assert.deepEqual(
    { origin, ladder, words, headline },
    { origin: null, ladder: null, words: null, headline: null },
  );
});

test('a further query of a task with labels has a ladder of its right label, and no posterior', () => {
  const { first } = opened(presetById('sentiment'), ask('Not bad at all.'));
  const { ladder } = first;
  assert.equal(ladder.answer, 'Positive');
  assert.ok(ladder.columns.every(({ p, posterior }) => p > 0 && posterior === null));
  assert.equal(first.classification.result, null);
});
