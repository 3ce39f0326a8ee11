// The lab when something is missing, wrong or too much; and what it is for everyone: small screens, assistive technology.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { modelFile, mustExist, tinyFolder } from '../support/files.mjs';
import { fits, live, loadModel, readTable, settled, useLab } from './lab.mjs';

mustExist(tinyFolder, 'cargo test --release');
const lab = useLab();
/** The page of most tests: without a model first, and with it since the test of a bad file. */
let page;

before(async () => {
  page = await lab.open();
});
after(() => page?.context().close());

/** A page for one test. */
async function openAside(t) {
  const aside = await lab.open();
  t.after(() => aside.context().close());
  return aside;
}

/** A preset as it ships, whatever the page had before. */
async function openPreset(id) {
  for (const one of [id === 'plural' ? 'capital' : 'plural', id]) {
    await page.selectOption('#preset', one);
  }
  await settled(page);
}

async function unfold(name) {
  const summary = page.locator('summary', { hasText: name });
  if (!(await summary.evaluate(({ parentElement }) => parentElement.open))) await summary.click();
}

/** Every fold open, a token appended, a text generated: as much as the page can hold. */
async function openEverything() {
  await openPreset('sentiment');
  await unfold('Template');
  await page.getByRole('tab', { name: 'Tokens', exact: true }).click();
  await page.locator('tr[data-rank="1"] .token').click();
  await settled(page);
  await page.getByRole('tab', { name: 'Text', exact: true }).click();
  await unfold('Sampling');
  await page.click('#generate');
  await page.locator('.generated[aria-busy="false"]').waitFor({ timeout: 60_000 });
}

