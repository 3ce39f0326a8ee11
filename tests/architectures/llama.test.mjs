// Every architecture against llama.cpp: the small models that the Rust tests leave in target/golden/architectures, with
// the distributions that this engine computes for them.
//
// llama.cpp rounds more: the activations of quantized weights to 8 bits, and GELU to a table of 16-bit floats. So the
// comparison is tightest where the weights are floats and the activation is SiLU. There, a mistake that engine and
// float32 twin had in common would show.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { architecturesFolder, mustExist } from '../support/files.mjs';

mustExist(architecturesFolder, 'cargo xtask test --only rust');
const names = readdirSync(architecturesFolder)
  .filter((file) => file.endsWith('.gguf'))
  .map((file) => basename(file, '.gguf'))
  .sort();

/** The largest divergence at the end of any prompt, in nats: about five times the largest that was measured. */
function bound(name) {
  if (!name.endsWith('-f32')) return 0.07;
  // GELU. For gptneox, llama.cpp has its tanh form where the models were trained with GELU itself; the two differ by
  // less than 5e-4, and here by no more than the rounding of the table.
  if (/^(gpt|gemma)/.test(name)) return 1e-6;
  return 3e-10;
}

const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
after(() => llama.dispose());

/** logits → natural-log probabilities. */
function logSoftmax(logits) {
  const row = new Float64Array(logits.size);
  for (const [id, logit] of logits) row[id] = logit;
  const highest = row.reduce((a, b) => Math.max(a, b));
  const total = row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return row.map((logit) => logit - highest - Math.log(total));
}

/** KL(p ‖ q) of log-probabilities. Each term has q − p added, which leaves none negative. */
function divergence(p, q) {
  return p.reduce(
    (sum, a, id) => sum + Math.exp(a) * (a - q[id]) + Math.exp(q[id]) - Math.exp(a),
    0,
  );
}

/** llama.cpp's log-probabilities of the token after each prompt. */
async function ask(modelPath, prompts) {
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({
    contextSize: 320,
    batchSize: 320,
    threads: 2,
    // It rounds keys and values to 16 bits.
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
  });
  const sequence = context.getSequence();
  const everything = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const rows = [];
  for (const ids of prompts) {
    await sequence.clearHistory();
    const last = ids.length - 1;
    const input = ids.map((id, i) =>
      i === last ? [id, { generateNext: { logits: true, options: everything } }] : id,
    );
    rows.push(logSoftmax((await sequence.controlledEvaluate(input))[last].next.logits));
  }
  await context.dispose();
  await model.dispose();
  return rows;
}

test('the models are there', () => assert.ok(names.length >= 60, `${names.length} models`));

for (const name of names) {
  test(name, async (t) => {
    const file = (ending) => join(architecturesFolder, `${name}.${ending}`);
    const records = JSON.parse(readFileSync(file('json'), 'utf8'));
    const rows = await ask(
      file('gguf'),
      records.map(({ ids }) => ids),
    );
    const divergences = records.map(({ logprobs }, i) => divergence(logprobs, rows[i]));
    const worst = Math.max(...divergences);
    t.diagnostic(`${name}: ${worst.toExponential(1)}`);
    assert.ok(
      worst <= bound(name),
      `${name}: ${divergences} for ${records.map(({ ids }) => ids.length)}`,
    );
  });
}
