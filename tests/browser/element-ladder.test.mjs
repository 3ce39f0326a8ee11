// The view "ladder": the probability of the right answer over the number of shots, recorded, live, and both.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotHtml } from 'shotglass';
import { formatProbability } from 'shotglass/format';
import { modelFile, mustExist } from '../support/files.mjs';
import { live, run, snapshotOf, tag, useElements } from './element.mjs';

mustExist(modelFile, 'cargo xtask model');
const plural = await snapshotOf('plural');
const answers = plural.results.map(({ answer }) => Math.exp(answer));
/** The answer after so many shots, as it is written. */
const at = (shots) => formatProbability(answers[shots]);
const { withPage } = useElements({ files: { '/favicon.ico': '' } });

/** What the figure shows, as data. */
const read = (glass) =>
  glass.evaluate(({ shadowRoot: root }) => ({
    badge: root.querySelector('.badge')?.textContent ?? null,
    caption: root.querySelector('figcaption')?.textContent ?? null,
    sentence: root.querySelector('.sentence')?.textContent ?? null,
    present: root.querySelector('.present .under')?.textContent ?? null,
    scale: root.querySelector('.scale')?.textContent ?? null,
    columns: [...root.querySelectorAll('li[part~=column]')].map((column) => {
      const data = column.querySelector('data');
      return {
        p: data && Number(data.value),
        height: column.querySelector('.filled').style.blockSize,
        heard: [...column.querySelectorAll('.heard')].map((part) => part.textContent).join(''),
      };
    }),
  }));

const near = (one, other) => Math.abs(one - other) < 1e-5;

function isRecord({ columns }) {
  assert.equal(columns.length, answers.length);
  for (const [shots, { p, height, heard }] of columns.entries()) {
    assert.ok(near(p, answers[shots]), `${shots} shots: ${p}`);
    assert.ok(near(Number.parseFloat(height) / 100, p), `${shots} shots: ${height}`);
    assert.match(heard, shots === 1 ? /^1 shot: / : new RegExp(`^${shots} shots: `));
  }
}

test('a preset is enough: all columns are of the right answer, whatever ranks first, and no model is asked for', async () => {
  await withPage(tag('preset="plural" view="ladder"'), async ({ glass, server }) => {
    await glass.locator('.badge.recorded').waitFor();
    const shown = await read(glass);
    isRecord(shown);
    assert.equal(shown.present, '4');
    assert.equal(shown.scale, '100%0');
    assert.equal(shown.caption, 'Probability of ␣horsesspace horses by number of shots');
    assert.equal(
      shown.sentence,
      `The right answer has ${at(4)} after 4 shots, and ${at(0)} with no shots.`,
    );
    await glass.getByRole('slider').press('Home');
    await glass.getByText('0 of 10').waitFor();
    const none = await read(glass);
    isRecord(none);
    assert.equal(none.present, '0');
    assert.equal(
      none.sentence,
      `The right answer has ${at(0)} with no shots, and ${at(10)} after 10 shots.`,
    );
    assert.ok(!server.log.some((path) => /gguf|wasm/.test(path)));
  });
});

test('the table in the page is a ladder, too, with the demonstrations that are hidden in it', async () => {
  const html = snapshotHtml(plural, { view: 'ladder', shots: 2 });
  await withPage(html, async ({ glass, page }) => {
    await glass.locator('.badge.recorded').waitFor();
    const shown = await read(glass);
    isRecord(shown);
    assert.equal(shown.present, '2');
    await glass.getByRole('slider').press('End');
    await glass.getByText('10 of 10').waitFor();
    isRecord(await read(glass));
    // Another answer is not what the table is of.
    await page.evaluate(() => document.querySelector('shot-glass').setAttribute('answer', 'horse'));
    await glass.getByText('There is no recorded result').waitFor();
    // Where no answer is known, the header says what the columns are of.
    await page.evaluate(() => document.querySelector('shot-glass').removeAttribute('answer'));
    await glass.getByText(/^The token that ranks first here has/).waitFor();
  });
  const off = { page: { javaScriptEnabled: false } };
  await withPage(
    html,
    async ({ page }) => {
      assert.deepEqual(await page.locator('dt:visible').allTextContents(), ['cat', 'box', 'horse']);
      const rows = await page.locator('tbody tr').allInnerTexts();
      assert.equal(rows.length, 11);
      assert.deepEqual(rows[4].split(/\s+/), ['4', at(4)]);
    },
    off,
  );
});

test('without a right answer it follows what ranks first at the present shots', async () => {
  const { answer, ...rest } = plural;
  const files = { '/none.json': JSON.stringify(rest) };
  await withPage(
    tag('snapshot="/none.json" view="ladder" shots="0"'),
    async ({ glass }) => {
      await glass.locator('.badge.recorded').waitFor();
      const shown = await read(glass);
      assert.match(shown.caption, /␣The/);
      assert.match(shown.sentence, /^The token that ranks first here has 5\.6% with no shots/);
      assert.ok(shown.columns.some(({ heard }) => /not recorded$/.test(heard)));
      await glass.getByRole('slider').press('End');
      await glass.getByText('␣horses').first().waitFor();
    },
    { pages: files },
  );
});

test('live: the present column is computed, the others stay; of an edited prompt all are', async () => {
  const body = tag('preset="plural" view="ladder" editable model="/model.gguf"').replace(
    'editable',
    `editable snapshot="/plural.json"`,
  );
  await withPage(
    body,
    async ({ glass }) => {
      await glass.locator('.badge.recorded').waitFor();
      await run(glass);
      await live(glass);
      const shown = await read(glass);
      isRecord(shown);
      assert.match(
        shown.sentence,
        / Computed in this page: the column 4; the others are recorded\.$/,
      );
      assert.match(
        await glass.locator('.source').textContent(),
        /Live and recorded numbers agree\.$/,
      );
      await glass.getByRole('textbox', { name: 'Query' }).fill('wolf');
      await glass.getByText(/^The token that ranks first here has/).waitFor();
      const isDone = ({ shadowRoot: root }) =>
        !/running/.test(root.querySelector('.run')?.textContent) &&
        root.querySelectorAll('li[part~=column] data').length > 3 &&
        root.querySelector('.badge').textContent;
      let badge = false;
      for (let tries = 0; !badge && tries < 300; tries++) {
        badge = await glass.evaluate(isDone);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.equal(badge, 'live');
      const edited = await read(glass);
      assert.match(edited.caption, /␣wolves/);
      assert.doesNotMatch(edited.sentence, /recorded/);
    },
    { pages: { '/plural.json': JSON.stringify(plural) } },
  );
});
