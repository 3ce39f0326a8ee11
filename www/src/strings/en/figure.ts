import { formatCount } from '../../util/numerals.ts';

/** Figures that are saved, and what is written in them. */
export const figure = {
  /** The name of the menu of one figure. */
  save: (figure: string) => `Save figure: ${figure}`,
  svg: 'SVG, for print and for editing',
  png: 'PNG, at twice the size',
  csv: 'CSV, the numbers',
  copyMethods: 'Copy methods line',
  copied: 'Copied',
  denied: 'The browser does not let the page copy. Select the line and copy it:',
  noPng: 'This browser cannot make a PNG of this figure. Save it as SVG instead.',
  close: 'Close',
  tokens: 'Most likely next tokens',
  words: 'Most likely next words',
  labels: 'Probability of the labels',
  query: (query: string) => `Query: ${query}`,
  rest: (count: number | null) =>
    count === null ? 'all other tokens' : `${formatCount(count)} other tokens`,
  entropy: (entropy: string) => `Entropy ${entropy} nats.`,
  unknown: 'not run',
  underColumns: 'Below each column: the probability, and the top answer.',
  mean: 'mean with 95% interval',
  eachRun: 'one seed and order',
  commonest: (share: string) => `always the commonest label (${share})`,
  diagonal: 'perfect calibration',
  methods: {
    model: (name: string, sha256: string, bits: number) =>
      `${name} (SHA-256 ${sha256}…), ${bits}-bit activations`,
    shots: (shots: string, all: number) => `k = ${shots} of ${all} examples`,
    template: (template: string) => `template “${template}”`,
    scoring: (rule: string, reference: string) => `labels scored by ${rule}, ${reference}`,
    rows: (count: number) => (count === 1 ? '1 row evaluated' : `${count} rows evaluated`),
    seeds: (seeds: string) => (/^\d+$/.test(seeds) ? `seed ${seeds}` : `seeds ${seeds}`),
    orders: (orders: number) =>
      orders === 1 ? '1 order of each draw' : `${orders} orders of each draw`,
    softmax: 'softmax over the full vocabulary at temperature 1',
    version: (version: string) => `shotglass ${version}`,
  },
};
