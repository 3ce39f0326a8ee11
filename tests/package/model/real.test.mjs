// The package on the default model, in Node: the real worker, the real engine, the real file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { defaultModel, features, Model, renderPrompt } from 'shotglass';
import {
  fineFile,
  modelFile,
  mustExist,
  nativeFile,
  readPrompts,
  readRow,
  sameBits,
  stringsFile,
  truthFile,
} from '../../support/files.mjs';
import { collect } from '../fake.mjs';
import { pastTense as task } from '../past-tense.mjs';

mustExist(modelFile, 'cargo xtask model');

/** Three hundred tokens, which the engine reads in five steps. */
const long = 'The quick brown fox jumps over the lazy dog. '.repeat(30);

const cores = availableParallelism();

let model;
/** The same with activations of 16 bits. */
let fine;
before(async () => {
  model = await Model.load(modelFile, { sha256: defaultModel.sha256 });
  fine = await Model.load(modelFile, { activationBits: 16 });
});
after(() => {
  model?.close();
  fine?.close();
});

test('info says what the file is', () => {
  const { chatTemplate, endTokens, ...info } = model.info;
  assert.deepEqual(info, {
    architecture: 'llama',
    name: info.name,
    parameters: info.parameters,
    vocabularySize: 49_152,
    contextLength: 8_192,
    quantization: 'Q4_1',
    bytes: defaultModel.bytes,
    sha256: defaultModel.sha256,
    memoryBytes: info.memoryBytes,
    layers: 30,
    hiddenSize: 576,
    // The file names one, and wants it nowhere.
    bosToken: 1,
    addsBos: false,
    activationBits: 8,
    build: features().builds.find((build) => cores > 1 || !build.endsWith('threads')),
    threads: Math.min(8, cores),
    // Node keeps nothing: the file is there already.
    keeping: { state: 'off' },
  });
  assert.deepEqual(endTokens.toSorted(), [0, 2]);
  assert.ok(info.parameters > 134e6 && info.parameters < 136e6);
  assert.match(info.name, /smollm2/i);
  // Its types take 1.2 and 1.06 times as much memory as in the file, which has a vocabulary too.
  assert.ok(info.memoryBytes > 1.12 * info.bytes && info.memoryBytes < 1.16 * info.bytes);
  assert.match(chatTemplate, /<\|im_start\|>/);
});

test('tokenize gives the exact bytes', async () => {
  const text = 'Q: sea otter 😀 =>\n\n  143<|im_end|>';
  const tokens = await model.tokenize(text);
  assert.equal(Buffer.concat(tokens.map((token) => token.bytes)).toString(), text);
  assert.equal(tokens.at(-1).id, 2);
  assert.deepEqual(await model.tokenize(''), []);
});

test('four shots make the past tense the most probable answer', async () => {
  const few = await model.predict(renderPrompt(task), { topK: 20 });
  assert.equal(few.candidates[0].text, ' jumped');
  assert.ok(few.candidates[0].p > 0.5, `p = ${few.candidates[0].p}`);
  const none = await model.predict(renderPrompt(task, { shots: 0 }));
  assert.notEqual(none.candidates[0].text, ' jumped');

  for (const { candidates, rest, entropy } of [few, none]) {
    const shown = candidates.reduce((sum, candidate) => sum + candidate.p, 0);
    assert.ok(Math.abs(shown + rest.p - 1) < 1e-6, `${shown} + ${rest.p}`);
    assert.equal(candidates.length + rest.count, 49_152);
    assert.deepEqual(
      candidates.map((candidate) => candidate.rank),
      candidates.map((_, i) => i + 1),
    );
    for (const { p, logprob } of candidates) assert.ok(Math.abs(Math.exp(logprob) - p) < 1e-6);
    assert.ok(entropy > 0 && entropy < Math.log(49_152));
  }
  assert.equal(none.candidates.length, 10);
});

test('rows and rest are everything, for any topK', async () => {
  const prompt = renderPrompt(task);
  for (const topK of [0, 1, 49_151, 49_152, 60_000]) {
    const { candidates, rest } = await model.predict(prompt, { topK });
    assert.equal(candidates.length, Math.min(topK, 49_152));
    assert.equal(candidates.length + rest.count, 49_152);
    const sum = candidates.reduce((all, candidate) => all + candidate.p, rest.p);
    assert.ok(Math.abs(sum - 1) < 1e-6, `${topK}: ${sum}`);
  }
});

test('logprobs and predict are the same distribution', async () => {
  const logprobs = await model.logprobs(renderPrompt(task));
  assert.equal(logprobs.length, 49_152);
  const { candidates } = await model.predict(renderPrompt(task), { topK: 100 });
  for (const { id, logprob } of candidates) assert.equal(Math.fround(logprob), logprobs[id]);
});

