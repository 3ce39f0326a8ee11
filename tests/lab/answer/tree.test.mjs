// The tree of next words: its arithmetic on a model whose probabilities are known, and its lines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { branchBehind, growth, partsOf, rowsOf, wordsListed } =
  await labModule('answer/tree/tree.ts');

const texts = ['<end>', ' from', 'age', ' old', ' new'];
const [END] = texts.keys();
const tokens = texts.map((text, id) => ({ id, text, bytes: new TextEncoder().encode(text) }));

/** What comes next depends on what the text ends in, and on nothing else. */
const after = {
  '=>': { ' from': 0.7, ' old': 0.2, '<end>': 0.1 },
  from: { age: 0.4, ' old': 0.3, ' new': 0.2, '<end>': 0.1 },
  age: { ' old': 0.5, '<end>': 0.5 },
  old: { ' new': 0.25, '<end>': 0.75 },
  new: { ' old': 0.6, '<end>': 0.4 },
};

function toy() {
  const asked = [];
  return {
    asked,
    info: { vocabularySize: tokens.length, endTokens: [END] },
    vocabulary: async () => tokens,
    async logprobs(prompt, { appended = [] } = {}) {
      const text = prompt + appended.map((id) => texts[id]).join('');
      asked.push(text);
      const [, next] = Object.entries(after).find(([ending]) => text.endsWith(ending));
      return Float32Array.from(texts, (token) => Math.log(next[token] ?? 0));
    },
  };
}

async function grow(model, open, before = null) {
  let tree = before;
  const context = { signal: new AbortController().signal, before, report: () => {} };
  for await (const step of growth(model, '=>', open)(context)) tree = step;
  return tree;
}

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test('a word of two tokens is one line, and lines and rest sum to 1', async () => {
  const rows = rowsOf(await grow(toy(), []), new Set());
  const p = Object.fromEntries(rows.map(({ word, p }) => [word?.text ?? 'rest', p]));
  near(p[' from'], 0.7 * 0.6);
  near(p[' fromage'], 0.7 * 0.4);
  near(p[' old'], 0.2);
  near(p[''], 0.1);
  near(
    rows.reduce((sum, { p }) => sum + p, 0),
    1,
  );
});

test('behind a word its longer forms have no place, and the rest is conditioned on its end', async () => {
  const open = [' from'];
  const rows = rowsOf(await grow(toy(), open), new Set(open));
  const below = rows.filter(({ level }) => level === 2);
  assert.deepEqual(
    below.map(({ word, kind }) => word?.text ?? kind),
    [' old', ' new', '', 'rest'],
  );
  const [old, fresh, end, rest] = below;
  near(old.p, 0.3 / 0.6);
  near(fresh.p, 0.2 / 0.6);
  near(end.p, 0.1 / 0.6);
  near(rest.p, 0);
  // From the prompt on: ' from' then ' old', both whole. The end of ' from' is counted once.
  near(old.joint, 0.7 * 0.3);
  near(
    below.reduce((sum, { joint }) => sum + joint, 0),
    0.7 * 0.6,
  );
});

test('a word that the search did not look behind is bounded by what was found there', () => {
  const word = { text: ' a', p: 0.5, atMost: 0.5, complete: true, spellings: [] };
  const parent = { tree: { token: null, p: 1, ends: 0, children: [] } };
  const child = (text, p) => ({ text, p, atMost: p, complete: true, spellings: [] });
  const known = { ...word, spellings: [{ tokens: [{ id: 7 }], p: 0.5 }] };
  const { words, rest } = branchBehind(known, parent, {
    words: [child('b', 0.5), child(' c', 0.3)],
  });
  assert.equal(words.length, 1);
  near(words[0].p, 0.6);
  near(rest, 0.4);
});

test('what is known is not asked for again, and nothing is taken back', async () => {
  const model = toy();
  const first = await grow(model, []);
  const count = model.asked.length;
  const second = await grow(model, [' old'], first);
  assert.ok(model.asked.slice(count).every((text) => text.startsWith('=> old')));
  assert.equal(second.branches.get(''), first.branches.get(''));

  // A search that was stopped is begun again: until it is as far, the page keeps what it had.
  const whole = first.branches.get('');
  const stopped = { prompt: '=>', branches: new Map([['', { ...whole, done: false }]]) };
  const context = { signal: new AbortController().signal, before: stopped, report: () => {} };
  for await (const tree of growth(toy(), '=>', [])(context)) {
    assert.ok(tree.branches.get('').predictions >= whole.predictions);
  }
});

test('another prompt begins with an empty tree', async () => {
  const before = { prompt: 'other', branches: new Map([[' x', { done: true }]]) };
  const tree = await grow(toy(), [], before);
  assert.equal(tree.prompt, '=>');
  assert.deepEqual([...tree.branches.keys()], ['']);
});

test('what is still looked for keeps its room', async () => {
  const empty = { prompt: '=>', branches: new Map() };
  const [wait, ...none] = rowsOf(empty, new Set());
  assert.deepEqual([wait.kind, wait.lines, none.length], ['wait', wordsListed + 1, 0]);

  const open = new Set([' from']);
  const rows = rowsOf(await grow(toy(), []), open);
  const below = rows.filter(({ level }) => level === 2);
  assert.deepEqual(
    below.map(({ kind, lines }) => [kind, lines]),
    [['wait', wordsListed + 1]],
  );
});

test('the end of the text has nothing behind it, even where a path says that it is open', async () => {
  const rows = rowsOf(await grow(toy(), []), new Set(['']));
  const end = rows.find(({ word }) => word?.text === '');
  assert.deepEqual([end.opens, end.open], [false, false]);
  assert.ok(rows.every(({ level }) => level === 1));
});

test('a word is cut where its tokens end, or not at all', () => {
  const word = (text, ...tokens) => ({
    text,
    spellings: [{ tokens: tokens.map((text) => ({ text })) }],
  });
  assert.deepEqual(partsOf(word(' fromage', ' from', 'age')), [' from', 'age']);
  assert.deepEqual(partsOf(word(' é', ' \ufffd', '\ufffd')), [' é']);
  assert.deepEqual(partsOf(word('.', '.\n')), ['.']);
});
