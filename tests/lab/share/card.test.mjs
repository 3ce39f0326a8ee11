// The preview card: what stands on it, whatever the words are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { card, endsOf } = await labModule('share/pictures/card.ts');
const { draftOf } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');

const column = (k, name, p) => ({ k, name, p, posterior: null, mass: null });
const ladder = {
  answer: 'horses',
  ofLabels: false,
  columns: [column(0, 'The', 0.0006), column(1, 'horse', 0.29), column(4, 'horses', 0.913)],
};
const facts = {
  draft: draftOf(presetById('plural')),
  ladder,
  model: 'tiny',
  address: 'lab.example/',
};
const texts = (svg) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text);

test('a card has the task, the question, both answers, the ladder and the address', () => {
  const svg = card(facts, 'light');
  assert.match(svg, /^<svg [^>]*width="1200" height="630"/);
  const shown = texts(svg);
  for (const text of [
    'Plural',
    'horse',
    'no examples',
    'The',
    '“horses” 0.060%',
    '4 examples',
    'horses',
    '91.3%',
    'Probability of “horses” after 0–4 examples',
    'lab.example/',
    'tiny',
  ]) {
    assert.ok(shown.includes(text), `${text}: ${shown}`);
  }
  assert.notEqual(card(facts, 'dark'), svg);
});

test('it sets no examples against the present number, or against most', () => {
  const ends = (shots) => endsOf(ladder, shots)?.map(({ k }) => k);
  assert.deepEqual(
    [ends(1), ends(4), ends(0), ends(7)],
    [
      [0, 1],
      [0, 4],
      [0, 4],
      [0, 4],
    ],
  );
  const alone = { ...ladder, columns: [column(0, 'The', 0.1)] };
  assert.equal(card({ ...facts, ladder: alone }, 'light'), null);
  const unnamed = { ...ladder, columns: [column(0, null, null), column(4, 'horses', 0.9)] };
  assert.equal(card({ ...facts, ladder: unnamed }, 'light'), null);
});

test('hostile and long words stay inside their places', () => {
  const evil = `<script>"&\0\ud800${'long '.repeat(100)}`;
  const draft = { ...facts.draft, query: evil, preset: null, name: evil };
  const columns = [column(0, evil, 0.1), column(1, evil, null)];
  const svg = card(
    { ...facts, draft, address: evil, ladder: { ...ladder, answer: evil, columns } },
    'light',
  );
  assert.doesNotMatch(svg, /<script|[\0\ud800]/);
  const [task, question, , word] = texts(svg);
  assert.ok(task.replace(/&\w+;/g, '&').length <= 40, task);
  assert.ok(question.replace(/<[^>]+>/g, '').replace(/&\w+;/g, '&').length <= 62, question);
  assert.ok(word.replace(/&\w+;/g, '&').length <= 20, word);
});
