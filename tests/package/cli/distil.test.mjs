// `shotglass distil`, on a small model with random weights.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { presets } from 'shotglass/presets';
import { shotglass } from '../../support/command.mjs';
import { adaptersFolder, mustExist } from '../../support/files.mjs';

mustExist(adaptersFolder, 'cargo test --release --test tiny');
const model = join(adaptersFolder, 'qwen2-q4_1.gguf');
const small = ['--model', model, '--steps', '3', '--max-tokens', '2', '--quiet'];
const { demonstrations } = presets.find(({ id }) => id === 'past-tense').task;

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
});
after(() => rm(folder, { recursive: true }));

const distil = (...args) => shotglass(['distil', ...args]);

test('the teacher sees the first demonstrations, and answers the inputs of the others', async () => {
  const out = join(folder, 'new', 'distilled.gguf');
  const ask = ['--preset', 'past-tense', '--shots', '4', ...small];
  const { code, stdout, stderr } = await distil(...ask, '--out', out, '--json');
  assert.equal(code, 0, stderr);
  const { losses, adapter, settings } = JSON.parse(stdout);
  assert.equal(losses.length, 3);
  assert.equal(
    adapter,
    createHash('sha256')
      .update(await readFile(out))
      .digest('hex'),
  );
  const { examples } = settings;
  assert.deepEqual(
    examples.map(({ prompt }) => prompt),
    demonstrations.slice(4).map(({ input }) => `Q: ${input}\nA:`),
  );
  for (const { prompt, teacher } of examples) {
    assert.ok(teacher.startsWith('Q: walk\nA: walked\n\n') && teacher.endsWith(prompt));
    assert.equal(teacher.match(/Q:/g).length, 5);
  }

  const lines = join(folder, 'inputs.txt');
  await writeFile(lines, 'jump\r\n\n look \n');
  const other = await distil(...ask, '--out', out, '--json', '--inputs', lines);
  assert.deepEqual(
    JSON.parse(other.stdout).settings.examples.map(({ prompt }) => prompt),
    ['Q: jump\nA:', 'Q:  look \nA:'],
  );
});

test('wrong usage is told in a sentence', async () => {
  const refused = async (args, message, expected = 2) => {
    const { code, stderr } = await distil(...args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
  };
  const ask = ['--preset', 'past-tense', ...small, '--out', join(folder, 'x.gguf')];
  await refused([], /No task was given/);
  await refused(['--preset', 'past-tense'], /Where to save it\? Use --out\./);
  await refused([...ask, '--shots', '0'], /The teacher needs at least 1 demonstration/);
  await refused([...ask, '--shots', '10'], /Use --inputs FILE, or a lower --shots/);
  await refused([...ask, 'jump'], /Give either a text or a task, not both/);
  await refused([...ask, '--inputs', join(folder, 'none.txt')], /could not be read/, 1);
  const seen = join(folder, 'seen.txt');
  await writeFile(seen, 'walk');
  await refused([...ask, '--inputs', seen], /must be the input of no demonstration/, 1);
});
