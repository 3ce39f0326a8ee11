// Takes the picture of the lab that the README shows: node tests/browser/screenshot.mjs

import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch } from '../support/chromium.mjs';
import { loadModel, openLab, serveLab } from './lab.mjs';

const picture = fileURLToPath(new URL('../../www/screenshot.png', import.meta.url));

const server = await serveLab();
const browser = await launch();
const { page } = await openLab(browser, server.url, {
  colorScheme: 'light',
  viewport: { width: 1280, height: 940 },
});
await loadModel(page);
// All that follows an answer is there, the pointer out of the way, and the bars at rest.
await page.locator('.ladder:not(.old) .ladder-finding', { hasText: '%' }).waitFor();
await page.locator('.totals data').waitFor();
await page.mouse.move(665, 900);
await page.waitForTimeout(600);
await page.screenshot({ path: picture });
await browser.close();
await server.close();
console.log(`${picture}: ${statSync(picture).size} bytes`);
