/** Fields of a request, checked. A field that is null counts as absent, as OpenAI says. */
import { text } from '../../../util/validate.js';
import { wrong } from './errors.js';

/** The body of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** More prompts than this are refused in one request. */
const MANY = 2048;
/** Strings are looked for at each token. */
const LONG = 1000;

export function integer(
  body: Body,
  name: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw wrong(
    name,
    most === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${least}`
      : `an integer from ${least} to ${most}`,
  );
}

/** A number from `least` to `most`, both included. */
export function number(body: Body, name: string, least: number, most: number): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw wrong(name, `a number from ${least} to ${most}`);
}

export function flag(body: Body, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value === 'boolean') return value;
  throw wrong(name, 'true or false');
}

export function choice<Choice extends string>(
  body: Body,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = body[name] ?? undefined;
  const found = choices.find((one) => one === value);
  if (value === undefined || found !== undefined) return found;
  throw wrong(name, `one of ${choices.join(', ')}`);
}

/** A string, or several; none of them empty or very long. */
export function strings(body: Body, name: string, most: number): string[] {
  const value = body[name] ?? [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const isFine = (entry: unknown): entry is string =>
    typeof entry === 'string' && entry !== '' && entry.length <= LONG;
  if (list.length <= most && list.every(isFine)) return list.map((entry) => text(name, entry));
  throw wrong(name, `a string of 1 to ${LONG} characters, or an array of at most ${most} of them`);
}

export function ids(value: unknown, name: string, vocabularySize: number): number[] {
  const isId = (id: unknown) =>
    Number.isInteger(id) && Number(id) >= 0 && Number(id) < vocabularySize;
  if (Array.isArray(value) && value.every(isId)) return value;
  throw wrong(name, `an array of token ids, integers from 0 to ${vocabularySize - 1}`);
}

/** Texts and lists of token ids: one of either, or several. */
export function prompts(body: Body, name: string, vocabularySize: number): (string | number[])[] {
  const value = body[name];
  const isOne = typeof value === 'string' || (Array.isArray(value) && typeof value[0] === 'number');
  const list: unknown[] = isOne ? [value] : Array.isArray(value) ? value : [];
  if (list.length === 0 || list.length > MANY) {
    throw wrong(
      name,
      `a string, an array of token ids, or an array of 1 to ${MANY} strings or arrays of token ids`,
    );
  }
  return list.map((entry, index) => {
    const called = isOne ? name : `${name}[${index}]`;
    return typeof entry === 'string' ? text(called, entry) : ids(entry, called, vocabularySize);
  });
}

/** Refuses a field that would change the answer and that this server does not know how to honour. */
export function refuse(body: Body, ...fields: [name: string, ...harmless: unknown[]][]): void {
  for (const [name, ...harmless] of fields) {
    const value = body[name] ?? null;
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (isEmpty || harmless.includes(value)) continue;
    throw wrong(
      name,
      harmless.length > 0 ? `${harmless[0]}; this server supports nothing else` : 'absent here',
    );
  }
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