test('what sampling would draw is what it draws', async () => {
  const prompt = 'Once upon a time there was a';
  for (const sampling of [
    { temperature: 0.8, topK: 40, topP: 0.7, minP: 0.02 },
    { temperature: 1.6, topK: 0, topP: 1, minP: 0.1 },
    { temperature: 1, topK: 3, topP: 1, minP: 0 },
  ]) {
    const { candidates, sampled } = await model.predict(prompt, { topK: 200, sampling });
    const p = new Map(candidates.map(({ id }, index) => [id, sampled.p[index]]));
    const drawn = new Map();
    const draws = 200;
    for (let seed = 0; seed < draws; seed++) {
      for await (const { id } of model.generate(prompt, { ...sampling, seed, maxTokens: 1 })) {
        drawn.set(id, (drawn.get(id) ?? 0) + 1);
      }
    }
    assert.ok(drawn.size > 1 && drawn.size <= sampled.count, `${drawn.size} of ${sampled.count}`);
    for (const [id, times] of drawn) {
      assert.ok(p.get(id) > 0, `${id} is drawn`);
      // Four standard errors; the seeds are the same in every run.
      const error = 4 * Math.sqrt((p.get(id) * (1 - p.get(id))) / draws);
      assert.ok(Math.abs(times / draws - p.get(id)) < error + 0.01, `${id}: ${times}`);
    }
  }
});

test('a range of surprisals has the numbers of the whole text', async () => {
  const text = 'Q: walk\nA: walked\n\nQ: play\nA: played';
  const whole = await model.surprisal(text, { topK: 3 });
  assert.deepEqual(await model.surprisal(text, { from: 4, to: 7, topK: 3 }), whole.slice(4, 7));
});

test('surprisal is what predict said before each token', async () => {
  const text = 'Q: walk\nA: walked\n\nQ: play\nA: played';
  const entries = await model.surprisal(text, { topK: 2 });
  const tokens = await model.tokenize(text);
  assert.deepEqual(
    entries.map((entry) => entry.token),
    tokens,
  );
  const { logprob, rank, entropy, candidates } = entries[0];
  assert.deepEqual(
    { logprob, rank, entropy, candidates },
    {
      logprob: null,
      rank: null,
      entropy: null,
      candidates: [],
    },
  );
  const before = tokens
    .slice(0, -1)
    .map((token) => token.text)
    .join('');
  const last = entries.at(-1);
  const logprobs = await model.logprobs(before);
  assert.ok(Math.abs(last.logprob - logprobs[last.token.id]) < 1e-6);
  assert.equal(last.rank, 1 + logprobs.filter((other) => other > logprobs[last.token.id]).length);
  assert.deepEqual(last.candidates, (await model.predict(before, { topK: 2 })).candidates);
});

test('a score is the sum of what the plain pass says of each token, bit for bit', async () => {
  const context = renderPrompt(task).text;
  const labels = [
    ' jumped',
    ' abbreviation',
    '\nloutre de mer',
    ' 143',
    ' a',
    ' jumping over fences',
  ];
  const scores = await model.score(context, labels);
  const before = (await model.tokenize(context)).length;
  for (const [i, { continuation, tokens, logprob, ...forms }] of scores.entries()) {
    assert.equal(continuation, labels[i]);
    assert.equal(tokens.map((token) => token.text).join(''), continuation);
    const entries = (await model.surprisal(context + continuation)).slice(before);
    assert.deepEqual(
      tokens,
      entries.map(({ token, logprob, rank }) => ({ ...token, logprob, rank })),
    );
    const sum = entries.reduce((all, entry) => all + entry.logprob, 0);
    assert.equal(logprob, sum);
    assert.deepEqual(forms, {
      isGreedy: entries.every(({ rank }) => rank === 1),
      perToken: sum / tokens.length,
      perCharacter: sum / [...continuation.trimStart()].length,
      perByte: sum / Buffer.byteLength(continuation),
      reference: null,
      adjusted: null,
    });
  }
  assert.ok(
    scores.every((score) => score.logprob <= scores[0].logprob),
    ' jumped is the best',
  );
  assert.deepEqual(await model.score(`${context} `, ['jumped']), [
    { ...scores[0], continuation: 'jumped' },
  ]);
});

test('without a context is behind the end of a text, and references are run once', async () => {
  const prompt = renderPrompt(task);
  const reference = ['', '<|endoftext|>'];
  let progress = null;
  const onProgress = (seen) => {
    assert.ok(progress === null || seen.tokensDone >= progress.tokensDone, 'it goes forward');
    progress = seen;
  };
  const [score] = await model.score(prompt, [' jumped', ' abbreviation'], {
    reference,
    onProgress,
  });
  assert.equal(progress.tokensDone, progress.tokensTotal);
  const [jumped] = await model.tokenize(' jumped');
  const alone = (await model.logprobs('<|endoftext|>'))[jumped.id];
  assert.ok(Math.abs(score.reference.logprob - alone) < 1e-12);
  assert.ok(Math.abs(score.adjusted.logprob - (score.logprob - alone)) < 1e-12);
});

