import type { Unreadable } from './packed/unreadable.ts';

/** What a link or a file was, where it could not be read. */
export interface ReadingProblem {
  from: 'link' | 'file';
  error: Unreadable;
}

/** What is made for sharing: hashes without their `#`. */
export interface Made {
  link: string;
  /** Null while it was not asked for, and where there is no model to ask. */
  receipt: { link: string; file: string } | null;
}
