// <shot-glass preset="…"> whose presets do not come: a sentence, and another try when the element comes back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch } from '../support/chromium.mjs';
import { html, openPage, servePages } from './element.mjs';

const path = '/pkg/dist/presets/index.js';
const sentence = /^The presets could not be loaded\. Check the connection/;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A page with one element, whose presets are withheld in some way. */
async function withPresets(t, withhold) {
  const pages = { '/': html('<shot-glass preset="plural"></shot-glass>'), '/favicon.ico': '' };
  const server = await servePages({ ...pages, [path]: withhold });
  const { page } = await openPage(browser, 'about:blank');
  t.after(async () => {
    await page.context().close();
    server.close();
  });
  const problem = page.locator('shot-glass .problems p').filter({ hasText: sentence });
  return { page, server, problem, tries: () => server.log.filter((at) => at === path).length };
}

/** As a page does that shows another part of itself. */
const putBack = (page) =>
  page.evaluate(() => {
    const glass = document.querySelector('shot-glass');
    const { parentNode } = glass;
    glass.remove();
    parentNode.append(glass);
  });

// They were asked for once in the life of a page.
test('presets that could not be had are asked for again by an element that comes back', async (t) => {
  const { page, server, problem, tries } = await withPresets(t, (_, response) =>
    response.writeHead(503).end(),
  );
  await page.goto(server.url);
  await problem.waitFor();
  await page.waitForTimeout(500);
  assert.equal(tries(), 1, 'and not again by itself');
  await page.route(`**${path}`, (route) =>
    route.fulfill({
      contentType: 'text/javascript',
      body: `export const presets = [{ id: 'plural', shots: 1, task: ${JSON.stringify(task)} }];`,
    }),
  );
  await putBack(page);
  await page.locator('shot-glass .count').waitFor();
  assert.equal(await problem.count(), 0);
});

// It said without an end that what it shows is being fetched.
test('presets that never come are given up after half a minute', async (t) => {
  const { page, server, problem } = await withPresets(t, () => {});
  await page.clock.install();
  await page.goto(server.url);
  await page.locator('shot-glass').getByText('is being fetched').waitFor();
  await page.clock.runFor(29_000);
  assert.equal(await problem.count(), 0);
  await page.clock.runFor(2_000);
  await problem.waitFor();
});

const task = {
  instruction: '',
  template: {
    instructionSeparator: '',
    inputPrefix: 'Q: ',
    inputSuffix: '\n',
    outputPrefix: 'A:',
    outputSeparator: ' ',
    demonstrationSeparator: '\n\n',
  },
  demonstrations: [{ input: 'dog', output: 'dogs' }],
  query: 'cat',
};
