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
import { architecturesFolder, mustExist } from '../support/files.mjs';
import { askLlama, divergence, startLlama } from '../support/llama.mjs';

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

const llama = await startLlama();
after(() => llama.dispose());

/** llama.cpp's log-probabilities of the token after each prompt. */
async function ask(modelPath, prompts) {
  const model = await llama.loadModel({ modelPath });
  const rows = await askLlama(model, prompts);
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
