// Tasks and results that are too large for a page: a sentence, and the page goes on. 100,000 demonstrations blocked it
// for 13 s, 200,000 candidates for 22 s until its stack overflowed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotOf, useElements } from './element.mjs';

const plural = await snapshotOf('plural');
const filled = (length, one) => Array.from({ length }, () => one);
const pair = { input: 'a', output: 'b' };
const task = { ...plural.task, demonstrations: filled(100_000, pair) };
const [first] = plural.results;
const results = [{ ...first, candidates: filled(200_000, first.candidates[0]) }];
const inPage = (inner) => `<shot-glass>${inner}</shot-glass>`;
const inTable = '<tr><th>a</th><td><data value="0">0</data></td></tr>'.repeat(3000);

const { withPage } = useElements({ files: { '/favicon.ico': '' } });

for (const [name, body, pattern] of [
  [
    'a task in JSON',
    `<shot-glass task='${JSON.stringify(task)}'></shot-glass>`,
    /task\.demonstrations must be at most 1000 entries; it has 100000/,
  ],
  [
    'a list in the page',
    `<shot-glass><dl>${'<dt>a</dt><dd>b</dd>'.repeat(3_000)}<dt>c</dt></dl></shot-glass>`,
    /task\.demonstrations must be at most 1000 entries; it has 3000/,
  ],
  [
    'a snapshot with many demonstrations',
    '<shot-glass preset="plural" snapshot="/demonstrations.json"></shot-glass>',
    /snapshot\.task\.demonstrations must be at most 1000 entries; it has 100000/,
  ],
  [
    'a snapshot with many candidates',
    '<shot-glass preset="plural" snapshot="/candidates.json"></shot-glass>',
    /candidates must be at most 1000 entries; it has 200000/,
  ],
]) {
  test(`${name}: its limit is named, and little is drawn`, async () => {
    const work = async ({ glass }) => {
      await glass.locator('.problems p, .problem p').filter({ hasText: pattern }).waitFor();
      const drawn = await glass.evaluate(
        (element) => element.shadowRoot.querySelectorAll('*').length,
      );
      assert.ok(drawn < 1000, `${drawn} elements are drawn`);
    };
    const pages = {
      '/demonstrations.json': JSON.stringify({ ...plural, task }),
      '/candidates.json': JSON.stringify({ ...plural, results }),
    };
    await withPage(body, work, { pages });
  });
}

test('a table in the page with more rows than can be drawn stays as its author wrote it', async () => {
  const table = `<table><caption>c</caption><tbody>${inTable}</tbody></table>`;
  const list = '<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>';
  await withPage(inPage(list + table), async ({ glass }) => {
    await glass.locator('.glass').waitFor({ state: 'attached' });
    await glass.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    const drawn = await glass.evaluate(
      (element) => element.shadowRoot.querySelectorAll('*').length,
    );
    assert.ok(drawn < 1000, `${drawn} elements are drawn`);
    assert.ok(await glass.locator('table data').first().isVisible());
  });
});
