// Whose numbers an element shows: a record belongs to the prompt, the view and the labels that it was taken for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelFile, mustExist } from '../support/files.mjs';
import { html, live, read, servePages, snapshotOf, tag, useElements } from './element.mjs';

mustExist(modelFile, 'cargo xtask model');
const plural = await snapshotOf('plural');
const sentiment = await snapshotOf('sentiment');
const row = (name, p, cell = `<data value="${p}">${p}</data>`) =>
  `<tr><th scope="row">${name}</th><td>${cell}</td></tr>`;
const table = (rows, caption = 'Recorded for a test') =>
  `<table><caption>${caption}</caption><tbody>${rows.join('')}</tbody></table>`;
const list = `<dl><dt>cat</dt><dd>cats</dd><dt>box</dt><dd>boxes</dd><dt>horse</dt></dl>`;
const tokens = table([row('<code>␠horses</code>', 0.9), row('49,151 other tokens', 0.1)]);

const { chromium, withPage } = useElements({
  files: {
    '/plural.json': JSON.stringify(plural),
    '/sentiment.json': JSON.stringify(sentiment),
    '/favicon.ico': '',
  },
});

test('the page is translated after the slider has moved: its table is still that of its own shots', async () => {
  await withPage(tag('shots="2" view="tokens"', list + tokens), async ({ page, glass }) => {
    await glass.locator('.badge').waitFor();
    await glass.getByRole('slider').press('ArrowLeft');
    assert.equal((await read(glass)).shots, '1 of 2');
    for (const change of ['a word', 'a word and a number']) {
      await page.evaluate((change) => {
        document.querySelector('shot-glass caption').textContent = change;
        if (change.includes('number')) document.querySelector('shot-glass data').value = '0.8';
      }, change);
      await page.waitForTimeout(50);
      const moved = await read(glass);
      assert.deepEqual([moved.badge, moved.rows], [null, []], change);
    }
    await glass.getByRole('slider').press('ArrowRight');
    const shown = await read(glass);
    assert.equal(shown.source, 'a word and a number');
    assert.deepEqual(
      shown.rows.map(({ p }) => p),
      [0.8, 0.1],
    );
  });
});

test('the author writes another number of shots and its table: they belong together', async () => {
  await withPage(tag('shots="2" view="tokens"', list + tokens), async ({ page, glass }) => {
    await glass.locator('.badge').waitFor();
    await glass.getByRole('slider').press('Home');
    await page.evaluate(() => {
      const element = document.querySelector('shot-glass');
      element.setAttribute('shots', '1');
      element.querySelector('data').value = '0.7';
    });
    await glass.getByText('1 of 2').waitFor();
    await glass.locator('.badge').waitFor();
    assert.equal((await read(glass)).rows[0].p, 0.7);
    await glass.getByRole('slider').press('End');
    assert.equal((await read(glass)).badge, null, 'the table is no longer that of 2 shots');
  });
});

test('the attribute alone changes: a table with the same numbers is not that of the new prompt', async () => {
  await withPage(tag('shots="2" view="tokens"', list + tokens), async ({ page, glass }) => {
    await glass.locator('.badge').waitFor();
    await page.evaluate(() => {
      const element = document.querySelector('shot-glass');
      element.setAttribute('shots', '1');
      element.querySelector('caption').textContent = 'translated';
    });
    await glass.getByText('1 of 2').waitFor();
    assert.equal((await read(glass)).badge, null);
  });
});

test('labels of other names are not what was recorded, in a snapshot or in a table', async () => {
  const { labels, mass } = sentiment.results[0].classification;
  const rows = [...labels.map(({ label, p }) => row(label, p)), row('All labels together', mass)];
  const common = 'preset="sentiment" shots="0" view="labels"';
  const body =
    tag(`${common} snapshot="/sentiment.json"`) +
    tag(`${common} snapshot="/sentiment.json" labels="good, bad"`) +
    tag(common, table(rows)) +
    tag(`${common} labels="good, bad"`, table(rows)) +
    tag(`${common} snapshot="/sentiment.json" labels="Positive, Negative"`);
  await withPage(body, async ({ glass }) => {
    for (const i of [0, 2, 4]) await glass.nth(i).locator('.badge').waitFor();
    for (const i of [1, 3]) {
      await glass.nth(i).getByText('There is no recorded result for this prompt.').waitFor();
      assert.deepEqual((await read(glass.nth(i))).rows, []);
    }
  });
});

