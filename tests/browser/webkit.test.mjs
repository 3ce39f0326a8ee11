// WebKit: the package, the element and the first screen of the lab, with the numbers of the native engine.

import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { modelFile } from '../support/files.mjs';
import { launchWebKit, webkitIsMissing } from '../support/webkit.mjs';
import { agreesInEveryBit, serveAgreement } from './agreement.mjs';
import { html, servePages, snapshotOf } from './element.mjs';
import { serveLab } from './lab.mjs';

const options = { skip: webkitIsMissing };

let browser;

before(async () => {
  if (!webkitIsMissing) browser = await launchWebKit();
});
after(() => browser?.close());

/** The page has no log to read: what goes wrong in it is missed by what is asked of it. */
async function open(t, url) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.goto(url);
  return page;
}

test('the package in WebKit answers as it does in Node', options, async (t) => {
  const server = await serveAgreement();
  t.after(() => server.close());
  const page = await open(t, server.url);
  const ask = async (model) => {
    const prompt = 'Q: walk\nA: walked\n\nQ: play\nA:';
    const prediction = await model.predict(prompt, { topK: 5 });
    const [score] = await model.score(prompt, [' played']);
    let text = '';
    for await (const step of model.generate(prompt, { maxTokens: 4, stop: '\n' })) {
      text += step.textDelta;
    }
    model.close();
    return JSON.stringify({
      candidates: prediction.candidates,
      rest: prediction.rest,
      score,
      text,
    });
  };
  const here = await ask(await Model.load(modelFile));
  const there = await page.evaluate(`async () => {
    const { Model } = await import('/dist/index.js');
    return (${ask})(await Model.load('/model.gguf'));
  }`);
  assert.deepEqual(JSON.parse(there), JSON.parse(here));
});

test('what is wrong is said in WebKit with the code of the error', options, async (t) => {
  const server = await serveAgreement();
  t.after(() => server.close());
  const page = await open(t, server.url);
  const codes = await page.evaluate(async () => {
    const { Model } = await import('/dist/index.js');
    const codeOf = (promise) => promise.then(() => null).catch((error) => error.code);
    const model = await Model.load('/model.gguf');
    const controller = new AbortController();
    controller.abort();
    const codes = [
      await codeOf(Model.load('/missing.gguf')),
      await codeOf(Model.load('/package.json')),
      await codeOf(model.predict('')),
      await codeOf(model.predict('a', { signal: controller.signal })),
    ];
    model.close();
    return [...codes, await codeOf(model.predict('a'))];
  });
  assert.deepEqual(codes, ['download-failed', 'not-gguf', 'empty-prompt', 'aborted', 'closed']);
});

// WebKitGTK has no relaxed SIMD, which the other two builds need. An isolated page runs as many threads as it may.
for (const [loaded, build, threads, every] of [
  [{ threads: 2 }, 'simd128-threads', Math.min(2, availableParallelism()), 3],
  [{ threads: 1 }, 'simd128', 1, 6],
]) {
  test(
    `the build ${build} in WebKit and the native engine agree in every bit`,
    options,
    async (t) => {
      const server = await serveAgreement();
      t.after(() => server.close());
      const page = await open(t, server.url);
      await agreesInEveryBit(page, loaded, { build, threads, every });
    },
  );
}

test('the lab in WebKit opens with recorded numbers, by the slider too', options, async (t) => {
  const server = await serveLab();
  t.after(() => server.close());
  const page = await open(t, server.url);
  const recorded = '.badge[data-origin="recorded"]';
  await page.waitForSelector(recorded);
  await page.evaluate(() => document.querySelector('#view-tokens').click());
  await page.waitForSelector('table.bars tbody tr');
  const readBars = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('table.bars tbody tr')].map((row) => ({
        token: row.querySelector('th').textContent.trim(),
        p: Number(row.querySelector('data').value),
      })),
    );
  const first = await readBars();
  assert.ok(first.length > 2);
  isWhole(first);

  await page.evaluate(() => document.querySelector('#shots').focus());
  await page.press('Home');
  await page.waitForFunction((before) => {
    const row = document.querySelector('table.bars:not(.old) tbody tr');
    return row !== null && row.querySelector('th').textContent.trim() !== before;
  }, first[0].token);
  isWhole(await readBars());
  await page.waitForSelector(recorded);
});

test(
  'the element in WebKit, on a strict page: recorded by the slider, then live with the same numbers',
  options,
  async (t) => {
    const snapshot = await snapshotOf('plural');
    const tag =
      '<shot-glass preset="plural" shots="2" view="tokens" model="/model.gguf" snapshot="/plural.json"></shot-glass>';
    const server = await servePages({
      '/': html(tag),
      '/plural.json': JSON.stringify(snapshot),
    });
    t.after(() => server.close());
    const page = await open(t, server.url);
    const agrees = async (shots) => {
      const { candidates, rest } = snapshot.results[shots];
      const expected = [...candidates.map(({ logprob }) => Math.exp(logprob)), rest.p];
      const shown = await page.evaluate(() =>
        [...document.querySelector('shot-glass').shadowRoot.querySelectorAll('tbody data')].map(
          (data) => Number(data.value),
        ),
      );
      assert.equal(shown.length, expected.length);
      for (const [i, p] of shown.entries()) near(p, expected[i], `row ${i} with ${shots} shots`);
    };

    await page.waitForFunction(() =>
      Boolean(document.querySelector('shot-glass').shadowRoot?.querySelector('.badge')),
    );
    await agrees(2);
    await page.evaluate(() => {
      document.querySelector('shot-glass').shadowRoot.querySelector('input[type="range"]').focus();
    });
    for (const key of ['ArrowRight', 'ArrowRight']) await page.press(key);
    await agrees(4);
    assert.ok(!server.log.includes('/model.gguf'), 'nobody has asked for the model');

    await page.evaluate(() => {
      document.querySelector('shot-glass').shadowRoot.querySelector('.run .primary').click();
    });
    await page.waitForFunction(
      () => {
        const { shadowRoot } = document.querySelector('shot-glass');
        const isLive = shadowRoot.querySelector('.badge.live') !== null;
        return isLive && shadowRoot.querySelector('[aria-busy]') === null;
      },
      null,
      { timeout: 120_000 },
    );
    await agrees(4);
  },
);

const near = (a, b, what) => assert.ok(Math.abs(a - b) <= 1e-4, `${what}: ${a}, ${b}`);
const isWhole = (rows) =>
  near(
    rows.reduce((sum, { p }) => sum + p, 0),
    1,
    'sum',
  );
