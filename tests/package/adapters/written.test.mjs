// Adapters that PEFT itself wrote: with the real worker and engine, they give the distributions that PyTorch and PEFT have,
// which tests/golden/peft/record.py has recorded.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Model } from 'shotglass';
import { mustExist, trainedFolder } from '../../support/files.mjs';
import { divergence } from '../../support/llama.mjs';

const folder = fileURLToPath(new URL('../../golden/peft', import.meta.url));
const record = JSON.parse(readFileSync(join(folder, 'tiny.json'), 'utf8'));
const file = join(trainedFolder, 'model.gguf');
mustExist(file, 'cargo xtask test --only rust');

let model;
before(async () => {
  model = await Model.load(file, { activationBits: 16, threads: 1 });
});
after(() => model?.close());

test('the numbers were recorded for this model', () => {
  assert.equal(model.info.sha256, record.model, 'run tests/golden/peft/record.py');
});

for (const [kind, { ids, logprobs }] of Object.entries(record.written)) {
  test(`${kind} of PEFT has the distribution of PyTorch and PEFT`, async () => {
    const files = ['adapter_config.json', 'adapter_model.safetensors'];
    const adapter = await model.loadAdapter(
      files.map((name) => readFileSync(join(folder, kind, name))),
    );
    assert.equal(adapter.info.kind, kind);
    const plain = await model.logprobs(ids);
    await model.setAdapter(adapter);
    const tuned = await model.logprobs(ids);
    await adapter.close();
    const [near, far] = [divergence(tuned, logprobs), divergence(plain, logprobs)];
    assert.ok(near < 1e-6, `${near}`);
    assert.ok(far > 1e-3, 'the adapter changes the distribution');
  });
}
