import type { Keeping, LoadProgress } from '../types.js';
import type { DownloadEvent } from './download.js';

/** A file that is being read. */
export interface OpenedFile {
  /** What the time goes into while chunks arrive. */
  phase: LoadProgress['phase'];
  /** Its length, to show; null if unknown. */
  bytesTotal: number | null;
  /** Whether that length is certain enough to refuse a file that disagrees with it. */
  isExact: boolean;
  chunks: AsyncIterable<DownloadEvent>;
  /** SHA-256 that it must have, where that is known better than the caller knows it. */
  sha256?: string | null;
  /** The engine runs it, and has found this hash; answers what is kept of it. */
  accepted?(sha256: string): Promise<Keeping>;
  /** It could not be loaded; answers what to try in its place, if there is anything. */
  refused?(error: unknown): Promise<OpenedFile | null>;
  /** It was sound by itself, and the model that it belongs to is not: nothing of it is kept. */
  discarded?(error: unknown): Promise<void>;
}