test('a text that goes on to the limit is as long live as it was recorded, and is compared', async () => {
  const { task } = plural;
  const query = 'Once upon a time there was a little girl who';
  const long = { ...task, demonstrations: [], instruction: '', query };
  const template = { ...task.template, inputPrefix: '', inputSuffix: '', outputPrefix: '' };
  const asked = { ...long, template };
  const body = tag('view="text" shots="0" model="/model.gguf"').repeat(2);
  await withPage(body, async ({ page, glass }) => {
    const recorded = await page.evaluate(async (task) => {
      const { Model, takeSnapshot } = await import('/pkg/dist/index.js');
      const model = await Model.load('/model.gguf', { activationBits: 16 });
      const snapshot = await takeSnapshot(model, task);
      model.close();
      const other = structuredClone(snapshot);
      other.results[0].text.pop();
      const [one, two] = document.querySelectorAll('shot-glass');
      Object.assign(one, { task, snapshot });
      Object.assign(two, { task, snapshot: other });
      return snapshot.results[0].text;
    }, asked);
    assert.equal(recorded.length, 12, 'the text of the test must reach the limit');
    await glass.nth(0).locator('.badge').waitFor();
    const before = (await read(glass.nth(0))).text;
    for (const i of [0, 1]) {
      await glass.nth(i).getByRole('button', { name: /^Run/ }).click();
      await live(glass.nth(i));
    }
    const [same, other] = [await read(glass.nth(0)), await read(glass.nth(1))];
    assert.equal(same.text, before);
    assert.match(same.source, /Live and recorded text agree\.$/);
    assert.match(other.source, /Live and recorded text differ\.$/);
  });
});

test('a table without <data> stays to be seen, with a sentence', async () => {
  const plain = table([row('horses', 0.9, '90 %'), row('all other tokens', 0.1, '10 %')]);
  await withPage(tag('shots="2" view="tokens"', list + plain), async ({ page, glass }) => {
    const found = glass.locator('.problems p', { hasText: /no readable numbers/ });
    await found.waitFor();
    assert.ok(await page.getByRole('cell', { name: '90 %' }).isVisible());
    assert.equal((await read(glass)).shots, '2 of 2');
    await page.evaluate(() => {
      for (const cell of document.querySelectorAll('shot-glass td')) {
        const data = document.createElement('data');
        data.value = String(Number.parseFloat(cell.textContent) / 100);
        cell.replaceChildren(data);
      }
    });
    await glass.locator('.badge').waitFor();
    assert.deepEqual((await read(glass)).problems, []);
    assert.ok(!(await page.locator('shot-glass > table').isVisible()));
  });
});

test('a string that is set after an object wins, as snapshot and as task', async () => {
  await withPage(tag('preset="plural" shots="2" view="tokens"'), async ({ page, glass }) => {
    await glass.getByText('2 of 10').waitFor();
    const first = await page.evaluate((plural) => {
      const [glass] = document.getElementsByTagName('shot-glass');
      const changed = structuredClone(plural);
      changed.shotglass = '0.0.1';
      glass.snapshot = changed;
      return glass.snapshot.shotglass;
    }, plural);
    assert.equal(first, '0.0.1');
    await page.evaluate(() => {
      document.querySelector('shot-glass').snapshot = '/plural.json';
    });
    await glass.getByText(`recorded with shotglass ${plural.shotglass}`).waitFor();
    const query = await page.evaluate((task) => {
      const [glass] = document.getElementsByTagName('shot-glass');
      glass.task = { ...task, query: 'one' };
      glass.task = JSON.stringify({ ...task, query: 'two' });
      return glass.task.query;
    }, plural.task);
    assert.equal(query, 'two');
  });
});

test('a snapshot that is slow: a sentence at once, and another when it has taken too long', async () => {
  const never = () => {};
  const server = await servePages({ '/': html(tag('snapshot="/slow.json"')), '/slow.json': never });
  const context = await chromium.browser.newContext();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto(server.url);
  const glass = page.locator('shot-glass');
  await glass.getByText('Loading the task.').waitFor();
  await page.clock.runFor(29_000);
  assert.deepEqual((await read(glass)).problems, []);
  await page.clock.runFor(2_000);
  await glass.getByText(/slow\.json did not arrive within 30 seconds/).waitFor();
  assert.equal(await glass.getByText('Loading the task.').count(), 0);
  await context.close();
  server.close();
});

test('autoload without a prompt fetches no model', async () => {
  const body =
    tag('autoload preset="nothing" model="/model.gguf"') + tag('autoload model="/model.gguf"');
  await withPage(body, async ({ page, glass, server }) => {
    for (const i of [0, 1])
      await glass
        .nth(i)
        .getByText(/^There is nothing to ask yet/)
        .waitFor();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    assert.ok(!server.log.includes('/model.gguf'));
    await page.evaluate(() =>
      document.querySelector('shot-glass').setAttribute('preset', 'plural'),
    );
    await live(glass.nth(0));
  });
});
