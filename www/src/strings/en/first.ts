import { formatBytes, formatCount } from '../../util/numerals.ts';

/** From recorded numbers to live ones. */
export const first = {
  origins: { live: 'live', recorded: 'recorded', outdated: 'recorded earlier' },
  originTitle: 'Where these numbers come from',
  live: (model: string, bits: number) =>
    `Computed just now in this tab by ${model}, with activations of ${bits} bits.`,
  recorded: (model: string, bits: number) =>
    `Not computed just now. ${model}, with activations of ${bits} bits, was asked exactly this prompt, and this is what it said: written down by the project's own command, cargo xtask record, and never typed by hand.`,
  outdated: (shots: string) =>
    `These numbers are recorded, and belong to the task as it ships, ${shots}. Only the model itself can answer the prompt as it is now.`,
  hash: 'SHA-256 of the model file',
  caption: 'Same 135-million-parameter model, same question. Only the demonstrations change.',

  run: (bytes: number) => `Run it live — ${formatBytes(bytes)}`,
  runKept: 'Run it live',
  once: 'once, stays on your device',
  thisVisit: 'for this visit, on your device',
  isKept: 'already on your device',
  cannotRun: 'Cannot run here',
  obstacles: {
    simd: 'The model cannot run in this browser, which has no WebAssembly SIMD: use Chrome 91, Firefox 114, Safari 16.4 or newer. The recorded numbers are all here.',
    memory:
      'This device says that it has less than 1 GB of memory, too little for the model. The recorded numbers are all here.',
  },
  byEdit: 'To answer your prompt',
  rate: (low: number, high: number, tokens: number, seconds: string) =>
    `Here it should read about ${formatCount(low)} to ${formatCount(high)} tokens per second: a prompt of ${tokens} in ${seconds}.`,
  seconds: (low: string, high: string) => (low === high ? `about ${low} s` : `${low} to ${high} s`),
  file: 'Or drop a GGUF file of your own on the page, or',

  cost: (tokens: string) => `${tokens} tokens, as recorded.`,
  stop: '.',

  same: 'The same numbers as recorded.',
  /** Before a verdict on another prompt than the one that is shown. */
  elsewhere: (verdict: string) => `This prompt is not recorded. For the preset’s own: ${verdict}`,
  differs: (difference: string) =>
    `Not quite the recorded numbers: they differ by up to ${difference} percentage points.`,
  other: 'Another model than the recorded one.',
  largest: (difference: string) =>
    `Largest difference from the record: ${difference} percentage points.`,

  delays: {
    wait: 'Another tab is fetching it…',
    retry: 'The connection broke; trying again…',
  },
  notStored: (bytes: number | null) =>
    bytes === null
      ? 'It could not be kept for the next visit: there is no space.'
      : `It could not be kept for the next visit: ${formatBytes(bytes)} of space are missing.`,

  offline: 'Works offline',
  offlineTitle: 'This page is kept in your browser and opens without a network.',
  notKept:
    'This page could not be kept for offline use: the browser gives it no space. All else works.',
  newVersion: 'A new version of this page is ready:',
  reload: 'reload',
};
