// Training on the default model, in Node: the real worker, engine and file.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Model, renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';
import { adapt, distil, findLearningRate, finetune } from 'shotglass/transfer';
import { modelFile, mustExist, sameBits, trainedRealFile } from '../../support/files.mjs';
import { pastTense as task } from '../past-tense.mjs';

mustExist(modelFile, 'cargo xtask model');

const rows = task.demonstrations;
const query = renderPrompt(task, { shots: 0 });
/** Quick: the last layers alone, and few steps. */
const few = { layers: 4, steps: 6, learningRate: 5e-3, warmUp: 0 };

let model;
before(async () => {
  model = await Model.load(modelFile, { activationBits: 16, threads: 1 });
});
after(() => model?.close());

const answer = async (of = model) => (await of.score(query, [' jumped']))[0].logprob;
const stepsOf = async (training) => {
  const steps = [];
  for await (const step of training) steps.push(step);
  return steps;
};

test('four rows make the answer to a fifth more probable, and the loss falls', async () => {
  const before = await answer();
  const base = await model.logprobs(query);
  const training = finetune(model, task, rows, {
    ...few,
    validation: [{ input: 'jump', output: 'jumped' }],
    neutral: 'The museum is open on all days but Monday.',
    measureEvery: 3,
  });
  const steps = await stepsOf(training);
  assert.deepEqual(
    steps.map(({ step }) => step),
    [1, 2, 3, 4, 5, 6],
  );
  assert.ok(steps[5].loss < steps[0].loss / 2, `${steps[0].loss} → ${steps[5].loss}`);
  assert.ok(steps[5].validationLoss < steps[0].validationLoss);
  assert.ok(steps[5].forgetting > 0 && steps[5].forgetting < 5, `${steps[5].forgetting}`);
  assert.deepEqual(
    steps.map(({ forgetting }) => forgetting !== null),
    [true, false, true, false, false, true],
  );
  const adapter = await training.adapter();
  await training.close();
  assert.equal(adapter.info.kind, 'lora');
  assert.equal(await answer(), before, 'it does nothing before it is set');
  await model.setAdapter(adapter);
  assert.ok((await answer()) > before + 1, `${before} → ${await answer()}`);
  await model.setAdapter(adapter, 0);
  sameBits(await model.logprobs(query), base, 'at scale 0');
  await adapter.close();
  assert.equal(model.adapter, null);
  sameBits(await model.logprobs(query), base, 'after it was closed');
});

test('the loss of the first step is that of the answers without an adapter', async () => {
  const training = finetune(model, task, rows, { ...few, steps: 1 });
  const [{ loss }] = await stepsOf(training);
  await training.close();
  let logprob = 0;
  let tokens = 0;
  for (const { input, output } of rows) {
    const prompt = renderPrompt(task, { shots: 0, query: input });
    const [score] = await model.score(prompt, [` ${output}\n\n`]);
    logprob += score.logprob;
    tokens += score.tokens.length;
  }
  assert.ok(Math.abs(loss + logprob / tokens) < 1e-4, `${loss} and ${-logprob / tokens}`);
});

test('the same settings give the same bits, with other calls in between, another adapter or another order of loops', async () => {
  const options = { ...few, layers: 2, steps: 3, dropout: 0.1, seed: 7 };
  const receiptOf = async (run, with_ = options) => {
    const training = finetune(model, task, rows, with_);
    await run(training);
    const receipt = await training.receipt();
    await training.close();
    return receipt;
  };
  const plain = await receiptOf(stepsOf);
  assert.equal(plain.losses.length, 3);
  assert.match(plain.adapter, /^[0-9a-f]{64}$/);
  const disturbed = await receiptOf(async (training) => {
    for await (const { step } of training) {
      if (step === 1) break;
    }
    const adapter = await training.adapter();
    await model.setAdapter(adapter, 2);
    for await (const _ of training) await answer();
    await adapter.close();
  });
  assert.deepEqual(disturbed, plain);
  const other = await receiptOf(stepsOf, { ...options, seed: 8 });
  assert.notEqual(other.adapter, plain.adapter);
});

test('a run has the bits of the native engine', async () => {
  mustExist(trainedRealFile, 'cargo xtask test --only rust-real');
  const native = JSON.parse(readFileSync(trainedRealFile, 'utf8'));
  const { settings } = JSON.parse(
    readFileSync(new URL('../../golden/peft/default.json', import.meta.url), 'utf8'),
  );
  const preset = presets.find(({ id }) => id === 'past-tense');
  const eight = preset.task.demonstrations.slice(0, 8);
  const training = finetune(model, preset.task, eight, { ...settings, layers: native.layers });
  for await (const { step } of training) if (step === native.losses.length) break;
  const { losses, adapter } = await training.receipt();
  await training.close();
  assert.deepEqual(losses, native.losses);
  assert.equal(adapter, native.adapter);
});

test('an abort in mid-step leaves what the last whole step left, and another loop goes on', async () => {
  const controller = new AbortController();
  const training = model.train([{ prompt: query, answer: ' jumped' }], {
    ...few,
    layers: 30,
    signal: controller.signal,
  });
  let first;
  await assert.rejects(
    async () => {
      for await (const step of training) {
        first ??= step;
        setTimeout(() => controller.abort(), 20);
      }
    },
    { name: 'AbortError' },
  );
  assert.equal(first.step, 1);
  const adapter = await training.adapter();
  assert.ok(adapter.info.parameters > 2_000_000);
  await adapter.close();
  await training.close();
  await assert.rejects(training.adapter(), { code: 'closed' });
  assert.ok(Number.isFinite(await answer()));
});

