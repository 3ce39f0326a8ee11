// A subject in a fresh page of a real Chromium; closing the page gives all of its memory back.

import { fileURLToPath } from 'node:url';
import { isolated, serve } from '../support/serve.mjs';
import { DECODED_AFTER } from './measure.mjs';
import { linearMemory, watchMemory } from './memory.mjs';

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));
const inPage = ['measure.mjs', 'memory-hook.js', 'prompts.mjs'].concat(
  ['shotglass', 'wllama-2', 'wllama-3'].map((adapter) => `adapters/${adapter}.mjs`),
);

/**
 * Serves the packages, the adapters and `models` (path on the server → file), isolated so that
 * threads may share memory.
 */
export function serveSubjects(models) {
  const bench = inPage.map((file) => [`/bench/${file}`, `${here}${file}`]);
  return serve(packages, {
    files: { ...Object.fromEntries(bench), ...models },
    headers: isolated,
    html: '<!doctype html><link rel="icon" href="data:,"><title>bench</title>',
  });
}

/**
 * Loads `subject` from a copy of the model that the page holds already, and measures it. The sample
 * also says how many seconds the `load` took, from opening the package to a model that is ready.
 */
export function samplePage(browser, url, subject, plan) {
  return inFreshPage(browser, async (page) => {
    await page.goto(url);
    const { seconds, about } = await page.evaluate(loadInPage, subject);
    const sample = await page.evaluate(measureInPage, plan);
    return { about, load: seconds, ...sample };
  });
}

/** Bytes of linear memory that `subject` has taken when it is loaded, and after a prompt. */
export function sampleMemory(browser, url, subject) {
  return inFreshPage(browser, async (page) => {
    await watchMemory(page);
    await page.goto(url);
    await page.evaluate(loadInPage, subject);
    const memoryLoaded = await linearMemory(page);
    await page.evaluate(measureInPage, { lengths: [DECODED_AFTER], fewShot: false });
    return { 'memory-loaded': memoryLoaded, 'memory-prompt': await linearMemory(page) };
  });
}

async function inFreshPage(browser, work) {
  const context = await browser.newContext();
  let timer;
  try {
    const page = await context.newPage();
    // A page that dies or hangs answers nothing: without this the run would wait for ever.
    const dead = new Promise((_, reject) => {
      page.on('crash', () => reject(new Error('its page crashed')));
      timer = setTimeout(() => reject(new Error('it took more than ten minutes')), 600_000);
    });
    return await Promise.race([work(page), dead]);
  } finally {
    clearTimeout(timer);
    await context.close();
  }
}

// The two functions below are sent to the page as text.

async function loadInPage({ adapter, model, build, threads, context }) {
  const file = await (await fetch(model)).blob();
  const { load } = await import(`/bench/adapters/${adapter}.mjs`);
  const started = performance.now();
  globalThis.subject = await load({ file, build, threads, context });
  return { seconds: (performance.now() - started) / 1000, about: globalThis.subject.about };
}

async function measureInPage(plan) {
  const { measure } = await import('/bench/measure.mjs');
  return measure(globalThis.subject, plan);
}
