// Words from tokens, against a slow twin that reads every text to its end, on a model of thirteen tokens.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { continuations, Model } from 'shotglass';
import { stageOf, wordLength } from '../../../pkg/dist/scoring/word-end.js';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { hashed, near } from '../experiments/fake.mjs';

mustExist(tinyFolder, 'cargo test --release');

const bytes = (text) => new Uint8Array(Buffer.from(text));
const END = 0;
// Two ways to spell 'ab' and 'é', a curly quote and a letter that begin with the same bytes, a space alone.
const tokens = [
  bytes('<end>'),
  bytes(' '),
  bytes('a'),
  bytes('b'),
  bytes(' a'),
  bytes('ab'),
  bytes('.'),
  bytes('é'),
  Uint8Array.of(0xc3),
  Uint8Array.of(0xa9),
  Uint8Array.of(0xe2, 0x80),
  Uint8Array.of(0x9c),
  Uint8Array.of(0xe0),
];

/** Logprobs that depend on all ids before; after some tokens the end is nearly certain. */
function toyLogprobs(prompt, ids) {
  const weights = tokens.map((_, id) => hashed(prompt + ids.join(), String(id)));
  if (prompt === 'halves' && ids.length < 2) for (const id of [8, 10, 12]) weights[id] += 5;
  if (ids.length >= 2) weights[END] += 6 * ids.length;
  const total = Math.log(weights.reduce((sum, weight) => sum + Math.exp(weight), 0));
  return Float32Array.from(weights, (weight) => weight - total);
}

function toy() {
  const asked = [];
  return {
    asked,
    info: { vocabularySize: tokens.length, endTokens: [END] },
    async vocabulary() {
      return tokens.map((bytes, id) => ({ id, bytes, text: Buffer.from(bytes).toString() }));
    },
    async logprobs(prompt, { appended = [], signal } = {}) {
      if (signal?.aborted) throw new Error('aborted');
      asked.push(appended.join());
      return toyLogprobs(prompt, appended);
    },
  };
}