test('a label of one token has the logprob of predict, and costs nothing more', async () => {
  const prompt = renderPrompt(task);
  const logprobs = await model.logprobs(prompt);
  let progress = null;
  const onProgress = (seen) => {
    progress = seen;
  };
  const scores = await model.score(prompt, [' jumped', ' Positive', '\n'], { onProgress });
  assert.equal(progress.tokensDone, progress.cachedTokens);
  assert.equal(progress.tokensDone, progress.tokensTotal);
  for (const { tokens, logprob } of scores) {
    assert.equal(tokens.length, 1);
    assert.equal(logprob, logprobs[tokens[0].id]);
  }
});

test('a context and a continuation that are one token are refused with a sentence', async () => {
  await assert.rejects(model.score('The quick bro', [' x', 'wn fox']), {
    code: 'merged-continuation',
    message: /"wn fox".*" brown"/,
  });
});

test('few-shot queries with labels cost what is new in them', async (t) => {
  const verbs = 'look pack ask bake call dance earn fill guess hope iron joke kick laugh'.split(
    ' ',
  );
  let run = 0;
  const onProgress = ({ tokensDone, tokensTotal, cachedTokens }) => {
    if (tokensDone === tokensTotal) run += tokensTotal - cachedTokens;
  };
  const seen = [];
  let fresh = 0;
  // An instruction of its own, so that no other test has run a part of it.
  const own = { ...task, instruction: 'Say it in the past.' };
  const shotsOf = (query) => renderPrompt(own, { shots: 2 + (query.length % 3), query });
  for (const query of verbs) {
    const { text } = shotsOf(query);
    const labels = [` ${query}ed`, ` has been ${query}ing`];
    await model.score(text, labels, { onProgress });
    const ids = (await model.tokenize(text)).map((token) => token.id);
    const common = (other) => ids.findIndex((id, i) => id !== other[i]);
    fresh += ids.length - Math.max(0, ...seen.map(common));
    seen.push(ids);
    for (const label of labels) {
      fresh += (await model.tokenize(text + label)).length - ids.length - 1;
    }
  }
  t.diagnostic(`${run} tokens were run, ${fresh} were new`);
  assert.ok(run >= fresh && run <= 1.1 * fresh, `${run} tokens were run, ${fresh} were new`);
});

test('another task between two prompts does not make the first start again', async () => {
  const other = 'Review: a warm and funny film\nSentiment: Positive\n\n'.repeat(6);
  const first = renderPrompt(task, { query: 'paint' });
  await model.predict(first);
  await model.predict(other);
  const { tokens, cachedTokens } = await model.predict(renderPrompt(task, { query: 'plant' }));
  assert.ok(cachedTokens >= tokens - 6, `${cachedTokens} of ${tokens} tokens were kept`);
  const again = await model.predict(other);
  assert.equal(again.cachedTokens, again.tokens);
});

test('the same seed generates the same text, another one another', async () => {
  const prompt = 'Once upon a time';
  const text = async (options) => {
    const steps = await collect(model.generate(prompt, { maxTokens: 24, ...options }));
    return steps.map((step) => step.textDelta).join('');
  };
  const sampled = { temperature: 1, topP: 0.95, seed: 7 };
  const first = await text(sampled);
  assert.equal(await text(sampled), first);
  assert.notEqual(await text({ ...sampled, seed: 8 }), first);
  const greedy = await text({});
  assert.equal(await text({ seed: 5 }), greedy);
  assert.equal(await text({ temperature: 3, topK: 1, seed: 5 }), greedy);
});

test('a greedy step is the best candidate, with the numbers of predict', async () => {
  let text = renderPrompt(task).text;
  for await (const step of model.generate(text, { maxTokens: 3 })) {
    const { candidates, entropy } = await model.predict(text, { topK: 1 });
    assert.deepEqual([step.id, step.rank], [candidates[0].id, 1]);
    assert.ok(Math.abs(step.logprob - candidates[0].logprob) < 1e-5);
    assert.ok(Math.abs(step.entropy - entropy) < 1e-4);
    text += step.textDelta;
  }
});

test('generation ends at a stop string', async () => {
  const steps = await collect(model.generate(renderPrompt(task), { stop: '\n' }));
  assert.equal(steps.map((step) => step.textDelta).join(''), ' jumped');
  assert.equal(steps.at(-1).finish, 'stop');
});

