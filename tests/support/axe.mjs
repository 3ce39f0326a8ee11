import { AxeBuilder } from '@axe-core/playwright';

/**
 * What axe finds on a page, or in the part of it that a selector names. Its legacy mode leaves out frames of other
 * origins, of which our pages have none, and takes half the time.
 */
export function analyze(page, part) {
  const builder = new AxeBuilder({ page }).setLegacyMode();
  return (part === undefined ? builder : builder.include(part)).analyze();
}
