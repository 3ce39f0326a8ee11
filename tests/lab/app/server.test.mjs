// What a model on a server is to the lab: what it lacks, how it is named, and the ways to miss it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startByteServer } from '../../package/remote/byte-server.mjs';
import { labModule } from '../module.mjs';

const { connectServer, namesOf } = await labModule('app/server/connect-server.ts');
const { identityOf } = await labModule('app/server/address.ts');
const { isLoaded, lackOf } = await labModule('app/lab-model.ts');
const { Models } = await labModule('app/models.ts');
const { answer } = await labModule('app/answer.ts');
const { climb } = await labModule('answer/ladder/ladder-run.ts');
const { presetById } = await labModule('presets/index.ts');
const { draftOf } = await labModule('app/state.ts');

globalThis.location ??= { protocol: 'http:', origin: 'http://lab.test' };
const never = () => new AbortController().signal;
const address = (url, more = {}) => ({ url, model: '', apiKey: '', ...more });

async function connected(t, options) {
  const server = await startByteServer(t, options);
  const model = await connectServer(address(server.origin), never());
  t.after(() => model.close());
  return { ...server, model };
}
const last = async (work) => {
  let found = null;
  const all = work({ signal: never(), before: null, report: () => {} });
  for await (const one of all) found = one;
  return found;
};

test('a server that tells all lacks words, the inside and training alone', async (t) => {
  const { model, origin } = await connected(t);
  const needs = ['scores', 'surprisal', 'full', 'words', 'inside', 'training'];
  const lacks = needs.filter((need) => lackOf(model, need) !== null);
  assert.deepEqual(lacks, ['words', 'inside', 'training']);
  assert.equal(isLoaded(model), false);
  assert.equal(model.info.server, `${origin}/v1`);
  assert.equal(model.info.sha256, identityOf(`${origin}/v1`, 'bytes'));
  assert.match(model.info.sha256, /^[0-9a-f]{64}$/);
  assert.notEqual(identityOf('http://a/v1', 'b'), identityOf('http://a/v1', 'c'));
  for (const call of ['vocabulary', 'attention', 'lens', 'states', 'embed'])
    await assert.rejects(model[call]('a'), { code: 'unsupported-by-server' });
});

test('a prediction has null for what is not told, and no tokens where there are none', async (t) => {
  const { model } = await connected(t, { most: 5, prompts: null, names: false });
  const { prediction, tokens } = await last(answer(model, 'ab', { topK: 10, sampling: null }));
  assert.deepEqual([prediction.entropy, prediction.rest.count], [null, null]);
  assert.equal(prediction.candidates.length, 5);
  assert.deepEqual(
    tokens.map(({ text }) => text),
    ['a', 'b'],
  );
  await assert.rejects(model.score('a', ['b']), /does not tell the probability of a given text/);
  await assert.rejects(model.predict('a', { logprobs: true }), /only the most probable tokens/);

  const bare = await connected(t, {
    most: 5,
    prompts: null,
    names: false,
    tokenizer: false,
    asText: true,
  });
  const told = await last(answer(bare.model, 'ab', { topK: 3, sampling: { temperature: 2 } }));
  assert.deepEqual([told.tokens, told.prediction.tokens], [[], null]);
});

test('the ladder of a server is the probability that the answer follows', async (t) => {
  const { model } = await connected(t, { most: 5 });
  const draft = { ...draftOf(presetById('plural')), shots: 1 };
  const { rungs, answer } = await last(
    climb(model, draft, { comparison: 'nothing', solution: 'cats' }),
  );
  assert.equal(answer, 'cats');
  assert.equal(rungs.length, draft.task.demonstrations.length + 1);
  const { text } = (await labModule('app/prompt.ts')).promptOf(draft);
  const [score] = await model.score(text, [' cats']);
  const rung = rungs.find(({ k }) => k === 1);
  assert.ok(Math.abs(rung.p - Math.exp(score.logprob)) < 1e-12);
});

test('a key is sent to its server alone, and is in nothing that is said', async (t) => {
  const { requests, origin } = await startByteServer(t);
  const asked = address(origin, { apiKey: 'sk-secret' });
  assert.deepEqual(await namesOf(asked, never()), ['bytes']);
  assert.equal(requests[0].headers.authorization, 'Bearer sk-secret');
  for (const apiKey of ['sk-跳', 'sk-\nx']) {
    await assert.rejects(namesOf({ ...asked, apiKey }, never()), (error) => {
      assert.ok(!error.message.includes(apiKey));
      return true;
    });
  }
});

test('each way to miss a server is a sentence', async (t) => {
  const { origin } = await startByteServer(t);
  const answering = async (status, body) => {
    const instead = (_, response) => {
      response.writeHead(status, { location: 'http://elsewhere.test/' }).end(body);
      return true;
    };
    return address((await startByteServer(t, { instead })).origin);
  };
  for (const [asked, sentence] of [
    [address(''), /not an address/],
    [address('ftp://a.test'), /not an address/],
    [address('http://me:pw@a.test'), /must not contain a name/],
    [address('http://127.0.0.1:9'), /does not answer/],
    [await answering(401, '{}'), /asks for a key/],
    [{ ...(await answering(403, '{}')), apiKey: 'x' }, /does not accept this key/],
    [await answering(200, '<!doctype html>'), /not as an OpenAI-compatible/],
    [await answering(200, '{"data":7}'), /not as an OpenAI-compatible/],
    [await answering(404, ''), /not as an OpenAI-compatible/],
    [await answering(200, '{"data":[]}'), /lists no models/],
    [await answering(503, ''), /answers with an error \(503\)/],
    [address(origin, { model: 'x' }), /no model “x”\. It has: bytes/],
  ]) {
    await assert.rejects(connectServer(asked, never()), { message: sentence }, `${sentence}`);
  }
  const { location } = globalThis;
  globalThis.location = { protocol: 'https:', origin: 'https://lab.test' };
  t.after(() => {
    globalThis.location = location;
  });
  const far = address('http://10.0.0.1:8000');
  await assert.rejects(connectServer(far, never()), /came over https/);
  assert.deepEqual(await namesOf(address(origin), never()), ['bytes'], 'this machine may be asked');
});

test('a connection can be left, and a model on a server takes no room', async (t) => {
  const server = await startByteServer(t, { instead: () => new Promise(() => {}) });
  const controller = new AbortController();
  const pending = connectServer(address(server.origin), controller.signal);
  setTimeout(() => controller.abort(), 50);
  await assert.rejects(pending, { code: 'aborted' });

  const model = { info: { name: 'far', sha256: 'a', server: 'http://a/v1' }, close: () => {} };
  const loaded = { info: { name: 'here', sha256: 'b', memoryBytes: 10 }, close: () => {} };
  const models = new Models(() => {}, {
    budgetBytes: 5,
    load: async () => loaded,
    plan: async () => {},
    connect: async () => model,
  });
  await models.load({ kind: 'server', address: address('http://a', { apiKey: 'sk' }) });
  assert.deepEqual([models.loaded, models.isOfServer], [null, true]);
  await models.load({ kind: 'files', files: [{ name: 'x.gguf', size: 3 }] });
  assert.deepEqual(
    models.open.map(({ name }) => name),
    ['far', 'here'],
  );
  assert.equal(models.loaded, loaded);
  assert.ok(!JSON.stringify(models.open.map(({ model }) => model.info)).includes('sk'));
});
