// The Text view on the real model: the tree of next words by mouse and by keyboard, and texts drawn from seeds.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { analyze } from '../support/axe.mjs';
import { loadModel, useLab } from './lab.mjs';

const lab = useLab();
let page;
before(async () => {
  page = await lab.open();
  await loadModel(page);
  await page.getByLabel('Task').selectOption('translate');
  await view('Words');
});

const view = (name) => page.getByRole('tab', { name, exact: true }).click();

/** Waits until the tree is that of the prompt as it stands, and whole. */
const grown = () =>
  page.locator('.tree:not(.old)[aria-busy="false"] tr[aria-expanded]').first().waitFor();

/** The lines, as what they say and the exact values behind that. */
const readTree = () =>
  page.locator('.tree tbody tr').evaluateAll((rows) =>
    rows.map((row) => {
      const [p, joint] = [...row.querySelectorAll('data')].map(({ value }) => Number(value));
      return {
        level: Number(row.ariaLevel),
        expanded: row.ariaExpanded,
        path: row.dataset.path ?? null,
        text: row.querySelector('.spelled')?.textContent ?? null,
        tokens: row.querySelectorAll('.part-of-word').length,
        position: Number(row.ariaPosInSet),
        size: Number(row.ariaSetSize),
        p,
        joint: joint ?? null,
        said: row.ariaLabel,
      };
    }),
  );
const sum = (rows, key) => rows.reduce((sum, row) => sum + row[key], 0);
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);
const focusedPath = () => page.evaluate(() => document.activeElement.dataset.path ?? null);
const appended = () => page.locator('.appended-text');

async function clear() {
  while ((await appended().count()) > 0) await page.keyboard.press('Control+z');
  await grown();
}

test('the lines are words, whatever tokens spell them, and sum to 1', async () => {
  await grown();
  const rows = await readTree();
  assert.ok(rows.length > 4);
  near(sum(rows, 'p'), 1);
  assert.ok(rows.every(({ level, size }) => level === 1 && size === rows.length));
  assert.deepEqual(
    rows.map(({ position }) => position),
    rows.map((_, i) => i + 1),
  );
  const several = rows.findIndex(({ tokens }) => tokens > 1);
  assert.ok(several >= 0, 'a French word is more than one token');
  const { text, path } = rows[several];
  assert.equal(text, path.replace(/ /g, '␣'), 'it reads as one word');

  await page.locator('.tree tbody tr').nth(several).hover();
  const detail = await page.locator('.tree-detail').textContent();
  const spelled = await page.locator('.tree-detail .strip-about').allTextContents();
  assert.ok(spelled.length > 1, 'its tokens, on demand');
  assert.equal(spelled.join(''), text);
  assert.equal(detail.match(/%|1 in/g).length >= spelled.length, true, 'each with its p');
});

test('a word opens by mouse; its words sum to 1, and jointly to its own p', async () => {
  await page.locator('.tree tr[aria-expanded]').first().click();
  await page.locator('.tree tr[aria-level="2"][aria-expanded]').first().waitFor();
  await grown();
  const rows = await readTree();
  const below = rows.filter(({ level }) => level === 2);
  near(sum(below, 'p'), 1);
  near(sum(below, 'joint'), rows[0].p);
  near(below[0].joint, below[0].p * rows[0].p);
  assert.ok(below[0].path.startsWith(rows[0].path));
  assert.match(below[0].said, /joint/);

  await page.locator('.tree tr[aria-expanded]').first().click();
  assert.equal(await page.locator('.tree tr[aria-level="2"]').count(), 0, 'a second click closes');
});

test('a path is appended by its button, and undone', async () => {
  await page.locator('.tree tr[aria-expanded]').first().click();
  const second = page.locator('.tree tr[aria-level="2"][aria-expanded]').first();
  await second.waitFor();
  await grown();
  const path = await second.getAttribute('data-path');
  await second.getByRole('button', { name: /^Add/ }).click();
  assert.equal((await appended().allTextContents()).join(''), path.replace(/ /g, '␣'));
  await grown();
  const rows = await readTree();
  near(sum(rows, 'p'), 1);
  assert.ok(
    rows.every(({ level }) => level === 1),
    'the new tree is closed',
  );
  await clear();
});

test('all of it by keyboard', async () => {
  await page.locator('.tree tr[tabindex="0"]').focus();
  await page.keyboard.press('Home');
  const [first, other] = await readTree();
  assert.equal(await focusedPath(), first.path);
  await page.keyboard.press('ArrowDown');
  assert.equal(await focusedPath(), other.path);
  await page.keyboard.press('ArrowRight');
  await page.locator('.tree tr[aria-level="2"][aria-expanded]').first().waitFor();
  await grown();
  assert.equal(await focusedPath(), other.path, 'opening moves nothing');
  await page.keyboard.press('ArrowRight');
  const child = await focusedPath();
  assert.ok(child.startsWith(other.path) && child !== other.path, 'into it');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await focusedPath(), other.path, 'back to what it stands behind');
  await page.keyboard.press('ArrowLeft');
  assert.equal((await readTree())[1].expanded, 'false');
  await page.keyboard.press('Enter');
  assert.equal((await readTree())[1].expanded, 'true');
  await page.keyboard.press('End');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'rest');
  assert.equal(await page.locator('.tree [tabindex="0"]').count(), 1, 'a rest cannot be appended');

  await page.keyboard.press('Home');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal((await appended().allTextContents()).join(''), first.path.replace(/ /g, '␣'));
  const kept = await page.evaluate(() => document.activeElement.closest('.tree') !== null);
  assert.ok(kept, 'the focus stays in the tree');
  await clear();
});

