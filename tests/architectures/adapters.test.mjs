// Adapters of every architecture against llama.cpp: the small models and adapters that the Rust tests leave in
// target/golden/adapters, with the distributions that this engine computes for them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { adaptersFolder, mustExist } from '../support/files.mjs';
import { askLlama, divergence, startLlama } from '../support/llama.mjs';

mustExist(adaptersFolder, 'cargo xtask test --only rust');
const names = readdirSync(adaptersFolder)
  .filter((file) => file.endsWith('-f32.lora'))
  .map((file) => basename(file, '.lora'));

const llama = await startLlama();
after(() => llama.dispose());

test('the adapters are there', () => assert.ok(names.length >= 20, `${names.length} adapters`));

for (const name of names) {
  test(name, async (t) => {
    const file = (ending) => join(adaptersFolder, `${name}.${ending}`);
    const { ids, logprobs } = JSON.parse(readFileSync(file('json'), 'utf8'));
    const model = await llama.loadModel({ modelPath: file('gguf') });
    const lora = { adapters: [{ filePath: file('lora'), scale: 0.75 }] };
    const [plain] = await askLlama(model, [ids]);
    const [tuned] = await askLlama(model, [ids], { lora });
    await model.dispose();
    const [near, far] = [divergence(logprobs, tuned), divergence(logprobs, plain)];
    t.diagnostic(`${name}: ${near.toExponential(1)}, without the adapter ${far.toExponential(1)}`);
    // llama.cpp has a table of 16-bit floats for GELU.
    assert.ok(near < (/^(gpt|gemma)/.test(name) ? 1e-6 : 1e-9), `${near}`);
    assert.ok(far > 1e-3, 'the adapter changes the distribution');
  });
}
