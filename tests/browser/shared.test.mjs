// What the files of this folder share: one Chromium, and pages that may not complain.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const file = (path) => new URL(path, import.meta.url);

/** Runs test files of these texts as the folders are run; answers with the exit code and what was printed. */
async function run(t, texts) {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-run-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const paths = texts.map((text, index) => {
    const path = join(folder, `${index}.mjs`);
    // What a file that names it is: alone.
    writeFileSync(path, `// SHOTGLASS_MODEL\nimport { test } from 'node:test';\n${text}`);
    return path;
  });
  const own = /^(NODE_TEST_CONTEXT|SHOTGLASS_(CHROMIUM|HEADLESS_SHELL))$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
  const child = spawn(process.execPath, [fileURLToPath(file('../run.mjs')), ...paths], { env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, printed };
}

const used = `// Runs alone: the second file comes after the crash of the first.
import { useChromium } from '${file('../support/chromium.mjs')}';
const chromium = useChromium();
let page;
const open = async () => {
  page = await chromium.browser.newPage();
  await page.goto('about:blank');
};`;

test('a file that crashes the Chromium of all files fails, and the next one finds another', async (t) => {
  const { code, printed } = await run(t, [
    `${used}
test('the crash', async () => {
  await open();
  const session = await chromium.browser.newBrowserCDPSession();
  await session.send('Browser.crash');
});`,
    `${used}\ntest('the next', open);`,
  ]);
  assert.equal(code, 1, printed);
  assert.match(printed, /✖ the crash/);
  assert.match(printed, /✔ the next/);
  assert.match(printed, /The Chromium that all files share has ended: another is started\./);
  assert.doesNotMatch(printed, /starts a Chromium of its own/);
});

test('a page that complains fails its test, whatever it complains of, and no other', async (t) => {
  const complaints = {
    written: () => console.error('written'),
    thrown: () =>
      void setTimeout(() => {
        throw new Error('thrown');
      }),
    rejected: () => void Promise.reject(new Error('rejected')),
  };
  const tests = Object.entries(complaints).map(
    ([name, complain]) => `test('${name}', async () => {
  await page.evaluate(${complain});
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
});
test('after ${name}', () => page.title());`,
  );
  const { code, printed } = await run(t, [
    `import { before } from 'node:test';
import { useLab } from '${file('./lab.mjs')}';
const lab = useLab({ model: null });
let page;
before(async () => {
  page = await lab.open();
});
${tests.join('\n')}`,
  ]);
  assert.equal(code, 1, printed);
  for (const name of Object.keys(complaints)) {
    assert.match(printed, new RegExp(`✖ ${name} `));
    assert.match(printed, new RegExp(`✔ after ${name} `));
  }
});

test('a run without a file is an error', async (t) => {
  assert.equal((await run(t, [])).code, 1);
});
