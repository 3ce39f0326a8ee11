// A tag with a preset and nothing else: it shows what the package has recorded of the preset, before any download.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { serve, strict } from '../support/serve.mjs';
import { tag as element, openPage, read, snapshotOf, useElements } from './element.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [tag] = (await readFile(join(root, 'README.md'), 'utf8')).match(
  /<shot-glass .*<\/shot-glass>/,
);
const plural = await snapshotOf('plural');
const sentiment = await snapshotOf('sentiment');
const file = '/pkg/dist/records/plural.json';
const none = 'There is no recorded result for this prompt.';

const { chromium, withPage } = useElements({ files: { '/favicon.ico': '' } });

/** Two versions of V8 may differ in the last bit of `Math.exp`. */
const written = (p) => p.toPrecision(12);

/** The rows of an element are those of the record. */
function isRecorded(shown, snapshot, shots) {
  const { candidates, rest } = snapshot.results[shots];
  const where = `after ${shots} shots`;
  assert.equal(shown.badge, 'recorded', where);
  assert.match(shown.source, /^SmolLM2-135M-Instruct Q4_1 \(SHA-256 b179c952…\), recorded with /);
  assert.deepEqual(
    shown.rows.map(({ p }) => written(p)),
    [...candidates.map(({ logprob }) => written(Math.exp(logprob))), written(rest.p)],
    where,
  );
}

/** Moves the slider through all that is recorded. */
async function throughAll(glass) {
  const slider = glass.getByRole('slider');
  await slider.press('Home');
  for (const { shots } of plural.results) {
    await glass.getByText(`${shots} of 10`).waitFor();
    isRecorded(await read(glass), plural, shots);
    await slider.press('ArrowRight');
  }
}

test("the README's tag, as it is, shows recorded numbers for every number of shots; no model is asked for", async () => {
  await withPage(tag, async ({ glass, server }) => {
    await glass.locator('.badge.recorded').waitFor();
    assert.equal((await read(glass)).shots, '4 of 10');
    await throughAll(glass);
    assert.deepEqual(
      server.log.filter((path) => /\.(json|gguf|wasm)$/.test(path)),
      [file],
    );
    assert.ok(!server.log.some((path) => /worker\.js$|presets\/plural\.js$/.test(path)));
  });
});

