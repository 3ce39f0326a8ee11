// The section Transfer: the recorded runs, then a training of the present task, by hand and by keyboard.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { bytesOf, live, loadModel, useLab, wayCheck } from './lab.mjs';

const lab = useLab();
let page;

async function scrollToTransfer() {
  await page.locator('lab-transfer').scrollIntoViewIfNeeded();
  await page.locator('lab-transfer-bench').waitFor();
}

before(async () => {
  page = await lab.open();
  await scrollToTransfer();
});

const rows = () => page.locator('.runs tbody tr');
const step = () => page.locator('output[for="transfer-step"]').textContent().then(Number);
/** What the three say, by their order: without examples, with them, tuned. */
async function threeWays() {
  await page.locator('.three-ways[aria-busy="false"] .said').first().waitFor();
  return page.locator('.three-ways tr:has(.said)').evaluateAll((all) =>
    all.map((row) => ({
      said: row.querySelector('.said').textContent.trim(),
      p: Number(row.querySelector('data').value),
    })),
  );
}
async function train() {
  await page.locator('#transfer-train').click();
  await page.locator('#transfer-pause').waitFor();
}
async function ended() {
  await page.locator('#transfer-train').waitFor({ timeout: 120_000 });
  assert.deepEqual(await page.locator('.transfer-form [role=alert]').allTextContents(), []);
}

test('before a download: five stations that run, and recorded runs of three tasks', async () => {
  const stations = page.locator('.stations > li');
  assert.equal(await stations.count(), 5);
  for (const station of await stations.all()) {
    assert.equal(await station.locator('button').count(), 1);
    assert.ok((await station.locator('a.cite').count()) > 0);
  }
  assert.equal(await rows().count(), 3);
  assert.match(await page.locator('.transfer-finding').textContent(), /worth \d+ training steps/);
  assert.equal(await step(), 40);
  assert.ok((await page.locator('.shot').count()) > 2);
  assert.equal(await page.locator('.small-line').count(), 3);
  assert.match(await page.locator('#transfer-train').textContent(), /Load the model \(98 MB\)/);
  await page.locator('#transfer-step').fill('0');
  assert.match(await page.locator('.three-ways tfoot').textContent(), /0 of 8 right/);
  const other = rows().filter({ hasNotText: 'Plural' }).first();
  const name = await other.locator('th').textContent();
  await other.getByRole('button', { name: /^Show/ }).click();
  assert.equal(await page.locator('.runs [aria-current] th').textContent(), name);
});

