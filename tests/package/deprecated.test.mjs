// Names that were changed. A program that was written for the release before still compiles and runs with this one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { applyFix, applyMend, lint, normalizations, rules } from 'shotglass';

const root = new URL('../..', import.meta.url).pathname;

test('applyMend and the mend of a finding are applyFix and its fix', () => {
  const [{ fix, mend }] = lint('a ');
  assert.deepEqual(fix, [{ start: 1, end: 2, text: '' }]);
  assert.equal(mend, fix);
  assert.equal(applyMend('a ', mend), 'a');
  assert.equal(applyMend, applyFix);
});

test('rules is the list of normalizations', () => {
  assert.deepEqual(rules, ['sum', 'perToken', 'perCharacter', 'perByte']);
  assert.equal(rules, normalizations);
});

test('the old names have types', async (t) => {
  // Below this folder, so that the package is found.
  const folder = await mkdtemp(join(root, 'tests/types-'));
  t.after(() => rm(folder, { recursive: true }));
  const program = `
    import { applyMend, lint, type Normalization, type Rule, rules } from 'shotglass';

    const rule: Rule = 'perToken';
    const normalization: Normalization = rule;
    const text: string = applyMend('a ', lint('a ')[0]?.mend ?? []);
    console.log(normalization, text, rules);`;
  await writeFile(join(folder, 'program.mts'), program);
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022'];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const lib = ['--types', 'node', '--lib', 'ES2023,DOM'];
  const run = promisify(execFile)(process.execPath, [tsc, ...flags, ...lib, 'program.mts'], {
    cwd: folder,
  });
  const { stdout } = await run.catch((error) => error);
  assert.equal(stdout, '');
});
