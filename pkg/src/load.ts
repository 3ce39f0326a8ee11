import type { Engine, EngineInstance } from './engine.js';
import type { OpenedFile } from './open.js';
import type { LoadProgress } from './types.js';

/** Time between two reports, in milliseconds: often enough for a smooth bar. */
const REPORT_MS = 50;

/** Feeds a file to the engine as it arrives. */
export async function loadEngine(
  { module, threads }: EngineInstance,
  file: OpenedFile,
  { sha256, activationBits }: { sha256: string | null; activationBits: number },
  report: (progress: LoadProgress) => void,
): Promise<Engine> {
  const loader = new module.Loader(
    file.isExact ? (file.bytesTotal ?? undefined) : undefined,
    threads,
    activationBits,
  );
  let bytesLoaded = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  const progress = (phase: LoadProgress['phase']) => {
    // More bytes than promised: the promise was about something else.
    const bytesTotal =
      file.bytesTotal === null || bytesLoaded > file.bytesTotal ? null : file.bytesTotal;
    report({ phase, bytesLoaded, bytesTotal });
    reportedAt = performance.now();
  };

  for await (const chunk of file.chunks) {
    loader.push(chunk);
    bytesLoaded += chunk.length;
    if (performance.now() - reportedAt >= REPORT_MS) progress(file.phase);
  }
  progress('load');
  return loader.finish(sha256 ?? undefined);
}