test('so it does in a page that was built, under a strict policy', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shotglass-built-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const script = '<script type="module" src="/main.js"></script>';
  await writeFile(
    join(folder, 'index.html'),
    `<!doctype html><title>A page</title>${script}${tag}`,
  );
  const define = JSON.stringify(join(root, 'pkg/dist/element/define.js'));
  await writeFile(join(folder, 'main.js'), `import ${define};\n`);
  await build({ root: folder, configFile: false, logLevel: 'error', worker: { format: 'es' } });
  const server = await serve(join(folder, 'dist'), {
    headers: strict(),
    files: { '/favicon.ico': join(folder, 'index.html') },
  });
  t.after(() => server.close());
  const { page, complaints } = await openPage(chromium.browser, server.url);
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  const glass = page.locator('shot-glass');
  await glass.locator('.badge.recorded').waitFor();
  await throughAll(glass);
  assert.ok(!asked.some((url) => /gguf|wasm|worker/.test(url)), asked.join(' '));
  assert.equal(asked.filter((url) => url.endsWith('.json')).length, 1);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('labels and the text that follows are recorded too', async () => {
  const body =
    element('preset="sentiment" shots="3"') + element('preset="plural" shots="2" view="text"');
  await withPage(body, async ({ glass }) => {
    await glass.nth(0).locator('.badge.recorded').waitFor();
    const { labels, mass } = sentiment.results[3].classification;
    assert.deepEqual(
      (await read(glass.nth(0))).rows.map(({ p }) => p),
      [...labels.map(({ p }) => p), mass],
    );
    await glass.nth(1).locator('.badge.recorded').waitFor();
    assert.match((await read(glass.nth(1))).text, /horses/);
  });
});

test('of another model, query, template or labels nothing is recorded', async () => {
  const list = (query) => `<dl><dt>cat</dt><dd>cats</dd><dt>${query}</dt></dl>`;
  const tokens = 'preset="plural" view="tokens"';
  const { task } = plural;
  const arrow = { ...task.template, outputPrefix: ' =>' };
  const others = [
    element(`${tokens} model="/model.gguf"`),
    element(`${tokens} model-sha256="${'0'.repeat(64)}"`),
    element(tokens, list('goose')),
    element(`${tokens} template='${JSON.stringify(arrow)}'`, list('horse')),
    element(`preset="sentiment" view="labels" labels="good, bad"`),
  ];
  const same = [
    element(`${tokens} shots="1"`, list('horse')),
    element(`${tokens} model="/model.gguf" model-sha256="${plural.model.sha256}"`),
  ];
  await withPage([...others, ...same].join(''), async ({ glass }) => {
    for (const i of others.keys()) {
      await glass.nth(i).getByText(none).waitFor();
      const { badge, rows } = await read(glass.nth(i));
      assert.deepEqual([badge, rows], [null, []], others[i]);
    }
    for (const i of same.keys()) {
      await glass
        .nth(others.length + i)
        .locator('.badge.recorded')
        .waitFor();
    }
  });
});

test('a reader edits the query: the record is not shown for it, and comes back with the undo', async () => {
  const hang = () => {};
  const work = async ({ page, glass }) => {
    await page.route('**/*.gguf', hang);
    await glass.locator('.badge.recorded').waitFor();
    const query = glass.getByLabel('Query');
    await query.fill('goose');
    await glass.getByText(none).waitFor();
    assert.equal((await read(glass)).badge, null);
    await glass.getByRole('button', { name: 'Undo' }).click();
    await glass.locator('.badge.recorded').waitFor();
    isRecorded(await read(glass), plural, 4);
  };
  await withPage(tag, work, { headers: {} });
});

test("the author's table is shown for its own prompt, and the package's record beyond it", async () => {
  const table =
    '<table><caption>By hand</caption><tbody><tr><th>horses</th><td><data value="0.9">90%</data></td></tr>' +
    '<tr><th>49,151 other tokens</th><td><data value="0.1">10%</data></td></tr></tbody></table>';
  const list = '<dl><dt>cat</dt><dd>cats</dd><dt>horse</dt></dl>';
  const body = element('preset="plural" shots="1" view="tokens"', list + table);
  await withPage(body, async ({ glass }) => {
    await glass.getByText('1 of 10').waitFor();
    assert.equal((await read(glass)).source, 'By hand');
    await glass.getByRole('slider').press('ArrowRight');
    isRecorded(await read(glass), plural, 2);
  });
});

for (const [name, answer, sentence] of [
  ['is not there', (_, response) => response.writeHead(404).end(), /the server answered 404/],
  ['does not come', (request) => request.socket.destroy(), /could not be loaded/],
]) {
  test(`the file of the preset ${name}: a sentence, and a button that fetches it again`, async () => {
    let isGone = true;
    const body = JSON.stringify(plural);
    const headers = { 'content-type': 'application/json' };
    const serveFile = (request, response) =>
      isGone ? answer(request, response) : response.writeHead(200, headers).end(body);
    const work = async ({ page, glass }) => {
      await page.evaluate(() => {
        window.problems = [];
        addEventListener('shotglass-error', ({ detail }) => window.problems.push(detail.code));
      });
      const again = glass.getByRole('button', { name: 'Try again' });
      await again.waitFor();
      const { isShown, problems } = await read(glass);
      assert.ok(isShown);
      assert.match(problems.join(' '), sentence);
      assert.match(problems.join(' '), /that all files of the package are served\b/);
      assert.doesNotMatch(problems.join(' '), /Name a preset/);
      // The first failure may have been heard, too.
      const before = await page.evaluate(() => window.problems.length);
      await again.click();
      await page.waitForFunction((before) => window.problems.length > before, before);
      isGone = false;
      await again.press('Enter');
      await glass.locator('.badge.recorded').waitFor();
      isRecorded(await read(glass), plural, 4);
      assert.deepEqual((await read(glass)).problems, []);
      await again.waitFor({ state: 'detached' });
    };
    await withPage(tag, work, {
      pages: { [file]: serveFile },
      allowed: /^Failed to load resource/,
    });
  });
}
