// Measures the page as a reader meets it, in Chromium: node tests/bench/lab.mjs
//
// First paint and layout shift without a model; what an edit of a 4-shot prompt waits for its word, and for its bars; how
// long the main thread is ever busy while the model runs; what 500 edits leave behind in memory; what the page weighs.

import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { loadModel, openLab, serveLab, settled } from '../browser/lab.mjs';
import { launch } from '../support/chromium.mjs';

const OPENINGS = 10;
const KEYSTROKES = 100;
const EDITS = 500;

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1];
const ms = (value) => `${value.toFixed(0)} ms`;

/** First contentful paint of fresh profiles, and what moved afterwards. */
async function firstPaint(browser, url) {
  const paints = [];
  const shifts = [];
  for (let i = 0; i < OPENINGS; i++) {
    const context = await browser.newContext();
    const { page } = await openLab(context, url);
    const [paint, shift] = await page.evaluate(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const seen = (type) =>
        new Promise((resolve) => {
          const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
          observer.observe({ type, buffered: true });
          setTimeout(() => resolve([]), 100);
        });
      const paints = await seen('paint');
      const moved = await seen('layout-shift');
      return [
        paints.find(({ name }) => name === 'first-contentful-paint').startTime,
        moved.reduce((sum, { value }) => sum + value, 0),
      ];
    });
    paints.push(paint);
    shifts.push(shift);
    await context.close();
  }
  return { paints, shifts };
}

/** From a keystroke in the query to the frame that shows what answers it, one after the other. */
function keystrokes(page, count, answer) {
  return page.evaluate(
    async ([count, answer]) => {
      const field = document.querySelector('#query');
      const words =
        'The plot was thin and yet I would not have missed one minute of it at all '.split('');
      const waits = [];
      for (let i = 0; i < count; i++) {
        const typed = field.value + words[i % words.length];
        const started = performance.now();
        field.value = i % 60 === 59 ? 'A' : typed;
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        const shown = () => {
          const shown = document.querySelector(answer);
          return shown && !shown.classList.contains('old');
        };
        // It is old from the next frame on, and new again when the answer has come.
        await new Promise((resolve) => queueMicrotask(() => setTimeout(resolve)));
        while (!shown()) await new Promise(requestAnimationFrame);
        waits.push(performance.now() - started);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return waits;
    },
    [count, answer],
  );
}

/** What shows the answer in words, and in tokens. */
const answers = { word: '.headline', bars: 'table.bars' };

async function told(page, name) {
  const waits = await keystrokes(page, KEYSTROKES, answers[name]);
  console.log(
    `keystroke to ${name}, 4-shot prompt: median ${ms(quantile(waits, 0.5))}, 95th percentile ${ms(quantile(waits, 0.95))}, most ${ms(Math.max(...waits))} of ${KEYSTROKES}`,
  );
}

/** Bytes in use, with the worker's memory, after a collection; null where the browser does not tell. */
async function memory(page) {
  const client = await page.context().newCDPSession(page);
  await client.send('HeapProfiler.collectGarbage');
  const { usedSize } = await client.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await client.send('Memory.getDOMCounters');
  await client.detach();
  return { usedSize, nodes, jsEventListeners };
}

async function main() {
  const browser = await launch();
  console.log(`Chromium ${browser.version()}, ${cpus()[0].model.trim()}, ${cpus().length} cores`);

  const assets = fileURLToPath(new URL('../../www/dist/assets', import.meta.url));
  const weigh = (...kinds) =>
    readdirSync(assets)
      .filter((name) => kinds.includes(extname(name)))
      .reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
  console.log(`code: ${(weigh('.js', '.css') / 1000).toFixed(0)} kB gzipped, all chunks`);

  const isolated = await serveLab();
  const { paints, shifts } = await firstPaint(browser, isolated.url);
  console.log(
    `first contentful paint: median ${ms(quantile(paints, 0.5))}, most ${ms(Math.max(...paints))} of ${OPENINGS}; layout shift: most ${Math.max(...shifts).toFixed(4)}`,
  );
  await isolated.close();

  // Not isolated, so that it is the build `relaxed` that runs.
  const server = await serveLab({ isolated: false });
  const { page, complaints } = await openLab(browser, server.url);
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  await loadModel(page);
  await settled(page);
  await told(page, 'word');
  await page.selectOption('#preset', 'sentiment');
  await page.getByRole('tab', { name: 'Tokens', exact: true }).click();
  await settled(page);
  await page.evaluate(() => {
    window.longTasks.length = 0;
  });
  await told(page, 'bars');
  const before = await memory(page);
  await keystrokes(page, EDITS, answers.bars);
  const after = await memory(page);
  console.log(
    `${EDITS} edits: heap ${(before.usedSize / 1e6).toFixed(1)} → ${(after.usedSize / 1e6).toFixed(1)} MB, nodes ${before.nodes} → ${after.nodes}, listeners ${before.jsEventListeners} → ${after.jsEventListeners}`,
  );
  const longTasks = await page.evaluate(() => window.longTasks);
  console.log(
    `long tasks on the main thread in ${KEYSTROKES + EDITS} edits: ${longTasks.length}${longTasks.length > 0 ? `, most ${ms(Math.max(...longTasks))}` : ''}`,
  );
  if (complaints.length > 0) console.log(`the page complained: ${complaints.join('; ')}`);
  await browser.close();
  await server.close();
}

await main();
