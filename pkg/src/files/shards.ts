/**
 * A model in several files: which they are, and in what order they come. llama.cpp's `gguf-split`
 * names them `…-00001-of-00003.gguf` and so on, and writes into each which one it is.
 */
import { ShotglassError } from '../errors.js';
import { isNode } from '../util/node.js';
import * as check from '../util/validate.js';
import { type FileSource, type FileSources, isUrl } from './source.js';

/** A file of a model, and what is to be checked of it. */
export interface Shard {
  source: FileSource;
  /** Its name, to say which one is wrong; null if it has none. */
  name: string | null;
  /** SHA-256 that it must have. */
  sha256: string | null;
}

/** All files of a model, in order. */
export interface ShardSet {
  shards: Shard[];
  /** SHA-256 of several files together: see `ModelInfo.sha256`. */
  sha256: string | null;
}

/** Which shard a name is of, counted from 1. */
interface ShardName {
  number: number;
  count: number;
}

const NAME = /-(\d{5})-of-(\d{5})\.gguf$/;

/**
 * The files that a source stands for: itself; those of an array; or, if it is the address of a shard,
 * all that are named like it.
 *
 * @throws `invalid-option` where the array is empty or the hashes are not as many as the files;
 * `wrong-shard` where the names say that some are missing.
 */
export function shardsOf(source: FileSources, sha256: string | readonly string[] | null): ShardSet {
  const isList = Array.isArray(source);
  const sources: readonly FileSource[] = isList ? source : siblings(source as FileSource);
  if (sources.length === 0) throw check.invalid('source', 'an array of at least one file');
  const hashes = hashesFor(sources.length, sha256);
  const shards = sources.map((one, index) => {
    return { source: one, name: nameOf(one), sha256: hashes?.[index] ?? null };
  });
  const isWhole = hashes === null && typeof sha256 === 'string';
  return { shards: isList ? inOrder(shards) : shards, sha256: isWhole ? sha256 : null };
}

/** A hash for each file; null if there is none, or one for all together. */
function hashesFor(
  files: number,
  sha256: string | readonly string[] | null,
): readonly string[] | null {
  if (sha256 === null) return null;
  const hashes = typeof sha256 === 'string' ? [sha256] : sha256;
  if (hashes.length === files) return hashes;
  if (typeof sha256 === 'string') return null;
  throw check.invalid(
    'sha256',
    files === 1
      ? 'one hash: source is a single file'
      : `one hash, or an array of ${files}, one for each file`,
  );
}

/** The address of a shard stands for the addresses of all; what follows its path stays. */
function siblings(source: FileSource): FileSource[] {
  if (typeof source !== 'string' && !(source instanceof URL)) return [source];
  const address = String(source);
  const [path, rest] = parts(address);
  const shard = parseName(path);
  if (shard === null || shard.count === 1) return [source];
  return Array.from({ length: shard.count }, (_, index) => {
    return path.replace(NAME, `-${digits(index + 1)}-of-${digits(shard.count)}.gguf`) + rest;
  });
}

/** By their names, where all have such names; else as they are. */
function inOrder(shards: Shard[]): Shard[] {
  const named = shards.flatMap((shard) => {
    const name = parseName(shard.name ?? '');
    return name === null ? [] : [{ shard, ...name }];
  });
  const counts = new Set(named.map(({ count }) => count));
  const [count] = counts;
  if (named.length < shards.length || counts.size !== 1 || count === undefined) return shards;
  const numbers = new Set(named.map(({ number }) => number));
  if (numbers.size < count) {
    const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
      (number) => !numbers.has(number),
    );
    const [first, ...more] = missing;
    const which = more.length === 0 ? `number ${first}` : `number ${first} and ${more.length} more`;
    throw new ShotglassError(
      'wrong-shard',
      `This model has ${count} shards, and ${which} ${more.length === 0 ? 'is' : 'are'} missing. Load all of ` +
        'them together.',
    );
  }
  return named.sort((one, other) => one.number - other.number).map(({ shard }) => shard);
}

function nameOf(source: FileSource): string | null {
  if (typeof source === 'string' || source instanceof URL) {
    const [path] = parts(String(source));
    return path.slice(path.lastIndexOf('/') + 1);
  }
  const { name } = Object(source) as { name?: unknown };
  return typeof name === 'string' ? name : null;
}

/** The path of an address, and the query and what else is behind it. A path of a disk has neither. */
function parts(address: string): [path: string, rest: string] {
  const isPath = isNode && !isUrl(address);
  const end = isPath ? -1 : address.search(/[?#]/);
  return end === -1 ? [address, ''] : [address.slice(0, end), address.slice(end)];
}

function parseName(name: string): ShardName | null {
  const [, number, count] = (NAME.exec(name) ?? []).map(Number);
  if (number === undefined || count === undefined) return null;
  return number >= 1 && number <= count ? { number, count } : null;
}

function digits(number: number): string {
  return String(number).padStart(5, '0');
}
