import { formatBytes } from '../../util/numerals.ts';

/** From recorded numbers to live ones. */
export const first = {
  origins: {
    live: 'live',
    recorded: 'recorded',
    sent: 'sender’s result',
    outdated: 'result of another prompt',
  },
  originTitle: 'Where these numbers come from',
  live: (model: string, bits: number) =>
    `${model} computed this just now in this tab, with ${bits}-bit activations.`,
  recorded: (model: string, bits: number) =>
    `${model}, with ${bits}-bit activations, answered exactly this prompt earlier. The project’s command cargo xtask record wrote the numbers down; nobody typed them by hand.`,
  sent: (model: string, bits: number, version: string) =>
    `These numbers came with the link: the sender’s page showed them for exactly this prompt, by ${model} with ${bits}-bit activations and shotglass ${version}. This page has not checked them. Load the model to check.`,
  onServer: (model: string, server: string) => `${model} on the server ${server}`,
  liveServer: (model: string, server: string) =>
    `${model} computed this just now on the server ${server}, to which your prompt was sent.`,
  sentServer: (model: string, server: string, version: string) =>
    `These numbers came with the link: the sender’s page showed them for exactly this prompt, by ${model} on the server ${server}, with shotglass ${version}. This page has not checked them.`,
  connect: 'Connect to this server…',
  server: 'Address of the server',
  outdated: (shots: string) =>
    `These numbers were recorded for the built-in task, ${shots}. Load the model to get the answer to your prompt.`,
  hash: 'SHA-256 of the model file',

  run: (bytes: number, isRest: boolean) =>
    `Run it live — ${formatBytes(bytes)}${isRest ? ' left' : ''}`,
  runKept: 'Run it live',
  once: 'once, stays on your device',
  thisVisit: 'for this visit, on your device',
  isKept: 'already on your device',
  cannotRun: 'Cannot run here',
  obstacles: {
    simd: 'Use Chrome 91, Firefox 114, Safari 16.4 or newer to run the model: this browser has no WebAssembly SIMD. You can still see all recorded numbers.',
    memory:
      'This device reports less than 1 GB of memory, too little for the model. You can still see all recorded numbers.',
  },
  byEdit: 'Loading the model to answer your prompt',
  pace: (seconds: string) => `On this device this prompt should take ${seconds}.`,
  underHalf: 'under half a second',
  seconds: (low: string, high: string) => (low === high ? `about ${low} s` : `${low} to ${high} s`),
  file: 'You can also drop your own GGUF model here, or',

  cost: (tokens: string) => `${tokens} tokens, recorded result`,
  costSent: (tokens: string) => `${tokens} tokens, sender’s result`,
  stop: '.',

  same: 'Live and recorded numbers agree.',
  /** A verdict on the task's own prompt, where another one is shown. */
  elsewhere: (verdict: string) => `Checked on the built-in prompt. ${verdict}`,
  differs: (difference: string) =>
    `Live and recorded numbers differ by up to ${difference} percentage points.`,
  other: 'This is not the model that was recorded.',
  measuredWith: (model: string) =>
    `These numbers were measured with ${model}, and not with the model that is loaded.`,
  sentSame: 'The sender’s numbers agree with the ones computed here.',
  sentDiffers: 'The sender’s numbers differ from the ones computed here.',
  sentOther: (model: string) =>
    `The sender’s numbers came from another model (${model}), so they cannot be checked with this one.`,
  largest: (difference: string) =>
    `Largest difference from the recorded numbers: ${difference} percentage points.`,

  delays: {
    wait: 'Another tab is downloading it…',
    retry: 'The connection dropped. Trying again…',
  },
  notStored: (bytes: number | null) =>
    bytes === null
      ? 'The model could not be kept for your next visit: the browser has no space.'
      : `The model could not be kept for your next visit: the browser needs ${formatBytes(bytes)} more space.`,

  offline: 'Works offline',
  offlineTitle: 'This page is stored in your browser and opens without a network.',
  notKept:
    'This page could not be stored for offline use: the browser gives it no space. Everything else works.',
  newVersion: 'A new version of this page is ready:',
  reload: 'reload',
};
