import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const visible = await labModule('ui/visible.ts');
const strip = await labModule('elements/strip.ts');
const utf8 = new TextEncoder();
const drawn = (text) =>
  visible
    .pieces(text)
    .map((piece) => piece.text)
    .join('');

test('white space and characters without a shape are drawn', () => {
  assert.equal(drawn(' 143'), '␣143');
  assert.equal(drawn('  143'), '␣␣143');
  assert.equal(drawn('a\n\tb\r'), 'a↵⇥b␍');
  assert.equal(drawn('a\u200bb\u00a0c\ufeff'), 'aU+200BbU+00A0cU+FEFF');
  assert.equal(drawn('\ud800'), 'U+D800');
  assert.equal(drawn('Ça va 👩‍🚀?'), 'Ça␣va␣👩U+200D🚀?');
});

test('a token that is a part of a character shows its bytes', () => {
  assert.equal(visible.tokenLabel(Uint8Array.of(0xe2, 0x80)), 'E2 80');
  assert.equal(visible.tokenLabel(utf8.encode(' é')), '␣é');
  assert.deepEqual(visible.tokenPieces(Uint8Array.of(0x20, 0xc3)), [
    { kind: 'mark', text: '␣' },
    { kind: 'bytes', text: 'C3' },
  ]);
  assert.equal(visible.tokenLabel(Uint8Array.of(0x80, 0x61, 0xc3, 0xa9, 0xf0, 0x9f)), '80aéF0 9F');
  assert.equal(visible.spokenToken(Uint8Array.of(0x20, 0xc3)), 'space bytes C3');
});

test('a token can be said aloud', () => {
  const spoken = (text) => visible.spokenToken(utf8.encode(text));
  assert.equal(spoken(' Positive'), 'space Positive');
  assert.equal(spoken('\n\n'), '2 newlines');
  assert.equal(spoken('\n    '), 'newline 4 spaces');
  assert.equal(visible.spokenToken(Uint8Array.of(0xe2, 0x80)), 'bytes E2 80');
});

test('a field shows white space and gives it back', () => {
  for (const text of ['', ' ', '\n\n', ' =>\t', 'Review: ', 'a\r\nb']) {
    assert.equal(visible.fromField(visible.toField(text)), text);
    assert.equal(visible.toField(text).length, text.length);
  }
  assert.equal(visible.fromField('␠⏎ '), ' \n ');
});

/** Tokens with these texts; a text may also be given as bytes. */
const tokens = (...parts) =>
  parts.map((part, id) => {
    const bytes = typeof part === 'string' ? utf8.encode(part) : Uint8Array.from(part);
    return { id, bytes, text: new TextDecoder().decode(bytes) };
  });

const span = (role, start, end, demonstration = null) => ({ role, start, end, demonstration });

test('a token takes the role of the span it has most bytes in', () => {
  const text = 'Q: été\nA: yes';
  const prompt = {
    text,
    spans: [
      span('template', 0, 3, 0),
      span('input', 3, 6, 0),
      span('template', 6, 10, 0),
      span('output', 10, 13, 0),
    ],
  };
  const cells = strip.cellsFromTokens(tokens('Q', ':', ' é', 'té', '\n', 'A', ':', ' yes'), prompt);
  assert.deepEqual(
    cells.map((cell) => cell.role),
    ['template', 'template', 'input', 'input', 'template', 'template', 'template', 'output'],
  );
  assert.deepEqual(
    cells.map((cell) => cell.breaks),
    [0, 0, 0, 0, 1, 0, 0, 0],
  );
});

test('a space and one letter take the role of the letter', () => {
  const prompt = { text: '=> eau', spans: [span('template', 0, 3, 0), span('output', 3, 6, 0)] };
  const cells = strip.cellsFromTokens(tokens('=>', ' e', 'au'), prompt);
  assert.deepEqual(
    cells.map((cell) => cell.role),
    ['template', 'output', 'output'],
  );
});

test('roles stay right after characters that are split over tokens', () => {
  const prompt = { text: '🦦 ok', spans: [span('input', 0, 3), span('output', 3, 5)] };
  const cells = strip.cellsFromTokens(tokens([0xf0, 0x9f], [0xa6, 0xa6], ' ok'), prompt);
  assert.deepEqual(
    cells.map((cell) => cell.role),
    ['input', 'input', 'output'],
  );
});

test('a blank line made of two newline tokens ends after the second', () => {
  const prompt = { text: 'a\n\nb', spans: [span('template', 0, 4)] };
  const cells = strip.cellsFromTokens(tokens('a', '\n', '\n', 'b'), prompt);
  assert.deepEqual(
    cells.map((cell) => cell.breaks),
    [0, 0, 2, 0],
  );
});

test('without a model the strip is the whole prompt, broken at its lines', () => {
  const text = 'Do it.\n\nQ: a\nA:';
  const prompt = {
    text,
    spans: [
      span('instruction', 0, 6),
      span('template', 6, 11),
      span('query', 11, 12),
      span('template', 12, 15),
    ],
  };
  const cells = strip.cellsFromText(prompt);
  const shown = cells.flatMap((cell) => cell.pieces.map((piece) => piece.text)).join('');
  assert.equal(shown, 'Do␣it.↵↵Q:␣a↵A:');
  assert.equal(
    cells.reduce((sum, cell) => sum + cell.breaks, 0),
    3,
  );
});

// A model's file may call it anything: letters turned round, or what steers a terminal.
test('the name of a model shows what has no shape, and moves nothing beside it', () => {
  const { nameText } = visible;
  assert.equal(nameText('SmolLM2 135M'), 'SmolLM2 135M');
  assert.equal(nameText('safe\u202egnp.exe'), 'safeU+202Egnp.exe');
  assert.equal(nameText('\u001b[31mred\u0000'), 'U+001B[31mredU+0000');
  assert.equal(nameText('שלום 1'), '\u2068שלום 1\u2069', 'set apart from the sentence');
  assert.ok(nameText('x'.repeat(10_000)).length < 200, 'and is not all of the page');
});
