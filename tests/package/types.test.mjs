// The types of the package where there is no browser, for programs that are compiled as strictly as can be.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const root = new URL('../..', import.meta.url).pathname;

const program = `
  import { createReadStream } from 'node:fs';
  import { Readable } from 'node:stream';
  import { classify, Model } from 'shotglass';
  import { evaluate } from 'shotglass/experiments';
  import { formatProbability } from 'shotglass/format';
  import { presets } from 'shotglass/presets';

  const model = await Model.load(Readable.toWeb(createReadStream('model.gguf')));
  const { candidates } = await model.predict('A:');
  console.log(formatProbability(candidates[0]?.p ?? 0), classify, evaluate, presets.length);
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
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const run = promisify(execFile)(process.execPath, [tsc, ...flags, ...only, 'program.mts'], {
      cwd: folder,
    });
    const { stdout } = await run.catch((error) => error);
    assert.equal(stdout, '');
  });
}
