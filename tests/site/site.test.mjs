// The folder for a static host, as such a host serves it: below a sub-path, with its own page for what is missing.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { presets } from 'shotglass/presets';
import { analyze } from '../support/axe.mjs';
import { complaintsOf, useChromium } from '../support/chromium.mjs';
import { serve } from '../support/serve.mjs';
import { walk } from './walk.mjs';

const parent = fileURLToPath(new URL('../../target/site-test/', import.meta.url));
const folder = join(parent, 'shotglass');
/** The address that the site was built for. */
const address = 'https://example.org/shotglass/';
const missing = 'no/such/page';

const chromium = useChromium();
let server;
let site;
let context;
const requests = [];
const complaints = [];

before(async () => {
  assert.ok(existsSync(join(folder, '404.html')), 'run cargo xtask test --only site');
  const body = readFileSync(join(folder, '404.html'));
  server = await serve(parent, { pages: { [`/shotglass/${missing}`]: { status: 404, body } } });
  site = `${server.url}shotglass/`;
  const { browser } = await chromium.ready();
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.on('request', (request) => requests.push(request.url()));
});

after(async () => {
  await context?.close();
  server?.close();
});

/** Whatever a test opens: no page complains, and nobody but the site is asked. */
afterEach(async () => {
  for (const page of context.pages()) await page.close();
  const asked = requests.splice(0).filter((url) => /^https?:/.test(url) && !url.startsWith(site));
  const complained = complaints.splice(0).flat();
  assert.deepEqual(asked, [], 'requests that leave the site');
  assert.deepEqual(complained, []);
});

/** Opens a page of the site. A file that it lacks is written to the console, as an error. */
async function open(path) {
  const page = await context.newPage();
  const isItself = (message) => message.location().url === `${site}${missing}`;
  complaints.push(complaintsOf(page, isItself));
  await page.goto(new URL(path, site).href);
  return page;
}

/** The pages of a part of the site. */
const pagesOf = (part) =>
  readdirSync(join(folder, part))
    .filter((name) => name.endsWith('.html'))
    .map((name) => `${part}/${name}`);

const ours = ['guides', 'examples', 'p'].flatMap(pagesOf);

test('from the lab, every link of every page leads to a page of the site', async () => {
  const page = await open('');
  const guides = await page.locator('footer a', { hasText: 'Guides' }).evaluate(({ href }) => href);
  const { visited, problems } = await walk(page, site, [site, guides]);
  assert.deepEqual(problems, []);
  const isVisited = (path) => visited.has(path) || visited.has(path.replace(/index\.html$/, ''));
  const references = ['api/classes/index.Model.html', 'rust/shotglass/index.html'];
  const unlinked = [...ours, ...references].filter((path) => !isVisited(path));
  assert.deepEqual(unlinked, [], 'pages that no link leads to');
});

