// What goes wrong beside the model: parts of the page that do not come, links that cross, a model's file that is hostile.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { labModule } from '../lab/module.mjs';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { live, openLab, serveLab, settled } from './lab.mjs';

mustExist(modelFile, 'cargo xtask model');
const { encodeLink } = await labModule('share/link.ts');
const { draftOf } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetById } = await labModule('presets/index.ts');

let server;
let browser;
let page;
let complaints = [];
before(async () => {
  server = await serveLab();
  browser = await launch(null, [], 'shell');
});
after(async () => {
  await browser?.close();
  await server?.close();
});
afterEach(async () => {
  await page?.context().close();
  // The browser tells of what it could not fetch, whatever a page does about it.
  const own = complaints.filter((text) => !/^Failed to load resource/.test(text));
  assert.deepEqual(own, [], 'the page complained');
});

/** The lab without its offline copy, through which requests cannot be broken off. */
async function open(path = '', init = null) {
  const context = await browser.newContext({
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
  });
  if (init) await context.addInitScript(init);
  ({ page, complaints } = await openLab({ newPage: () => context.newPage() }, server.url + path));
  await page.locator('lab-app').waitFor();
}

/** Breaks off every request for a part of the page; what is given lets them through again. */
async function withhold(pattern) {
  await page.route(pattern, (route) => route.abort());
  return () => page.unroute(pattern);
}

const sentence = (text) => page.locator('[role=alert]').filter({ hasText: text });
const connection = 'Check your connection, then try again: a part of the page could not be loaded.';

test('a record that does not come is told, and comes with the next edit', async () => {
  await open();
  const restore = await withhold('**/assets/capital-*.js');
  await page.selectOption('#preset', 'capital');
  await sentence(connection).waitFor();
  await restore();
  await page.locator('#shots').fill('1');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  assert.equal(await sentence('could not be loaded').count(), 0);
});

test('what does not come again makes the page offer to be opened anew, with the work in it', async () => {
  await open();
  const restore = await withhold('**/assets/capital-*.js');
  for (const preset of ['plural', 'plural']) {
    await page.selectOption('#preset', preset);
    await page.selectOption('#preset', 'capital');
    await sentence(/a part of (the page|it) /i)
      .first()
      .waitFor();
  }
  const reload = page.locator('.stuck button');
  await reload.waitFor();
  await restore();
  await reload.click();
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  assert.equal(await page.inputValue('#preset'), 'capital');
});

test('words of the other language that do not come leave the page in its own', async () => {
  await open();
  const restore = await withhold('**/assets/zh-*.js');
  const language = page.locator('.language select');
  await language.selectOption('zh-Hans');
  await sentence(connection).waitFor();
  assert.equal(await language.inputValue(), 'en');
  await restore();
  await language.selectOption('zh-Hans');
  await page.getByRole('heading', { name: '提示词', exact: true }).waitFor();
  assert.equal(await sentence('页面').count(), 0);
});

test('a table whose reader does not come is read by another try', async () => {
  await open();
  const restore = await withhold('**/assets/data-*.js');
  await page.getByRole('button', { name: 'Import…' }).click();
  await page.locator('dialog.import textarea').fill('input\toutput\nwalk\twalked');
  await page.locator('dialog.import').getByText(connection).waitFor();
  await restore();
  await page.locator('dialog.import').getByRole('button', { name: 'Try again' }).click();
  await page.locator('.import-preview').waitFor();
});

// The older link needs longer to be read here: the page showed it after the newer one.
test('of two links that are opened quickly, the later one wins', async () => {
  await open('', () => {
    const Native = globalThis.DecompressionStream;
    globalThis.DecompressionStream = class {
      constructor(format) {
        const { readable, writable } = new Native(format);
        const slow = globalThis.slowly;
        globalThis.slowly = false;
        const wait = (chunk, controller) =>
          new Promise((resolve) => setTimeout(resolve, slow ? 1000 : 0)).then(() =>
            controller.enqueue(chunk),
          );
        this.writable = writable;
        this.readable = readable.pipeThrough(new TransformStream({ transform: wait }));
      }
    };
  });
  const link = (query) =>
    encodeLink({
      draft: { ...draftOf(presetById('plural')), query },
      settings: defaultSettings,
      receipt: null,
    });
  const links = [await link('older'), await link('newer')];
  await page.evaluate(async ([older, newer]) => {
    globalThis.slowly = true;
    location.hash = older;
    await new Promise((resolve) => setTimeout(resolve, 50));
    location.hash = newer;
  }, links);
  await page.waitForFunction(() => document.querySelector('#query').value === 'newer');
  await page.waitForTimeout(1500);
  assert.equal(await page.inputValue('#query'), 'newer');
});

