// The package from another origin than the page's, as from a CDN: it starts its worker and its threads by itself.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useChromium } from '../support/chromium.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { isolated, serve } from '../support/serve.mjs';

const tiny = join(tinyFolder, 'default.gguf');
const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const html = '<!doctype html><link rel="icon" href="data:,"><title>cdn</title>';

/** On one core there is nothing to share. */
const fastest = availableParallelism() > 1 ? 'threads' : 'relaxed';

const chromium = useChromium({ kind: 'shell' });
const servers = [];

async function started(server) {
  servers.push(await server);
  return servers.at(-1).url;
}

/** The package, which any page may read, but for what lies at `unread`. */
const serveCdn = (unread = null) =>
  started(
    serve(packageFolder, {
      headers: (path) => (path === unread ? {} : { 'access-control-allow-origin': '*' }),
    }),
  );

/** A page and a model, and nothing of the package. */
const servePage = (headers) =>
  started(serve(tinyFolder, { headers, html, files: { '/tiny.gguf': tiny } }));

before(() => mustExist(tiny, 'cargo test --release'));

after(() => {
  for (const server of servers) server.close();
});

/** Imports the package in a page with these headers, and asks a model. */
async function ask(cdn, headers, options = {}) {
  const page = await chromium.browser.newPage();
  try {
    await page.goto(await servePage(headers));
    return await page.evaluate(askHere, [cdn, options]);
  } finally {
    await page.close();
  }
}

async function askHere([cdn, options]) {
  const blobs = [];
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    blobs.push(createObjectURL(blob));
    return blobs.at(-1);
  };
  // In the way of a blob: where a page may not even ask whether it is still there.
  const isThere = (blob) =>
    fetch(blob).then(
      () => true,
      () => false,
    );
  try {
    const { Model } = await import(`${cdn}dist/index.js`);
    const model = await Model.load('/tiny.gguf', options);
    const { build } = model.info;
    const [{ p }] = (await model.predict('The quick brown fox')).candidates;
    const before = await Promise.all(blobs.map(isThere));
    model.close();
    return { build, p, before, after: await Promise.all(blobs.map(isThere)) };
  } catch (error) {
    return {
      code: error.code,
      message: error.message,
      after: await Promise.all(blobs.map(isThere)),
    };
  }
}

/** As strict as a page can be that has the package from there. */
const strict = (cdn) =>
  [
    "default-src 'none'",
    `script-src ${cdn} 'wasm-unsafe-eval'`,
    `worker-src blob: ${cdn}`,
    `connect-src 'self' blob: ${cdn}`,
    "require-trusted-types-for 'script'",
    'trusted-types shotglass',
  ].join('; ');

for (const [name, headers, build] of [
  ['a page', {}, 'relaxed'],
  ['an isolated page', isolated, fastest],
]) {
  for (const isStrict of [false, true]) {
    const under = isStrict ? ' under a strict policy, with Trusted Types' : '';
    test(`${name}${under} has the package from another origin, and the same numbers`, async () => {
      const cdn = await serveCdn();
      const policy = isStrict ? { 'content-security-policy': strict(cdn) } : {};
      const found = await ask(cdn, { ...headers, ...policy });
      const { p } = await ask(cdn, {}, { build: 'simd128' });
      assert.deepEqual(found, { build, p, before: [true], after: [false] });
    });
  }
}

test('a worker that the other origin does not let the page read says so', async () => {
  const found = await ask(await serveCdn('/dist/worker/worker.js'), {});
  assert.equal(found.code, 'worker-failed');
  assert.match(found.message, /another origin.*CORS/);
  assert.deepEqual(found.after, [false]);
});

test('an engine that the other origin does not let the page read says so', async () => {
  const found = await ask(
    await serveCdn('/wasm/relaxed/shotglass_bg.wasm'),
    {},
    { build: 'relaxed' },
  );
  assert.equal(found.code, 'worker-failed');
  assert.match(found.message, /shotglass_bg\.wasm.*CORS/);
});

test('a policy that allows no blob: as a worker says so', async () => {
  const cdn = await serveCdn();
  const policy = strict(cdn).replace('worker-src blob:', 'worker-src');
  const found = await ask(cdn, { 'content-security-policy': policy });
  assert.equal(found.code, 'worker-failed');
  assert.match(found.message, /blob: and that origin \(CSP worker-src\)/);
});
