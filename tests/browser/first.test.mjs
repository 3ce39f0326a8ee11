// The first minute: recorded numbers at once, without a download, and from there to the model itself.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tinyFolder } from '../support/files.mjs';
import { live, readTable, settled, showTokens, useLab, wayCheck } from './lab.mjs';

const lab = useLab({ perTest: true });
let page;

/** Opens the lab; `asked` gathers the requests for a model, and `init` runs in the page before it. */
async function open({ init, path = '', tokens = true, ...options } = {}) {
  const context = await lab.browser.newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    // They would answer in the place of the routes below.
    serviceWorkers: 'block',
    ...options,
  });
  if (init) await context.addInitScript(init);
  const asked = [];
  context.on('request', (request) => {
    if (request.url().includes('.gguf')) asked.push(request.method());
  });
  page = await lab.open({ context, link: path });
  if (tokens) await showTokens(page);
  return { asked };
}

/** Waits until the page has had its look at the device, which an edit waits for, too. */
const looked = () =>
  page.locator('lab-offer', { hasText: /On this device|在这台设备上/ }).waitFor();

/** A model that never comes. */
const hang = () =>
  page.route('**/*.gguf', (route) => {
    if (route.request().method() === 'HEAD') return route.fallback();
  });

const record = (id) =>
  JSON.parse(readFileSync(new URL(`../../pkg/src/records/${id}.json`, import.meta.url), 'utf8'));

/** Where the numbers come from; null where there are none. */
const origin = async () => {
  const badge = page.locator('.badge');
  return (await badge.count()) === 0 ? null : badge.getAttribute('data-origin');
};

/** Where the table stands in its panel. */
const place = () =>
  page
    .locator('table.bars')
    .evaluate(
      (table) =>
        table.getBoundingClientRect().top - table.closest('.answer').getBoundingClientRect().top,
    );

async function shows(id, shots) {
  const { rows, rest } = await readTable(page);
  const at = record(id).results[shots];
  assert.deepEqual(
    rows.map(({ logprob }) => logprob),
    at.candidates.map(({ logprob }) => logprob),
    `${id}, ${shots} shots`,
  );
  assert.equal(rest.p, at.rest.p);
  const sum = rows.reduce((sum, { p }) => sum + p, rest.p);
  assert.ok(Math.abs(sum - 1) < 1e-4, `all rows add up to ${sum}`);
}

test('the page opens on what is recorded, and the slider walks through it', async () => {
  const { asked } = await open();
  assert.equal(await origin(), 'recorded');
  await shows('plural', 4);
  await page.locator('#shots').focus();
  for (const shots of [3, 2, 1, 0]) {
    await page.keyboard.press('ArrowLeft');
    assert.equal(await origin(), 'recorded');
    await shows('plural', shots);
  }
  await page.keyboard.press('End');
  await shows('plural', 10);

  // The records of the other tasks come when they are asked for.
  await page.getByLabel('Task').selectOption('sentiment');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  await shows('sentiment', await page.locator('#shots').inputValue().then(Number));
  await looked();
  assert.deepEqual(asked, [], 'nothing is fetched or started before it is asked for');
  assert.equal(page.workers().length, 0);
});

test('another recorded query shows its own words and ladder after any number of shots, and fetches nothing', async () => {
  const { asked } = await open();
  await looked();
  await page.fill('#query', 'mouse');
  assert.equal(await origin(), 'recorded');
  const { results } = record('plural').queries.find(({ query }) => query === 'mouse');
  assert.equal(await page.locator('table.bars').count(), 0, 'its tokens are not recorded');
  assert.match(await page.locator('.not-recorded').textContent(), /^Only the words are recorded/);
  await page.locator('#view-words').click();
  for (const shots of [4, 0]) {
    await page.locator('#shots').fill(String(shots));
    const ladder = await page
      .locator('.rung-track > span')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.style.getPropertyValue('--p'))));
    assert.equal(ladder.length, results.length);
    for (const [k, { answer }] of results.entries()) {
      assert.ok(Math.abs(ladder[k] - Math.exp(answer)) < 1e-4, `${ladder[k]} with ${k}`);
    }
    const words = await page.locator('.tree .spelled').allTextContents();
    assert.deepEqual(
      words.map((word) => word.replace('␣', ' ')),
      results[shots].words.map(([text]) => text),
    );
  }
  assert.deepEqual(asked, []);
});

