// What ends with a block: `using` calls these methods, which Node 20 has no syntax for.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { adaptersFolder } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';

test('a model is closed, once or twice', async (t) => {
  for (const symbol of [Symbol.dispose, Symbol.asyncDispose]) {
    const model = await loadFake(t);
    await model[symbol]();
    await assert.rejects(model.predict('a'), { code: 'closed' });
    await model[symbol]();
  }
});

test('so are an adapter and a training, also where they were closed before', async (t) => {
  const model = await Model.load(join(adaptersFolder, 'llama-biases-f32.gguf'));
  t.after(() => model.close());
  const training = model.train([{ text: 'a cat' }], { steps: 1 });
  for await (const _ of training);
  const adapter = await training.adapter();
  await model.setAdapter(adapter);
  await adapter[Symbol.asyncDispose]();
  assert.equal(model.adapter, null);
  await adapter[Symbol.asyncDispose]();
  await assert.rejects(adapter.save('gguf'), { code: 'closed' });
  await training[Symbol.asyncDispose]();
  await training[Symbol.asyncDispose]();
  await assert.rejects(training.adapter(), { code: 'closed' });
});
