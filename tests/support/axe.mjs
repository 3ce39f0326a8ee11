import { AxeBuilder } from '@axe-core/playwright';

/**
 * What axe finds wrong on a page, or in the part of it that a selector names. Its legacy mode leaves out frames of other
 * origins, of which our pages have none, and takes half the time. What passes is not described element by element, which
 * takes another third of it.
 */
export function analyze(page, part) {
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  return (part === undefined ? builder : builder.include(part)).analyze();
}