/** Nothing is wider than the window at each width. */
async function fitsEachWidth(state, more = async () => {}) {
  for (const width of [900, 390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await fits(page, width, state);
    await more(width);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

/** Axe finds nothing in the page, or in a part of it, light or dark. */
async function clean(state, part) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await analyze(page, part);
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`,
    );
    assert.deepEqual(found, [], `${state}, ${colorScheme}`);
  }
}

const web = {
  name: 'model.gguf',
  mimeType: 'text/html',
  buffer: Buffer.from('<!doctype html><title>404</title>'),
};

test('before a model is loaded the page shows what is recorded, and starts nothing by itself', async () => {
  await page.selectOption('#preset', 'past-tense');
  await page.fill('#shots', '1');
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  const strip = (await page.locator('lab-exact .cell').allTextContents()).join('');
  assert.equal(strip.trim(), 'Q:␣walk↵A:␣walked↵↵Q:␣sing↵A:');
  assert.equal(page.workers().length, 0, 'nothing is fetched or started before it is asked for');
});

test('without a model, nothing is in the way of anyone, however narrow the screen', async () => {
  await fitsEachWidth('empty');
  await clean('empty');
});

test('a load shows how far it is, and can be cancelled', async (t) => {
  const page = await openAside(t);
  // There is time to look: nothing of the file comes before that.
  const bytes = readFileSync(modelFile).subarray(0, 400_000);
  let cancelled;
  const isCancelled = new Promise((resolve) => {
    cancelled = resolve;
  });
  await page.route('**/models/*.gguf', async (route) => {
    if (route.request().method() === 'HEAD') return route.fallback();
    await isCancelled;
    await route.fulfill({ body: bytes }).catch(() => {});
  });
  await page.getByRole('button', { name: /^Run it live/ }).click();
  const bar = page.getByRole('progressbar', { name: /^Loading SmolLM2/ });
  await bar.waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: /^Run it live/ }).waitFor();
  assert.equal(await bar.count(), 0);
  cancelled();
});

test('a page in place of a model gets a sentence; then a real file loads', async (t) => {
  const page = await openAside(t);
  await page.selectOption('#preset', 'past-tense');
  await page.fill('#query', 'kept');
  await page.locator('#model-file').setInputFiles(web);
  const problem = page.locator('.problem');
  await problem.waitFor();
  assert.equal(await problem.getAttribute('data-code'), 'not-gguf');
  assert.match(await problem.textContent(), /GGUF/);
  assert.ok(await page.getByRole('button', { name: 'Try again' }).isVisible());

  await page.locator('#model-file').setInputFiles(join(tinyFolder, 'default.gguf'));
  await live(page);
  assert.equal(await page.inputValue('#query'), 'kept');
  assert.match(await page.locator('.model').textContent(), /Ready\s*tiny/);
  assert.equal(await problem.count(), 0);
});

test('a file can be dropped on the page', async (t) => {
  const page = await openAside(t);
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['<!doctype html>'], 'page.gguf'));
    return transfer;
  });
  await page.dispatchEvent('lab-app', 'dragover', { dataTransfer: files });
  assert.ok(await page.locator('.drop-target').isVisible());
  await page.dispatchEvent('lab-app', 'drop', { dataTransfer: files });
  await page.locator('.problem[data-code="not-gguf"]').waitFor();
  assert.equal(await page.locator('.drop-target').count(), 0);
});

test('with a model loaded, a bad file costs nothing', async () => {
  await loadModel(page);
  await openPreset('past-tense');
  assert.match(await page.locator('.model').textContent(), /Ready\s*SmolLM2-135M-Instruct/);
  await page.locator('#model-file').setInputFiles(web);
  const problem = page.locator('.problem');
  await problem.waitFor();
  assert.match(await problem.textContent(), /still works/);
  await page.fill('#query', 'jump');
  await settled(page);
  assert.equal((await readTable(page)).rows[0].token, '␣jumped');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  assert.equal(await problem.count(), 0);
});

test('an empty prompt, half a character and too long a prompt get a sentence each', async () => {
  await openPreset('past-tense');
  const first = await readTable(page);
  const sentence = (code) => page.locator(`.sentence[data-code="${code}"]`);

  // Typed in the page, for half a character does not survive the way there.
  await page.locator('#query').evaluate((field) => {
    field.value = `a${String.fromCharCode(0xd83d)}`;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  await sentence('invalid-text').waitFor();
  await page.fill('#query', 'word '.repeat(8200));
  await sentence('prompt-too-long').waitFor();
  assert.match(await page.locator('.token-count').textContent(), /^8,\d+ of 8,192 tokens$/);
  await page.getByRole('tab', { name: 'Text', exact: true }).click();
  assert.ok(await page.locator('#generate').isDisabled());
  await page.getByRole('tab', { name: 'Tokens', exact: true }).click();

  await unfold('Template');
  await page.fill('#shots', '0');
  for (const name of ['Before an input', 'After an input', 'Before an output']) {
    await page.getByLabel(name).fill('');
  }
  await page.fill('#query', '');
  await sentence('empty-prompt').waitFor();

  await page.selectOption('#preset', 'past-tense');
  await settled(page);
  assert.deepEqual((await readTable(page)).rows, first.rows, 'and the model goes on working');
  assert.equal(await page.locator('.sentence').count(), 0);
});

test('with all that the page can hold, nothing scrolls sideways or leaves its panel', async () => {
  for (const preset of ['topics', 'sentiment']) {
    await openPreset(preset);
    await fitsEachWidth(preset);
  }
  await openEverything();
  await fitsEachWidth('everything open', async (width) => {
    const outside = await page.evaluate(() =>
      [...document.querySelectorAll('.panel :is(button, input, select, textarea, summary, td, th)')]
        .filter((element) => element.checkVisibility() && !element.closest('.rank-cell'))
        // What is scrolled in a box of its own can be reached there.
        .filter((element) => !element.closest('.rungs, .transfer .scroll'))
        .filter((element) => {
          const panel = element.closest('.panel').getBoundingClientRect();
          const { left, right } = element.getBoundingClientRect();
          return left < panel.left || right > panel.right;
        })
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(outside, [], `${width} px`);
  });
});

test('axe finds nothing to mend with everything open, nor in a problem, light or dark', async () => {
  await openEverything();
  await clean('loaded');
  await page.locator('#model-file').setInputFiles(web);
  await page.locator('.problem').waitFor();
  await clean('a problem', '.problem');
  await page.getByRole('button', { name: 'Dismiss' }).click();
});

test('an engine that dies is started again with one click, and nothing typed is lost', async () => {
  await openPreset('past-tense');
  // Without a word, as a browser does it that needs the memory.
  await page.workers()[0].evaluate(() => {
    setTimeout(() => close());
  });
  await page.fill('#query', 'typed by hand');
  await page.locator('.problem[data-code="crashed"]').waitFor();
  assert.equal(await page.inputValue('#query'), 'typed by hand');
  await page.getByRole('button', { name: 'Start again' }).click();
  await settled(page, 120_000);
  assert.equal(await page.inputValue('#query'), 'typed by hand');
});
