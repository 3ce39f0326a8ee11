// An adapter of the default model against llama.cpp: with random numbers, since a learned one would be a download.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { writeGguf } from '../../../pkg/dist/adapters/gguf.js';
import { modelFile, mustExist } from '../../support/files.mjs';
import { askLlama, divergence, startLlama } from '../../support/llama.mjs';
import { seeded } from '../../support/seeded.mjs';

mustExist(modelFile, 'cargo xtask model');

const [WIDTH, HEADS, KV, WIDE, LAYERS, RANK, ALPHA] = [576, 576, 192, 1536, 30, 8, 16];
const matrices = {
  attn_q: [HEADS, WIDTH],
  attn_k: [KV, WIDTH],
  attn_v: [KV, WIDTH],
  attn_output: [WIDTH, HEADS],
  ffn_gate: [WIDE, WIDTH],
  ffn_up: [WIDE, WIDTH],
  ffn_down: [WIDTH, WIDE],
};

/** LoRA beside every matrix, weak enough for a distribution that is still one of words. */
function randomAdapter() {
  const random = seeded(7);
  const normals = (count, deviation) =>
    Float32Array.from({ length: count }, () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += random();
      return deviation * sum;
    });
  const tensors = [];
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const [part, [output, input]] of Object.entries(matrices)) {
      const add = (end, shape, numbers) =>
        tensors.push({
          name: `blk.${layer}.${part}.weight.${end}`,
          shape,
          type: 0,
          bytes: new Uint8Array(numbers.buffer),
        });
      add('lora_a', [input, RANK], normals(RANK * input, 1 / Math.sqrt(input)));
      add('lora_b', [RANK, output], normals(output * RANK, 0.05));
    }
  }
  const metadata = new Map([
    ['general.type', 'adapter'],
    ['general.architecture', 'llama'],
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', ALPHA],
  ]);
  return writeGguf({ metadata, tensors });
}

const prompts = [
  'Once upon a time, there was a little',
  'walk → walked\njump → jumped\nplay → played\ntalk →',
  'The capital of France is',
  'Review: A delight from start to finish.\nSentiment: Positive\n\nReview: Dull.\nSentiment:',
  'def add(a, b):\n    return',
  '1, 2, 3, 4,',
];

test('llama.cpp reads what is written, and is as near to it as without an adapter', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
  t.after(() => rm(folder, { recursive: true }));
  const model = await Model.load(modelFile, { activationBits: 16 });
  t.after(() => model.close());
  const adapter = await model.loadAdapter(randomAdapter());
  assert.deepEqual([adapter.info.rank, adapter.info.parameters], [RANK, 2_442_240]);

  // Through PEFT and back, where the rows of queries and keys change places twice.
  const again = await model.loadAdapter((await adapter.save('peft')).map(({ bytes }) => bytes));
  const [{ bytes }] = await again.save('gguf');
  const filePath = join(folder, 'adapter.gguf');
  await writeFile(filePath, bytes);

  const ids = await Promise.all(
    prompts.map(async (text) => (await model.tokenize(text)).map(({ id }) => id)),
  );
  const ask = async () => {
    const rows = [];
    for (const prompt of prompts) rows.push(await model.logprobs(prompt));
    return rows;
  };
  const plain = await ask();
  await model.setAdapter(adapter, 0.8);
  const tuned = await ask();

  const llama = await startLlama();
  t.after(() => llama.dispose());
  const other = await llama.loadModel({ modelPath: modelFile });
  const theirPlain = await askLlama(other, ids);
  const theirTuned = await askLlama(other, ids, {
    lora: { adapters: [{ filePath, scale: 0.8 }] },
  });
  await other.dispose();

  const mean = (ours, theirs) =>
    ours.reduce((sum, row, i) => sum + divergence(row, theirs[i]), 0) / ours.length;
  const [base, near, far] = [
    mean(plain, theirPlain),
    mean(tuned, theirTuned),
    mean(tuned, theirPlain),
  ];
  t.diagnostic(
    `KL: ${base.toExponential(1)} without, ${near.toExponential(1)} with it, ${far.toExponential(1)} between the two`,
  );
  assert.ok(near < 3 * base, `${near} with the adapter, ${base} without`);
  assert.ok(far > 20 * near, `the adapter does little: ${far}`);
});
