import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadModel, openLab, readTable, serveLab } from '../browser/lab.mjs';
import { labModule } from '../lab/module.mjs';
import { launch } from '../support/chromium.mjs';
import { serve } from '../support/serve.mjs';
import { isSame } from '../support/tag.mjs';
import { example, truth } from './example.mjs';

const script = fileURLToPath(new URL('../../www/record/image.mjs', import.meta.url));
const { decodeLink } = await labModule('share/link.ts');
const pictures = ['shotglass-light.svg', 'shotglass-dark.svg'];

/** What a page keeps of Markdown that is already HTML. */
const linkOf = (markdown) => markdown.match(/<a href="([^"]+)">/)[1];
const hashOf = (markdown) => new URL(linkOf(markdown)).hash;

test('a picture and a link: what the command writes is what the page shows', async () => {
  const expected = await truth();
  const { folder, run } = await example('image');
  const read = (path) => readFile(join(folder, path), 'utf8');
  const page = await read('page/README.md');
  const before = await Promise.all(pictures.map((name) => read(`page/${name}`)));

  const [, command] = (await read('README.md')).match(/```sh\n(.*)\n```/);
  await run(command.replace('cargo xtask image', `node ${script}`));
  assert.deepEqual(await Promise.all(pictures.map((name) => read(`page/${name}`))), before);
  const written = await read('page/shotglass.md');
  // Another zlib may deflate to other bytes.
  assert.deepEqual(await decodeLink(hashOf(page)), await decodeLink(hashOf(written)));
  assert.ok(page.replace(linkOf(page), '').endsWith(written.replace(linkOf(written), '')));

  for (const picture of before) {
    const drawn = [...picture.matchAll(/data-p="([^"]+)"/g)].map(([, p]) => Number(p));
    isSame(drawn, expected, 'drawn');
    for (const { p } of expected.candidates.slice(0, 3)) {
      assert.ok(
        picture.includes(`>${p < 0.00995 ? (100 * p).toFixed(2) : (100 * p).toFixed(1)}%<`),
      );
    }
  }
});

test('a picture and a link: without scripts it shows, and the link opens the lab with the state', async () => {
  const { folder } = await example('image');
  const page = await readFile(join(folder, 'page/README.md'), 'utf8');
  const html = `<!doctype html>${page.slice(page.indexOf('<a '))}`;
  const server = await serve(join(folder, 'page'), {
    html,
    headers: { 'content-security-policy': "default-src 'none'; img-src 'self'" },
  });
  const lab = await serveLab();
  const browser = await launch();
  try {
    for (const colorScheme of ['light', 'dark']) {
      const reader = await browser.newPage({ colorScheme });
      await reader.goto(server.url);
      const image = reader.locator('img');
      const [width, source] = await image.evaluate((img) => [img.naturalWidth, img.currentSrc]);
      assert.equal(width, 640);
      assert.ok(source.endsWith(`shotglass-${colorScheme}.svg`));
      assert.match(await image.getAttribute('alt'), /^After 2 shots, horses .* 92\.5%$/);
    }
    const opened = await openLab(browser, `${lab.url}${hashOf(page)}`);
    await opened.page.locator('.receipt[data-state=waiting]').waitFor();
    assert.equal(await opened.page.locator('#shots').inputValue(), '2');
    assert.equal(await opened.page.locator('#query').inputValue(), 'horse');
    await loadModel(opened.page);
    await opened.page.locator('.receipt[data-state=matches]').waitFor();
    const { rows, rest } = await readTable(opened.page);
    isSame([...rows.map(({ p }) => p), rest.p], await truth(), 'in the lab');
    assert.deepEqual(opened.complaints, []);
  } finally {
    await browser.close();
    await lab.close();
    server.close();
  }
});
