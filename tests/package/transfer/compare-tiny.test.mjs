// A comparison on a small model with random weights, against the same things done by hand.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { evaluate, probe } from 'shotglass/experiments';
import { compare, finetune, neutralText } from 'shotglass/transfer';
import { adaptersFolder, mustExist } from '../../support/files.mjs';
import { resultOf, sentiment } from '../experiments/fake.mjs';
import { rowsOf } from './fake.mjs';

mustExist(adaptersFolder, 'cargo test --release --test tiny');
const labels = ['Positive', 'Negative'];
const task = { ...sentiment, labels, demonstrations: rowsOf('film', 8) };
const rows = rowsOf('row', 6);
const training = { steps: 4, learningRate: 0.01 };

let model;
before(async () => {
  const file = join(adaptersFolder, 'qwen2-q4_1.gguf');
  model = await Model.load(file, { activationBits: 16, threads: 1 });
});
after(() => model?.close());

test('each way says what it says by hand, whatever adapter the model runs with', async () => {
  const options = { shots: [4], seeds: [3], training };
  const base = await resultOf(compare(model, task, rows, { ...options, labels }));
  assert.deepEqual(base.leftOut, []);
  const runOf = (way) => base.readings.find((one) => one.way === way).runs[0];
  const drawn = runOf('lora').examples.map((i) => task.demonstrations[i]);
  const correctOf = async (of, options) =>
    (await resultOf(evaluate(of, task, rows, options))).cells[0].rows.map((row) => row.correct);

  // Labels by their names are those of the task.
  const own = { ...training, seed: 3, neutral: neutralText };
  const byHand = finetune(model, { ...task, labels: undefined }, drawn, { ...own, labels });
  let last;
  for await (const step of byHand) last = step;
  const adapter = await byHand.adapter();
  await byHand.close();
  const tuned = model.withAdapter(adapter);
  assert.deepEqual(runOf('lora').correct, await correctOf(tuned, { shots: [0] }));
  assert.equal(runOf('lora').forgetting, last.forgetting);
  assert.ok(last.forgetting > 0);
  assert.equal(runOf('lora').numbers, adapter.info.parameters);
  const [{ bytes }] = await adapter.save('gguf', { bits: 16 });
  assert.equal(runOf('lora').bytes, bytes.length);
  assert.deepEqual(runOf('few-shot').correct, await correctOf(model, { shots: [4], seeds: [3] }));

  const probed = await resultOf(probe(model, task, rows, { train: drawn, shots: [] }));
  const { regression, prototypes } = probed.best;
  assert.deepEqual(runOf('probe').accuracy, probed.layers[regression].regression.accuracy);
  assert.deepEqual(runOf('prototypes').accuracy, probed.layers[prototypes].prototypes.accuracy);

  // A strong adapter that is active is not what is compared.
  await model.setAdapter(adapter, 2);
  const again = await resultOf(compare(model, task, rows, options));
  const untimed = ({ readings }) =>
    readings.map(({ prepareMs: _, runs, ...reading }) => {
      return { ...reading, runs: runs.map(({ prepareMs: _, ...run }) => run) };
    });
  assert.deepEqual(untimed(again), untimed(base));
  assert.equal(model.adapter.adapter, adapter, 'and it stays active');
  await adapter.close();
});

test('an abort in mid-training comes within 100 ms, and the model can be asked again', async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const ways = ['zero-shot', 'lora'];
  let abortedAt;
  let kept;
  await assert.rejects(
    async () => {
      const long = { shots: [4], ways, training: { steps: 10_000 }, signal };
      for await (const { result } of compare(model, task, rows, long)) {
        kept = result;
        if (result.current?.ways[0] !== 'lora' || abortedAt) continue;
        setTimeout(() => {
          abortedAt = performance.now();
          controller.abort();
        }, 20);
        abortedAt = Number.POSITIVE_INFINITY;
      }
    },
    { name: 'AbortError' },
  );
  assert.ok(performance.now() - abortedAt < 100);
  assert.deepEqual(
    kept.readings.map(({ way }) => way),
    ['zero-shot'],
  );
  assert.equal((await model.score('a', [' b'])).length, 1);
});
