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
  | 'sentiment-zh'
  | 'table'
  | 'topics'
  | 'translate'
  | 'unscramble'
  | 'writing';

/** A task that ships with the package. Its format is that of its source; its rows were written for this package. */
export interface Preset {
  id: PresetId;
  /** The source of the format or of the finding; null if there is none. */
  source: { text: string; url: string } | null;
  task: Task;
  /** Suggested queries; the first is that of the task. */
  queries: readonly [string, ...string[]];
  /** The correct output of the first query; null if none is correct. */
  answer: string | null;
  /** Number of shots to show first. */
  shots: number;
  /** Rows for evaluation, with inputs that no demonstration has. Empty if no output is correct. */
  rows: readonly Demonstration[];
  /** For a preset with a deliberate flaw: the same task without it, and a comparable number of shots; else null. */
  mended: { task: Task; shots: number } | null;
}
