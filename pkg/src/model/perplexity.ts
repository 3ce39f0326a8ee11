/** How well a model predicts texts. */

import { abortError } from '../errors.js';
import { bitsPerByte, perplexity } from '../math/statistics.js';
import type { Prompt } from '../prompt/task.js';
import type {
  CallOptions,
  ModelInfo,
  Perplexities,
  Perplexity,
  SurprisalEntry,
  Token,
} from '../types.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import type { PerplexityOptions, SurprisalOptions } from './options.js';

/** The methods of a model that this takes. */
interface Asked {
  /** The length is null where a server does not tell it, and limits nothing then. */
  readonly info: Readonly<Pick<ModelInfo, 'addsBos' | 'bosToken'>> & {
    readonly contextLength: number | null;
  };
  tokenize(text: string, options: CallOptions): Promise<Token[]>;
  surprisal(ids: readonly number[], options: SurprisalOptions): Promise<SurprisalEntry[]>;
}

/** It preceded every text of the training of most models that have it. */
const END_OF_TEXT = '<|endoftext|>';

export async function perplexities(
  model: Asked,
  texts: readonly (string | Prompt)[],
  options: PerplexityOptions,
): Promise<Perplexities> {
  check.only(options, names.run);
  const signal = check.signal(options.signal);
  const onProgress = check.callback('onProgress', options.onProgress);
  if (!Array.isArray(texts) || texts.length === 0) {
    throw check.invalid('texts', 'a non-empty array of texts');
  }
  const plain = texts.map((text, i) => check.promptText(text, `texts[${i}]`));
  const start = await startOf(model, { signal });
  const done: Perplexity[] = [];
  for (const text of plain) {
    done.push(await ofText(model, text, start, { signal }));
    onProgress?.({ done: done.length, total: plain.length, texts: [...done] });
    if (signal?.aborted) throw abortError(signal);
  }
  const sum = (key: 'nats' | 'tokens' | 'bytes') => done.reduce((sum, one) => sum + one[key], 0);
  return { ...measures(sum('nats'), sum('tokens'), sum('bytes')), texts: done };
}

/** The token that is put before a text, so that its first token is predicted too; null for none. */
async function startOf(model: Asked, options: CallOptions): Promise<number | null> {
  const { addsBos, bosToken } = model.info;
  if (addsBos) return null;
  const [only, ...more] = await model.tokenize(END_OF_TEXT, options);
  return only && more.length === 0 ? only.id : bosToken;
}

async function ofText(
  model: Asked,
  text: string,
  start: number | null,
  options: CallOptions,
): Promise<Perplexity> {
  const tokens = await model.tokenize(text, options);
  const own = tokens.map(({ id }) => id);
  const isNew = start !== null && own[0] !== start;
  const ids = isNew ? [start, ...own] : own;
  let nats = 0;
  for (const { first, from, end } of windows(ids.length, model.info.contextLength ?? ids.length)) {
    const entries = await model.surprisal(ids.slice(first, end), {
      from: from - first,
      ...options,
    });
    for (const { logprob } of entries) nats -= logprob ?? 0;
  }
  const predicted = isNew ? tokens : tokens.slice(1);
  const bytes = predicted.reduce((sum, { bytes, added = 0 }) => sum + bytes.length - added, 0);
  return measures(nats, predicted.length, bytes);
}

/**
 * The parts in which tokens run if the model reads at most `most` at once: those from `from` to `end` are predicted from
 * all from `first` on. Each token but the first is predicted once, and the last part is as long as the others.
 */
function* windows(count: number, most: number) {
  for (let from = 1; from < count; ) {
    const end = Math.min(count, from - 1 + most);
    yield { first: Math.max(0, end - most), from, end };
    from = end;
  }
}

function measures(nats: number, tokens: number, bytes: number): Perplexity {
  return {
    nats,
    tokens,
    bytes,
    perplexity: tokens > 0 ? perplexity(-nats, tokens) : Number.NaN,
    bitsPerByte: bytes > 0 ? bitsPerByte(-nats, bytes) : Number.NaN,
  };
}
