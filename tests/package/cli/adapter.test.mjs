// `--adapter` of the command, on a small model.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { shotglass } from '../../support/command.mjs';
import { adaptersFolder, mustExist } from '../../support/files.mjs';

mustExist(adaptersFolder, 'cargo test --release --test tiny');
const model = join(adaptersFolder, 'qwen2-q4_1.gguf');
const file = join(adaptersFolder, 'qwen2-q4_1.lora');
const ask = ['--model', model, '--json', '--quiet'];

/** The probability of the best token, and what is said of the adapter. */
async function predicted(...more) {
  const { code, stdout, stderr } = await shotglass(['predict', 'the and of', ...ask, ...more]);
  assert.equal(code, 0, stderr);
  const { model, candidates } = JSON.parse(stdout);
  return { p: candidates[0].p, adapter: model.adapter };
}

test('--adapter takes a file or a folder of PEFT, and a scale', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
  t.after(() => rm(folder, { recursive: true }));
  const loaded = await Model.load(model, { activationBits: 16 });
  t.after(() => loaded.close());
  const adapter = await loaded.loadAdapter(file);
  for (const { name, bytes } of await adapter.save('peft'))
    await writeFile(join(folder, name), bytes);
  const best = async (scale) => {
    await loaded.setAdapter(adapter, scale);
    return (await loaded.predict('the and of')).candidates[0].p;
  };

  assert.deepEqual(await predicted(), { p: await best(0), adapter: undefined });
  const whole = await predicted('--adapter', file);
  assert.deepEqual(whole, { p: await best(1), adapter: { ...adapter.info, scale: 1 } });
  assert.equal((await predicted('--adapter', folder)).p, whole.p);
  const half = await predicted('--adapter', `${file}:0.5`);
  assert.deepEqual([half.p, half.adapter.scale], [await best(0.5), 0.5]);
  assert.equal((await predicted('--adapter', `${folder}:0`)).p, await best(0));
});

test('score runs with it', async () => {
  const run = ['score', 'the and', ' of', ' in', ...ask];
  const plain = await shotglass(run);
  const tuned = await shotglass([...run, '--adapter', file]);
  assert.deepEqual([plain.code, tuned.code], [0, 0], plain.stderr + tuned.stderr);
  const { model: about, ...answer } = JSON.parse(tuned.stdout);
  const { model: aboutAlone, ...alone } = JSON.parse(plain.stdout);
  assert.deepEqual([about.adapter.kind, aboutAlone.adapter], ['lora', undefined]);
  assert.notDeepEqual(answer, alone);
});

test('what is no adapter, or no scale, is refused', async () => {
  const refused = async (adapter, code, message) => {
    const answer = await shotglass(['predict', 'the', ...ask, '--adapter', adapter]);
    assert.equal(answer.code, code, answer.stderr);
    assert.match(answer.stderr, message);
  };
  await refused(`${file}:2.5`, 2, /a scale from 0 to 2 such as/);
  await refused(`${file}:1.2.3`, 2, /a scale from 0 to 2 such as/);
  await refused(model, 1, /not an adapter for this model: it is a model/);
  await refused(join(adaptersFolder, 'none.gguf'), 1, /could not be read/);
  await refused(adaptersFolder, 1, /adapter_config\.json' could not be read/);
  const snapshot = await shotglass(['snapshot', '--adapter', file]);
  assert.notEqual(snapshot.code, 0, 'a snapshot is of a model alone');
});