test('nothing is in the way of anyone, also on a phone', async () => {
  await wayCheck(page, 1280, 'lab-transfer')('recorded');
  await page.setViewportSize({ width: 390, height: 844 });
  await wayCheck(page, 390, 'lab-transfer')('recorded, on a phone');
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('the examples become weights, and the query is asked three ways', async () => {
  await loadModel(page);
  await page.locator('#transfer-steps').selectOption('10');
  await page.locator('.transfer-more summary').click();
  await page.locator('#transfer-layers').selectOption({ label: 'the last 16' });
  const rate = page.locator('#transfer-rate');
  await rate.fill('fast');
  await rate.blur();
  assert.equal(await rate.inputValue(), '0.001', 'that is no rate');
  await rate.fill('0.003');
  // Whatever the page draws meanwhile, what is typed stays.
  await page.evaluate(() => document.querySelector('lab-transfer-bench').requestUpdate());
  await page.evaluate(() => document.querySelector('lab-transfer-bench').updateComplete);
  assert.equal(await rate.inputValue(), '0.003');
  await rate.blur();
  await train();
  await ended();
  assert.equal(await rows().count(), 4);
  const own = page.locator('.runs [aria-current]');
  assert.match(await own.textContent(), /Plural.*LoRA, rate 0\.003, last 16 layers.*finished/s);
  const [none, few, tuned] = await threeWays();
  assert.ok(few.p > 0.5, `${few.p} with examples`);
  assert.ok(tuned.p > 100 * none.p, `${tuned.p} tuned, ${none.p} alone`);
  assert.equal(few.said, 'horses');
});

test('at strength 0 the tuned model is the model, and a step back is an earlier adapter', async () => {
  const [none, , tuned] = await threeWays();
  await page.locator('#transfer-scale').fill('0');
  await page.locator('output[for="transfer-scale"]', { hasText: '0.00' }).waitFor();
  await page.locator('.three-ways[aria-busy="true"]').waitFor({ state: 'detached' });
  await page.waitForFunction(
    (p) =>
      Number([...document.querySelectorAll('.three-ways tr:has(.said) data')].at(-1)?.value) === p,
    none.p,
  );
  await page.locator('#transfer-scale').fill('1');
  await page.waitForFunction(
    (p) =>
      Number([...document.querySelectorAll('.three-ways tr:has(.said) data')].at(-1)?.value) === p,
    tuned.p,
  );
  const slider = page.locator('#transfer-step');
  await slider.focus();
  await slider.press('Home');
  for (let i = 0; i < 3; i++) await slider.press('ArrowRight');
  assert.equal(await step(), 3);
  await page.waitForFunction(
    (p) =>
      Number([...document.querySelectorAll('.three-ways tr:has(.said) data')].at(-1)?.value) !== p,
    tuned.p,
  );
  assert.match(await slider.getAttribute('aria-valuetext'), /^step 3, the answer has .* percent/);
  await slider.press('End');
});

test('a training pauses, waits for the page, and stops with what it has', async () => {
  await page.locator('#transfer-steps').selectOption('200');
  await train();
  await page.waitForFunction(() =>
    /Step ([2-9]|\d\d)/.test(document.querySelector('.transfer-progress')?.textContent),
  );
  await page.locator('#transfer-pause').click();
  await page.locator('.transfer-progress', { hasText: 'Paused.' }).waitFor();
  // Whatever was under way is over once the page has answered another query.
  await page.locator('#query').fill('fox');
  await live(page);
  const paused = await step();
  await page.locator('#query').fill('river');
  await live(page);
  assert.equal(await step(), paused, 'no step while it is paused');
  await page.locator('#transfer-pause').click();
  await page.waitForFunction(
    (before) => Number(document.querySelector('output[for="transfer-step"]').textContent) > before,
    paused,
  );
  await page.locator('#transfer-stop').click();
  await ended();
  const own = page.locator('.runs [aria-current]');
  assert.match(await own.textContent(), /stopped/);
  assert.ok((await step()) > paused);
});

test('a run is deleted and brought back, and leaves as files', async () => {
  const before = await rows().count();
  await page
    .locator('.runs [aria-current]')
    .getByRole('button', { name: /^Delete/ })
    .click();
  assert.equal(await rows().count(), before - 1);
  await page.locator('.runs').getByRole('button', { name: 'Undo' }).click();
  assert.equal(await rows().count(), before);
  await rows()
    .filter({ hasText: 'rate 0.003, last 16 layers' })
    .filter({ hasText: 'finished' })
    .getByRole('button', { name: /^Show/ })
    .click();
  const save = async (name) => {
    const download = page.waitForEvent('download');
    await page.locator('.run-saving').getByRole('button', { name }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await bytesOf(file) };
  };
  const gguf = await save(/GGUF/);
  assert.match(gguf.name, /^plural-lora-step-10\.gguf$/);
  assert.equal(gguf.bytes.subarray(0, 4).toString(), 'GGUF');
  const lines = await save(/JSON Lines/);
  const all = lines.bytes
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(all.filter(({ type }) => type === 'run').length, before);
  const peft = await save(/PEFT/);
  assert.match(peft.name, /^adapter_(config\.json|model\.safetensors)$/);
});

test('the same run again gives the same adapter, bit for bit, and a reload has the last one', async () => {
  const short = rows()
    .filter({ hasText: 'rate 0.003, last 16 layers' })
    .filter({ hasText: 'finished' });
  await short.getByRole('button', { name: /^Run again/ }).click();
  await page.locator('#transfer-pause').waitFor();
  await ended();
  assert.match(
    await page.locator('.runs [aria-current]').textContent(),
    /the same adapter, bit for bit/,
  );
  await page.reload();
  await scrollToTransfer();
  await rows().filter({ hasText: 'the same adapter' }).waitFor();
  await live(page, 120_000);
  const [, , tuned] = await threeWays();
  assert.ok(tuned.p > 0.1, 'its adapter is there, too');
});

test('what cannot be trained is said, and distilling and plain text train', async () => {
  await page.locator('#transfer-way').selectOption('Continue on text');
  assert.ok(await page.locator('#transfer-train').isDisabled());
  assert.match(await page.locator('#transfer-obstacle').textContent(), /Paste some lines/);
  await page.locator('#transfer-texts').fill('The sea is calm.\nThe sky is blue.');
  await page.locator('#transfer-steps').selectOption('10');
  await page.locator('.transfer-more summary').click();
  await page.locator('#transfer-layers').selectOption({ label: 'the last 4' });
  await train();
  await ended();
  assert.match(
    await page.locator('.runs [aria-current]').textContent(),
    /Continue on text.*finished/s,
  );
  await page.locator('[data-station="distillation"] button').click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'transfer-form-heading');
  await page.locator('#transfer-examples').selectOption('the first 8');
  await train();
  await ended();
  assert.match(await page.locator('.runs [aria-current]').textContent(), /Distil.*finished/s);
});

test('all ways are compared on the same rows, and a stop keeps those that are known', async () => {
  const ways = page.locator('.ways');
  assert.match(await ways.textContent(), /Recorded: Sentiment/, 'before it has run');
  assert.equal(await ways.locator('tbody tr').count(), 8);
  await page.locator('#transfer-compare').click();
  await ways.locator('tbody tr', { hasText: 'Zero-shot' }).waitFor({ timeout: 120_000 });
  await ways.getByRole('button', { name: 'Stop' }).click();
  await page.locator('#transfer-compare').waitFor();
  const names = await ways.locator('tbody th').allTextContents();
  assert.ok(names.length < 8, names.join());
  assert.match(
    await ways.textContent(),
    /Prototypes: not measured/,
    'outputs of this task are no labels',
  );
  assert.doesNotMatch(await ways.textContent(), /Recorded/);
});

test('the section speaks Chinese, too', async () => {
  await page.getByLabel('Language').selectOption('zh-Hans');
  await page.getByRole('heading', { name: '同样的示例，变成权重' }).waitFor();
  const texts = await page
    .locator('lab-transfer :is(h3, h4, label, .stations p, dd, thead th)')
    .evaluateAll((all) => all.map(({ textContent }) => textContent.trim()));
  const own = texts.filter((text) => text !== '' && !/^(Dropout|P\(|[A-Z][a-z]+ et al)/.test(text));
  assert.ok(own.length > 30);
  for (const text of own) assert.match(text, /\p{Script=Han}/u);
});

test('on a phone, no cell of its tables has a line for each Chinese character', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const cells = await page.locator(':is(.runs, .ways) :is(th, td)').evaluateAll((all) =>
    all.map((cell) => {
      const text = document.createRange();
      text.selectNodeContents(cell);
      const tops = [...text.getClientRects()].map(({ top }) => Math.round(top / 8));
      return { text: cell.textContent.trim(), lines: new Set(tops).size };
    }),
  );
  const chinese = cells.filter(({ text }) => /\p{Script=Han}/u.test(text));
  assert.ok(chinese.length > 20);
  for (const { text, lines } of chinese) assert.ok(lines <= 2, `${text}: ${lines} lines`);
});