test('the pages of the site open, ask nobody else, and are accessible', async () => {
  const forwards = (path) => path.startsWith('p/') && path !== 'p/index.html';
  // One of each kind, because this takes a second each.
  const examined = ['guides/docs.html', 'guides/read-the-numbers.html', 'examples/next.html'];
  examined.push('guides/index.html', 'p/index.html', missing);
  for (const path of new Set([...ours.filter((each) => !forwards(each)), ...examined])) {
    const page = await open(path);
    if (examined.includes(path)) {
      const { violations } = await analyze(page);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
      assert.deepEqual(found, [], path);
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} pixels too wide`);
  }
});

test('the references open and search without another host', async () => {
  const api = await open('api/');
  await api.locator('#tsd-search-trigger').click();
  await api.locator('#tsd-search-input').fill('predict');
  await api.locator('#tsd-search-results li a').first().waitFor();
  const rust = await open('rust/');
  await rust.waitForURL(/rust\/shotglass\/$/);
  await rust.goto(`${site}rust/shotglass/?search=session`);
  await rust.locator('.search-results a').first().waitFor();
});

test('below a sub-path the lab shows recorded numbers, and opens again without a network', async () => {
  const page = await open('');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  const first = page.locator('.headline:not(.old)');
  assert.match(await first.textContent(), /horses.*91\.3%/s);
  await page.locator('[data-offline="ready"]').waitFor({ timeout: 30_000 });
  await context.setOffline(true);
  try {
    await page.reload();
    assert.match(await first.textContent(), /horses.*91\.3%/s);
  } finally {
    await context.setOffline(false);
  }
  // The worker keeps the lab, and leaves everything else to the host.
  const response = await page.goto(`${site}guides/`);
  assert.equal(response.status(), 200);
  assert.equal(response.fromServiceWorker(), false);
});

test('the lab has a picture for other sites, with its whole address, in both languages', async () => {
  for (const [file, address_] of [
    ['index.html', address],
    ['zh.html', `${address}zh.html`],
  ]) {
    const html = readFileSync(join(folder, file), 'utf8');
    const tag = (name) => html.match(`property="og:${name}"\\s+content="([^"]+)"`)?.[1];
    assert.equal(tag('url'), address_);
    assert.equal(tag('image'), `${address}og.png`);
    assert.equal(html.match(/property="og:image"/g).length, 1);
    const [, title] = html.match(/<title>(.*?)<\/title>/);
    assert.equal(tag('title'), title);
    const isChinese = /[\u4e00-\u9fff]/;
    for (const name of ['title', 'description', 'image:alt']) {
      const text = tag(name);
      assert.ok(text, `${file}: ${name}`);
      assert.equal(isChinese.test(text), file === 'zh.html', text);
    }
    const lab = await open(file === 'zh.html' ? file : '');
    await lab.locator('lab-app').waitFor();
    assert.equal(await lab.title(), title, 'scripts leave it');
  }
  const png = readFileSync(join(folder, 'og.png'));
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630]);
  assert.ok(png.length <= 60_000, `${png.length} bytes`);
});

test('a guide shows the tag with the numbers of the package', async () => {
  const page = await open('guides/docs.html');
  const row = page
    .locator('shot-glass')
    .getByRole('row', { name: /horses/ })
    .first();
  assert.match(await row.textContent(), /91\.6%/);
});

test('a preset has a page with a picture for other sites, which forwards to the lab', async () => {
  for (const { id } of presets) {
    const html = readFileSync(join(folder, `p/${id}.html`), 'utf8');
    const tag = (name) => html.match(`<meta property="og:${name}" content="([^"]+)">`)?.[1];
    assert.equal(tag('url'), `${address}p/${id}.html`);
    assert.ok(tag('title').endsWith(' – shotglass'), tag('title'));
    assert.ok(tag('description').length > 40, tag('description'));
    assert.match(tag('image:alt'), /^After \d+ demonstrations?, .+ comes next with p = .+/);
    assert.ok(tag('image').startsWith(address));
    const png = readFileSync(join(folder, tag('image').slice(address.length)));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [1200, 630], id);
    assert.deepEqual([tag('image:width'), tag('image:height')], ['1200', '630']);
  }
  const page = await open('p/sentiment.html');
  await page.waitForURL(/\/shotglass\/#v1\//);
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  assert.equal(await page.inputValue('#preset'), 'sentiment');
});

test('the page for what is missing has its look and its links at any depth', async () => {
  const page = await open(missing);
  assert.equal(await page.locator('h1').textContent(), 'Not found');
  const [paper, links] = await page.evaluate(() => [
    getComputedStyle(document.documentElement).backgroundColor,
    [...document.querySelectorAll('nav a')].map(({ href }) => href),
  ]);
  assert.equal(paper, 'rgb(251, 249, 246)');
  assert.equal(links.length, 6);
  for (const link of links) assert.equal((await page.request.get(link)).status(), 200, link);
});
