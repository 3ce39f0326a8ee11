// Our own server, asked through `Model.connect`: every number is the local model's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Model, ShotglassError } from 'shotglass';
import { modelFile, mustExist } from '../../support/files.mjs';
import { id, startApi, stop } from '../cli/api/server.mjs';
import { collect } from '../fake.mjs';
import { replay } from './replay.mjs';
import { context, continuations, session } from './session.mjs';

mustExist(modelFile, 'cargo xtask model');

const key = 'sk-of-the-test';
const prompt = 'Q: walk\nA: walked\n\nQ: jump\nA:';
const forms = [' jumped', ' jumps', ' jumping high', ' 跳了😀'];

let server;
let local;
let remote;
before(async () => {
  server = await startApi(['--api-key', key]);
  local = await Model.load(modelFile, { activationBits: 16 });
  remote = await Model.connect(server.origin, { apiKey: key });
});
after(async () => {
  local?.close();
  remote?.close();
  const { stdout, stderr } = await stop(server);
  assert.ok(!(stdout + stderr).includes(key));
});

test('what it can do is found out', () => {
  const { vocabularySize, contextLength, addsBos } = local.info;
  assert.deepEqual(remote.info, {
    name: id,
    server: `${server.origin}/v1`,
    vocabularySize,
    contextLength,
    bosToken: null,
    addsBos,
  });
  assert.deepEqual(remote.capabilities, {
    distribution: 'full',
    top: vocabularySize,
    promptLogprobs: true,
    namedTokens: true,
    tokenize: true,
    states: false,
  });
});

test('tokens are the local ones, to the byte', async () => {
  for (const text of [prompt, 'é😀𝔘\r\n\t  x ', '<|endoftext|>a', '中文', '']) {
    const tokens = await remote.tokenize(text);
    assert.deepEqual(tokens, await local.tokenize(text));
    const ids = tokens.map(({ id }) => id);
    assert.equal(await remote.detokenize(ids), text);
  }
});

test('scores are the local ones to the last bit', async () => {
  for (const [context, continuations, reference] of [
    [prompt, forms, undefined],
    [prompt, forms, ''],
    [`${prompt}  `, ['jumped', ' jumps'], ['Answer: ', 'Q: N/A\nA:']],
    ['Q:\n', ['\n\n x', ' y'], undefined],
  ]) {
    const options = { reference };
    const wanted = await local.score(context, continuations, options);
    assert.deepEqual(rounded(await remote.score(context, continuations, options)), rounded(wanted));
  }
  for (const [context, continuations, code] of [
    ['The cap', ['ital'], 'merged-continuation'],
    ['', [' x'], 'empty-prompt'],
    ['\n', ['\n\n x'], 'invalid-option'],
  ]) {
    const [here, there] = await Promise.all(
      [local, remote].map((model) => model.score(context, continuations).catch((error) => error)),
    );
    assert.deepEqual([here.code, there.code], [code, code]);
    if (code !== 'invalid-option') assert.equal(there.message, here.message);
  }
});

test('predictions are the local ones', async () => {
  const options = { topK: 20, promptTokens: true };
  const [here, there] = await Promise.all([
    local.predict(prompt, { ...options, logprobs: true }),
    remote.predict(prompt, { ...options, logprobs: true }),
  ]);
  assert.deepEqual(there.logprobs, here.logprobs);
  assert.deepEqual(rounded(there.candidates), rounded(here.candidates));
  assert.deepEqual(there.promptTokens, here.promptTokens);
  assert.equal(there.tokens, here.tokens);
  assert.equal(there.rest.count, here.rest.count);
  assert.ok(Math.abs(there.rest.p - here.rest.p) < 1e-6);
  assert.ok(Math.abs(there.entropy - here.entropy) < 1e-5, `${there.entropy}, ${here.entropy}`);
  const top = await remote.predict(prompt, options);
  assert.deepEqual(top.candidates, there.candidates);
  assert.equal(top.entropy, null);
  assert.ok(Math.abs(top.rest.p - here.rest.p) < 1e-6);
  assert.deepEqual(
    await remote.logprobs(prompt, { appended: [25437] }),
    await local.logprobs(prompt, { appended: [25437] }),
  );
});

