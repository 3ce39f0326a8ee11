// A model whose file asks for a begin token, which is the small one with one byte changed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { mustExist, tinyFolder } from '../../support/files.mjs';

mustExist(tinyFolder, 'cargo test --release');

/** The file, which says whether it wants a begin token. */
function fileOf(isWanted) {
  const bytes = Buffer.from(readFileSync(join(tinyFolder, 'default.gguf')));
  const key = 'tokenizer.ggml.add_bos_token';
  // The key is followed by the type of its value, in four bytes.
  bytes[bytes.indexOf(key) + key.length + 4] = Number(isWanted);
  return bytes;
}

/** `<|im_start|>` is what the small model begins with. */
const begin = { id: 1, text: '<|im_start|>' };
let model;
let plain;
let off;
before(async () => {
  model = await Model.load(fileOf(true));
  plain = await Model.load(fileOf(false));
  off = await Model.load(fileOf(true), { addBos: false });
});
after(() => {
  for (const one of [model, plain, off]) one?.close();
});

test('info tells the begin token, and whether it is added', () => {
  const told = [model, plain, off].map(({ info }) => [info.bosToken, info.addsBos]);
  assert.deepEqual(told, [
    [1, true],
    [1, false],
    [1, false],
  ]);
});

test('the begin token is a token of every text, and can be turned off', async () => {
  const text = 'Q: the end\nA:';
  const tokens = await model.tokenize(text);
  const own = await plain.tokenize(text);
  assert.deepEqual(
    { id: tokens[0].id, text: tokens[0].text, added: tokens[0].added },
    { ...begin, added: begin.text.length },
  );
  assert.deepEqual(tokens.slice(1), own);
  assert.ok(own.every((token) => !('added' in token)));
  assert.deepEqual(await off.tokenize(text), own);
  const { promptTokens, tokens: count } = await model.predict(text, { promptTokens: true });
  assert.deepEqual(promptTokens, tokens);
  assert.equal(count, tokens.length);
  assert.deepEqual((await model.attention(text)).tokens, tokens);
});

test('a text that begins with the token begins once', async () => {
  for (const text of [begin.text, `${begin.text}the end`]) {
    assert.deepEqual(await model.tokenize(text), await plain.tokenize(text));
  }
  const tokens = await model.tokenize(` ${begin.text}`);
  assert.deepEqual([tokens[0].id, tokens.at(-1).id], [1, 1], 'one that comes later is another');
});

test('the empty text is the begin token', async () => {
  assert.deepEqual(
    (await model.tokenize('')).map(({ id }) => id),
    [begin.id],
  );
  assert.deepEqual(await plain.tokenize(''), []);
  assert.deepEqual(await model.logprobs(''), await plain.logprobs(begin.text));
  await assert.rejects(off.predict(''), { code: 'empty-prompt' });
  await assert.rejects(off.score('', [' the']), { code: 'empty-prompt' });
});

test('the first word has a surprisal, and a probability after nothing', async () => {
  const entries = await model.surprisal('the end', { topK: 2 });
  assert.equal(entries[0].logprob, null);
  assert.equal(entries[0].token.added, begin.text.length);
  const [first] = await model.tokenize('');
  const next = await model.logprobs('');
  assert.equal(entries[1].logprob, next[entries[1].token.id]);
  const [score] = await model.score('', [' the'], { reference: '' });
  assert.equal(score.tokens.length, 1);
  assert.equal(score.logprob, next[score.tokens[0].id]);
  assert.equal(score.adjusted.logprob, 0, 'no context is the reference');
  const [after] = await model.score(first.text, [' the']);
  assert.equal(after.logprob, score.logprob);
});

test('an option that is no bool is refused', async () => {
  await assert.rejects(Model.load(fileOf(true), { addBos: 'no' }), {
    code: 'invalid-option',
    message: 'addBos must be one of true, false.',
  });
});
