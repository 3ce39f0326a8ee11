/** "no examples", "1 example", "4 examples" */
const examples = (k: number) => (k === 0 ? 'no examples' : k === 1 ? '1 example' : `${k} examples`);

export const ladder = {
  title: (answer: string, most: number) => `Probability of “${answer}” after 0–${most} examples`,
  /** The same where there is little room, over an axis from 0 to 100%. */
  shortTitle: (answer: string, most: number) => `“${answer}” after 0–${most} examples`,
  posterior: 'among the labels',
  none: 'Add examples to see the answer to this query after none, one, two and so on.',
  shots: examples,
  gap: (shots: string, why: string) => `${shots}: ${why}`,
  unknown: 'not run yet',
  at: (shots: string, answer: string, p: string) => `${shots}: ${answer} ${p}`,
  first: (name: string) => `top answer ${name}`,
  owned: (mass: string) => `all labels together ${mass}`,
  join: '; ',
  betweenSentences: ' ',
  /** Facts of the answer: without examples, at the present number, and where it is most probable. */
  finding: (
    answer: string,
    none: string,
    here: { k: number; p: string },
    best: { k: number; p: string },
  ): string => {
    const before = `“${answer}”: ${none} with no examples`;
    if (here.k === 0 && best.k === 0) return `${before}, its peak.`;
    if (here.k === 0) return `${before}, peak ${best.p} with ${best.k}.`;
    if (best.k === here.k) return `${before}, highest with ${examples(here.k)}: ${here.p}.`;
    if (best.k === 0)
      return `“${answer}”: ${here.p} with ${examples(here.k)}, peak ${none} with none.`;
    return `${before}, ${here.p} with ${here.k}, peak ${best.p} with ${best.k}.`;
  },
  masses: (none: string, k: number, here: string): string =>
    k === 0
      ? `The labels’ share of the probability is ${none}.`
      : `The labels’ share goes from ${none} (no examples) to ${here} (${k}).`,
  hatched: 'not top answer',
  mayGoOn: 'Here the answer may also be the beginning of a longer word.',
};