/** The word at the beginning of a text, character by character. */
function wordOf(text) {
  const isLetter = (c) => /[\p{L}\p{M}\p{N}_]/u.test(c);
  const isSpace = (c) => /\s/.test(c);
  const chars = [...text];
  let at = 0;
  while (at < chars.length && isSpace(chars[at])) at++;
  while (at < chars.length && !isSpace(chars[at]) && !isLetter(chars[at])) at++;
  const letters = at;
  while (at < chars.length && (isLetter(chars[at]) || (at > letters && /['’]/.test(chars[at]))))
    at++;
  return { word: chars.slice(0, at).join(''), isWhole: at < chars.length };
}

/** The whole characters of some bytes, and what comes after them. */
function charactersOf(bytes) {
  const text = Buffer.from(bytes)
    .toString()
    .replace(/\ufffd.*$/su, '');
  const left = Buffer.from(bytes).subarray(Buffer.byteLength(text)).toString('hex');
  return {
    text,
    after: left === '' ? '' : ['c3', 'e280', 'e0', 'e0a9'].includes(left) ? 'a part' : 'no text',
  };
}

/** p of every word: all texts down to a probability of next to nothing, each read from its beginning. */
function truth(prompt) {
  const words = new Map();
  const add = (word, p) => words.set(word, (words.get(word) ?? 0) + p);
  const follow = (ids, p) => {
    if (p < 1e-9) return;
    const { text, after } = charactersOf(Buffer.concat(ids.map((id) => tokens[id])));
    const { word, isWhole } = wordOf(text);
    // Bytes that are no text end the word; the first ones of a character may yet become anything.
    if (isWhole || after === 'no text') return add(word, p);
    for (const [id, logprob] of toyLogprobs(prompt, ids).entries()) {
      if (id === END) add(word, p * Math.exp(logprob));
      else follow([...ids, id], p * Math.exp(logprob));
    }
  };
  follow([], 1);
  return words;
}

async function search(prompt, options, model = toy()) {
  const steps = [];
  for await (const step of continuations(model, prompt, options)) steps.push(step);
  return steps;
}

test('where words end', () => {
  const texts = [
    [' fromage', 8],
    [' fromage\n', 8],
    [" don't go", 6],
    [" 'hello' ", 8],
    [' "Bonjour"', 9],
    ['\nQ: x', 2],
    [' 3.5', 2],
    ['...and', 6],
    ['. and', 1],
    ['well-known', 4],
    ['  ', 2],
    ['', 0],
    [' été.', 4],
    [' 奶酪。', 3],
    [' 😀 ', 3],
    ['\u00a0a b', 2],
  ];
  for (const [text, length] of texts) assert.equal(wordLength(text), length, text);
});

test('a text may be read in two parts', () => {
  for (const text of [' from', "don't", ' "a', '\n\n', '. ', 'a.b', ' -', "'s "]) {
    for (let cut = 0; cut <= text.length; cut++) {
      const [first, second] = [text.slice(0, cut), text.slice(cut)];
      const length = wordLength(first);
      const whole = length < cut ? length : cut + wordLength(second, stageOf(first));
      assert.equal(whole, wordLength(text), `${first}|${second}`);
    }
  }
});

test('left to itself the search finds what brute force finds', async () => {
  for (const prompt of ['p', 'q', 'halves']) {
    const exact = truth(prompt);
    const steps = await search(prompt, { words: 12, maxPredictions: 300 });
    const { words, done } = steps.at(-1).result;
    assert.ok(done);
    const ranked = [...exact].sort((a, b) => b[1] - a[1]);
    assert.ok(words.length === 12 && ranked.length > 12);
    for (const { text, p, atMost } of words) {
      const true_ = exact.get(text);
      assert.ok(p <= true_ + 1e-6 && true_ <= atMost + 1e-6, `${text}: ${p} ${true_} ${atMost}`);
    }
    const everything = (await search(prompt, { words: 150, maxPredictions: 400 })).at(-1).result;
    for (const [text, p] of ranked.slice(0, 12)) {
      const word = everything.words.find((word) => word.text === text);
      near(word.p, p, 1e-4);
      near(word.atMost, p, 1e-3);
    }
  }
});

test('on the way numbers grow, and the truth is always between them', async () => {
  for (const prompt of ['p', 'halves']) await onTheWay(prompt);
});

async function onTheWay(prompt) {
  const exact = truth(prompt);
  const seen = new Map();
  const steps = await search(prompt, { words: 5, maxPredictions: 60 });
  let bestOpen = 1;
  assert.ok(steps.length > 5);
  for (const [i, { done, total, result }] of steps.entries()) {
    assert.deepEqual([done, result.predictions], [i + 1, i + 1]);
    assert.equal(result.done, i === steps.length - 1);
    assert.equal(total, result.done ? done : 60);
    const sum = result.words.reduce((sum, { p }) => sum + p, 0);
    near(sum + result.rest, 1);
    assert.ok(result.bestOpen <= bestOpen && result.bestOpen <= result.open + 1e-6, 'best first');
    ({ bestOpen } = result);
    assert.ok(result.words.length <= 5 && result.open <= result.rest + 1e-9);
    for (const word of result.words) {
      const before = seen.get(word.text) ?? { p: 0, atMost: 1 };
      assert.ok(word.p >= before.p, `${word.text} shrank`);
      assert.ok(word.atMost <= before.atMost + 1e-6, `${word.text} may be more than before`);
      assert.ok(word.p <= exact.get(word.text) + 1e-6, word.text);
      assert.ok(word.atMost >= exact.get(word.text) - 1e-6, word.text);
      assert.equal(word.complete, word.atMost - word.p < 0.0005);
      seen.set(word.text, word);
      const spelled = word.spellings.reduce((sum, { p }) => sum + p, 0);
      near(spelled, word.p, 1e-9);
      for (const { tokens: spelling } of word.spellings) {
        const text = Buffer.concat(spelling.map(({ bytes }) => bytes)).toString();
        assert.ok(text.startsWith(word.text), `${text} does not spell ${word.text}`);
      }
    }
  }
}

test('every way to spell a word counts', async () => {
  const { words } = (await search('p', { words: 150, maxPredictions: 400 })).at(-1).result;
  const ways = (text) =>
    words
      .find((word) => word.text === text)
      .spellings.map(({ tokens }) => tokens.map(({ id }) => id));
  assert.deepEqual(ways('ab').sort(), [[2, 3], [5]]);
  assert.deepEqual(ways('é').sort(), [[7], [8, 9]]);
  assert.deepEqual(ways(' a').sort(), [[1, 2], [4]]);
  assert.deepEqual(ways(''), [[]]);
});

test('the tree is where it has looked', async () => {
  for (const prompt of ['q', 'halves']) await walks(prompt);
});

async function walks(prompt) {
  const model = toy();
  const { tree, words } = (await search(prompt, { words: 4 }, model)).at(-1).result;
  const looked = [];
  const walk = (node, ids, p) => {
    looked.push(ids.join());
    // No word ends inside a character.
    if (node.text.endsWith('\ufffd')) assert.equal(node.ends, 0);
    near(node.p, p, 1e-9);
    near(node.p, node.ends + node.rest + node.children.reduce((sum, { p }) => sum + p, 0), 1e-6);
    for (const [i, child] of node.children.entries()) {
      assert.ok(i === 0 || child.p <= node.children[i - 1].p);
      assert.ok(child.text.startsWith(node.text.replace(/\ufffd$/, '')));
      walk(child, [...ids, child.token.id], p * child.token.p);
    }
  };
  walk(tree, [], 1);
  assert.equal(tree.token, null);
  assert.deepEqual(looked.sort(), model.asked.sort());
  assert.ok(words[0].p > 0);
}

test('a word that comes first is not taken for the best', async () => {
  // 'a' goes on with 'b' nine times in ten, and everything ends behind that.
  const script = { '': { 2: 0.6, 6: 0.3, 0: 0.1 }, 2: { 3: 0.9, 0: 0.1 } };
  const asked = [];
  const model = {
    ...toy(),
    async logprobs(_, { appended }) {
      asked.push(appended.join());
      const row = script[appended.join()] ?? { 0: 1 };
      return Float32Array.from(tokens, (_, id) => Math.log(row[id] ?? 0));
    },
  };
  const { words, rest, open, bestOpen } = (await search('x', { words: 1 }, model)).at(-1).result;
  assert.equal(words[0].text, 'ab');
  near(words[0].p, 0.54, 1e-6);
  near(rest, 0.46, 1e-6);
  // The full stop was never looked at.
  near(open, 0.3, 1e-6);
  near(bestOpen, 0.3, 1e-6);
  assert.deepEqual(asked, ['', '2', '2,3']);
});

test('it ends when nothing open is better, or when it may not ask again', async () => {
  const cut = (await search('q', { words: 50, maxPredictions: 3 })).at(-1);
  assert.deepEqual([cut.done, cut.total, cut.result.done], [3, 3, true]);
  const one = (await search('q', { words: 1 })).at(-1).result;
  assert.ok(one.predictions < 64, 'one word needs fewer');
  const better = one.words[0].p;
  for (const [text, p] of truth('q')) {
    if (text !== one.words[0].text) assert.ok(p <= better + one.open, text);
  }
  const again = (await search('q', { words: 1 })).at(-1).result;
  assert.deepEqual(again, one);
});

test('the texts of tokens are asked for once', async () => {
  const model = toy();
  await search('p', {}, model);
  model.vocabulary = () => assert.fail('they are known');
  await search('q', {}, model);
});

test('an abort ends the loop and keeps what came before', async () => {
  const stop = new AbortController();
  const steps = [];
  await assert.rejects(async () => {
    for await (const step of continuations(toy(), 'p', { signal: stop.signal })) {
      steps.push(step);
      if (steps.length === 2) stop.abort();
    }
  }, /aborted/);
  assert.equal(steps.length, 2);
});

test('wrong options are named before the model is asked', async () => {
  const never = { info: {}, vocabulary: () => assert.fail(), logprobs: () => assert.fail() };
  for (const [options, message] of [
    [{ words: 0 }, /^words must be/],
    [{ maxPredictions: 1.5 }, /^maxPredictions must be/],
    [{ signal: 1 }, /^signal must be/],
  ]) {
    await assert.rejects(search('p', options, never), { code: 'invalid-option', message });
  }
  await assert.rejects(search(7, {}, never), { code: 'invalid-option' });
});

test('the vocabulary is every token once, by id, with its bytes', async (t) => {
  const model = await Model.load(readFileSync(join(tinyFolder, 'f32.gguf')));
  t.after(() => model.close());
  const { candidates } = await model.predict('Q:', { topK: 299 });
  const expected = candidates.map(({ id, bytes, text }) => ({ id, bytes, text }));
  expected.sort((a, b) => a.id - b.id);
  assert.deepEqual(await model.vocabulary(), expected);
  assert.equal(expected.length, 299);
  // What was run before is still there.
  assert.equal((await model.predict('Q:')).cachedTokens, (await model.tokenize('Q:')).length);
  await assert.rejects(model.vocabulary({ signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('in the real engine: tokens behind a prompt, and words of a prompt that nearly fills it', async (t) => {
  const model = await Model.load(readFileSync(join(tinyFolder, 'f32.gguf')));
  t.after(() => model.close());
  const ids = async (text) => (await model.tokenize(text)).map(({ id }) => id);
  const whole = await model.logprobs('Q: in the on');
  assert.deepEqual(
    await model.logprobs('Q: in', {
      appended: (await ids('Q: in the on')).slice((await ids('Q: in')).length),
    }),
    whole,
  );
  const split = await model.logprobs('Q: in', { appended: await ids(' ') });
  assert.notDeepEqual(await model.logprobs('Q: in', { appended: [...(await ids('t')), 5] }), split);
  for (const appended of [[299], [-1], [0.5], ['1'], 3]) {
    await assert.rejects(model.logprobs('a', { appended }), {
      code: 'invalid-option',
      message: /^appended must be .* 0 to 298/,
    });
  }

  const { contextLength } = model.info;
  const full = 'x'.repeat(contextLength - 1);
  assert.equal((await ids(full)).length, contextLength - 1);
  const steps = await search(full, { words: 400, maxPredictions: 20 }, model);
  const { words, rest, done, predictions, tree } = steps.at(-1).result;
  assert.ok(done && predictions > 1 && predictions <= 20);
  near(
    words.reduce((sum, { p }) => sum + p, rest),
    1,
  );
  // One more token still fits, two do not.
  assert.ok(
    tree.children.length > 0 && tree.children.every(({ children }) => children.length === 0),
  );
  const brimful = await search(`${full}x`, { maxPredictions: 5 }, model);
  assert.deepEqual([brimful.at(-1).result.predictions, brimful.at(-1).result.done], [1, true]);
  await assert.rejects(search(`${full}xx`, {}, model), { code: 'prompt-too-long' });
  await assert.rejects(search('', {}, model), { code: 'empty-prompt' });
});
