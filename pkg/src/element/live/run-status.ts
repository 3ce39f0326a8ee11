/** What an element shows about the model: pure. */
import { defaultModel } from '../../files/default-model.js';
import type { Keeping, LoadProgress } from '../../types.js';
import type { Asked } from '../state/ask.js';
import type { Strings } from '../strings/index.js';
import { type LiveSession, problemOf } from './session.js';
import { hashOf, type ModelName } from './shared-model.js';

/** The status of the model for one element. */
export type RunStatus =
  /** The element has not requested the model. */
  | { kind: 'offer'; aside: string }
  | { kind: 'loading'; progress: LoadProgress | null }
  | { kind: 'problem'; title: string; sentence: string; again: string }
  /** The model is loaded; a note, or ''. */
  | { kind: 'ready'; note: string };

/** What the status depends on. */
export interface RunSources {
  live: Pick<LiveSession, 'status' | 'isWanted' | 'isAsking' | 'problemOf'>;
  asked: Asked | null;
  /** Whether the model is cached in this browser; null until that is known. */
  isCached: boolean | null;
  /** Length of its file in bytes; null where nobody has said. */
  bytes: number | null;
}

export function runStatus(
  { live, asked, isCached, bytes }: RunSources,
  strings: Strings,
): RunStatus {
  const { status, isWanted } = live;
  // Also where it was wanted, and was closed while the element was out of the page.
  if (!isWanted || status.kind === 'idle') {
    const isThere = status.kind === 'ready' || status.kind === 'loading';
    if (isThere) return { kind: 'offer', aside: strings.loaded };
    if (isCached) return { kind: 'offer', aside: strings.kept };
    return { kind: 'offer', aside: bytes === null ? strings.download : strings.size(bytes) };
  }
  switch (status.kind) {
    case 'loading':
      return { kind: 'loading', progress: status.progress };
    case 'failed': {
      const { code, message } = problemOf(status.error);
      const hasCrashed = code === 'crashed';
      return {
        kind: 'problem',
        title: hasCrashed ? strings.crashed : strings.failed,
        sentence: strings.problem(code, message),
        again: hasCrashed ? strings.startAgain : strings.retry,
      };
    }
    case 'ready': {
      const problem = asked && live.problemOf(asked);
      if (problem) {
        const sentence = strings.problem(problem.code, problem.message);
        return { kind: 'problem', title: strings.refused, sentence, again: strings.retry };
      }
      const note = live.isAsking ? strings.running : notKept(status.model.info.keeping, strings);
      return { kind: 'ready', note };
    }
  }
}

/** What is said of a download beside its bar, or ''. */
export function factsOf(progress: LoadProgress | null, strings: Strings): string {
  const { phase, bytesLoaded = 0, bytesTotal = null, retry, restarts = 0 } = progress ?? {};
  if (retry) return strings.retrying;
  if (phase === 'wait') return strings.elsewhere;
  const amount = bytesLoaded > 0 ? strings.amount(bytesLoaded, bytesTotal) : '';
  return restarts > 0 ? strings.restarted(amount) : amount;
}

/** Length of the file of a model, where it is one that is known. */
export function knownBytes(
  model: ModelName,
  recorded: { sha256: string; bytes: number } | null,
): number | null {
  const hash = hashOf(model);
  if (hash === defaultModel.sha256) return defaultModel.bytes;
  return hash !== null && hash === recorded?.sha256 ? recorded.bytes : null;
}

/** Why the next visit will fetch it again, or ''. */
function notKept(keeping: Keeping, strings: Strings): string {
  switch (keeping.state) {
    case 'full':
      return keeping.bytesMissing === null
        ? strings.storageFull
        : strings.storageShort(keeping.bytesMissing);
    case 'denied':
      return strings.notKept;
    default:
      return '';
  }
}
