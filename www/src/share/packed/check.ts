/**
 * Checks of what comes from outside: a link, a file, the browser's storage. Each gives the value back in its type, or
 * throws `Unreadable` with the name of the part. Only own properties are ever looked at.
 */
import { identityOf } from '../../app/server/address.ts';
import { Unreadable } from './unreadable.ts';

/** An object as JSON has it, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Unreadable('wrong', where);
}

/**
 * What a file of ours says that has this format, in this version of it or an earlier one.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export function fileFields(text: string, format: string, version: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('other');
  }
  if (typeof value !== 'object' || value === null) throw new Unreadable('other');
  const file = fields(value, 'file');
  if (field(file, 'format') !== format) throw new Unreadable('other');
  if (integer(field(file, 'version'), 'version', 1, 1e6) > version) throw new Unreadable('newer');
  return file;
}

/** The own property of that name, or undefined. */
export function field(of: Fields, name: string): unknown {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** What is wrong inside a part is told with the place of that part. */
export function inside<Value>(where: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw new Unreadable(error.why, `${where}.${error.where}`);
    throw error;
  }
}

export function text(value: unknown, where: string, longest = 1_000_000): string {
  if (typeof value === 'string' && value.length <= longest) return value;
  throw new Unreadable('wrong', where);
}

export function number(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new Unreadable('wrong', where);
}

export function integer(value: unknown, where: string, min: number, max: number): number {
  if (Number.isInteger(value)) return number(value, where, min, max);
  throw new Unreadable('wrong', where);
}

export function truth(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new Unreadable('wrong', where);
}

export function oneOf<Value extends string>(
  value: unknown,
  where: string,
  values: readonly Value[],
): Value {
  const found = values.find((one) => one === value);
  if (found !== undefined) return found;
  throw new Unreadable('wrong', where);
}

export function list<Item>(
  value: unknown,
  where: string,
  read: (item: unknown, where: string) => Item,
  longest = 10_000,
): Item[] {
  if (!Array.isArray(value) || value.length > longest) throw new Unreadable('wrong', where);
  return Array.from(value, (item, index) => read(item, `${where}[${index}]`));
}

const hex = /^[0-9a-f]{64}$/;

/** SHA-256, 64 lower-case hex digits. */
export function sha256(value: unknown, where: string): string {
  if (typeof value === 'string' && hex.test(value)) return value;
  throw new Unreadable('wrong', where);
}

/** What says which model a result is of: a server tells less of its model than a file does. */
export interface ModelIdentity {
  sha256: string;
  activationBits: number;
  server?: string;
}

/**
 * A model whose file is known, or one on a server: then with the address as a connection has it, which has no name, no
 * password, no query and no hash.
 */
export function modelIdentity(
  name: string,
  [hash, bits, address]: readonly [unknown, unknown, unknown],
  where: readonly [string, string, string],
): ModelIdentity {
  const known = sha256(hash, where[0]);
  if (address === undefined) {
    return { sha256: known, activationBits: integer(bits, where[1], 1, 64) };
  }
  const server = text(address, where[2], 400);
  const url = URL.canParse(server) ? new URL(server) : null;
  const isPlain = url && /^https?:$/.test(url.protocol) && url.origin + url.pathname === server;
  if (!isPlain) throw new Unreadable('wrong', where[2]);
  if (known !== identityOf(server, name)) throw new Unreadable('wrong', where[0]);
  return { sha256: known, activationBits: integer(bits, where[1], 0, 0), server };
}

/** What a server may not tell, which is null then. */
export function told<Value>(
  { server }: ModelIdentity,
  value: unknown,
  read: (value: unknown) => Value,
): Value | null {
  return server !== undefined && value === null ? null : read(value);
}

/** Some servers name tokens by their texts alone: those have negative ids. */
export function tokenId({ server }: ModelIdentity, value: unknown, where: string): number {
  return integer(value, where, server === undefined ? 0 : -1e8, 1e8);
}