test('generation ends with the answer of a conversation', async () => {
  const prompt =
    '<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n';
  const steps = await collect(model.generate(prompt));
  assert.equal(steps.map((step) => step.textDelta).join(''), 'The capital of France is Paris.');
  assert.equal(steps.at(-1).finish, 'end');
  assert.equal(steps.at(-1).textDelta, '');
  assert.ok(model.info.endTokens.includes(steps.at(-1).id));
});

test('an abort in mid-prefill leaves a model that answers as if nothing had been', async (t) => {
  const text = `Aborted. ${long}`;
  const controller = new AbortController();
  let done = 0;
  const onProgress = ({ tokensDone, tokensTotal }) => {
    done = tokensDone;
    if (tokensDone > tokensTotal / 5) controller.abort();
  };
  await assert.rejects(model.predict(text, { signal: controller.signal, onProgress }), {
    code: 'aborted',
  });
  const { cachedTokens, tokens } = await model.predict(`${text} and more`);
  t.diagnostic(`aborted after ${done} of ${tokens} tokens, ${cachedTokens} were kept`);
  assert.ok(cachedTokens >= done, 'what was run is kept');
  assert.ok(cachedTokens < tokens / 2, 'and no more was run');
  const undisturbed = await Model.load(modelFile);
  t.after(() => undisturbed.close());
  assert.deepEqual(await model.logprobs(text), await undisturbed.logprobs(text));
});

test('two calls at once are answered one after the other', async () => {
  const [first, second] = await Promise.all([model.logprobs('One day'), model.logprobs(long)]);
  assert.deepEqual(await model.logprobs('One day'), first);
  assert.deepEqual(await model.logprobs(long), second);
  assert.notDeepEqual(first, second);
});

test('bad prompts are refused and the model goes on', async () => {
  await assert.rejects(model.predict(''), { code: 'empty-prompt' });
  // It is not empty, but its white space went to the continuations.
  for (const [context, options, which] of [
    ['\n', {}, /^context must be more than white space/],
    ['a:', { reference: '\n' }, /^reference must be more than white space/],
  ]) {
    const error = { code: 'invalid-option', message: which };
    await assert.rejects(model.score(context, ['\n\n x', ' y'], options), error);
  }
  await assert.rejects(model.predict('a '.repeat(9000)), { code: 'prompt-too-long' });
  await assert.rejects(model.predict('\ud83d'), { code: 'invalid-text' });
  assert.equal((await model.predict(renderPrompt(task))).candidates[0].text, ' jumped');
});

test('tokens are those of llama.cpp', async () => {
  mustExist(stringsFile, 'node tests/golden/llama.mjs');
  const strings = JSON.parse(readFileSync(stringsFile));
  assert.ok(strings.length >= 2000);
  for (const { text, ids } of strings) {
    const tokens = await model.tokenize(text);
    assert.deepEqual(
      tokens.map((token) => token.id),
      ids,
      JSON.stringify(text),
    );
  }
});

// The only test in which simd128 has all kinds of text, so it leaves out just two that are longer than others of their kind.
test('Node and the native engine agree in every bit', async () => {
  for (const [index, { name, text, ids }] of readPrompts().entries()) {
    if (['sentiment-44', 'diary-44'].includes(name)) continue;
    const tokens = await model.tokenize(text);
    assert.deepEqual(
      tokens.map((token) => token.id),
      ids,
      name,
    );
    sameBits(await model.logprobs(text), readRow(nativeFile, index), name);
  }
});

test('so they do with activations of 16 bits', async () => {
  for (const [index, { name, text, ids }] of readPrompts().entries()) {
    // Of three steps at most: other lengths and other text take the same path.
    if (index % 2 > 0 || ids.length >= 200) continue;
    sameBits(await fine.logprobs(text), readRow(fineFile, index), name);
  }
});

test('with activations of 16 bits the numbers are those of the float32 truth', async (t) => {
  const index = readPrompts().findIndex(({ name }) => name === 'sentiment-4');
  const { text } = readPrompts()[index];
  const truth = readRow(truthFile, index);
  assert.deepEqual([model.info.activationBits, fine.info.activationBits], [8, 16]);
  const divergence = async (of) => {
    const logprobs = await of.logprobs(text);
    return truth.reduce((sum, truth, id) => sum + Math.exp(truth) * (truth - logprobs[id]), 0);
  };
  const [coarse, near] = [await divergence(model), await divergence(fine)];
  t.diagnostic(`KL from the truth: ${coarse} and ${near} nats`);
  assert.ok(near < 1e-6 && coarse > 10 * near, `${coarse} and ${near}`);
  await assert.rejects(Model.load(modelFile, { activationBits: 12 }), {
    code: 'invalid-option',
    message: 'activationBits must be one of 8, 16.',
  });
});
