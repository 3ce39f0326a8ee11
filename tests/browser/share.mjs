// What the tests of sharing have in common: profiles, the dialog Share, and what it shows and saves.

import { bytesOf } from './lab.mjs';

const permissions = ['clipboard-read', 'clipboard-write'];

/** A profile of its own, with the storage of nobody else. */
export async function profile(lab) {
  const { browser } = await lab.ready();
  return browser.newContext({ permissions, viewport: { width: 1280, height: 900 } });
}

export const query = (page) => page.locator('#query');
export const undo = (page) => page.getByRole('button', { name: 'Undo' });

export async function openShare(page, format) {
  await page.locator('#share').click();
  await choose(page, format);
}

export const choose = (page, format) =>
  page.locator(`input[name=share-format][value=${format}]`).check();

export async function closeShare(page) {
  await page.keyboard.press('Escape');
  await page.locator('.share-dialog[open]').waitFor({ state: 'detached' });
}

/** The one text that a format shows. */
export async function preview(page, format) {
  await choose(page, format);
  return page.locator('.share-file textarea').first().inputValue();
}

export async function saved(page, name) {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return bytesOf(await download);
}

/** Waits until the element with this id has the focus. */
export const focused = (page, id) =>
  page.waitForFunction((id) => document.activeElement.id === id, id);
