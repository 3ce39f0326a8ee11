/** Fields of an answer, checked. Nothing of it is believed. */
import { nonsense } from './errors.js';

/** The fields that are read. */
type FieldName =
  | 'data'
  | 'id'
  | 'max_model_len'
  | 'vocab_size'
  | 'meta'
  | 'n_ctx'
  | 'n_vocab'
  | 'tokens'
  | 'token_strs'
  | 'piece'
  | 'prompt'
  | 'content'
  | 'text'
  | 'choices'
  | 'index'
  | 'logprobs'
  | 'prompt_logprobs'
  | 'finish_reason'
  | 'token_logprobs'
  | 'top_logprobs'
  | 'token'
  | 'bytes'
  | 'logprob'
  | 'rank'
  | 'decoded_token'
  | 'error'
  | 'message'
  | 'detail';

export type Fields = Readonly<Partial<Record<FieldName, unknown>>>;

export function fields(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw nonsense(`${name} is not an object`);
}

/** An array, of a known length if that is given. */
export function list(value: unknown, name: string, length?: number): readonly unknown[] {
  if (!Array.isArray(value)) throw nonsense(`${name} is not an array`);
  if (length === undefined || value.length === length) return value;
  throw nonsense(`${name} has ${value.length} entries and not ${length}`);
}

export function text(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw nonsense(`${name} is not a string`);
}

/** The id of a token, below the size of the vocabulary if that is known. */
export function id(value: unknown, name: string, vocabularySize: number | null): number {
  const isBelow = vocabularySize === null || Number(value) < vocabularySize;
  if (Number.isSafeInteger(value) && Number(value) >= 0 && isBelow) return Number(value);
  throw nonsense(`${name} is no token of the vocabulary`);
}

/** A log-probability: a number of at most 0. What is minimally above comes of rounding. */
export function logprob(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value > 1e-3) {
    throw nonsense(`${name} is no log-probability`);
  }
  return Math.min(0, value);
}

export function rank(value: unknown, name: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return Number(value);
  throw nonsense(`${name} is no rank`);
}

/** An integer of at least 1, or null where there is none. */
export function size(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 1 ? Number(value) : null;
}

export function optional(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
