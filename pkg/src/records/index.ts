/**
 * `shotglass/records`: what the default model says of every preset, recorded for every number of shots, so that a page
 * can show it before any model is downloaded. Each record is a small file of its own, read when it is asked for.
 *
 * @packageDocumentation
 */
import { ShotglassError } from '../errors.js';
import type { PresetId } from '../presets/preset.js';
import type { Snapshot, SnapshotShots } from '../snapshot/index.js';
import { parseSnapshot } from '../snapshot/parse.js';
import { isNode, nodeModule } from '../util/node.js';
import * as check from '../util/validate.js';
import { addresses } from './addresses.js';

/** A preset's file, `shotglass/records/<id>.json`: a {@link Snapshot} of its task, and more about it. */
export interface PresetRecord extends Snapshot {
  id: PresetId;
  /** SHA-256 of everything in the preset that the numbers depend on: another one means that the record is stale. */
  content: string;
  opensWith: number;
  /** For 0, 1, 2, … demonstrations, up to all. */
  results: PresetShots[];
}

/** What was recorded of a preset after one number of shots. */
export interface PresetShots extends SnapshotShots {
  /** Logprob of the whole right answer behind its separator, in nats; null where no answer is right. */
  answer: number | null;
}

/**
 * The record of a preset as a snapshot of its task, for all numbers of shots. In a page its file is fetched from where
 * the package is served, in Node it is read from there.
 *
 * @throws {@link ShotglassError} `invalid-option` for an id that no preset has, `read-failed` where the file cannot be
 * had.
 */
export async function recordOf(id: PresetId): Promise<Snapshot> {
  check.oneOf('id', id, Object.keys(addresses));
  return parseSnapshot(await read(addresses[id]));
}

async function read(address: URL): Promise<unknown> {
  try {
    return JSON.parse(await textAt(address));
  } catch (cause) {
    throw new ShotglassError(
      'read-failed',
      `The recorded result ${address.href} could not be read (${cause instanceof Error ? cause.message : cause}). Check that all files of the package are served.`,
      { cause },
    );
  }
}

async function textAt(address: URL): Promise<string> {
  if (isNode && address.protocol === 'file:') {
    const { readFile } = await nodeModule('node:fs/promises');
    return new TextDecoder().decode(await readFile(address));
  }
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response.text();
}
