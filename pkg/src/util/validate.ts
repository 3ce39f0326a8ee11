/** Checks of what callers hand in, so that nothing wrong ever reaches the worker. */
import { ShotglassError } from '../errors.js';

/** What `renderPrompt` returns, as far as it is asked here. */
interface WithText {
  readonly text: string;
}

export function invalid(name: string, mustBe: string): ShotglassError {
  return new ShotglassError('invalid-option', `${name} must be ${mustBe}.`);
}

/**
 * Refuses options that a call does not have: without types they are mostly misspelt, and would be
 * silently ignored. `known` has all that it has, as keys.
 */
export function only<Options extends object>(
  options: Options,
  known: { [Name in keyof Required<Options>]: true },
): void {
  if (typeof options !== 'object' || options === null) throw invalid('options', 'an object');
  const names = Object.keys(known);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || names.includes(name)) continue;
    const near = names.find((one) => isNear(one, name));
    const hint = near ? `Did you mean ${near}?` : `Options: ${names.join(', ')}.`;
    throw new ShotglassError('invalid-option', `Unknown option ${name}. ${hint}`);
  }
}

/** Whether one is the other with letters left out, or in another order. */
function isNear(...names: [string, string]): boolean {
  const [one, other] = names.map((name) => [...name.toLowerCase().replace(/\W|_/g, '')]) as [
    string[],
    string[],
  ];
  const isIn = (few: string[], many: string[]) =>
    few.length > 2 && new RegExp(few.join('.*')).test(many.join(''));
  return isIn(one, other) || isIn(other, one) || `${one.sort()}` === `${other.sort()}`;
}

export function integer(name: string, value: number, min: number, max?: number): number {
  const top = max ?? Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && value >= min && value <= top) return value;
  throw invalid(
    name,
    max === undefined ? `an integer of at least ${min}` : `an integer from ${min} to ${max}`,
  );
}

export function number(name: string, value: number, min: number, max?: number): number {
  if (Number.isFinite(value) && value >= min && value <= (max ?? Number.MAX_VALUE)) return value;
  throw invalid(
    name,
    max === undefined ? `a number of at least ${min}` : `a number from ${min} to ${max}`,
  );
}

/** A part of a whole that is not nothing. */
export function share(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0 && value <= 1) return value;
  throw invalid(name, 'a number above 0 and at most 1');
}

export function oneOf<Value>(name: string, value: unknown, values: readonly Value[]): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalid(
    name,
    `one of ${values.map((one) => (typeof one === 'string' ? `'${one}'` : one)).join(', ')}`,
  );
}

/** A string that has a UTF-8 form. */
export function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalid(name, 'a string');
  // In Unicode mode a pair is one character, so this finds only halves. `isWellFormed` says the
  // same, but Firefox 115 ESR does not have it.
  const half = value.search(/\p{Surrogate}/u);
  if (half === -1) return value;
  throw new ShotglassError(
    'invalid-text',
    `${name} contains an unpaired surrogate at offset ${half}. Cut strings between whole characters.`,
  );
}

/** The text of a prompt, however it is given. */
export function promptText(prompt: string | WithText, name = 'prompt'): string {
  if (Array.isArray(prompt)) {
    throw invalid(
      name,
      "a string or a result of renderPrompt, not an array. renderChat from 'shotglass/jinja' turns chat " +
        'messages into a string',
    );
  }
  if (typeof prompt === 'object' && prompt !== null) return text(`${name}.text`, prompt.text);
  if (typeof prompt === 'string') return text(name, prompt);
  throw invalid(name, 'a string or a result of renderPrompt');
}

/** The texts of a reference, which is one context or several. */
export function referenceTexts(value: unknown): string[] {
  if (value === undefined) return [];
  const contexts: readonly (string | WithText)[] = Array.isArray(value) ? value : [value];
  if (contexts.length > 0) return contexts.map((context) => promptText(context, 'reference'));
  throw invalid('reference', 'a context, or a non-empty array of contexts');
}

export function continuationTexts(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0 || value.includes('')) {
    throw invalid('continuations', 'a non-empty array of non-empty strings');
  }
  return value.map((entry: unknown) => text('continuations', entry));
}

export function stopStrings(stop: unknown): string[] {
  const list = typeof stop === 'string' ? [stop] : stop;
  if (!Array.isArray(list) || list.includes('')) {
    throw invalid('stop', 'a non-empty string or an array of non-empty strings');
  }
  return list.map((entry: unknown) => text('stop', entry));
}

export function tokenIds(name: string, value: unknown, vocabularySize: number): number[] {
  const isId = (id: unknown) =>
    Number.isInteger(id) && Number(id) >= 0 && Number(id) < vocabularySize;
  if (Array.isArray(value) && value.every(isId)) return value;
  throw invalid(name, `an array of token ids, integers from 0 to ${vocabularySize - 1}`);
}

/** Indices, each an integer from 0 to `last`. */
export function indices(name: string, value: unknown, last: number): number[] {
  const isIndex = (index: unknown) =>
    Number.isInteger(index) && Number(index) >= 0 && Number(index) <= last;
  if (Array.isArray(value) && value.length > 0 && value.every(isIndex)) return value;
  throw invalid(name, `a non-empty array of integers from 0 to ${last}`);
}

/** A row of numbers that are finite in 32 bits. */
export function row(name: string, value: unknown, size: number): ArrayLike<number> {
  const numbers: ArrayLike<number> = Object(value);
  const isRow = Array.isArray(value) || ArrayBuffer.isView(value);
  const isNumber = (x: unknown) => typeof x === 'number' && Number.isFinite(Math.fround(x));
  if (isRow && numbers.length === size && Array.from(numbers).every(isNumber)) return numbers;
  throw invalid(name, `an array of ${size} finite numbers`);
}

export function sha256(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw invalid('sha256', '64 hex digits');
}

/** One hash, or an array of them. */
export function hashes(value: unknown): string | string[] {
  return Array.isArray(value) ? value.map(sha256) : sha256(value);
}

export function signal(value: unknown): AbortSignal | undefined {
  if (value === undefined || isSignal(value)) return value;
  throw invalid('signal', 'an AbortSignal');
}

/** By its shape: the signal of another frame, or of a polyfill, is a signal too. */
function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === 'boolean' && typeof addEventListener === 'function';
}

export function callback<Callback extends (...values: never[]) => unknown>(
  name: string,
  value: Callback | undefined,
): Callback | undefined {
  if (value === undefined || typeof value === 'function') return value;
  throw invalid(name, 'a function');
}

export function address(name: string, value: unknown): string | URL {
  if (isAddress(value)) return value;
  throw invalid(name, 'a URL or a string');
}

export function isAddress(value: unknown): value is string | URL {
  return typeof value === 'string' || value instanceof URL;
}
