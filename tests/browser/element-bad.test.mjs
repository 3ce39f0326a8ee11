// What can be wrong with a tag, a snapshot, a model or a network: a sentence in the element, never an empty box.

import assert from 'node:assert/strict';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { patienceMs } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { live, read, run, servePages, snapshotOf, tag, tinyFile, useElements } from './element.mjs';

mustExist(modelFile, 'cargo xtask model');
const plural = await snapshotOf('plural');
/** A request for what is not there is told by the browser, whatever a page does about it. */
const network = /^Failed to load resource|blocked by CORS policy/;

const { withPage } = useElements({
  files: { '/plural.json': JSON.stringify(plural), '/favicon.ico': '' },
  allowed: network,
});

/** Waits for a sentence in an element, and answers all that it shows. */
async function sentence(glass, pattern, timeout = patienceMs) {
  await glass.locator('.problems p, .problem p').filter({ hasText: pattern }).waitFor({ timeout });
  return read(glass);
}

/** Attributes that cannot be read or followed, and what is said of them. */
const wrongAttributes = [
  ['view="bars"', /^view="bars" is not known here\. It can be labels, tokens, text or ladder\.$/],
  ['shots="many"', /^shots="many" .* a whole number, 0 or more/],
  ['shots="-1"', /^shots="-1" /],
  ['shots="99"', /^shots="99" is more than the number of examples, so all 10 are used\.$/],
  ['template="foo"', /^template="foo" .*questionAnswer, review, arrow, or the JSON of a Template/],
  ['template=\'{"inputPrefix":"Q: "}\'', /^template=/],
  ['labels="one"', /^labels="one" .* two labels or more, between commas/],
  ['labels="one, one"', /^labels="one, one" /],
  ['task="{"', /^task="\{" .* the JSON of a Task/],
  ['model="ftp://example.com/a.gguf"', /^model="ftp:.* the address of a model file/],
  ['model-sha256="abc"', /^model-sha256="abc" .* 64 hex digits/],
  ['snapshot="http://"', /^snapshot="http:\/\/" .* a JSON file/],
  [
    'view="text" snapshot="/missing.json"',
    /missing\.json is not there \(the server answered 404\)/,
  ],
  ['snapshot="/page.html"', /page\.html is a web page, not the JSON file of a recorded result/],
  ['snapshot="/page.json"', /page\.json is a web page, not the JSON file of a recorded result/],
  ['snapshot="/broken.json"', /broken\.json is not a recorded result \(JSON\)/],
  ['snapshot="/empty.json"', /empty\.json is not a recorded result \(.*version/],
  ['snapshot="/no-model.json"', /no-model\.json is not a recorded result \(.*model/],
  ['snapshot="/later.json"', /later\.json has version 2 of the format, and .* version 1/],
  ['snapshot="/other.json"', /^The recorded result belongs to another prompt/],
];

test('a wrong attribute: a sentence, and the rest goes on', async (t) => {
  const other = { ...plural, task: { ...plural.task, query: 'mouse' } };
  const pages = {
    '/page.html': '<!doctype html><title>Sign in</title>',
    '/page.json': '<!doctype html><title>Sign in</title>',
    '/broken.json': '{"version": 1,',
    '/empty.json': '{}',
    '/no-model.json': JSON.stringify({ ...plural, model: undefined }),
    '/later.json': JSON.stringify({ ...plural, version: 2 }),
    '/other.json': JSON.stringify(other),
  };
  const tags = wrongAttributes.map(([attributes]) => tag(`preset="plural" ${attributes}`));
  await withPage(
    tags.join(''),
    async ({ glass }) => {
      for (const [index, [attributes, pattern]] of wrongAttributes.entries()) {
        await t.test(attributes, async () => {
          const one = glass.nth(index);
          // A file is fetched once its element comes into view.
          await one.scrollIntoViewIfNeeded();
          // The sentence may be there before the preset is.
          await one.locator('.count').waitFor();
          const shown = await sentence(one, pattern);
          assert.equal(shown.problems.length, 1, shown.problems.join('\n'));
          assert.match(shown.shots, / of 10$/);
          assert.match(shown.button, /^Run it live/);
        });
      }
    },
    { pages },
  );
});

test('a preset that there is none of: its name, those that there are, and what the page has', async () => {
  const inner = '<dl><dt>cat</dt><dd>cats</dd><dt>horse</dt></dl>';
  await withPage(tag('preset="plurals"', inner) + tag('preset="plurals"'), async ({ glass }) => {
    const first = await sentence(glass.nth(0), /^preset="plurals" .*plural, past-tense, /);
    assert.equal(first.shots, '1 of 1');
    const second = await sentence(glass.nth(1), /^There is nothing to ask yet/);
    assert.equal(second.problems.length, 2);
  });
});

test('labels without labels are tokens', async () => {
  const inner = '<dl><dt>cat</dt><dd>cats</dd><dt>horse</dt></dl>';
  await withPage(tag('view="labels"', inner), async ({ glass }) => {
    await sentence(glass, /^view="labels" needs a task with two labels or more/);
  });
});

test('nothing in the tag, and no preset: what to write; what else stands there is still to be read', async () => {
  await withPage(tag('', '<p>Words of the author.</p>') + tag(''), async ({ page, glass }) => {
    for (const i of [0, 1]) await sentence(glass.nth(i), /^There is nothing to ask yet\..* <dl> /);
    assert.ok(await page.getByText('Words of the author.').isVisible());
  });
});

test('a property that is no task: a sentence, and what was declared stays', async () => {
  await withPage(tag('preset="plural"'), async ({ page, glass }) => {
    await glass.locator('.count').waitFor();
    await page.evaluate(() => {
      document.querySelector('shot-glass').task = { demonstrations: 'none' };
    });
    const shown = await sentence(glass, /^task="…" .* the JSON of a Task/);
    assert.match(shown.shots, / of 10$/);
    await page.evaluate(() => {
      const [glass] = document.getElementsByTagName('shot-glass');
      glass.task = null;
      glass.snapshot = { version: 7 };
    });
    await sentence(glass, /^The given snapshot has version 7/);
  });
});

test('a snapshot on a server that does not answer', async () => {
  const body = tag('preset="plural" snapshot="http://127.0.0.1:9/plural.json"');
  await withPage(
    body,
    async ({ glass }) => {
      await glass.locator('.count').waitFor();
      const shown = await sentence(
        glass,
        /^Check the address and the connection: .* could not be loaded/,
      );
      assert.match(shown.shots, / of 10$/);
    },
    { headers: {} },
  );
});

for (const [name, model, pattern] of [
  ['a web page', '/page.gguf', /The model did not load\. .* a web page, not a model file/],
  ['a redirect to a login page', '/moved.gguf', /a web page, not a model file/],
  ['not there', '/missing.gguf', /The server answered 404/],
  ['not a model', '/plural.json', /The model did not load\. /],
  ['another hash', `/tiny.gguf" model-sha256="${'0'.repeat(64)}`, /SHA-256/],
]) {
  test(`the model is ${name}: a sentence, the record stays, and one click tries again`, async () => {
    const pages = {
      '/page.gguf': { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      '/moved.gguf': { status: 302, headers: { location: '/login' } },
      '/login': '<!doctype html><title>Sign in</title>',
    };
    const body = tag(
      `preset="plural" shots="2" view="tokens" snapshot="/plural.json" model="${model}"`,
    );
    await withPage(
      body,
      async ({ page, glass, server }) => {
        await page.evaluate(() => {
          window.heard = [];
          addEventListener('shotglass-error', ({ detail }) => window.heard.push(detail.code));
        });
        await glass.locator('.badge').waitFor();
        await run(glass);
        const shown = await sentence(glass, pattern, 60_000);
        assert.equal(shown.badge, 'recorded');
        assert.equal(shown.button, 'Try again');
        assert.equal((await page.evaluate(() => window.heard)).length, 1);
        const before = server.log.length;
        await glass.getByRole('button', { name: 'Try again' }).click();
        await sentence(glass, pattern, 60_000);
        assert.ok(server.log.length > before, 'it was tried again');
      },
      { pages },
    );
  });
}

test('a model on a site that does not allow it (CORS)', async () => {
  const elsewhere = await servePages({}, { headers: {} });
  const body = tag(`preset="plural" model="${elsewhere.url}/model.gguf"`);
  await withPage(
    body,
    async ({ glass }) => {
      await run(glass);
      await sentence(glass, /must allow this page to read it \(CORS\)/, 60_000);
    },
    { headers: {} },
  );
  elsewhere.close();
});

/** Answers with a model, but only its beginning until it is let go. */
function slowModel(file = tinyFile) {
  let release;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  const { size } = statSync(file);
  let requests = 0;
  return {
    release,
    requests: () => requests,
    async answer(_, response) {
      requests++;
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': size,
        etag: '"slow"',
      });
      const stream = createReadStream(file, { end: (size >> 1) - 1 });
      stream.pipe(response, { end: false });
      await Promise.all([released, new Promise((resolve) => stream.on('end', resolve))]);
      createReadStream(file, { start: size >> 1 }).pipe(response);
    },
  };
}

test('one of two that wait is cancelled: the other goes on; and its progress is told', async () => {
  // Of a small file, nothing is told before all of it is there.
  const slow = slowModel(modelFile);
  const one = tag('preset="plural" shots="1" view="tokens" model="/slow.gguf"');
  await withPage(
    one + one,
    async ({ glass }) => {
      await run(glass.nth(0));
      await run(glass.nth(1));
      const bar = glass.nth(1).getByRole('progressbar', { name: 'Loading the model' });
      // Not every chunk is reported, so the last that came before the pause may not be.
      await glass
        .nth(1)
        .getByText(/^4[5-9] MB of 98 MB$/)
        .waitFor({ timeout: 60_000 });
      assert.match(await bar.getAttribute('aria-valuenow'), /^(4[5-9]|50)$/);
      await glass.nth(0).getByRole('button', { name: 'Cancel' }).click();
      assert.match((await read(glass.nth(0))).button, /^Run it live/);
      assert.equal((await read(glass.nth(0))).badge, null);
      slow.release();
      await live(glass.nth(1));
      assert.equal((await read(glass.nth(0))).badge, null);
      assert.equal(slow.requests(), 1);
      assert.equal((await read(glass.nth(0))).button, 'Run it live — already loaded');
    },
    { pages: { '/slow.gguf': slow.answer } },
  );
});

test('taken out and put in again while the model loads: the download goes on', async () => {
  const slow = slowModel();
  const body = tag('preset="plural" shots="1" view="tokens" model="/slow.gguf"');
  await withPage(
    body,
    async ({ page, glass }) => {
      await run(glass);
      await glass.getByText(/ of 127 kB$/).waitFor({ timeout: 60_000 });
      await page.evaluate(async () => {
        const element = document.querySelector('shot-glass');
        const { parentNode } = element;
        element.remove();
        await new Promise((resolve) => setTimeout(resolve, 300));
        parentNode.append(element);
      });
      await glass.getByRole('progressbar').waitFor();
      slow.release();
      await live(glass);
      assert.equal(slow.requests(), 1);
    },
    { pages: { '/slow.gguf': slow.answer } },
  );
});

test('a load has failed, and the element is moved in the page: it still says so, and tries again when asked', async () => {
  const body = tag('preset="plural" shots="1" view="tokens" model="/missing.gguf"');
  await withPage(body, async ({ page, glass, server }) => {
    await run(glass);
    await sentence(glass, /The server answered 404/, 60_000);
    const requests = () => server.log.filter((path) => path === '/missing.gguf').length;
    const before = requests();
    await page.clock.install();
    await page.evaluate(() => {
      document.querySelector('main').prepend(document.querySelector('shot-glass'));
    });
    // Longer than a model without elements is kept for.
    await page.clock.runFor(60_000);
    const shown = await sentence(glass, /The server answered 404/);
    assert.equal(shown.button, 'Try again');
    assert.equal(requests(), before);
    await page.evaluate(() => {
      window.taken = document.querySelector('shot-glass');
      window.taken.remove();
    });
    await page.clock.runFor(60_000);
    await page.evaluate(() => document.querySelector('main').append(window.taken));
    await glass.getByRole('button', { name: /^Run it live/ }).waitFor();
    assert.equal(requests(), before);
  });
});

test('the page is left while the model loads, and the element is removed for good: nobody complains', async () => {
  const slow = slowModel();
  const body = tag('preset="plural" shots="1" view="tokens" model="/slow.gguf"');
  await withPage(
    body,
    async ({ page, glass, server }) => {
      await run(glass);
      await glass.getByText(/ of 127 kB$/).waitFor({ timeout: 60_000 });
      await page.goto(`${server.url}/?again`);
      const [worker] = await Promise.all([page.waitForEvent('worker'), run(glass)]);
      const ended = worker.waitForEvent('close');
      await page.evaluate(() => document.querySelector('shot-glass').remove());
      await ended;
    },
    { pages: { '/slow.gguf': slow.answer } },
  );
});

test('the worker crashes: the element says so, and one click starts it again', async () => {
  const body = tag(
    'preset="plural" shots="2" view="tokens" model="/tiny.gguf" snapshot="/plural.json"',
  );
  await withPage(body, async ({ page, glass }) => {
    const [worker] = await Promise.all([page.waitForEvent('worker'), run(glass)]);
    await live(glass);
    const { rows } = await read(glass);
    // Without a word, as a browser does it that needs the memory.
    await worker.evaluate(() => {
      setTimeout(() => close());
    });
    await glass.getByRole('slider').press('ArrowRight');
    const shown = await sentence(glass, /^The engine stopped\. /);
    assert.equal(shown.button, 'Start again');
    assert.equal(shown.badge, 'recorded', 'what is recorded is still there');
    await glass.getByRole('button', { name: 'Start again' }).click();
    await live(glass);
    await glass.getByRole('slider').press('ArrowLeft');
    await live(glass);
    assert.deepEqual((await read(glass)).rows, rows, 'with the same numbers');
  });
});

test('the browser gives no storage, as in private windows: it runs, and says that it will not be kept', async () => {
  const denied = fileURLToPath(new URL('../support/denied-worker.mjs', import.meta.url));
  const worker = fileURLToPath(new URL('../../pkg/dist/worker/worker.js', import.meta.url));
  const wrapped = readFileSync(denied, 'utf8')
    .replace('location.search.slice(1)', "'files,caches'")
    .replace("'/dist/worker/worker.js'", "'./worker.js?real'");
  const headers = { 'content-type': 'text/javascript' };
  const pages = {
    '/pkg/dist/worker/worker.js': ({ url }, response) => {
      response.writeHead(200, headers);
      response.end(url.includes('real') ? readFileSync(worker) : wrapped);
    },
    '/early.js': `StorageManager.prototype.getDirectory = async () => { throw new DOMException('No', 'SecurityError'); };
      Object.defineProperty(globalThis, 'caches', { get() { throw new DOMException('No', 'SecurityError'); } });`,
  };
  const head = '<script type="module" src="/early.js"></script>';
  await withPage(
    tag('preset="plural" shots="1" view="tokens" model="/tiny.gguf"'),
    async ({ glass }) => {
      await run(glass);
      await live(glass);
      await glass.getByText('The browser does not keep the model for your next visit.').waitFor();
    },
    { pages, head, headers: {} },
  );
});

test('a model that is kept says so, and a prompt that is too long is refused in a sentence', async () => {
  const body = tag('editable preset="plural" shots="1" view="tokens" model="/tiny.gguf"');
  await withPage(body, async ({ page, glass, server }) => {
    await run(glass);
    await live(glass);
    await page.goto(`${server.url}/?again`);
    await glass.getByRole('button', { name: 'Run it live — already on this device' }).waitFor();
    await glass.getByLabel('Query').fill('word '.repeat(9000));
    const shown = await sentence(glass, /^The model cannot answer this prompt\. .*tokens/, 60_000);
    assert.equal(shown.badge, null);
    await glass.getByRole('button', { name: 'Undo' }).click();
    await live(glass);
  });
});
