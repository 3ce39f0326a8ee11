// The command, from the arguments to the exit code, with the real model.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { classify, defaultModel, Model, renderPrompt, taskLabels } from 'shotglass';
import { evaluate, holdOut } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { shotglass, start } from '../../support/command.mjs';
import { modelFile, mustExist, tinyFolder } from '../../support/files.mjs';
import { collect } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const presetOf = (id) => presets.find((preset) => preset.id === id);
const plural = presetOf('plural');

let model;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-cli-'));
  model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
});
after(async () => {
  model?.close();
  await rm(folder, { recursive: true, force: true });
});

const file = (name) => join(folder, name);

/** Arguments for what is not about numbers: a small model with random weights. */
const tiny = ['--model', join(tinyFolder, 'default.gguf')];

test('predict has the numbers of Model.predict', async () => {
  const prompt = renderPrompt(plural.task, { shots: 2 }).text;
  const live = await model.predict(prompt, { topK: 4 });
  const asked = await Promise.all([
    shotglass(['predict', prompt, '--top-k', '4', '--json']),
    shotglass(['predict', '-', '--top-k=4', '--json'], { input: `${prompt}\n` }),
    shotglass(['predict', '--preset', 'plural', '--shots', '2', '--top-k', '4', '--json']),
  ]);
  for (const { code, stdout, stderr } of asked) {
    assert.equal(code, 0, stderr);
    const answer = JSON.parse(stdout);
    assert.equal(answer.prompt, prompt);
    assert.equal(answer.model.activationBits, 16);
    assert.deepEqual(
      answer.candidates.map(({ id, p, logprob, rank }) => ({ id, p, logprob, rank })),
      live.candidates.map(({ id, p, logprob, rank }) => ({ id, p, logprob, rank })),
    );
    assert.deepEqual(answer.rest, live.rest);
    assert.equal(answer.entropy, live.entropy);
  }
});

test('predict shows white space, and all other tokens in a last row', async () => {
  const { stdout } = await shotglass(['predict', '--preset', 'plural', '--shots', '4']);
  const lines = stdout.split('\n');
  assert.match(lines[0], /^token +p +logprob +rank$/);
  assert.match(lines[1], /^␣horses +9\d\.\d% +−0\.\d{3} +1$/);
  assert.match(lines[11], /^49,142 other tokens +\d\.\d%$/);
  assert.ok(!stdout.includes('\u001b'), 'no colours where there is no terminal');
});

test('score has what Model.score and classify say', async () => {
  const context = 'Q: cat\nA: cats\n\nQ: dog\nA:';
  const words = [' dogs', ' doggies'];
  const { stdout } = await shotglass(['score', context, ...words, '--reference', '', '--json']);
  const scores = await model.score(context, words, { reference: '' });
  const answer = JSON.parse(stdout);
  for (const [i, { logprob, perToken, perByte, adjusted }] of scores.entries()) {
    const [one] = [answer.scores[i]];
    assert.deepEqual([one.logprob, one.perToken, one.perByte], [logprob, perToken, perByte]);
    assert.deepEqual(one.adjusted, adjusted);
  }

  const { task } = presetOf('sentiment');
  const labelled = await shotglass(['score', '--preset=sentiment', '--shots=2', '--json']);
  const rule = 'perCharacter';
  const prompt = renderPrompt(task, { shots: 2 });
  const live = await classify(model, prompt, taskLabels(task), { rule });
  const read = JSON.parse(labelled.stdout).rules.find((one) => one.rule === rule);
  assert.equal(read.mass, live.mass);
  assert.deepEqual(
    read.labels.map(({ p }) => p),
    live.labels.map(({ p }) => p),
  );
});

test('evaluate agrees with the package, and tells what it leaves out', async () => {
  const rows = [
    { input: 'pony', output: 'ponies' },
    { input: 'dish', output: 'dishes' },
    { input: 'a, b', output: 'a, bs' },
  ];
  const csv = 'output,input\nponies,pony\ndishes,dish\n"a, bs","a, b"\nbroken\n';
  await writeFile(file('rows.csv'), csv);
  const args = ['--preset', 'plural', '--rows', file('rows.csv'), '--shots', '0,2', '--seeds', '2'];
  const { code, stdout, stderr } = await shotglass(['evaluate', ...args, '--json']);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /rows\.csv, line 5: .+ The row is skipped\./);
  const options = { shots: [0, 2], seeds: [0, 1], labels: null };
  const steps = await collect(evaluate(model, plural.task, rows, options));
  const { curve } = steps.at(-1).result;
  assert.deepEqual(JSON.parse(stdout).curve, curve);

  const table = await shotglass(['evaluate', ...args, ...tiny, '--quiet']);
  assert.match(table.stdout, /^shots +accuracy +95% interval +sd \(seeds\) +seeds and orders/);
  assert.equal(table.stdout.trim().split('\n').length, 3);
  const jsonl = await shotglass(['evaluate', ...args, ...tiny, '--jsonl', '--quiet']);
  assert.equal(jsonl.stdout.trim().split('\n').length, 3 * 3, 'a row for each cell');
});

