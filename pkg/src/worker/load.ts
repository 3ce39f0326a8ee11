import { codeOf, ShotglassError } from '../errors.js';
import type { FileStart, RetryNotice } from '../files/download.js';
import type { OpenedFile } from '../files/opened-file.js';
import type { Keeping, LoadProgress, Retry } from '../types.js';
import type { Engine, EngineInstance, Loader } from './engine.js';

/** Time between two reports, in milliseconds: often enough for a smooth bar. */
const REPORT_MS = 50;

/** What a load gives. */
export interface Loaded {
  engine: Engine;
  keeping: Keeping;
}

/** A file of the model: all of it, or a shard. */
export interface LoadedFile {
  /** To say which of several is wrong. */
  name: string | null;
  /** SHA-256 that it must have. */
  sha256: string | null;
  /** Opens it, when its turn has come. */
  open(onWait: () => void): Promise<OpenedFile>;
  /** Its length before that, to show; null if unknown. */
  length(): Promise<number | null>;
}

/**
 * Feeds the files of a model to the engine as they arrive, one after the other. One that the engine
 * refuses may have another to try in its place: a kept copy that is damaged has the server's.
 */
export async function loadEngine(
  instance: EngineInstance,
  files: readonly LoadedFile[],
  ask: { sha256: string | null; activationBits: number; addBos: boolean },
  report: (progress: LoadProgress) => void,
): Promise<Loaded> {
  const { module, threads } = instance;
  const loader = new module.Loader(threads, ask.activationBits, files.length, ask.addBos);
  const feed = new Feed(loader, files, report);
  const read: Read[] = [];
  for (const [no] of files.entries()) read.push(await feed.read(no));
  feed.progress('load');
  try {
    const engine = loader.finish(ask.sha256 ?? undefined);
    const keepings: Keeping[] = [];
    // Not before the engine runs all of them: half a model is none.
    for (const { file, sha256 } of read) {
      keepings.push((await file.accepted?.(sha256)) ?? { state: 'off' });
    }
    return { engine, keeping: together(keepings) };
  } catch (error) {
    for (const { file } of read) await file.discarded?.(error);
    throw error;
  }
}

/** A file that the engine has taken, and its hash. */
interface Read {
  file: OpenedFile;
  sha256: string;
}

/** Files on their way into the engine. */
class Feed {
  /** Which file it is. */
  #no = 0;
  /** Bytes of the files before it, and of itself. */
  #bytesBefore = 0;
  #bytesLoaded = 0;
  /** Length of each file, as far as it is known. */
  readonly #lengths: (number | null)[];
  #isExact = false;
  /** Whether the engine has been told of the file. */
  #hasBegun = false;
  #restarts = 0;
  #phase: LoadProgress['phase'] = 'load';
  #reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly loader: Loader,
    readonly files: readonly LoadedFile[],
    readonly report: (progress: LoadProgress) => void,
  ) {
    this.#lengths = files.map(() => null);
    if (files.length > 1) this.#askLengths().catch(() => {});
  }

  async read(no: number): Promise<Read> {
    if (no > 0) this.#lengths[no - 1] = this.#bytesLoaded;
    this.#bytesBefore += this.#bytesLoaded;
    this.#bytesLoaded = 0;
    this.#no = no;
    const { open, sha256 } = this.files[no] as LoadedFile;
    try {
      let file = await open(() => this.progress('wait'));
      for (;;) {
        try {
          return { file, sha256: await this.#feed(file, sha256) };
        } catch (error) {
          const other = await file.refused?.(error);
          if (!other) throw error;
          file = other;
          this.#restarts++;
        }
      }
    } catch (error) {
      throw this.#named(error);
    }
  }

  progress(phase: LoadProgress['phase'], retry?: Retry): void {
    this.report({
      phase,
      bytesLoaded: this.#bytesBefore + this.#bytesLoaded,
      bytesTotal: this.#bytesTotal(),
      ...(retry && { retry }),
      ...(this.#restarts > 0 && { restarts: this.#restarts }),
    });
    this.#reportedAt = performance.now();
  }

  async #feed(file: OpenedFile, wanted: string | null): Promise<string> {
    this.#phase = file.phase;
    this.#hasBegun = false;
    this.#bytesLoaded = 0;
    this.#isExact = file.isExact;
    // Its first bytes are told at once, also of the next file or of what is read in its place.
    this.#reportedAt = Number.NEGATIVE_INFINITY;
    if (file.bytesTotal !== null) this.#lengths[this.#no] = file.bytesTotal;
    for await (const piece of file.chunks) {
      if (!(piece instanceof Uint8Array)) {
        this.#hear(piece);
        continue;
      }
      this.#begin();
      this.loader.push(piece);
      this.#bytesLoaded += piece.length;
      if (performance.now() - this.#reportedAt >= REPORT_MS) this.progress(this.#phase);
    }
    this.#begin();
    return this.loader.end(file.sha256 ?? wanted ?? undefined);
  }

  #begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.loader.begin(this.#isExact ? (this.#lengths[this.#no] ?? undefined) : undefined);
  }

  #hear(piece: FileStart | RetryNotice): void {
    if (piece.type === 'retry') {
      this.progress(this.#phase, piece.retry);
      return;
    }
    this.#lengths[this.#no] = piece.version.bytesTotal;
    this.#isExact = piece.version.isExact;
    if (!this.#hasBegun) return;
    this.#hasBegun = false;
    this.#restarts++;
    this.#bytesLoaded = 0;
    this.progress(this.#phase);
  }

  /** Null until the length of each file is known. */
  #bytesTotal(): number | null {
    const own = this.#lengths[this.#no] ?? null;
    // More bytes than promised: the promise was about something else.
    if (own !== null && this.#bytesLoaded > own) return null;
    let total = 0;
    for (const length of this.#lengths) {
      if (length === null) return null;
      total += length;
    }
    return total;
  }

  /** One after the other, until one is not known: without it there is no sum. */
  async #askLengths(): Promise<void> {
    for (let no = 1; no < this.files.length; no++) {
      const length = (await this.files[no]?.length()) ?? null;
      if (length === null) return;
      // What its own answer has said is better.
      if (no > this.#no) this.#lengths[no] = length;
    }
  }

  /** Says which of several files is wrong. An error without a code of ours is none of a file. */
  #named(error: unknown): unknown {
    const { length } = this.files;
    const code = codeOf(error);
    if (length === 1 || !(error instanceof Error) || code === null) return error;
    const name = this.files[this.#no]?.name;
    const which = `Shard ${this.#no + 1} of ${length}${name ? ` ('${name}')` : ''}`;
    return new ShotglassError(code, `${which}: ${error.message}`);
  }
}

/** What became of all files together. */
function together(keepings: readonly Keeping[]): Keeping {
  const full = keepings.filter((keeping) => keeping.state === 'full');
  if (full.length > 0) {
    const missing = full.map(({ bytesMissing }) => bytesMissing);
    const isKnown = missing.every((bytes) => bytes !== null);
    const bytesMissing = isKnown ? missing.reduce<number>((sum, bytes) => sum + bytes, 0) : null;
    return { state: 'full', bytesMissing };
  }
  for (const state of ['denied', 'off'] as const) {
    if (keepings.some((keeping) => keeping.state === state)) return { state };
  }
  return { state: 'kept' };
}
