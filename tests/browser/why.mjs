// What the tests of the experiments share: a page with a task and the model, and what its figures show.

import { loadModel } from './lab.mjs';

/** A page with the real model and this preset, at the experiments. */
export async function openTask(lab, task) {
  const page = await lab.open({ link: `?preset=${task}` });
  await loadModel(page);
  await choose(page, 'Examples');
  return page;
}

export const choose = (page, name) =>
  page.locator('.why-tabs').getByRole('tab', { name, exact: true }).click();

/** Puts a table into its field, which is folded where the task has rows of its own. */
export async function paste(page, text) {
  await page.locator('.rows-paste').evaluate((details) => {
    details.open = true;
  });
  await page.getByLabel('Rows to evaluate').fill(text);
}

export async function run(page) {
  await page.locator('#why-run').click();
  await page.locator('#why-run').waitFor({ timeout: 120_000 });
  await page.locator('.why-figure[aria-busy=false]').waitFor();
}

export const textOf = (page, selector) => page.locator(selector).textContent();
export const finding = async (page) => (await textOf(page, '.why-finding')).trim();

/** Shares as they are drawn. */
export const shares = (page, selector) =>
  page
    .locator(`.why-figure ${selector}`)
    .evaluateAll((all) => all.map((one) => Number(one.style.getPropertyValue('--p'))));

export const cells = (page, selector) =>
  page
    .locator(`.why-figure ${selector}`)
    .evaluateAll((all) => all.map((one) => one.textContent.replace(/\s+/g, ' ').trim()));
