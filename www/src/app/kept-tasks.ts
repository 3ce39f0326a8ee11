/** What the list of the reader's own tasks shows, and what may be asked of it. */
import type { Draft } from './state.ts';

export interface KeptTask {
  id: string;
  draft: Draft;
  /** When it was last written, in milliseconds since 1970. */
  changed: number;
}

export interface KeptTasks {
  /** The last one changed comes first. */
  tasks: readonly KeptTask[];
  /** What is there and cannot be read, by its id. It stays as it is. */
  damaged: readonly string[];
}

export type TaskWish =
  | { do: 'open' | 'duplicate' | 'remove' | 'save'; id: string }
  | { do: 'rename'; id: string; name: string }
  | { do: 'import'; file: File }
  /** Takes the last removal back. */
  | { do: 'restore' };

/** What has become of the last wish. */
export interface TaskNotice {
  /** In the language that the page has when it is read. */
  say: () => string;
  kind: 'done' | 'removed' | 'problem';
}
