// What misbehaved when people tried the page: long prompts, long tables, a lost network, a file that is no model.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { live, loadModel, settled, useLab } from './lab.mjs';

const lab = useLab({ perTest: true, allowed: /ERR_INTERNET_DISCONNECTED/ });

test('a query of 10,000 characters says how long it takes, can be stopped, and runs again with one click', async () => {
  const page = await lab.open();
  await loadModel(page);
  // The search for words may have come to another one first.
  const isAnswered = () =>
    page
      .locator('.headline:not(.old)')
      .getByText(/^horses$/)
      .waitFor();
  await isAnswered();
  await page.fill('#query', 'The lake was calm. '.repeat(530));
  const line = page.locator('.run-line');
  await line.waitFor({ timeout: 30_000 });
  assert.match(await line.textContent(), /\d of [\d,]+ tokens, .+ left/);
  await line.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped. This prompt has not been answered.').waitFor();
  assert.ok(await page.locator('.headline.old').isVisible(), 'no number of another prompt');

  // A short edit is answered at once.
  await page.fill('#query', 'horse');
  await settled(page);
  await isAnswered();
  assert.equal(await line.count(), 0);

  await page.fill('#query', 'The sea was rough. '.repeat(150));
  await line.getByRole('button', { name: 'Stop' }).click({ timeout: 30_000 });
  await line.getByRole('button', { name: 'Run it' }).click();
  await settled(page, 120_000);
  assert.equal(await line.count(), 0);
});

test('a table of 200 rows scrolls by itself, is one Tab stop, and the query stays in view', async () => {
  const page = await lab.open();
  await page.locator('#import').click();
  const rows = Array.from({ length: 200 }, (_, at) => `word${at}\tWORD${at}`).join('\n');
  await page.locator('lab-import textarea').fill(`input\toutput\n${rows}`);
  await page.getByRole('button', { name: /^Replace/ }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length === 200);
  const { height, stops } = await page.evaluate(() => ({
    height: document.querySelector('.demonstrations-scroll').getBoundingClientRect().height,
    stops: [...document.querySelectorAll('.demonstrations :is(textarea, input, button)')].filter(
      ({ tabIndex }) => tabIndex === 0,
    ).length,
  }));
  assert.ok(height <= 420, `${height} px high`);
  assert.equal(stops, 1);
  await page.evaluate(() => scrollTo(0, 0));
  const box = await page.locator('#query').boundingBox();
  assert.ok(box.y + box.height < 900, `the query ends at ${box.y + box.height}`);
});

test('without a network the page says so, and goes on when it is back', async () => {
  const page = await lab.open();
  const button = page.locator('.loader.offer button');
  await button.waitFor();
  await page.context().setOffline(true);
  await button.click();
  const problem = page.locator('.problem');
  await problem.waitFor();
  assert.match(await problem.textContent(), /continues when you are online again/);
  await page.context().setOffline(false);
  await live(page, 120_000);
});

test('a download that a reload broke off says how much of it is left', async () => {
  const page = await lab.open();
  const client = await page.context().newCDPSession(page);
  await client.send('Network.enable');
  await client.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: 8e6,
    uploadThroughput: 8e6,
  });
  await page.locator('.loader.offer button').click();
  const isUnderWay = () =>
    Number(document.querySelector('.loader [role=progressbar]')?.getAttribute('aria-valuenow')) >=
    20;
  await page.waitForFunction(isUnderWay, null, { timeout: 60_000 });
  await page.reload();
  const button = page.getByRole('button', { name: /^Run it live — \d+ MB left/ });
  await button.waitFor();
  const [, left] = / (\d+) MB/.exec(await button.textContent());
  assert.ok(Number(left) < 90, `${left} MB`);
});

test('a picture that is dropped on the page says what to choose instead', async () => {
  const page = await lab.open();
  const files = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
    transfer.items.add(new File([bytes], 'photo.png', { type: 'image/png' }));
    return transfer;
  });
  await page.dispatchEvent('lab-app', 'dragover', { dataTransfer: files });
  await page.dispatchEvent('lab-app', 'drop', { dataTransfer: files });
  const problem = page.locator('.problem[data-code="not-gguf"]');
  await problem.waitFor();
  const said = await problem.locator(':scope > p').allTextContents();
  assert.match(said.join(' '), /Choose a GGUF model file: this file is something else/);
  assert.ok(await page.locator('.headline-word').isVisible(), 'what is recorded stays');
});
