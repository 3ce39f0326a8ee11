/**
 * The servers that the reader has used, kept in the site's storage without their keys: each under a key of its own, so
 * that two tabs do not write over each other's, and a damaged one takes no other along.
 */
import { identityOf } from '../app/server/address.ts';
import type { KeptServer } from '../app/server/kept-server.ts';
import type { LongShelf } from './kept-tasks.ts';
import { field, fields, integer, oneOf, text, truth } from './packed/check.ts';
import { Unreadable } from './packed/unreadable.ts';

const prefix = 'shotglass.server.';
const mostServers = 10;
const longestKept = 4000;
const longestAddress = 1000;
const longestName = 500;
/** The latest time that a `Date` can have. */
const lastTime = 8.64e15;
const mostTokens = 1e8;

/** Those that can be read, the last one used first. */
export function readServers(shelf: LongShelf | null): KeptServer[] {
  return allOn(shelf).slice(0, mostServers);
}

/** Keeps a server in the place of the one that was not used for longest, if there are too many. */
export function writeServer(shelf: LongShelf | null, { id, ...server }: KeptServer): void {
  try {
    shelf?.setItem(prefix + id, JSON.stringify(server));
    for (const { id } of allOn(shelf).slice(mostServers)) shelf?.removeItem(prefix + id);
  } catch {
    // The storage is full or denied: the list is that of this page alone.
  }
}

export function removeServer(shelf: LongShelf | null, id: string): void {
  try {
    shelf?.removeItem(prefix + id);
  } catch {
    // What may not be touched was not written either.
  }
}

/** The list with a server at its head. */
export function withServer(list: readonly KeptServer[], server: KeptServer): KeptServer[] {
  return [server, ...list.filter(({ id }) => id !== server.id)].slice(0, mostServers);
}

/** Whether a change of the storage may be one of the list; the key is null where all was removed. */
export function isOfServers(key: string | null): boolean {
  return key === null || key.startsWith(prefix);
}

function allOn(shelf: LongShelf | null): KeptServer[] {
  const keys = Array.from({ length: shelf?.length ?? 0 }, (_, at) => shelf?.key(at) ?? '');
  return keys
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) => readServer(key.slice(prefix.length), shelf?.getItem(key) ?? ''))
    .sort((a, b) => b.used - a.used);
}

/** None where what is there is damaged, or is not what this page writes. */
function readServer(id: string, packed: string): KeptServer[] {
  try {
    if (packed.length > longestKept) return [];
    const server = unpacked(JSON.parse(packed));
    // Under another name it would be there twice.
    return identityOf(server.url, server.model) === id ? [{ id, ...server }] : [];
  } catch {
    return [];
  }
}

function unpacked(value: unknown): Omit<KeptServer, 'id'> {
  const of = fields(value, 'server');
  const can = fields(field(of, 'capabilities'), 'capabilities');
  const told = (name: 'promptLogprobs' | 'namedTokens' | 'tokenize') =>
    truth(field(can, name), name);
  const size = field(of, 'vocabularySize');
  const model = text(field(of, 'model'), 'model', longestName);
  if (model === '') throw new Unreadable('wrong', 'model');
  return {
    url: addressOf(field(of, 'url')),
    model,
    used: integer(field(of, 'used'), 'used', 0, lastTime),
    hasKey: truth(field(of, 'hasKey'), 'hasKey'),
    vocabularySize: size === null ? null : integer(size, 'vocabularySize', 1, mostTokens),
    capabilities: {
      distribution: oneOf(field(can, 'distribution'), 'distribution', ['full', 'top'] as const),
      top: integer(field(can, 'top'), 'top', 1, mostTokens),
      promptLogprobs: told('promptLogprobs'),
      namedTokens: told('namedTokens'),
      tokenize: told('tokenize'),
      states: false,
    },
  };
}

/** An address as a connection names it: nothing in it can be a key but its path. */
function addressOf(value: unknown): string {
  const address = text(value, 'url', longestAddress);
  const { protocol, origin, pathname } = new URL(address);
  if (/^https?:$/.test(protocol) && address === origin + pathname) return address;
  throw new Unreadable('wrong', 'url');
}
