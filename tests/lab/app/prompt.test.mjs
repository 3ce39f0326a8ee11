import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { openPreset, reduce } = await labModule('app/state.ts');
const { presets, presetById } = await labModule('presets/index.ts');
const { promptOf } = await labModule('app/prompt.ts');

const textAt = (id, shots) => {
  const state = reduce(openPreset(presetById(id)), { type: 'shots', shots });
  return promptOf(state.draft).text;
};

test('each preset renders in the format of its source', () => {
  assert.equal(textAt('past-tense', 1), 'Q: walk\nA: walked\n\nQ: sing\nA:');
  assert.match(
    textAt('sentiment', 1),
    /^Review: .+\nSentiment: Positive\n\nReview: .+\nSentiment:$/,
  );
  assert.match(
    textAt('topics', 1),
    /^Classify the news articles into the categories of World, Sports, Business, and Technology\.\n\nArticle: .+\nAnswer: Business\n\nArticle: .+\nAnswer:$/,
  );
  assert.equal(textAt('translate', 1), 'Translate English to French:\nbread => pain\ncheese =>');
  assert.equal(
    textAt('arithmetic', 1),
    'Q: What is 17 plus 25?\n\nA: 42\n\nQ: What is 48 plus 76?\n\nA:',
  );
});

test('the spans of a prompt tile it, appended tokens included', () => {
  for (const preset of presets) {
    let state = openPreset(preset);
    for (const text of ['', ' one', ' two']) {
      state = reduce(state, { type: 'append', text });
      const { text: all, spans } = promptOf(state.draft);
      assert.equal(spans.map(({ start, end }) => all.slice(start, end)).join(''), all);
      assert.equal(spans.at(-1).role, state.draft.appended.length > 0 ? 'appended' : 'template');
    }
    assert.match(promptOf(state.draft).text, / one two$/);
  }
});
