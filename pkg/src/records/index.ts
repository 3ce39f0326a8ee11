/**
 * `shotglass/records`: the recorded results of the default model for every preset and every number of shots, which a page
 * can show before a model is downloaded. Each record is a small file that is read on demand.
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

/**
 * The file of a preset, `shotglass/records/<id>.json`: a {@link Snapshot} of its task with additional fields. Import the
 * JSON or fetch it to read them; {@link recordOf} returns the snapshot alone.
 */
export interface PresetRecord extends Snapshot {
  id: PresetId;
  /** SHA-256 of everything in the preset that the numbers depend on. If it differs, the record is stale. */
  content: string;
  opensWith: number;
  /** The tokens of the longest recorded prompt: that of the default query after all demonstrations. */
  prompt: RecordedTokens;
  /** The results for 0, 1, 2, … up to all demonstrations. */
  results: PresetShots[];
  /** Further queries of the same task. */
  queries: RecordedQuery[];
}

/** The recorded results of a preset's default query for one number of shots. */
export interface PresetShots extends SnapshotShots {
  /**
   * Log-probability of the correct answer after its separator, in nats; null if no answer is correct. It is that of the
   * whole answer: of all its tokens, and of no letter or sign of the same word after them. In a task with labels it is
   * that of the label, which may be the beginning of a longer word.
   */
  answer: number | null;
  /** The five most probable next words, best first. */
  words: RecordedWord[];
  /** The tokens of this prompt: the first `shared` tokens of the record's `prompt`, then the ones given here. */
  prompt: RecordedTokens & { shared: number };
}

/**
 * Consecutive tokens of a prompt. The text of the prompt is that of `renderPrompt(task, { shots })`, and its UTF-8 bytes
 * are the bytes of its tokens.
 */
export interface RecordedTokens {
  /** Number of bytes in each token. */
  bytes: number[];
  /**
   * Log-probability of each token after those before it, in nats, at temperature 1. There is none for the first token of
   * a prompt, which follows nothing.
   */
  logprobs: number[];
}

/**
 * A possible next word, with the whitespace before it, and its probability, 0–1. The probability is a lower bound, as
 * `continuations` finds it.
 */
export type RecordedWord = [text: string, p: number];

/** What is recorded of a query other than the default one. */
export interface RecordedQuery {
  /** The query. */
  query: string;
  /** The correct output; null if none is correct. */
  output: string | null;
  /** For 0, 1, 2, … up to all demonstrations. */
  results: {
    /** The three most probable next words, best first. */
    words: RecordedWord[];
    /** Log-probability of the correct output, like `answer` of the default query. */
    answer: number | null;
  }[];
}

/**
 * The record of a preset: a snapshot of its task for all numbers of shots. Its file is part of the package; a page fetches
 * it from where the package is served, Node reads it from disk.
 *
 * @throws {@link ShotglassError} `invalid-option` for an unknown id, `read-failed` if the file cannot be read.
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
