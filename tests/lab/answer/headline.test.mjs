import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { headlineOf } = await labModule('answer/headline.ts');

const utf8 = (text) => new TextEncoder().encode(text);
const prediction = { candidates: [{ text: ' m', bytes: utf8(' m'), p: 0.6 }] };
const treeWith = (search) => ({ prompt: '', branches: new Map([['', search]]) });
const underscore = { text: '_', p: 0.02 };

test('a young search names no word while a more probable beginning is open', () => {
  const young = treeWith({ words: [underscore], bestOpen: 0.6, done: false });
  assert.deepEqual(headlineOf(null, young, prediction), { text: 'm', p: 0.6, kind: 'token' });
  const mice = { text: ' mice', p: 0.5 };
  const older = treeWith({ words: [mice, underscore], bestOpen: 0.1, done: false });
  assert.deepEqual(headlineOf(null, older, prediction), { text: 'mice', p: 0.5, kind: 'word' });
});

test('a search that has ended names its best word, whatever it has left open', () => {
  const ended = treeWith({ words: [underscore], bestOpen: 0.6, done: true });
  assert.equal(headlineOf(null, ended, prediction).text, '_');
});
