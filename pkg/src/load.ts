import type { FileStart, RetryNotice } from './download.js';
import type { Engine, EngineInstance, Loader } from './engine.js';
import type { OpenedFile } from './open.js';
import type { Keeping, LoadProgress, Retry } from './types.js';

/** Time between two reports, in milliseconds: often enough for a smooth bar. */
const REPORT_MS = 50;

/** What a load gives. */
export interface Loaded {
  engine: Engine;
  keeping: Keeping;
}

/**
 * Feeds a file to the engine as it arrives. One that the engine refuses may have another to try in
 * its place: a kept copy that is damaged has the server's.
 */
export async function loadEngine(
  instance: EngineInstance,
  opened: OpenedFile,
  ask: { sha256: string | null; activationBits: number },
  report: (progress: LoadProgress) => void,
): Promise<Loaded> {
  let file = opened;
  let restarts = 0;
  for (;;) {
    const feed = new Feed(instance, file, ask, report, restarts);
    try {
      const engine = await feed.run();
      const keeping = (await file.accepted?.(engine.info().sha256)) ?? { state: 'off' };
      return { engine, keeping };
    } catch (error) {
      const other = await file.refused?.(error);
      if (!other) throw error;
      feed.free();
      file = other;
      restarts = feed.restarts + 1;
    }
  }
}

/** One file on its way into the engine. */
class Feed {
  #loader: Loader | null = null;
  #bytesLoaded = 0;
  #bytesTotal: number | null;
  #isExact: boolean;
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly instance: EngineInstance,
    readonly file: OpenedFile,
    readonly ask: { sha256: string | null; activationBits: number },
    readonly report: (progress: LoadProgress) => void,
    public restarts: number,
  ) {
    this.#bytesTotal = file.bytesTotal;
    this.#isExact = file.isExact;
  }

  async run(): Promise<Engine> {
    const { phase, chunks, sha256 } = this.file;
    for await (const piece of chunks) {
      if (!(piece instanceof Uint8Array)) {
        this.#hear(piece);
        continue;
      }
      this.#loader ??= this.#newLoader();
      this.#loader.push(piece);
      this.#bytesLoaded += piece.length;
      if (performance.now() - this.#reportedAt >= REPORT_MS) this.#progress(phase);
    }
    this.#progress('load');
    const loader = this.#loader ?? this.#newLoader();
    // It is consumed, whatever comes of it.
    this.#loader = null;
    return loader.finish(sha256 ?? this.ask.sha256 ?? undefined);
  }

  /** Gives back what an unfinished loader holds. */
  free(): void {
    this.#loader?.free();
    this.#loader = null;
  }

  #hear(piece: FileStart | RetryNotice): void {
    if (piece.type === 'retry') {
      this.#progress(this.file.phase, piece.retry);
      return;
    }
    const { bytesTotal, isExact } = piece.version;
    this.#bytesTotal = bytesTotal;
    this.#isExact = isExact;
    if (this.#loader === null) return;
    this.free();
    this.restarts++;
    this.#bytesLoaded = 0;
    this.#progress(this.file.phase);
  }

  #newLoader(): Loader {
    const { module, threads } = this.instance;
    const bytesTotal = this.#isExact ? (this.#bytesTotal ?? undefined) : undefined;
    return new module.Loader(bytesTotal, threads, this.ask.activationBits);
  }

  #progress(phase: LoadProgress['phase'], retry?: Retry): void {
    const bytesLoaded = this.#bytesLoaded;
    // More bytes than promised: the promise was about something else.
    const isMore = this.#bytesTotal !== null && bytesLoaded > this.#bytesTotal;
    this.report({
      phase,
      bytesLoaded,
      bytesTotal: isMore ? null : this.#bytesTotal,
      ...(retry && { retry }),
      ...(this.restarts > 0 && { restarts: this.restarts }),
    });
    this.#reportedAt = performance.now();
  }
}
