// Runs test files as `node --test` does: node tests/run.mjs FILE…
//
// Two files run side by side, because most of them wait: for a browser, a server, a worker. A file with the line
// `// Runs alone: why` has the machine to itself, after the others. One Chromium serves all files that ask for one
// (`useChromium`), and one headless shell those with pages of the lab or with elements (`useLab`, `useElements`).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const files = process.argv.slice(2).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const isAlone = ({ text }) => /^\/\/ Runs alone: /m.test(text);

/** Runs files, so many at a time; answers whether they passed. */
async function pass(some, atOnce) {
  if (some.length === 0) return true;
  const options = ['--test', '--test-reporter=spec', `--test-concurrency=${atOnce}`];
  const paths = some.map(({ path }) => path);
  const child = spawn(process.execPath, [...options, ...paths], { stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code === 0;
}

const kinds = Object.entries({ whole: /\buseChromium\b/, shell: /\buse(Lab|Elements)\b/ })
  .filter(([, use]) => files.some(({ text }) => use.test(text)))
  .map(([kind]) => kind);
const close =
  kinds.length > 0 && (await (await import('./support/chromium.mjs')).shareChromium(kinds));
const passed = [
  await pass(
    files.filter((file) => !isAlone(file)),
    2,
  ),
  await pass(files.filter(isAlone), 1),
];
if (close) await close();
if (files.length === 0 || passed.includes(false)) process.exitCode = 1;
