import type { Task } from 'shotglass';

/** A task that ships with the lab. Its rows are our own; its format is the one its source used. */
export interface Preset {
  id: 'past-tense' | 'sentiment' | 'topics' | 'translate' | 'arithmetic';
  name: string;
  /** What the preset shows, in a sentence or two. */
  shows: string;
  /** Who used this format first. */
  source: { text: string; url: string } | null;
  task: Task;
  /** Queries to pick from; the task's own is the first. */
  queries: readonly string[];
  /** How many shots it opens with. */
  shots: number;
}
