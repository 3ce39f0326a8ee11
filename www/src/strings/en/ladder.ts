/** "no demonstrations", "1 demonstration", "4 demonstrations" */
const demonstrations = (k: number) =>
  k === 0 ? 'no demonstrations' : k === 1 ? '1 demonstration' : `${k} demonstrations`;

export const ladder = {
  ofToken: (answer: string) => `p of ${answer} by shots`,
  ofLabel: (answer: string) => `Posterior of ${answer} by shots`,
  mass: 'mass',
  none: 'With demonstrations, the same query would stand here after none, one, two, and so on.',
  shots: (k: number) => (k === 1 ? '1 shot' : `${k} shots`),
  gap: (shots: string, why: string) => `${shots}: ${why}`,
  unknown: 'not run yet',
  at: (shots: string, answer: string, p: string) => `${shots}: ${answer} ${p}`,
  first: (name: string) => `${name} comes first`,
  owned: (mass: string) => `the labels own ${mass}`,
  join: '; ',
  betweenSentences: ' ',
  /** Facts of the answer: without demonstrations, at the present number, and where it is most probable. */
  finding: (
    answer: string,
    none: string,
    here: { k: number; p: string },
    best: { k: number; p: string },
  ): string => {
    const before = `${answer} has ${none} with no demonstrations`;
    if (here.k === 0 && best.k === 0) return `${before}, and never more with any.`;
    if (here.k === 0) return `${before}, and at most ${best.p} with ${best.k}.`;
    if (best.k === here.k) return `${before} and ${here.p} with ${here.k}, its most.`;
    if (best.k === 0)
      return `${answer} has ${here.p} with ${demonstrations(here.k)}, and ${none}, its most, with none.`;
    return `${before}, ${here.p} with ${here.k}, and at most ${best.p} with ${best.k}.`;
  },
  masses: (none: string, k: number, here: string): string =>
    k === 0
      ? `The labels own ${none} of the distribution.`
      : `The labels own ${none} of the distribution with none, ${here} with ${k}.`,
  hatched: 'another comes first',
};
