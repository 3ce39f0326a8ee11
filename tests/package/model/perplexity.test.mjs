// Perplexity: against the sums of `surprisal` and `score`, and where texts are too long or too short. In Node.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

const text = 'The cat sat on the mat. It was a warm day in June — 31 °C.';
let model;
before(async () => {
  model = await Model.load(modelFile);
});
after(() => model?.close());

const near = (a, b, message) =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.abs(b), `${message}: ${a}, ${b}`);
const nats = (entries) => entries.reduce((sum, { logprob }) => sum - (logprob ?? 0), 0);

test('a text is predicted after <|endoftext|>, as its score after no context is', async () => {
  const { texts, ...all } = await model.perplexity([text]);
  assert.deepEqual(texts, [all]);
  const [{ reference, tokens }] = await model.score('x', [text], { reference: '' });
  near(all.nats, -reference.logprob, 'the reference of a score');
  assert.equal(all.tokens, tokens.length);
  assert.equal(all.bytes, Buffer.byteLength(text));
  near(all.perplexity, Math.exp(all.nats / all.tokens), 'perplexity');
  near(all.bitsPerByte, all.nats / Math.LN2 / all.bytes, 'bits per byte');
  // A text that begins with that token gets no second, and the token itself does not count.
  const { nats: same, bytes } = await model.perplexity([`<|endoftext|>${text}`]);
  near(same, all.nats, 'with the token written out');
  assert.equal(bytes, all.bytes);
});

test('texts together are their sums, and progress has what is done', async () => {
  const reports = [];
  const onProgress = (progress) => reports.push(progress);
  const { texts, ...all } = await model.perplexity([text, 'Hello there', 'x'], { onProgress });
  for (const key of ['nats', 'tokens', 'bytes']) {
    near(all[key], texts[0][key] + texts[1][key] + texts[2][key], key);
  }
  near(all.perplexity, Math.exp(all.nats / all.tokens), 'perplexity');
  assert.deepEqual(
    reports.map(({ done, total, texts }) => [done, total, texts.length]),
    [
      [1, 3, 1],
      [2, 3, 2],
      [3, 3, 3],
    ],
  );
  assert.deepEqual(reports[2].texts, texts);

  const controller = new AbortController();
  const seen = [];
  const options = {
    signal: controller.signal,
    onProgress: ({ texts }) => {
      seen.push(...texts);
      controller.abort();
    },
  };
  await assert.rejects(model.perplexity([text, text], options), { code: 'aborted' });
  assert.deepEqual(seen, [texts[0]]);
});

test('what is no list of texts is refused, and an empty text has nothing to predict', async () => {
  for (const wrong of [[], 'text', undefined, [7]]) {
    await assert.rejects(model.perplexity(wrong), { code: 'invalid-option' });
  }
  await assert.rejects(model.perplexity(['a\ud800']), { code: 'invalid-text' });
  const { texts, tokens } = await model.perplexity(['', 'x']);
  assert.deepEqual([texts[0].nats, texts[0].tokens, texts[0].perplexity], [0, 0, Number.NaN]);
  assert.equal(tokens, 1);
});

test('a text that is longer than the context is read in parts, each token once', async (t) => {
  const small = await Model.load(join(tinyFolder, 'q4_1.gguf'));
  t.after(() => small.close());
  const { contextLength } = small.info;
  const long = ' the cat re 7'.repeat(contextLength);
  const ids = (await small.tokenize(long)).map(({ id }) => id);
  assert.ok(ids.length > 2.2 * contextLength && ids.length < 12 * contextLength);
  const { nats: found, tokens } = await small.perplexity([long]);
  const start = await startOf(small);
  const all = start === null ? ids : [start, ...ids];
  assert.equal(tokens, all.length - 1);
  // Each part begins with the last token of the part before; the last part is as long as the others.
  let sum = 0;
  for (let from = 1; from < all.length; from += contextLength - 1) {
    const end = Math.min(all.length, from + contextLength - 1);
    const first = Math.max(0, end - contextLength);
    sum += nats(await small.surprisal(all.slice(first, end), { from: from - first }));
  }
  near(found, sum, 'the sum over the parts');
});

async function startOf(model) {
  const end = await model.tokenize('<|endoftext|>');
  if (model.info.addsBos) return null;
  return end.length === 1 ? end[0].id : model.info.bosToken;
}
