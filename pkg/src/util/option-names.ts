/** The names of the options of calls, to be checked: the types of `model/options.ts` are not there when it runs. */
const call = { signal: true } as const;
const run = { ...call, onProgress: true } as const;
const load = {
  sha256: true,
  keep: true,
  threads: true,
  activationBits: true,
  addBos: true,
  workerUrl: true,
  build: true,
  wasmUrl: true,
  ...run,
} as const;
const sampling = {
  temperature: true,
  topK: true,
  topP: true,
  minP: true,
  logitBias: true,
  allowed: true,
} as const;
const edits = { edits: true } as const;
const generate = {
  maxTokens: true,
  ...sampling,
  seed: true,
  stop: true,
  candidates: true,
  ids: true,
  ...edits,
  ...run,
} as const;

const predict = {
  topK: true,
  promptTokens: true,
  logprobs: true,
  sampling: true,
  ...edits,
  ...run,
} as const;

const states = { layers: true, positions: true, ...edits, ...run } as const;

export const names = { call, run, load, sampling, edits, generate, predict, states };