test('surprisal is the local one, but for the entropy', async () => {
  for (const options of [{ topK: 3 }, { from: 2, to: 5 }, { from: 4, topK: 1 }]) {
    const wanted = await local.surprisal(`${prompt}é😀`, options);
    const found = await remote.surprisal(`${prompt}é😀`, options);
    assert.deepEqual(rounded(found), rounded(wanted.map((entry) => ({ ...entry, entropy: null }))));
  }
});

test('generations are the local ones', async () => {
  for (const options of [
    { maxTokens: 12, candidates: 2, ids: [25437, 198] },
    { maxTokens: 30, stop: ['\n\n', ' j'] },
    { maxTokens: 12, temperature: 1, seed: 7 },
    { maxTokens: 8, temperature: 0.7, topK: 5, topP: 0.9, minP: 0.01, seed: 3, candidates: 5 },
    { maxTokens: 3, logitBias: { 25437: -100 } },
  ]) {
    const wanted = await collect(local.generate(prompt, options));
    const found = await collect(remote.generate(prompt, options));
    const text = (steps) => steps.map(({ textDelta }) => textDelta).join('');
    assert.equal(text(found), text(wanted));
    assert.deepEqual(
      found.map(({ id, logprob, finish }) => [id, logprob, finish]),
      wanted.map(({ id, logprob, finish }) => [id, logprob, finish]),
    );
    for (const [i, { candidates, asked }] of found.entries()) {
      assert.deepEqual(
        rounded(candidates),
        rounded(options.candidates ? wanted[i].candidates : undefined),
      );
      assert.deepEqual(
        asked?.map(({ id, logprob }) => [id, logprob]),
        wanted[i].asked?.map(({ id, logprob }) => [id, logprob]),
      );
    }
  }
  const chat = '<|im_start|>user\nSay hi.<|im_end|>\n<|im_start|>assistant\n';
  const [here, there] = await Promise.all(
    [local, remote].map((model) => model.complete(chat, { maxTokens: 40 })),
  );
  assert.deepEqual([there.text, there.finish], [here.text, here.finish]);
  assert.equal(there.finish, 'end');
});

