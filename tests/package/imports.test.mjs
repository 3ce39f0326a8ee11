// Importing the package needs nothing that an odd environment may lack.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';

const { exports } = JSON.parse(readFileSync(new URL('../../pkg/package.json', import.meta.url)));
const entries = Object.keys(exports).filter((entry) => exports[entry].default);

// Jest with jsdom has neither: there the import itself threw, of whatever entry.
test('every entry is imported where there is no TextDecoder and no TextEncoder', async () => {
  const script = `
    delete globalThis.TextDecoder;
    delete globalThis.TextEncoder;
    for (const entry of ${JSON.stringify(entries)}) await import(entry.replace('.', 'shotglass'));
    console.log('imported');`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: import.meta.dirname },
  );
  assert.equal(stdout, 'imported\n');
});