for (const [width, path] of [
  [1280, ''],
  [390, ''],
  [1280, '?lang=zh-Hans'],
]) {
  test(`nothing moves once it is drawn: ${width} px ${path}`, async () => {
    await open({
      path,
      viewport: { width, height: 900 },
      tokens: false,
      init: () => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries()) {
            window.shifts.push([
              value,
              ...sources.map(({ node }) => node?.outerHTML?.slice(0, 80)),
            ]);
          }
        }).observe({ type: 'layout-shift', buffered: true });
      },
    });
    await looked();
    await page.evaluate(() => document.fonts.ready);
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))),
    );
    const shifts = await page.evaluate(() => window.shifts);
    const sum = shifts.reduce((sum, [value]) => sum + value, 0);
    assert.ok(sum < 0.01, JSON.stringify(shifts));
  });
}

test('the badge says which model it was, by mouse and by keyboard', async () => {
  await open();
  const summary = page.locator('.badge summary');
  await summary.press('Enter');
  const about = page.locator('.badge-about');
  assert.match(await about.textContent(), /cargo xtask record/);
  assert.match(await about.textContent(), new RegExp(record('plural').model.sha256));
  await page.keyboard.press('Escape');
  assert.ok(await about.isHidden());
  assert.ok(await summary.evaluate((one) => one === document.activeElement));
  await summary.click();
  assert.ok(await about.isVisible());
  await page.locator('h1').click();
  assert.ok(await about.isHidden(), 'it closes when one goes on');
});

/** The line beside the query, and its button. */
const need = () => page.locator('lab-need');
const runHere = () => need().getByRole('button');

test('an edit that leaves the record asks for the model, and fetches nothing by itself', async () => {
  const { asked } = await open();
  await hang();
  await looked();
  const before = await place();
  assert.equal((await need().textContent()).trim(), '', 'what is recorded needs no model');
  await page.fill('#query', 'wolf');
  const bar = page.getByRole('progressbar', { name: 'Loading the model to answer your prompt' });
  await runHere().waitFor();
  assert.match(await need().textContent(), /Needs the model: 98 MB, once\./);
  assert.equal(await bar.count(), 0);
  assert.deepEqual(asked, []);
  await runHere().press('Enter');
  await bar.waitFor();
  assert.equal(await origin(), null);
  assert.equal(await page.locator('table.bars').count(), 0, 'no numbers of another prompt');
  assert.equal(await page.locator('.rung-track[data-known="true"]').count(), 0);
  assert.equal(
    await page.locator('.not-recorded').textContent(),
    'Load the model to see the answer.',
  );
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await page.getByRole('button', { name: /^Run it live — 98 MB/ }).waitFor();

  await page.fill('#query', 'fox');
  assert.equal(await bar.count(), 0, 'it does not go on by itself');
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await origin(), null);
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await origin(), 'recorded');
  await shows('plural', 4);
  assert.equal(await place(), before, 'the table comes back to its place');
});

// Labels of an edited prompt are recorded nowhere. Someone who edits it asks for the model, and someone who then cancels
// has none: the Labels view went on saying "Running the model…", for as long as the page was open.
test('an edit that is cancelled leaves nobody waiting for labels', async () => {
  await open({ path: '?preset=sentiment' });
  await hang();
  await looked();
  await page.locator('#view-labels').click();
  const panel = page.locator('lab-labels');
  await panel.locator('table.of-labels').waitFor();
  await page.fill('#query', 'Neither here nor there.');
  await runHere().press('Enter');
  const pending = panel.locator('.labels-pending');
  await pending.waitFor();
  assert.match(await pending.textContent(), /Load the model/);
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await page.getByRole('button', { name: /^Run it live —/ }).waitFor();
  assert.doesNotMatch(await panel.textContent(), /Running/);
  assert.match(await pending.textContent(), /Load the model/);
  await page.getByRole('button', { name: 'Undo' }).click();
  await panel.locator('table.of-labels:not(.old)').waitFor();
  assert.equal(await pending.count(), 0, 'what is recorded is back');
});

