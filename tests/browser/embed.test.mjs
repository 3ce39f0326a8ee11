// `npx shotglass embed`: a folder that it has written is all that a page needs, before a live run and for it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { presets } from 'shotglass/presets';
import { useChromium } from '../support/chromium.mjs';
import { start } from '../support/command.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { serve } from '../support/serve.mjs';
import { live, openPage, run } from './element.mjs';

const tiny = join(tinyFolder, 'default.gguf');
const chromium = useChromium({ kind: 'shell' });
const embed = (...args) => start(['embed', ...args]).done;
let site;
before(async () => {
  mustExist(tiny, 'cargo test --release');
  site = await mkdtemp(join(tmpdir(), 'shotglass-embed-'));
});
after(() => rm(site, { recursive: true, force: true }));

/** Serves the site and nothing else, opens a page with this body, and hands over what was asked of the server. */
async function withSite(body, work) {
  const html = `<!doctype html><link rel="icon" href="data:,"><title>A page</title>${body}`;
  const server = await serve(site, { html });
  try {
    const { page, complaints } = await openPage(chromium.browser, server.url);
    const foreign = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(server.origin)) foreign.push(request.url());
    });
    await work({ page, glass: page.locator('shot-glass'), server });
    assert.deepEqual([complaints, foreign], [[], []]);
  } finally {
    await chromium.closePages();
    server.close();
  }
}

test('what it prints shows every recorded answer, from that folder alone', async () => {
  const { code, stdout, stderr } = await embed(join(site, 'glass'));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Wrote \d+ files, [\d.]+ MB, to .+glass\.\n.+--model .+\n/);
  assert.equal(
    stdout,
    '<script type="module" src="glass/dist/element/define.js"></script>\n' +
      '<shot-glass preset="plural" view="ladder"></shot-glass>\n',
  );
  const { license } = JSON.parse(await readFile(join(site, 'glass/package.json'), 'utf8'));
  assert.equal(license, 'MIT OR Apache-2.0');
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE', 'THIRD-PARTY-NOTICES.txt']) {
    assert.ok((await readFile(join(site, 'glass', name), 'utf8')).length > 0, name);
  }
  const [script] = stdout.split('\n');
  const tags = presets.map(({ id }) => `<shot-glass preset="${id}" view="tokens"></shot-glass>`);
  await withSite(script + tags.join(''), async ({ page, glass, server }) => {
    for (const element of await glass.all()) {
      await element.scrollIntoViewIfNeeded();
      await element.locator('.badge.recorded').waitFor();
    }
    const records = server.log.filter((path) => /^\/glass\/dist\/records\/.+\.json$/.test(path));
    assert.equal(new Set(records).size, presets.length);
    assert.equal(await page.locator('shot-glass').count(), presets.length);
  });
});

test('with a model beside it, it also runs live without leaving the site', async () => {
  const { code, stdout } = await embed(join(site, 'with model'), '--model', tiny);
  assert.equal(code, 0);
  const sha256 = createHash('sha256')
    .update(await readFile(tiny))
    .digest('hex');
  assert.ok(stdout.includes(`model="with%20model/models/default.gguf" model-sha256="${sha256}"`));
  await withSite(stdout.replace('view="ladder"', 'view="tokens"'), async ({ glass, server }) => {
    await run(glass);
    await live(glass);
    assert.ok(server.log.includes('/with%20model/models/default.gguf'));
    assert.ok(server.log.some((path) => /\.wasm$/.test(path)));
  });
});

test('what others have written stays, unless it is forced; its own folder is updated', async () => {
  const folder = join(site, 'public');
  await mkdir(folder);
  await writeFile(join(folder, 'index.html'), 'mine');
  const refused = await embed(folder);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /has not written\. .+--force/);
  assert.deepEqual(await readdir(folder), ['index.html']);

  const forced = await embed(folder, '--force', '--json');
  assert.equal(forced.code, 0);
  const { files, bytes, html, model } = JSON.parse(forced.stdout);
  assert.ok(files.includes('wasm/threads/shotglass_bg.wasm') && bytes > 1e6);
  assert.deepEqual([html.length, model], [2, null]);
  assert.ok(!files.some((path) => /dist\/cli|\.d\.ts$/.test(path)));
  assert.equal(await readFile(join(folder, 'index.html'), 'utf8'), 'mine');

  const entry = join(folder, 'dist/element/define.js');
  await writeFile(entry, 'old');
  assert.equal((await embed(folder)).code, 0);
  assert.notEqual(await readFile(entry, 'utf8'), 'old');
  assert.equal((await embed()).code, 2);
  assert.match((await embed('--help')).stdout, /Usage: shotglass embed DIR/);
});