test('a result for each continuation, perplexity and conversations are the local ones', async () => {
  const some = [' jumped', '', 'ed', ' jumps', '\ud800'];
  const each = (model) => model.scoreEach('Q: walk\nA: walk', some);
  const [wanted, found] = [await each(local), await each(remote)];
  const plain = (all) => all.map(({ error, ...score }) => error?.code ?? rounded(score));
  assert.deepEqual(plain(found), plain(wanted));
  assert.deepEqual(plain(found)[2], 'merged-continuation');

  const requests = ['walk', 'jump', 'walk'].map((verb) => ({
    context: `Q: ${verb}\nA: ${verb}`,
    continuations: verb === 'jump' ? [''] : [' ed', ' jumps'],
  }));
  const many = async (model) => {
    const all = [];
    for await (const { index, scores, error } of model.scoreMany(requests))
      all.push([index, error?.code ?? plain(scores)]);
    return all;
  };
  assert.deepEqual(await many(remote), await many(local));

  const texts = [prompt, 'Hello there, é😀', 'x', ''];
  const reports = [];
  const there = await remote.perplexity(texts, { onProgress: (at) => reports.push(at.done) });
  const here = await local.perplexity(texts);
  assert.deepEqual(
    there.texts.map(({ tokens, bytes }) => [tokens, bytes]),
    here.texts.map(({ tokens, bytes }) => [tokens, bytes]),
  );
  for (const key of ['nats', 'perplexity', 'bitsPerByte'])
    assert.ok(Math.abs(there[key] - here[key]) < 1e-4, `${key}: ${there[key]}, ${here[key]}`);
  assert.deepEqual(reports, [1, 2, 3, 4]);

  const messages = [{ role: 'user', content: 'Say hi.' }];
  for (const options of [{ maxTokens: 12 }, { maxTokens: 40, stop: ['!'] }]) {
    const [text, same] = await Promise.all(
      [local, remote].map((model) => model.chat(messages, options)),
    );
    assert.deepEqual([same.text, same.finish], [text.text, text.finish]);
    assert.deepEqual(
      same.tokens.map(({ id, logprob }) => [id, logprob]),
      text.tokens.slice(0, same.tokens.length).map(({ id, logprob }) => [id, logprob]),
    );
  }
  await assert.rejects(remote.chat([]), { code: 'invalid-option' });
  await assert.rejects(remote.chat(messages, { signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('what a server does not have is an error that says so', async () => {
  const calls = {
    states: () => remote.states('a'),
    lens: () => remote.lens('a'),
    embed: () => remote.embed(['a']),
    attention: () => remote.attention('a'),
    loadAdapter: () => remote.loadAdapter('a.gguf'),
    setAdapter: () => remote.setAdapter(null),
    train: async () => remote.train([]),
    edits: () => remote.score('a', [' b'], { edits: [] }),
    allowed: () => remote.complete('a', { allowed: [1] }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await assert.rejects(call, ({ code, message }) => {
      assert.equal(code, 'unsupported-by-server');
      assert.match(message, new RegExp(`^${name} needs the inside of the model`));
      return true;
    });
  }
});

test('an abort ends a call at once, and another model or key is refused', async () => {
  const controller = new AbortController();
  const long = remote.surprisal('word '.repeat(3000), { signal: controller.signal });
  setTimeout(() => controller.abort('enough'), 300);
  const start = performance.now();
  await assert.rejects(long, { name: 'AbortError', code: 'aborted', cause: 'enough' });
  assert.ok(performance.now() - start < 400, `${performance.now() - start} ms`);
  await assert.rejects(Model.connect(server.origin, { apiKey: 'sk-wrong' }), {
    code: 'request-failed',
    message: /401 \(The API key is wrong\.\)\. Check the key/,
  });
  await assert.rejects(Model.connect(server.origin, { apiKey: key, model: 'gpt' }), {
    code: 'invalid-option',
    message: `The server has no model "gpt". It has: ${id}.`,
  });
  const too = await remote.score('word '.repeat(9000), [' x']).catch((error) => error);
  assert.ok(too instanceof ShotglassError);
  assert.equal(too.code, 'prompt-too-long');
});

test('what vLLM says of the same weights is what the engine says', async (t) => {
  const model = await Model.connect(await replay(t, 'vllm.json'));
  t.after(() => model.close());
  const found = await session(model);
  assert.deepEqual(found.capabilities, {
    distribution: 'top',
    top: 20,
    promptLogprobs: true,
    namedTokens: true,
    tokenize: true,
    states: false,
  });
  assert.equal(found.logprobs, 'unsupported-by-server');
  assert.deepEqual(found.tokens, await local.tokenize(context));
  assert.equal(found.text, await local.detokenize([65, 66]));
  // It has the weights that 4 bits stand for, in 32 bits; activations have 16 bits here.
  const near = (a, b, about) => assert.ok(Math.abs(a - b) < 0.02, `${about}: ${a}, ${b}`);
  for (const [i, score] of (await local.score(context, continuations)).entries()) {
    near(found.scores[i].logprob, score.logprob, continuations[i]);
    assert.deepEqual(
      found.scores[i].tokens.map(({ id, rank, bytes }) => [id, rank, bytes]),
      score.tokens.map(({ id, rank, bytes }) => [id, rank, bytes]),
    );
  }
  const { candidates, rest } = await local.predict(context, { topK: 5 });
  for (const [i, { id, logprob, bytes }] of candidates.entries()) {
    const { [i]: candidate } = found.prediction.candidates;
    assert.deepEqual([candidate.id, candidate.bytes], [id, bytes]);
    near(candidate.logprob, logprob, `candidate ${i}`);
  }
  near(found.prediction.rest.p, rest.p, 'the rest');
  for (const [i, entry] of (await local.surprisal('a b', { topK: 2 })).entries()) {
    assert.equal(found.surprisal[i].token.id, entry.token.id);
    if (i > 0) near(found.surprisal[i].logprob, entry.logprob, `token ${i}`);
    assert.deepEqual(
      found.surprisal[i].candidates.map(({ id }) => id),
      entry.candidates.map(({ id }) => id),
    );
  }
  const { text, finish } = await local.complete(context, { maxTokens: 3 });
  assert.deepEqual([found.completion.text, found.completion.finish], [text, finish]);
});

/** The same with 12 digits: a p is computed twice, by two libraries. */
function rounded(value) {
  return JSON.parse(
    JSON.stringify(value ?? null, (_, x) =>
      typeof x === 'number' ? Number(x.toPrecision(12)) : x,
    ),
  );
}
