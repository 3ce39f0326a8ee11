// `npx shotglass predict`, `score` and `evaluate` with --server, on a server whose numbers are a formula.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { start } from '../../support/command.mjs';
import { bestAfter, logprobsAfter, startByteServer } from './byte-server.mjs';

const key = 'sk-of-the-command';
const env = { SHOTGLASS_API_KEY: key };

/** Runs a command to its end; the key must be in nothing that it writes. */
async function run(args, options = {}) {
  const { code, stdout, stderr } = await start(args, { env, ...options }).done;
  assert.ok(!(stdout + stderr).includes(key), stdout + stderr);
  return { code, stdout, stderr };
}

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'shotglass-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('predict and score ask the server, with the key of the environment', async (t) => {
  const { origin, requests } = await startByteServer(t, { most: 20 });
  const predicted = await run(['predict', '--server', origin, '--top-k', '2', '--json', 'ab']);
  assert.equal(predicted.code, 0, predicted.stderr);
  const { model, candidates, rest, entropy } = JSON.parse(predicted.stdout);
  assert.deepEqual(model, { name: 'bytes', server: `${origin}/v1`, addsBos: false });
  const [first] = bestAfter(98);
  assert.deepEqual([candidates[0].id, candidates[0].logprob], [first.id, first.logprob]);
  assert.deepEqual([rest.count, entropy], [null, null]);
  for (const { headers } of requests) assert.equal(headers.authorization, `Bearer ${key}`);
  const table = await run(['predict', '--server', origin, 'ab']);
  assert.match(table.stdout, /all other tokens .*%\n\nafter 2 tokens\n$/);
  const scored = await run(['score', '--server', origin, '--json', 'A:', ' x']);
  const { logprob } = JSON.parse(scored.stdout).scores[0];
  const wanted = logprobsAfter(58)[32] + logprobsAfter(32)[120];
  assert.ok(Math.abs(logprob - wanted) < 1e-9);
});

test('what has no meaning together is refused', async () => {
  const cases = [
    [['predict', '--server-model', 'x', 'a'], /--server-model and --api-key need --server/],
    [
      ['predict', '--server', 'http://a', '--threads', '2', 'a'],
      /--threads has no meaning with --server/,
    ],
    [
      ['evaluate', '--server', 'http://a', '--adapter', 'x', '--preset', 'plural'],
      /--adapter has no meaning/,
    ],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
  const { code, stderr } = await run(['predict', '--server', 'http://127.0.0.1:1', 'a']);
  assert.equal(code, 1);
  assert.match(stderr, /could not be reached/);
});

test('an evaluation that was killed goes on where it was', async (t) => {
  const path = await folder(t);
  const rows = Array.from({ length: 60 }, (_, i) => ({
    input: `word ${i}`,
    output: i % 3 ? 'Positive' : 'Negative',
  }));
  const rowsFile = join(path, 'rows.jsonl');
  const file = join(path, 'answers.jsonl');
  await writeFile(rowsFile, rows.map((row) => JSON.stringify(row)).join('\n'));
  let left = Number.POSITIVE_INFINITY;
  const instead = async ({ path, body }) => {
    if (path !== '/v1/completions' || body.prompt.length !== 2) return false;
    left -= 1;
    // Silence, until the command is killed.
    if (left < 0) await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
    return false;
  };
  const { origin, requests } = await startByteServer(t, { instead });
  const args = [
    'evaluate',
    '--preset',
    'sentiment',
    '--rows',
    rowsFile,
    '--server',
    origin,
    '--shots',
    '0,2',
  ];
  const scored = () =>
    requests.filter(({ path, body }) => path === '/v1/completions' && body.prompt.length === 2)
      .length;

  const whole = await run([...args, '--jsonl']);
  assert.equal(whole.code, 0, whole.stderr);
  assert.equal(scored(), 120);

  left = 75;
  const killed = start([...args, '--resume', file], { env });
  while (left >= 0) await new Promise((resolve) => setTimeout(resolve, 20));
  killed.child.kill('SIGKILL');
  await killed.done;
  left = Number.POSITIVE_INFINITY;
  const before = (await readFile(file, 'utf8')).split('\n').length - 2;
  assert.ok(before > 60 && before <= 75, `${before} answers`);
  assert.ok(!(await readFile(file, 'utf8')).includes(key));
  // The end of what was being written.
  await writeFile(file, `${await readFile(file, 'utf8')}{"asked":"abc","ans`);

  requests.length = 0;
  const resumed = await run([...args, '--resume', file, '--jsonl']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(scored(), 120 - before);
  assert.equal(resumed.stdout, whole.stdout);

  requests.length = 0;
  const again = await run([...args, '--resume', file, '--jsonl']);
  assert.equal(scored(), 0);
  assert.equal(again.stdout, whole.stdout);

  const other = await startByteServer(t);
  const mixed = await run([
    'evaluate',
    '--preset',
    'sentiment',
    '--server',
    other.origin,
    '--resume',
    file,
  ]);
  assert.equal(mixed.code, 1);
  assert.match(mixed.stderr, /answers of another model/);
});

test('free text is generated and kept, too, and what was not asked before is asked', async (t) => {
  const path = await folder(t);
  const [file, rowsFile] = [join(path, 'answers.jsonl'), join(path, 'rows.jsonl')];
  const { origin, requests } = await startByteServer(t);
  const args = [
    'evaluate',
    '--preset',
    'plural',
    '--rows',
    rowsFile,
    '--server',
    origin,
    '--shots',
    '1',
  ];
  const evaluated = async (output) => {
    const rows = ['ox', 'elk', 'yak'].map((input) => JSON.stringify({ input, output }));
    await writeFile(rowsFile, rows.join('\n'));
    requests.length = 0;
    const { code, stdout, stderr } = await run([...args, '--resume', file, '--jsonl']);
    assert.equal(code, 0, stderr);
    const bodies = requests.flatMap(({ path, body }) => (path === '/v1/completions' ? [body] : []));
    const isProbe = ({ prompt }) => prompt[0].length === 3;
    return {
      stdout,
      generated: bodies.filter(({ stream }) => stream).length,
      scored: bodies.filter((body) => !body.stream && !isProbe(body)).length,
    };
  };
  const first = await evaluated('oxen');
  assert.deepEqual([first.generated, first.scored], [3, 3]);
  assert.deepEqual(await evaluated('oxen'), { stdout: first.stdout, generated: 0, scored: 0 });
  const other = await evaluated('elks');
  assert.deepEqual([other.generated, other.scored], [0, 3]);
  assert.notEqual(other.stdout, first.stdout);
});
