// `shotglass finetune`, with the real model.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { shotglass, start } from '../../support/command.mjs';
import { modelFile, mustExist } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
});
after(() => rm(folder, { recursive: true }));

const few = ['--preset', 'past-tense', '--layers', '2', '--steps', '3', '--learning-rate', '0.005'];

test('demonstrations become an adapter, which predict then runs with', async () => {
  const out = join(folder, 'new', 'past-tense.gguf');
  const trained = await shotglass(['finetune', ...few, '--out', out, '--json', '--quiet']);
  assert.equal(trained.code, 0, trained.stderr);
  const receipt = JSON.parse(trained.stdout);
  assert.equal(receipt.losses.length, 3);
  assert.ok(receipt.losses[2] < receipt.losses[0]);
  const hash = createHash('sha256')
    .update(await readFile(out))
    .digest('hex');
  assert.equal(receipt.adapter, hash);

  const ask = ['predict', '--preset', 'past-tense', '--shots', '0', '--json', '--quiet'];
  const alone = JSON.parse((await shotglass(ask)).stdout);
  const tuned = JSON.parse((await shotglass([...ask, '--adapter', out])).stdout);
  assert.notDeepEqual(tuned.candidates, alone.candidates);
});

test('--peft saves the two files of PEFT, and the last line says what was trained', async () => {
  const out = join(folder, 'peft');
  const { code, stdout, stderr } = await shotglass(['finetune', ...few, '--out', out, '--peft']);
  assert.equal(code, 0, stderr);
  assert.deepEqual((await readdir(out)).sort(), [
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);
  assert.match(stdout, /: [\d,]+ numbers, loss \d\.\d{4} after 3 steps\n$/);
});

test('Ctrl-C ends it with 130, and the last step is saved', async () => {
  const out = join(folder, 'interrupted.gguf');
  const long = ['--preset', 'past-tense', '--layers', '2', '--steps', '5000', '--out', out];
  const running = start(['finetune', ...long]);
  await running.says(/loss \d/, 'stderr');
  running.child.kill('SIGINT');
  const { code, stderr } = await running.done;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Interrupted\. The adapter of the last step is saved\./);
  assert.ok(existsSync(out));
});

test('wrong usage is told in a sentence', async () => {
  const refused = async (args, message) => {
    const { code, stderr } = await shotglass(['finetune', ...args]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  };
  await refused([], /No task was given/);
  await refused(['--preset', 'past-tense'], /Where to save it\? Use --out\./);
  await refused(
    [...few, '--out', 'x', '--learning-rate', 'high'],
    /--learning-rate must be a number/,
  );
  await refused([...few, '--out', 'x', '--method', 'full'], /--method must be one of lora, ia3/);
});