// What the sheet shows follows the page, and a failure changes the page: it must not ask itself again.
test('a link that cannot be made is told once, and made when the sheet is opened again', async () => {
  await open('', () => {
    const Native = globalThis.CompressionStream;
    globalThis.tries = 0;
    globalThis.CompressionStream = class extends Native {
      constructor(format) {
        super(format);
        globalThis.tries += 1;
        if (!globalThis.works) throw new Error('No room for a link.');
      }
    };
  });
  await page.click('#share');
  await page.locator('.share-empty').filter({ hasText: 'No room for a link.' }).waitFor();
  await page.waitForTimeout(500);
  const tries = await page.evaluate(() => globalThis.tries);
  assert.ok(tries <= 2, `it was tried ${tries} times`);
  await page.keyboard.press('Escape');
  await page.evaluate(() => {
    globalThis.works = true;
  });
  await page.click('#share');
  await page.locator('.share-file textarea[data-file="link"]').waitFor();
});

/** A copy of the model with other texts in its header, as long as those that they replace. */
function altered(t, texts) {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-hostile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'hostile.gguf');
  copyFileSync(modelFile, file);
  const handle = openSync(file, 'r+');
  const head = Buffer.alloc(8_000_000);
  readSync(handle, head, 0, head.length, 0);
  for (const [key, textOf] of Object.entries(texts)) {
    // The key, the type of a text, its length, and the text.
    const at = head.indexOf(key) + key.length;
    assert.equal(head.readUInt32LE(at), 8, key);
    const length = Number(head.readBigUInt64LE(at + 4));
    const text = Buffer.from(textOf(length));
    assert.equal(text.length, length, key);
    writeSync(handle, text, 0, length, at + 12);
  }
  return file;
}
const padded = (text, length) => text + 'x'.repeat(length - Buffer.byteLength(text));
const template = (body) => (length) => `${body}{#${padded('', length - body.length - 4)}#}`;

test('a chat template that takes for ever is ended, and the page goes on', async (t) => {
  await open();
  // Within the steps that one conversation may take, but a second of work for each of many.
  const twice = '{% for i in range(16) %}{% set ns.s = ns.s + ns.s %}{% endfor %}';
  const changed = "{% for i in range(15) %}{% set x = ns.s|replace('x','y') %}{% endfor %}";
  const turns = '{% for m in messages %}{{ m.content }}{% endfor %}';
  const slow = `{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}${twice}${changed}${turns}`;
  const file = altered(t, {
    'tokenizer.chat_template': template(slow),
    'general.name': (length) => padded('safe\u202egnp.exe\u001b[31m', length),
  });
  await page.locator('#model-file').setInputFiles(file);
  await live(page, 120_000);
  const name = await page.locator('.model-name').textContent();
  assert.match(name, /^safeU\+202Egnp\.exeU\+001B\[31mx+$/, 'the name is shown as it is spelled');
  await page.locator('.badge summary').click();
  assert.match(await page.locator('.badge-about').textContent(), /safeU\+202Egnp\.exe/);

  await page.evaluate(() => {
    globalThis.longest = 0;
    let last = performance.now();
    setInterval(() => {
      globalThis.longest = Math.max(globalThis.longest, performance.now() - last);
      last = performance.now();
    }, 50);
  });
  await page.locator('.form-switch').getByLabel('chat').check();
  const said = page.locator('.form-switch .hint');
  await said.filter({ hasText: 'did not finish within 2 seconds, so it was stopped.' }).waitFor();
  const longest = await page.evaluate(() => globalThis.longest);
  t.diagnostic(`the page was held up for ${Math.round(longest)} ms at most`);
  await page.fill('#query', 'fox');
  await settled(page);
});

test('a chat template with a loop of a hundred million turns is refused with a sentence', async (t) => {
  await open();
  const loop = '{% for i in range(100000000) %}{% endfor %}';
  const file = altered(t, { 'tokenizer.chat_template': template(loop) });
  await page.locator('#model-file').setInputFiles(file);
  await live(page, 120_000);
  await page.locator('.form-switch').getByLabel('chat').check();
  const said = page.locator('.form-switch .hint').filter({ hasText: 'A range has at most' });
  await said.waitFor();
});

test('a reader of templates that does not come is not told as a bad template', async () => {
  await open();
  await page.locator('#model-file').setInputFiles(modelFile);
  await live(page, 120_000);
  const restore = await withhold('**/assets/chat-worker-*.js');
  await page.locator('.form-switch').getByLabel('chat').check();
  const said = page.locator('.form-switch .hint');
  await said.filter({ hasText: 'reads templates could not be loaded' }).waitFor();
  await restore();
  await page.fill('#query', 'fox');
  await said.filter({ hasText: 'this model’s own chat template' }).waitFor();
  await page.locator('lab-exact .strip').filter({ hasText: '<|im_start|>' }).waitFor();
});