test('evaluate holds rows of the task out, and shows none of them', async () => {
  const args = ['--preset', 'plural', '--hold-out', '3', '--shots', '1'];
  const { code, stdout, stderr } = await shotglass(['evaluate', ...args, ...tiny, '--jsonl']);
  assert.equal(code, 0, stderr);
  const { train, test: held } = holdOut(plural.task.demonstrations, 3, { stratified: false });
  const lines = stdout.trimEnd().split('\n').map(JSON.parse);
  assert.deepEqual(
    lines.map(({ doc }) => doc),
    held,
  );
  for (const { arguments: asked } of lines) assert.ok(asked[0][0].includes(train[0].input));
  const both = await shotglass(['evaluate', ...args, '--rows', 'rows.csv']);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /only one of --rows and --hold-out/);
});

test('a snapshot is written and checked, and a p that moved is named', async () => {
  const path = file('plural.json');
  const asked = ['--preset', 'plural', '--shots', '0,2', '--top-k', '3'];
  const written = await shotglass(['snapshot', ...asked, '--out', path]);
  assert.equal(written.code, 0, written.stderr);
  const spoilt = JSON.parse(await readFile(path, 'utf8'));
  spoilt.results[1].candidates[0].logprob -= 0.01;
  await writeFile(file('spoilt.json'), JSON.stringify(spoilt));
  const checked = await shotglass(['snapshot', '--check', path, file('spoilt.json')]);
  assert.equal(checked.code, 3, checked.stderr);
  const [right, wrong, ...more] = checked.stdout.trimEnd().split('\n');
  assert.equal(right, `${path}: 14 recorded values match`);
  assert.match(wrong, /spoilt\.json: After 2 shots, the token ␣horses was .+ and is .+\.$/);
  assert.deepEqual(more, []);
  const lenient = ['--json', '--tolerance', '0.02'];
  const json = await shotglass(['snapshot', '--check', file('spoilt.json'), ...lenient]);
  assert.deepEqual(JSON.parse(json.stdout), [
    { file: file('spoilt.json'), figures: 14, differences: [], notChecked: [] },
  ]);
});

const html = async (...args) => (await shotglass(['snapshot', '--html', ...args])).stdout;

/** An element with three tokens after two shots, which the command is asked for once. */
let element = null;
function elementOfTokens() {
  element ??= html('--preset', 'plural', '--shots', '2', '--top-k', '3');
  return element;
}

test('elements in pages are found, asked again, and told by their line', async () => {
  const tokens = await elementOfTokens();
  const labels = await html('--preset', 'sentiment', '--shots', '2');
  const text = await html('--preset', 'plural', '--shots', '1', '--view', 'text');
  const page = `# Title\n\n${tokens}\n${labels}\n${text}\n`;
  await writeFile(file('page.md'), page);
  const right = await shotglass(['snapshot', '--check', file('page.md')]);
  assert.equal(right.stdout, `${file('page.md')}: 8 recorded values match\n`, right.stderr);
  assert.equal(right.code, 0);

  // What stands in code is no element.
  const shown = '91.5%';
  const moved = tokens
    .replace(/<data value="[^"]+">[^<]+</, `<data value="0.915">${shown}<`)
    .replace(/value="[^"]+">([^<]+)(?=<\/data><\/td><\/tr>\n {4}<\/tbody>)/, 'value="0.5">50.0%');
  const sum = `\n\`\`\`html\n${moved}\`\`\`\n<!-- ${moved} -->\n\n${moved}`;
  await writeFile(file('moved.md'), sum + text.replace(' horses<', ' cows<'));
  const { code, stdout } = await shotglass(['snapshot', '--check', file('moved.md')]);
  assert.equal(code, 3);
  const lines = stdout.trim().split('\n');
  const first = `moved.md:${sum.slice(0, sum.lastIndexOf('<shot-glass')).split('\n').length}`;
  assert.equal(lines.length, 3, stdout);
  assert.ok(lines[0].includes(`${first}: '␣horses' was ${shown} and is `), lines[0]);
  assert.match(lines[1], /'49,149 other tokens' was 50\.0% and is /);
  assert.match(lines[2], /The text was “cows” and is “horses”\./);
});

