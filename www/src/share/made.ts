import type { Unreadable } from './packed/unreadable.ts';
import type { Sent } from './sent.ts';

/** What a link, the result in it, or a file was, where it could not be read. */
export interface ReadingProblem {
  from: 'link' | 'result' | 'file';
  error: Unreadable;
}

/** What is made for sharing: hashes without their `#`. */
export interface Made {
  link: string;
  /** The result that the link carries; null where none is known. */
  sent: Sent | null;
  /** Whether a prompt is pinned that is too long for a link. */
  isPinnedLeftOut: boolean;
  /** Null while it was not asked for, and where there is no model to ask. */
  receipt: { link: string; file: string } | null;
}