for (const [what, init, reason] of [
  [
    'no SIMD',
    () => {
      WebAssembly.validate = () => false;
    },
    /SIMD/,
  ],
  [
    'little memory',
    () => Object.defineProperty(navigator, 'deviceMemory', { value: 0.5 }),
    /memory/,
  ],
]) {
  test(`${what}: the records stay, and the button says why it cannot`, async () => {
    const { asked } = await open({ init });
    const button = page.getByRole('button', { name: 'Cannot run here' });
    await button.waitFor();
    assert.equal(await button.getAttribute('aria-disabled'), 'true');
    const described = await button.getAttribute('aria-describedby');
    assert.match(await page.locator(`#${described}`).textContent(), reason);
    await button.press('Enter');
    await page.fill('#query', 'wolf');
    assert.equal(await page.locator('.loader.loading').count(), 0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await shows('plural', 4);
    assert.deepEqual(asked, []);
  });
}

test('live, the numbers are those of the record; another model is not compared', async () => {
  await open();
  const recorded = await readTable(page);
  await page.getByRole('button', { name: /^Run it live/ }).press('Enter');
  await live(page, 120_000);
  const computed = await readTable(page);
  computed.rows.forEach(({ token, p }, i) => {
    assert.equal(token, recorded.rows[i].token);
    assert.ok(Math.abs(p - recorded.rows[i].p) < 1e-4);
  });
  const agreement = page.locator('.agreement');
  await agreement.filter({ hasText: 'Live and recorded numbers agree.' }).waitFor();
  assert.equal(await agreement.textContent(), 'Live and recorded numbers agree.');
  assert.equal(await page.locator('.measured-with').count(), 0);
  await page.fill('#query', 'wolf');
  await settled(page);
  assert.equal(await origin(), 'live');
  // What nobody recorded has nothing to agree with: the badge alone still tells of the prompt that was recorded.
  assert.equal(await agreement.textContent(), '');
  const about = page.locator('.badge-about');
  assert.match(await about.textContent(), /Checked on the built-in prompt\. Live and recorded/);
  await page.locator('#model-file').setInputFiles(join(tinyFolder, 'default.gguf'));
  await agreement.filter({ hasText: 'not the model' }).waitFor({ timeout: 60_000 });
  // What is said of the preset, and in the tour, is of the recorded model.
  const whose = /measured with SmolLM2-135M-Instruct Q4_1, and not with the model that is loaded/;
  assert.match(await page.locator('.about').textContent(), whose);
  await page.locator('.entries').getByRole('button', { name: 'Tour' }).click();
  await page.locator('.lesson-bar .hint').waitFor();
  assert.match(await page.locator('.lesson-bar .hint').textContent(), whose);
  await page.getByRole('button', { name: 'Leave the tour' }).click();
  await page.locator('.badge summary').click();
  const other = await about.textContent();
  assert.ok(!other.includes(record('plural').model.sha256), 'another model has another hash');
});

test('where nothing can be stored the page works, and each visit is the first', async () => {
  await open({
    init: () => {
      const deny = () => {
        throw new DOMException('denied', 'SecurityError');
      };
      Object.defineProperty(window, 'localStorage', { get: deny });
      Object.defineProperty(navigator, 'storage', { get: deny });
      Object.defineProperty(window, 'caches', { get: deny });
    },
  });
  await shows('plural', 4);
  await looked();
  assert.doesNotMatch(await page.locator('.loader').textContent(), /once/);
});

for (const [width, colorScheme, path] of [
  [1280, 'dark', ''],
  [320, 'light', '?lang=zh-Hans'],
]) {
  test(`nothing is in the way of anyone: ${width} px, ${colorScheme} ${path}`, async () => {
    await open({ colorScheme, path, viewport: { width, height: 900 } });
    await hang();
    await looked();
    const check = wayCheck(page, width);
    await check('recorded');
    await page.locator('.badge summary').click();
    await check('the badge open');
    await page.keyboard.press('Escape');
    await page.fill('#query', 'wolf');
    await runHere().waitFor();
    await check('asking');
    await runHere().press('Enter');
    await page.locator('.loader.loading').waitFor();
    await check('loading');
  });
}