test('a page with figures of another model says so once', async () => {
  const other = (await elementOfTokens()).replace('sha256 b179c952', 'sha256 00c0ffee');
  await writeFile(file('other.html'), other);
  const { code, stdout: told } = await shotglass(['snapshot', '--check', file('other.html')]);
  assert.equal(code, 3);
  assert.match(told, /^\S+other\.html:1: It was recorded with another model: sha256 00c0ffee…/);
  assert.equal(told.trim().split('\n').length, 1);
});

test('wrong usage is told in a sentence, with exit code 2', async () => {
  const cases = [
    [[], /Usage: shotglass COMMAND/],
    [['predcit'], /Unknown command 'predcit'\. Commands: serve, /],
    [['predict'], /No prompt was given/],
    [['predict', 'a', '--preset', 'plural'], /either a prompt or a task, not both/],
    [['predict', 'a', '--bogus'], /'--bogus'/],
    [['predict', 'a', '--top-k', 'x'], /--top-k must be an integer of at least 0, not 'x'/],
    [
      ['predict', '--preset', 'plural', '--shots', '99'],
      /--shots must be a single number from 0 to 10/,
    ],
    [['predict', '--preset', 'nope'], /Unknown preset 'nope'\. Presets: plural, /],
    [['score', 'a'], /at least one continuation/],
    [['evaluate', '--preset', 'plural', '--json', '--csv'], /only one/],
    [['evaluate', '--preset', 'writing'], /no rows of its own/],
    [['snapshot', '--check'], /needs at least one file/],
    [['snapshot', '--check', 'a.json', '--tolerance', 'x'], /--tolerance must be a number/],
    [['serve', '--port', '70000'], /at most 65535/],
  ];
  for (const [args, message] of cases) {
    const { code, stdout, stderr } = await shotglass(args);
    assert.equal(code, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    assert.equal(stdout, '');
  }
});

test('a problem is told in a sentence, with exit code 1', async () => {
  await writeFile(file('broken.json'), '{"task":');
  await writeFile(file('task.json'), '{"instruction":"","template":{}}');
  await writeFile(file('page.gguf'), '<!doctype html>');
  const table = '<table><tr><th>a</th><td>1%</td></tr></table>';
  await writeFile(file('lost.md'), `\n<shot-glass preset="lost">${table}</shot-glass>`);
  await writeFile(file('gone.md'), '<shot-glass snapshot="gone.json"></shot-glass>');
  const cases = [
    [
      ['predict', '--task', file('none.json')],
      /none\.json could not be read: no such file or directory\.$/m,
    ],
    [['predict', '--task', file('broken.json')], /broken\.json is not valid JSON/],
    [
      ['predict', '--task', file('task.json')],
      /task\.json\.template\.instructionSeparator must be/,
    ],
    [['predict', ''], /./],
    [
      ['predict', 'a', '--model', file('none.gguf')],
      /^'[^']+none\.gguf' could not be read: no such file or directory\.$/m,
    ],
    [['predict', 'a', '--model', file('page.gguf')], /GGUF/],
    [['snapshot', '--check', file('task.json')], /snapshot\.version must be 1/],
    [['snapshot', '--check', file('lost.md')], /lost\.md:2: preset="lost" is not known here/],
    [['snapshot', '--check', file('gone.md')], /gone\.md:1: .*gone\.json could not be read/],
    [
      ['snapshot', '--preset', 'plural', '--shots', '0', '--out', file('none/a.json')],
      /^\S+none\/a\.json: no such file or directory\.$/m,
    ],
    [['serve', '--model', file('none.gguf')], /none\.gguf could not be read/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await shotglass(args);
    assert.equal(code, 1, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
  }
});

test('every command explains itself', async () => {
  for (const command of ['serve', 'predict', 'score', 'evaluate', 'snapshot', 'embed', 'models']) {
    const { code, stdout } = await shotglass([command, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`Usage: shotglass ${command} `));
    assert.equal((await shotglass(['help', command])).stdout, stdout);
  }
});

test('a reader that leaves early is no error', async () => {
  const { child, done } = start(['snapshot', '--preset', 'plural', '--shots', '0']);
  child.stdout.destroy();
  const { code, stderr } = await done;
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /EPIPE|\n\s+at /);
});

test('Ctrl-C ends it with 130, and what is known of an evaluation is told', async () => {
  const args = ['--preset', 'topics', '--shots', '0,8', '--seeds', '5'];
  const { child, done, says } = start(['evaluate', ...args]);
  await says(/Evaluating/, 'stderr');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await done;
  assert.equal(code, 130);
  assert.match(stderr, /Interrupted/);
  assert.match(stdout, /^shots +accuracy/);

  const waiting = start(['predict', '-'], { input: null });
  // More than a pipe holds: once it is written, the command is reading.
  await new Promise((resolve) => waiting.child.stdin.write('x'.repeat(1 << 20), resolve));
  waiting.child.kill('SIGINT');
  assert.equal((await waiting.done).code, 130);
});
