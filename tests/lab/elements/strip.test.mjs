import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const strip = await labModule('elements/strip.ts');
const surprisal = await labModule('tokens/surprisal.ts');
const { Pace } = await labModule('app/pace.ts');
const { tokenItems } = await labModule('tokens/token-items.ts');
const utf8 = new TextEncoder();

const token = (text, id = text.length) => ({ id, bytes: utf8.encode(text), text });
const entry = (text, p, id) => ({
  token: token(text, id),
  logprob: p === null ? null : Math.log(p),
  rank: p === null ? null : 1,
  entropy: p === null ? null : 1,
  candidates: [],
});

test('a probability of one half is one bit, and each step doubles the bits', () => {
  assert.equal(surprisal.bitsOf(entry('a', null)), null);
  assert.ok(Math.abs(surprisal.bitsOf(entry('a', 0.5)) - 1) < 1e-12);
  assert.equal(Object.is(surprisal.bitsOf(entry('a', 1)), 0), true, 'not −0');
  const step = (bits) => surprisal.stepOf(bits);
  assert.deepEqual([0, 0.99, 1, 2, 3.9, 4, 8, 16, 40].map(step), [0, 0, 1, 2, 2, 3, 4, 5, 5]);
});

test('surprisals add up over the tokens that have one', () => {
  // 1 + 3 bits over two tokens and four bytes; the first token and its bytes count nowhere.
  const totals = surprisal.totalsOf([
    entry('long first', null),
    entry('ab', 0.5),
    entry('cd', 0.125),
  ]);
  assert.ok(Math.abs(totals.bits - 4) < 1e-12);
  assert.ok(Math.abs(Math.exp(totals.nats) - 4) < 1e-12, 'perplexity 2^(4 / 2)');
  assert.ok(Math.abs(totals.bitsPerByte - 1) < 1e-12);
  assert.equal(surprisal.totalsOf([entry('a', null)]), null);
});

test('what is known of a prompt holds as far as another begins alike', () => {
  const entries = [entry('a', null, 1), entry('b', 0.5, 2), entry('c', 0.5, 3)];
  const known = (...ids) =>
    surprisal.knownOf(
      entries,
      ids.map((id) => token('x', id)),
    ).length;
  assert.equal(known(1, 2, 3), 3);
  assert.equal(known(1, 2, 3, 4), 3);
  assert.equal(known(1, 9, 3), 1, 'the third came after another token');
  assert.equal(known(1, 2), 2);
  assert.equal(known(9, 2, 3), 0);
});

test('the text of tokens is whole characters or nothing', () => {
  const bytes = utf8.encode('aé');
  assert.equal(surprisal.textOf([{ bytes: bytes.slice(0, 2) }, { bytes: bytes.slice(2) }]), 'aé');
  assert.equal(surprisal.textOf([{ bytes: bytes.slice(0, 2) }]), null);
  assert.equal(surprisal.textOf([]), '');
});

test('what the tokenizer puts in front of a text takes no place in it', () => {
  const spans = [
    { role: 'instruction', start: 0, end: 2, demonstration: null },
    { role: 'query', start: 2, end: 4, demonstration: null },
  ];
  const prompt = { text: 'abcd', spans };
  // A begin token, a word with a space that the text does not have, and a word of its own.
  const tokens = [{ ...token('<s>'), added: 3 }, { ...token(' ab'), added: 1 }, { ...token('cd') }];
  const cells = strip.cellsFromTokens(tokens, prompt);
  assert.deepEqual(
    cells.map(({ role }) => role),
    ['added', 'instruction', 'query'],
  );
  assert.equal(surprisal.textOf(tokens), 'abcd');
  const entries = tokens.map((own, at) => ({ ...entry('', at === 0 ? null : 0.5), token: own }));
  assert.ok(Math.abs(surprisal.totalsOf(entries).bitsPerByte - 2 / 4) < 1e-12);
});

test('a long strip is cut at line ends, and an endless line all the same', () => {
  const cells = (count, every) =>
    Array.from({ length: count }, (_, at) => ({ breaks: (at + 1) % every === 0 ? 1 : 0 }));
  assert.deepEqual(strip.chunkEnds([]), []);
  assert.deepEqual(strip.chunkEnds(cells(40, 10)), [40]);
  const lines = strip.chunkEnds(cells(1000, 10));
  assert.equal(lines.at(-1), 1000);
  assert.ok(
    lines.every((end) => end % 10 === 0),
    'whole lines',
  );
  assert.ok(lines.length > 10, String(lines));
  const endless = strip.chunkEnds(cells(1000, 5000));
  assert.equal(endless.at(-1), 1000);
  assert.ok(Math.max(...endless.map((end, at) => end - (endless[at - 1] ?? 0))) <= 200);
});

test('cells that would look alike are the same cells, and others are not', () => {
  const prompt = (text) => ({
    text,
    spans: [{ role: 'query', start: 0, end: text.length, demonstration: null }],
  });
  const before = tokenItems([token('ab', 1), token('cd', 2)], prompt('abcd'), [], []);
  const after = tokenItems([token('ab', 1), token('ef', 3)], prompt('abef'), [], before);
  assert.equal(after[0], before[0]);
  assert.notEqual(after[1], before[1]);
  assert.match(after[1].detail, /token 2: id 3, bytes 65 66/);

  const told = [entry('ab', null, 1), entry('ef', 0.25, 3)];
  const coloured = tokenItems([token('ab', 1), token('ef', 3)], prompt('abef'), told, after);
  assert.equal(coloured[1].step, 2);
  assert.equal(coloured[0].step, null, 'the first has none');
  assert.match(coloured[1].detail, /^2\.00 bits, rank 1; token 2/);
});

test('the time a prompt takes is told from one that was measured, and not from far away', () => {
  let pace = new Pace();
  assert.equal(pace.durationMs(100), null);
  pace = pace.add({ tokens: 110, cachedTokens: 10, durationMs: 500 });
  assert.equal(pace.durationMs(200), 1000);
  assert.equal(pace.durationMs(4000), null, 'too far from what was measured');
  pace = pace.add({ tokens: 300, cachedTokens: 298, durationMs: 90 });
  assert.equal(pace.durationMs(200), 1000, 'two tokens measure the overhead');
});
