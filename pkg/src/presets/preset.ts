import type { Demonstration, Task } from '../prompt/task.js';

/** The tasks that ship with the package, in the order of their names. */
export type PresetId =
  | 'antonym'
  | 'arithmetic'
  | 'bad-example'
  | 'capital'
  | 'cloze'
  | 'code'
  | 'double-space'
  | 'extract'
  | 'flipped'
  | 'imbalanced'
  | 'past-tense'
  | 'plural'
  | 'qa'
  | 'question-type'
  | 'sentiment'
  | 'table'
  | 'topics'
  | 'translate'
  | 'unscramble'
  | 'writing';

/** A task that ships with the package. Its rows are our own; its format is the one its source used. */
export interface Preset {
  id: PresetId;
  /** Whose format it is, or whose finding; null where it is nobody's. */
  source: { text: string; url: string } | null;
  task: Task;
  /** Queries to pick from; the task's own is the first. */
  queries: readonly [string, ...string[]];
  /** The right output of the first query; null where none is right. */
  answer: string | null;
  /** How many shots it opens with. */
  shots: number;
  /** What is measured: inputs that no demonstration has, with their outputs. Empty where none is right. */
  rows: readonly Demonstration[];
  /** For a preset that is a trap: the same task with nothing wrong, and as many shots as are comparable. */
  mended: { task: Task; shots: number } | null;
}
