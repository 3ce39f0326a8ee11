// The types of the package where there is no browser, for programs that are compiled as strictly as can be.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

const program = `
  import { createReadStream } from 'node:fs';
  import { Readable } from 'node:stream';
  import { classify, Model } from 'shotglass';
  import {
    attribution, evaluate, format, influence, labels, lime, manyShots, minimalPairs, order, ownPairs, shots,
  } from 'shotglass/experiments';
  import { formatProbability } from 'shotglass/format';
  import { presets } from 'shotglass/presets';

  const model = await Model.load(Readable.toWeb(createReadStream('model.gguf')));
  const { candidates } = await model.predict('A:');
  console.log(formatProbability(candidates[0]?.p ?? 0), classify, evaluate, presets.length);
  // A model on a server goes where no look into the model is needed.
  const remote = await Model.connect('http://localhost');
  const task = presets[0]!.task;
  for await (const _ of evaluate(remote, task, [], { shots: [0] }));
  for (const experiment of [attribution, format, influence, labels, lime, order, shots]) {
    for await (const _ of experiment(remote, task, {} as never));
  }
  for await (const _ of manyShots(remote, task, { pool: [] }));
  for await (const _ of minimalPairs(remote, ownPairs));
  const total: number = (await classify(remote, '', [])).mass;
  console.log(total, await remote.complete(''), remote.capabilities.distribution);
  model.close();`;

// Types of browsers in the published declarations were an error without the library "DOM", and a stream of Node was none with it.
for (const lib of ['ES2023', 'ES2023,DOM']) {
  test(`a program for Node compiles with --lib ${lib} and without skipLibCheck`, async (t) => {
    // Below this folder, so that the package and the types of Node are found.
    const folder = await mkdtemp(join(root, 'tests/types-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'program.mts'), program);
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
    const only = ['--types', 'node', '--skipLibCheck', 'false', '--lib', lib];
    assert.equal(await compiled(folder, ...flags, ...only, 'program.mts'), '');
  });
}

const pages = join(root, 'pkg/tsconfig.pages.json');

test('what pages run sees no types of Node', async (t) => {
  // Below the package, so that the types of Node are as near as to its own files.
  const folder = await mkdtemp(join(root, 'pkg/types-'));
  t.after(() => rm(folder, { recursive: true }));
  const config = { extends: pages, compilerOptions: { rootDir: '.' }, include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(
    join(folder, 'program.ts'),
    ["import { stat } from 'node:fs/promises';", 'stat(process.cwd());', 'Buffer.from("");'].join(
      '\n',
    ),
  );
  const errors = await compiled(folder, '--project', '.');
  for (const name of ['node:fs/promises', 'process', 'Buffer']) {
    assert.match(errors, new RegExp(`error TS\\d+: Cannot find (name|module) '${name}'`));
  }
});

test('all but the command and what uses the modules of Node are compiled so', async () => {
  const list = async (project) => {
    const paths = await compiled(root, '--listFilesOnly', '--project', project);
    return paths.split('\n').filter((path) => path.includes('/pkg/src/'));
  };
  const seen = new Set(await list(pages));
  assert.ok(seen.size > 100, `${seen.size} files`);
  for (const path of await list('pkg')) {
    const imports = /^} from 'node:|^import .*'node:/m.test(await readFile(path, 'utf8'));
    assert.equal(seen.has(path), !imports && !path.includes('/pkg/src/cli/'), path);
  }
});

/** What the compiler prints. */
async function compiled(cwd, ...args) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, ...args], { cwd }).catch((error) => error);
  return stdout;
}
