// `shotglass adapt`, on a small model with random weights.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { shotglass } from '../../support/command.mjs';
import { adaptersFolder, mustExist } from '../../support/files.mjs';

mustExist(adaptersFolder, 'cargo test --release --test tiny');
const model = join(adaptersFolder, 'qwen2-q4_1.gguf');
const texts = ['the cat sat on the mat', 'the dog ran in the sun', 'the bird sang in the tree'];

let folder;
let file;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
  file = join(folder, 'texts.txt');
  await writeFile(file, `${texts.join('\n')}\n\n`);
});
after(() => rm(folder, { recursive: true }));

const adapt = (args, options) => shotglass(['adapt', '--model', model, ...args], options);

test('every line is a text, of which the last can be held out', async () => {
  const out = join(folder, 'adapted.gguf');
  const ask = ['--out', out, '--steps', '4', '--learning-rate', '0.01', '--hold-out', '1'];
  const asked = await adapt([file, ...ask, '--json']);
  assert.equal(asked.code, 0, asked.stderr);
  const { settings, losses } = JSON.parse(asked.stdout);
  const example = (text) => ({ kind: 'text', text });
  assert.deepEqual(settings.examples, texts.slice(0, 2).map(example));
  assert.deepEqual(settings.validation, texts.slice(2).map(example));
  assert.ok(losses[3] < losses[0]);

  const piped = await adapt(['-', ...ask], { input: texts.join('\r\n') });
  assert.match(
    piped.stdout,
    /: [\d,]+ numbers, loss \d+\.\d{4} after 4 steps; held out \d+\.\d{4} after the first step, \d+\.\d{4} after the last\n$/,
  );
  const predicted = await shotglass(['predict', 'the', '--model', model, '--adapter', out]);
  assert.equal(predicted.code, 0, predicted.stderr);
});

test('wrong usage is told in a sentence', async () => {
  const refused = async (args, message, expected = 2) => {
    const { code, stderr } = await adapt(args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
  };
  await refused([], /No file with texts was given/);
  await refused([file], /Where to save it\? Use --out\./);
  await refused([file, 'other', '--out', 'x'], /Unexpected argument 'other'/);
  await refused([file, '--out', 'x', '--hold-out', '3'], /must be less than 3/);
  await refused([join(folder, 'none'), '--out', 'x'], /could not be read/, 1);
  const empty = join(folder, 'empty.txt');
  await writeFile(empty, '\n \n');
  await refused([empty, '--out', 'x'], /has no line with a text/, 1);
});
