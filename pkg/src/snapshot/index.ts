/** Recorded answers of a model to the prompts of a task, which a page can show without a model and anyone can check. */

import type { Task } from '../prompt/task.js';
import type { Normalization } from '../scoring/classify.js';

/** The model that a snapshot was recorded with. */
export interface SnapshotModel {
  /** Name of the model as given in the file. */
  name: string;
  /** SHA-256 of the file, 64 lowercase hex digits. */
  sha256: string;
  /** Size of the file in bytes. */
  bytes: number;
  /** The type of most weights, for example `'Q4_1'`. */
  quantization: string;
  /** Precision to which activations were rounded, in bits: 8 or 16. */
  activationBits: number;
}

/** A recorded token. */
export interface SnapshotToken {
  /** Id of the token in the vocabulary. */
  id: number;
  /** The text of the token, with U+FFFD for invalid UTF-8. */
  text: string;
  /** The bytes in hex; present only if the token is part of a character, which `text` cannot represent. */
  bytes?: string;
  /** Log-probability in nats, at temperature 1. */
  logprob: number;
}

/** The results for one number of shots. */
export interface SnapshotShots {
  /** Number of demonstrations in the prompt. */
  shots: number;
  /** Number of tokens in the prompt. */
  tokens: number;
  /** The most probable next tokens, best first. */
  candidates: SnapshotToken[];
  /** The number of all other tokens, and their total probability. */
  rest: { count: number; p: number };
  /** Entropy of the full distribution, in nats. */
  entropy: number;
  /** The greedy continuation, up to a line break. */
  text: SnapshotToken[];
  /** The posterior of the labels under `rule`, and the label-space mass; null if the task has no labels. */
  classification: {
    rule: Normalization;
    labels: { label: string; p: number }[];
    mass: number;
  } | null;
  /**
   * Log-probability of the right answer as a whole word or label, in nats, as `answerLogprob` has it; present if the
   * snapshot has one.
   */
  answer?: number | null;
}

/** A recorded result: the answers of one model to the prompts of one task. */
export interface Snapshot {
  /** Version of the format. */
  version: 1;
  /** Version of the package that wrote it. */
  shotglass: string;
  model: SnapshotModel;
  /** The task from which the prompts were rendered, with the query that was used. */
  task: Task;
  /** Number of shots that a page shows first. Default: the largest number recorded. */
  opensWith?: number;
  /**
   * The right output for the query; absent if none is known. It follows the prompt behind the separator of the task, unless
   * it begins with white space of its own.
   */
  answer?: string;
  /** In ascending order of shots, at least one. */
  results: SnapshotShots[];
}
