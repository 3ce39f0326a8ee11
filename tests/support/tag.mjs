// The tag in a page, from the first click to the numbers.

import assert from 'node:assert/strict';

/** Starts the tag of a page or a frame: what it then says, and shows, is what is expected of the model. */
export async function runsLive(place, expected) {
  const element = place.locator('shot-glass');
  await element.evaluate((tag) => {
    tag.addEventListener('shotglass-result', ({ detail }) => {
      tag.dataset.test = JSON.stringify(detail.prediction);
    });
  });
  await element.getByRole('button', { name: /^Run it live/ }).click();
  const done = place.locator('shot-glass[data-test]');
  await done.waitFor({ state: 'attached', timeout: 120_000 });
  const { candidates, rest } = JSON.parse(await done.getAttribute('data-test'));
  const live = [...candidates.map(({ p }) => p), rest.p];
  isSame(live, expected, 'live');
  const shown = await done.evaluate((tag) =>
    [...tag.shadowRoot.querySelectorAll('table data')].map((data) => Number(data.value)),
  );
  assert.deepEqual(shown, live, 'the rows are the numbers');
}

/** A list of p, the rest last, agrees with a prediction within what no one can see. */
export function isSame(list, { candidates, rest }, what) {
  const count = list.length - 1;
  const others = candidates.slice(count).reduce((sum, { p }) => sum + p, rest.p);
  const expected = [...candidates.slice(0, count).map(({ p }) => p), others];
  assert.equal(list.length, expected.length, `${what}: ${list.length} rows`);
  expected.forEach((p, i) => {
    assert.ok(Math.abs(list[i] - p) < 1e-4, `${what}: ${list[i]} instead of ${p}`);
  });
}