test('an edit takes the place of a search, and a search can be stopped and taken up', async () => {
  // The search may take less time than a click from here, so the page itself clicks as soon as it can.
  await page.evaluate(() => {
    const stopper = new MutationObserver(() => {
      const stop = document.querySelector('#tree-run');
      if (!stop) return;
      stopper.disconnect();
      stop.click();
    });
    stopper.observe(document.querySelector('lab-tree'), { childList: true, subtree: true });
  });
  await page.locator('#query').fill('freedom');
  const goOn = page.getByRole('button', { name: 'Continue', exact: true });
  await goOn.waitFor();
  assert.match(await page.locator('lab-tree').textContent(), /Stopped: more words may be found/);
  assert.equal(await page.locator('.tree[aria-busy="true"]').count(), 0);
  await goOn.click();
  await grown();
  near(sum(await readTree(), 'p'), 1);
  assert.equal(await page.locator('#tree-run').count(), 0);
});

test('a prompt that is too long is said once, and the tree comes back with a shorter one', async () => {
  await page.locator('#query').fill('word '.repeat(9000));
  const alert = page.locator('.answer [role=alert]');
  await alert.waitFor();
  assert.equal(await alert.count(), 1);
  assert.equal(await alert.getAttribute('data-code'), 'prompt-too-long');
  assert.equal(await page.locator('.tree.old').count(), 1, 'the words of before, as such');
  await page.locator('#query').fill('cheese');
  await grown();
  assert.equal(await alert.count(), 0);
  near(sum(await readTree(), 'p'), 1);
});

test('texts stand beside each other, each drawn again by its seed', async () => {
  await view('Text');
  const drawn = async () => {
    await page.locator('.generated[aria-busy="false"] .cell').first().waitFor();
    return page.locator('.generated').evaluate((draw) => ({
      name: draw.querySelector('.draw-name').textContent,
      text: [...draw.querySelectorAll('.cell')].map((cell) => cell.textContent).join(''),
    }));
  };
  await page.locator('#answer').getByLabel('Seed', { exact: true }).fill('7');
  await page.keyboard.press('Tab');
  await page.click('#generate');
  const first = await drawn();
  assert.match(first.name, /seed 7,/);
  for (let seed = 8; seed <= 12; seed++) {
    await page.getByRole('button', { name: 'Next seed' }).click();
    await page.locator('.generated .draw-name', { hasText: `seed ${seed},` }).waitFor();
    await drawn();
  }
  const names = await page.locator('.draw-name').allTextContents();
  assert.deepEqual(
    names.map((name) => Number(/seed (\d+)/.exec(name)[1])),
    [12, 11, 10, 9, 8],
    'the newest five',
  );
  await page.locator('#answer').getByLabel('Seed', { exact: true }).fill('7');
  await page.keyboard.press('Tab');
  await page.click('#generate');
  await page.locator('.generated .draw-name', { hasText: 'seed 7,' }).waitFor();
  assert.equal((await drawn()).text, first.text);

  await page.locator('.generated .draw-head button').click();
  const text = (await appended().allTextContents()).join('');
  assert.ok(text.length > 0 && first.text.startsWith(text), `${text} is what was drawn`);
  assert.equal(await page.locator('.generated.old').count(), 1, 'it is of an earlier prompt now');
  await page.locator('.generated .draw-head button').click({ force: true });
  assert.equal((await appended().allTextContents()).join(''), text, 'and is not appended twice');
  await view('Words');
  await clear();
});

test('greedy draws one text, and says so', async () => {
  await view('Text');
  await page.locator('#temperature').fill('0');
  const again = page.getByRole('button', { name: 'Next seed' });
  assert.equal(await again.getAttribute('aria-disabled'), 'true');
  assert.match(await page.locator('.again').textContent(), /every seed gives the same/);
  const seed = await page.locator('#answer').getByLabel('Seed', { exact: true }).inputValue();
  await again.click({ force: true });
  assert.equal(
    await page.locator('#answer').getByLabel('Seed', { exact: true }).inputValue(),
    seed,
  );
  await page.locator('#temperature').fill('0.7');
});

for (const colorScheme of ['light', 'dark']) {
  test(`nothing is in the way of anyone, ${colorScheme}`, async () => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await view('Words');
    if ((await page.locator('.tree tr[aria-level="2"]').count()) === 0) {
      await page.locator('.tree tr[aria-expanded]').first().click();
      await grown();
    }
    for (const [width, name] of [
      [1280, 'Words'],
      [1280, 'Text'],
      [320, 'Text'],
      [320, 'Words'],
    ]) {
      await view(name);
      await page.setViewportSize({ width, height: 900 });
      const { violations } = await analyze(page, '.answer');
      assert.deepEqual(
        violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
        [],
      );
      const beyond = await page.locator('.answer').evaluate((answer) => {
        const end = answer.getBoundingClientRect().right;
        const all = [...answer.querySelectorAll('.tree *, lab-generate *')];
        return all
          .filter((one) => one.getBoundingClientRect().right > end)
          .map((one) => one.outerHTML);
      });
      assert.deepEqual(beyond, []);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });
}
