// axe-core, which looks for what keeps people out of a page.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/**
 * What axe finds wrong on a page, or in the part of it that a selector names: `{ violations }`. It looks once nothing moves or
 * fades: half-way between two colors a text may have too little contrast, which nobody sees for long.
 */
export async function analyze(page, part) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(`${source};0`);
  await page.evaluate(async () => {
    const ends = (animation) => animation.effect.getComputedTiming().endTime < Infinity;
    await Promise.allSettled(
      document
        .getAnimations()
        .filter(ends)
        .map(({ finished }) => finished),
    );
  });
  // What passes is not described element by element, which takes a third of the time.
  return page.evaluate(
    (within) => globalThis.axe.run(within ?? document, { resultTypes: ['violations'] }),
    part,
  );
}
