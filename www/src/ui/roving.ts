/** Which arrows walk along a list: those of its direction, or all four where it breaks into lines. */
export type Along = 'row' | 'column' | 'lines';

const steps: Record<Along, Readonly<Record<string, number>>> = {
  row: { ArrowRight: 1, ArrowLeft: -1 },
  column: { ArrowDown: 1, ArrowUp: -1 },
  lines: { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 },
};

/**
 * Where a key leads from `at` in a list that ends with `last`: to its neighbour, or to an end by Home and End. Null for
 * every other key, which is somebody else's. What it leads to is taken: the page does not scroll as well.
 */
export function reached(
  event: KeyboardEvent,
  { at, last, along }: { at: number; last: number; along: Along },
): number | null {
  const step = steps[along][event.key];
  const ends: Record<string, number> = { Home: 0, End: last };
  const to = step === undefined ? ends[event.key] : at + step;
  if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return null;
  event.preventDefault();
  return Math.max(0, Math.min(to, last));
}

/** The index of the row or cell that an event happened in, as its `data-index` has it; null outside of all of them. */
export function indexIn({ target }: Event): number | null {
  const found = target instanceof Element ? target.closest('[data-index]') : null;
  return found instanceof HTMLElement ? Number(found.dataset.index) : null;
}