test('a training waits for its page between the parts of a step, and an abort does not', async () => {
  let open = () => {};
  let parts = 0;
  let isPaused = false;
  const controller = new AbortController();
  const beforePart = () => {
    parts += 1;
    if (!isPaused) return;
    return new Promise((resolve) => {
      open = resolve;
    });
  };
  const training = finetune(model, task, rows, {
    ...{ ...few, layers: 2, steps: 3, beforePart, signal: controller.signal },
  });
  const losses = [];
  const loop = (async () => {
    for await (const { loss } of training) {
      losses.push(loss);
      isPaused = true;
    }
  })();
  while (losses.length === 0 || !isPaused) await answer();
  const before = parts;
  for (let i = 0; i < 3; i++) await answer();
  assert.ok(parts <= before + 1, 'it waits while the model answers');
  assert.equal(losses.length, 1);
  isPaused = false;
  open();
  while (losses.length < 2) await answer();
  assert.ok(parts > before + 1);
  controller.abort();
  await assert.rejects(loop, { name: 'AbortError' });
  await training.close();
  assert.throws(() => finetune(model, task, rows, { ...few, beforePart: 1 }), {
    code: 'invalid-option',
    message: /^beforePart/,
  });
});

test('(IA)³ trains far fewer numbers', async () => {
  const training = finetune(model, task, rows, { ...few, method: 'ia3', learningRate: 0.05 });
  const steps = await stepsOf(training);
  assert.ok(steps.at(-1).loss < steps[0].loss);
  assert.equal(await training.parameters(), (192 + 192 + 1536) * 4);
  await training.close();
});

test('demonstrations are distilled: the student comes nearer to the teacher', async () => {
  const base = await answer();
  const training = await distil(model, task, { ...few, inputs: ['look', 'talk', 'jump'] });
  const steps = await stepsOf(training);
  assert.ok(steps.at(-1).loss < steps[0].loss / 2, `${steps[0].loss} → ${steps.at(-1).loss}`);
  const adapter = await training.adapter();
  await model.setAdapter(adapter);
  assert.ok((await answer()) > base);
  await adapter.close();
  await training.close();
});

test('texts of a domain become more probable', async () => {
  const texts = [
    'The quick brown fox jumps over the lazy dog.',
    'Pack my box with five dozen jugs.',
  ];
  const training = adapt(model, texts, { ...few, steps: 3 });
  const steps = await stepsOf(training);
  assert.ok(steps.at(-1).loss < steps[0].loss);
  await training.close();
});

test('of several learning rates the one with the lowest loss is found', async () => {
  const rates = [1e-6, 5e-3];
  const options = { layers: 2, steps: 3, warmUp: 0, rates };
  const found = [];
  for await (const step of findLearningRate(model, task, rows, options)) found.push(step);
  assert.deepEqual(
    found.map(({ done, total }) => [done, total]),
    [
      [1, 2],
      [2, 2],
    ],
  );
  assert.equal(found[1].result.best, 5e-3);
});

test('a rate that is far too high ends with an error, and the adapter is the last good one', async () => {
  const training = finetune(model, task, rows, {
    ...few,
    clip: 1e30,
    learningRate: 1e20,
    steps: 5,
  });
  await assert.rejects(stepsOf(training), { code: 'diverged' });
  const adapter = await training.adapter();
  await model.setAdapter(adapter);
  assert.ok(Number.isFinite(await answer()));
  await adapter.close();
  await training.close();
});

test('what cannot be learned is refused with a sentence', async () => {
  const refused = (work, code, message) => assert.rejects(async () => work(), { code, message });
  const one = { prompt: query, answer: ' jumped' };
  await refused(() => model.train([]), 'invalid-option', /examples must be an array of at least 1/);
  await refused(
    () => model.train([{ prompt: query, answer: '' }]),
    'invalid-option',
    /examples\[0\]/,
  );
  await refused(() => model.train([one], { rank: 0 }), 'invalid-option', /rank must be/);
  await refused(() => model.train([one], { rank: 65 }), 'invalid-option', /rank must be/);
  await refused(
    () => model.train([one], { learningRate: Number.NaN }),
    'invalid-option',
    /learningRate/,
  );
  await refused(() => model.train([one], { layers: 31 }), 'invalid-option', /layers must be/);
  await refused(
    () => model.train([one], { targets: ['head'] }),
    'invalid-option',
    /targets must be/,
  );
  await refused(() => model.train([one], { lr: 1 }), 'invalid-option', /Unknown option lr/);
  await refused(
    () => finetune(model, task, rows, { validation: [{ input: 'play ', output: 'played' }] }),
    'invalid-option',
    /Validation row 1 has the same input as training row 2/,
  );
  await refused(
    () => finetune(model, task, []),
    'invalid-option',
    /rows must be a non-empty array/,
  );
  await refused(
    () => distil(model, task, { inputs: ['walk'] }),
    'invalid-option',
    /inputs\[0\] must be the input of no demonstration/,
  );
  const begun = async (examples) => stepsOf(model.train(examples, few));
  await refused(
    () => begun([{ prompt: `${query} `, answer: 'jumped' }]),
    'merged-continuation',
    /End the prompt before the space/,
  );
  await refused(() => begun([{ text: 'a '.repeat(9000) }]), 'prompt-too-long', /8192|8,192/);
});
