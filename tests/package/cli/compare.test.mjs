// `shotglass compare`: its table and its JSON on a small model with random weights, and once the real model.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { shotglass, start } from '../../support/command.mjs';
import { adaptersFolder, modelFile, mustExist } from '../../support/files.mjs';

mustExist(adaptersFolder, 'cargo test --release --test tiny');
mustExist(modelFile, 'cargo xtask model');
const model = join(adaptersFolder, 'qwen2-q4_1.gguf');
const small = ['--model', model, '--steps', '2'];

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-'));
});
after(() => rm(folder, { recursive: true }));

const compare = (...args) => shotglass(['compare', ...args]);

test('a table has a line for each way, and the file has every seed', async () => {
  const out = join(folder, 'new', 'sentiment.json');
  const ask = ['--preset', 'sentiment', '--limit', '6', '--shots', '2,3', '--seeds', '2'];
  const { code, stdout, stderr } = await compare(...ask, ...small, '--out', out);
  assert.equal(code, 0, stderr);
  const [head, ...lines] = stdout.trimEnd().split('\n');
  assert.match(
    head,
    /^way +examples +accuracy +95% interval +sd \(seeds\) +numbers +prepared +prompt tokens +kept +forgotten$/,
  );
  const ways = ['few-shot', 'prototypes', 'probe', 'ia3', 'lora', 'distilled'];
  assert.deepEqual(
    lines.map((line) => line.split(/ +/).slice(0, 2).join(' ')),
    ['zero-shot 0', 'one-shot 1', ...[2, 3].flatMap((k) => ways.map((way) => `${way} ${k}`))],
  );
  assert.match(lines[0], /^zero-shot +0 +[\d.]+% +[\d.]+% to [\d.]+% +0 +[\d.]+ +0 B$/);
  assert.match(lines[6], /^lora +2 .*% +[\d,]+ +\d+\.\d s +[\d.]+ +\d+ kB +\d\.\d{3}$/);
  assert.match(stderr, /There are fewer than 30 rows/);

  const file = JSON.parse(await readFile(out, 'utf8'));
  assert.equal(file.rows.length, 6);
  assert.equal(file.model.quantization, 'Q4_1');
  for (const { way, runs } of file.readings) {
    assert.deepEqual(
      runs.map(({ seed }) => seed),
      way === 'zero-shot' ? [0] : [0, 1],
    );
  }
});

test('free text leaves the probes out and says why; some ways can be chosen', async () => {
  const ways = ['--ways', 'lora, probe', '--shots', '2'];
  const ask = ['--preset', 'plural', '--limit', '4', '--max-tokens', '2', ...small, ...ways];
  const { code, stdout, stderr } = await compare(...ask, '--json', '--quiet');
  assert.equal(code, 0, stderr);
  const { readings, leftOut } = JSON.parse(stdout);
  assert.deepEqual(
    readings.map(({ way }) => way),
    ['lora'],
  );
  assert.deepEqual(leftOut.length, 1);
  assert.match(stderr, /^Left out: probe\. The task has no labels to choose from\.$/m);
});

test('Ctrl-C ends it with 130, and shows and writes what is complete', async () => {
  const out = join(folder, 'interrupted.json');
  const ask = [
    '--preset',
    'sentiment',
    '--limit',
    '4',
    '--ways',
    'zero-shot,lora',
    '--model',
    model,
  ];
  const running = start(['compare', ...ask, '--steps', '1000000', '--out', out]);
  await running.says(/lora, seed 0/, 'stderr');
  running.child.kill('SIGINT');
  const { code, stdout, stderr } = await running.done;
  assert.equal(code, 130, stderr);
  assert.match(stderr, /Interrupted\. What was not complete is left out\./);
  assert.match(stdout, /^zero-shot/m);
  assert.doesNotMatch(stdout, /^lora/m);
  assert.equal(JSON.parse(await readFile(out, 'utf8')).readings.length, 1);
});

test('wrong usage is told in a sentence', async () => {
  const refused = async (args, message, expected = 2) => {
    const { code, stderr } = await compare(...args);
    assert.equal(code, expected, stderr);
    assert.match(stderr, message);
  };
  const ask = ['--preset', 'sentiment', ...small];
  await refused([], /No task was given/);
  await refused([...ask, 'more'], /Unexpected argument 'more'/);
  await refused([...ask, '--ways', 'lora,full'], /--ways must be some of zero-shot, .*not 'full'/);
  await refused([...ask, '--shots', 'all'], /--shots must be a list of numbers/);
  await refused([...ask, '--shots', '0'], /shots must be an integer of at least 1/, 1);
  await refused([...ask, '--layers', '99'], /layers must be/, 1);
  const rows = join(folder, 'rows.csv');
  await writeFile(rows, 'input,output\nfine,Positive\nEvery minute of it feels alive.,Positive\n');
  await refused([...ask, '--rows', rows], /Row 2 has the same input as demonstration 7/, 1);
});

test('on the real model four examples help in a prompt and as weights', async () => {
  const ask = ['--preset', 'past-tense', '--limit', '6', '--max-tokens', '4'];
  const ways = ['--ways', 'zero-shot,few-shot,lora', '--steps', '7', '--learning-rate', '0.002'];
  const { code, stdout, stderr } = await compare(...ask, ...ways, '--json', '--quiet');
  assert.equal(code, 0, stderr);
  const { readings } = JSON.parse(stdout);
  const [zeroShot, fewShot, lora] = readings;
  assert.equal(zeroShot.mean, 0);
  assert.ok(fewShot.mean >= 0.5, `${fewShot.mean}`);
  assert.ok(lora.mean >= 0.5, `${lora.mean}`);
  assert.equal(lora.promptTokens, zeroShot.promptTokens);
  assert.ok(fewShot.promptTokens > 4 * lora.promptTokens);
  assert.ok(lora.forgetting > 0 && lora.numbers === 2_442_240);
});
