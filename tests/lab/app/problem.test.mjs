// What the package says went wrong, in both languages of the page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { errorCodes } from '../../../pkg/dist/errors.js';
import { labModule } from '../module.mjs';

const { LabError, problemOf } = await labModule('app/problem.ts');
const { en } = await labModule('strings/en/index.ts');
const { zh } = await labModule('strings/zh/index.ts');

/** The members of a union of strings, as the package's source has them. */
function codesOf(file, name) {
  const source = readFileSync(new URL(`../../../pkg/src/${file}`, import.meta.url), 'utf8');
  const [, union] = source.match(new RegExp(`export type ${name} =([^;]+);`));
  return union.match(/'[^']+'/g).map((code) => code.slice(1, -1));
}

const han = /\p{Script=Han}/u;

test('every error of the package has a sentence in both languages, and nothing it said is lost', () => {
  const told = new Set();
  for (const code of errorCodes) {
    const detail = 'Row 42 is odd.';
    assert.ok(en.problem(code, detail).length >= detail.length, code);
    const chinese = zh.problem(code, detail);
    assert.match(chinese, /^\p{Script=Han}/u, code);
    // What varies is in the detail, unless both languages have a whole sentence of their own.
    assert.equal(chinese.includes(detail), en.problem(code, detail) === detail, code);
    told.add(chinese);
  }
  assert.equal(told.size, errorCodes.length, 'no two say the same');
});

test('every problem of a table, too', () => {
  const codes = codesOf('data/types.ts', 'TableProblemCode');
  assert.ok(codes.includes('not-json'), 'the union was found');
  for (const code of codes) {
    assert.equal(en.table.problem(3, code, 'It is odd.'), 'Line 3: It is odd.');
    const chinese = zh.table.problem(3, code, 'It is odd.');
    assert.match(chinese, /^第 3 行：.+（原文：It is odd\.）$/, code);
    assert.match(chinese.slice(6), han, code);
  }
});

test('what a reader can do about a model file comes before what is wrong with it', () => {
  const failed = 'https://a.example/m.gguf could not be fetched (TypeError: Failed to fetch).';
  const { advice, sentence } = problemOf(new ShotglassError('download-failed', failed));
  assert.match(advice(false), /^Check your internet connection/);
  assert.equal(sentence, failed, 'which is not lost');
  for (const language of [en, zh]) {
    const [online, offline] = [false, true].map((is) => language.advice('download-failed', is));
    assert.notEqual(online, offline);
    for (const code of errorCodes) {
      assert.doesNotMatch(language.advice(code, true), /CORS|TypeError|SHA|https?:/, code);
    }
  }
  assert.equal(problemOf(new ShotglassError('empty-prompt', 'Empty.')).advice(false), '');
});

test('a problem is a code and a sentence; an abort is none', () => {
  const { code, sentence } = problemOf(new ShotglassError('corrupt', 'Tensor 7 is cut.'));
  assert.deepEqual([code, sentence], ['corrupt', 'Tensor 7 is cut.']);
  assert.equal(problemOf(new ShotglassError('aborted', 'Stopped.')), null);
  assert.equal(problemOf(new ShotglassError('closed', 'Closed.')), null);
  assert.match(problemOf(new TypeError('x is odd')).sentence, /unexpected went wrong: x is odd/);
  const own = problemOf(new LabError(() => 'The lab says so.'));
  assert.deepEqual([own.code, own.sentence], ['invalid-option', 'The lab says so.']);
});
