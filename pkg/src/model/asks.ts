/** What the options of a call ask of the worker, checked. */

import type { Calls, PromptMessage, Sampling } from '../protocol.js';
import type { ModelInfo, RunProgress } from '../types.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import { allowedFirst, allowedMessage } from './allowed.js';
import { editsMessage } from './edits.js';
import type {
  AnyPrompt,
  EmbedOptions,
  GenerateOptions,
  LensOptions,
  PredictOptions,
  RunOptions,
  SamplingOptions,
  StatesOptions,
  SurprisalOptions,
} from './options.js';

/** More than any vocabulary has, and the most that the engine takes. */
const MAX_TOP_K = 0xffff_ffff;

/** What must be known of a model to check what it is asked. */
export type AskInfo = Pick<ModelInfo, 'vocabularySize' | 'contextLength' | 'layers' | 'hiddenSize'>;

/** What the worker is sent of a prompt. */
export function promptMessage(
  prompt: AnyPrompt,
  { vocabularySize }: Pick<AskInfo, 'vocabularySize'>,
  name = 'prompt',
): PromptMessage {
  // What is no array of numbers is mostly one of chat messages, about which the other check says more.
  const isIds = Array.isArray(prompt) && prompt.every((entry) => typeof entry === 'number');
  return isIds
    ? check.tokenIds(name, prompt, vocabularySize)
    : check.promptText(prompt as string, name);
}

export function predictAsk(
  prompt: AnyPrompt,
  options: PredictOptions,
  info: AskInfo,
): Calls['predict']['ask'] {
  check.only(options, names.predict);
  const { sampling } = options;
  if (sampling !== undefined) check.only(sampling, names.sampling);
  return {
    prompt: promptMessage(prompt, info),
    topK: check.integer('topK', options.topK ?? 10, 0, MAX_TOP_K),
    promptTokens: check.oneOf('promptTokens', options.promptTokens ?? false, [true, false]),
    logprobs: check.oneOf('logprobs', options.logprobs ?? false, [true, false]),
    sampling: sampling === undefined ? null : onceAsk(sampling, info),
    edits: editsMessage(options.edits, info),
  };
}

export function surprisalAsk(
  text: AnyPrompt,
  options: SurprisalOptions,
  info: AskInfo,
): Calls['surprisal']['ask'] {
  check.only(options, { topK: true, from: true, to: true, ...names.run });
  const { to } = options;
  return {
    text: promptMessage(text, info, 'text'),
    from: check.integer('from', options.from ?? 0, 0),
    to: to === undefined ? null : check.integer('to', to, 0),
    topK: check.integer('topK', options.topK ?? 0, 0, MAX_TOP_K),
  };
}

export function statesAsk(
  prompt: AnyPrompt,
  { layers, positions = 'last', edits }: StatesOptions,
  info: AskInfo,
): Calls['states']['ask'] {
  return {
    prompt: promptMessage(prompt, info),
    layers: layers === undefined ? null : check.indices('layers', layers, info.layers),
    positions:
      positions === 'all' || positions === 'last'
        ? positions
        : check.indices('positions', positions, info.contextLength - 1),
    edits: editsMessage(edits, info),
  };
}

export function lensAsk(
  prompt: AnyPrompt,
  options: LensOptions,
  info: AskInfo,
): Calls['lens']['ask'] {
  check.only(options, { topK: true, ids: true, ...names.states });
  return {
    ...statesAsk(prompt, options, info),
    topK: check.integer('topK', options.topK ?? 1, 0, MAX_TOP_K),
    ids: check.tokenIds('ids', options.ids ?? [], info.vocabularySize),
  };
}

export function embedAsk(
  texts: readonly AnyPrompt[],
  options: EmbedOptions,
  info: AskInfo,
): Calls['embed']['ask'] {
  check.only(options, { layer: true, pooling: true, ...names.run });
  if (!Array.isArray(texts)) throw check.invalid('texts', 'an array of texts');
  const half = Math.round(info.layers / 2);
  return {
    texts: texts.map((text, index) => promptMessage(text, info, `texts[${index}]`)),
    layer: check.integer('layer', options.layer ?? half, 0, info.layers),
    pooling: check.oneOf('pooling', options.pooling ?? 'mean', ['last', 'mean']),
  };
}

export function runHooks(options: RunOptions): {
  signal: AbortSignal | undefined;
  onProgress: ((progress: RunProgress) => void) | undefined;
} {
  return {
    signal: check.signal(options.signal),
    onProgress: check.callback('onProgress', options.onProgress),
  };
}

export function generateAsk(
  prompt: AnyPrompt,
  options: GenerateOptions,
  info: AskInfo,
): Calls['generate']['ask'] {
  check.only(options, names.generate);
  return {
    prompt: promptMessage(prompt, info),
    maxTokens: check.integer('maxTokens', options.maxTokens ?? 64, 1),
    stop: check.stopStrings(options.stop ?? []),
    candidates: check.integer('candidates', options.candidates ?? 0, 0, MAX_TOP_K),
    ids: check.tokenIds('ids', options.ids ?? [], info.vocabularySize),
    sampling: samplingAsk(options, check.integer('seed', options.seed ?? 0, 0), info),
    isAsked: typeof options.allowed === 'function',
    edits: editsMessage(options.edits, info),
  };
}

/** Sampling of one token: what a function allows is what it allows first. */
function onceAsk(sampling: SamplingOptions, info: AskInfo): Sampling {
  const { allowed } = sampling;
  const ask = samplingAsk(sampling, 0, info);
  return typeof allowed === 'function' ? { ...ask, allowed: allowedFirst(allowed, info) } : ask;
}

function samplingAsk(options: SamplingOptions, seed: number, info: AskInfo): Sampling {
  return {
    temperature: check.number('temperature', options.temperature ?? 0, 0),
    topK: check.integer('topK', options.topK ?? 0, 0, MAX_TOP_K),
    topP: check.share('topP', options.topP ?? 1),
    minP: check.number('minP', options.minP ?? 0, 0, 1),
    seed,
    bias: biasMessage(options.logitBias, info.vocabularySize),
    allowed: allowedMessage(options.allowed, info),
  };
}

function biasMessage(logitBias: unknown, vocabularySize: number): Sampling['bias'] {
  if (logitBias === undefined) return null;
  if (typeof logitBias !== 'object' || logitBias === null || Array.isArray(logitBias)) {
    throw check.invalid('logitBias', 'an object from token ids to numbers');
  }
  const entries = Object.entries(logitBias);
  if (entries.length === 0) return null;
  const ids = check.tokenIds(
    'the keys of logitBias',
    entries.map(([id]) => (/^\d+$/.test(id) ? Number(id) : null)),
    vocabularySize,
  );
  const values = entries.map(([id, bias]) => check.number(`logitBias[${id}]`, bias, -1e30, 1e30));
  return { ids: Uint32Array.from(ids), values: Float32Array.from(values) };
}
