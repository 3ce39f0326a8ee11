/** What a model said to a prompt, written down so that a page can show it without a model, and anyone can ask again. */

import type { Task } from '../prompt/task.js';
import type { Rule } from '../scoring/classify.js';

/** The model that was asked. */
export interface SnapshotModel {
  /** Name as the file gives it. */
  name: string;
  /** SHA-256 of the file, 64 lower-case hex digits. */
  sha256: string;
  /** Length of the file in bytes. */
  bytes: number;
  /** The type that most weights are in, for example `'Q4_1'`. */
  quantization: string;
  /** How finely activations were rounded: 8, or 16 bits. */
  activationBits: number;
}

/** A token that was recorded. */
export interface SnapshotToken {
  id: number;
  text: string;
  /** In hex, only where the token is a part of a character and `text` does not have all of it. */
  bytes?: string;
  /** In nats, at temperature 1. */
  logprob: number;
}

/** What was said after one number of shots. */
export interface SnapshotShots {
  shots: number;
  /** Tokens of the prompt. */
  tokens: number;
  /** The most probable next tokens, best first. */
  candidates: SnapshotToken[];
  /** All other tokens. */
  rest: { count: number; p: number };
  /** Of the full distribution, in nats. */
  entropy: number;
  /** The most probable tokens one after the other, up to a new line. */
  text: SnapshotToken[];
  /** By the rule; null where the task has no labels. */
  classification: { rule: Rule; labels: { label: string; p: number }[]; mass: number } | null;
}

/** A recorded result: what one model says to the prompts of one task. */
export interface Snapshot {
  version: 1;
  /** Version of the package that wrote it. */
  shotglass: string;
  model: SnapshotModel;
  /** What the prompts are rendered from; its `query` is the one that was asked. */
  task: Task;
  /** How many shots a page shows at first. Left out: all that it has of them. */
  opensWith?: number;
  /** In ascending order of shots, at least one. */
  results: SnapshotShots[];
}
