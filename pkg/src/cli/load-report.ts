/** What a terminal is told while a model is loaded: where it comes from, what goes wrong, and what became of it. */
import { basename } from 'node:path';
import process from 'node:process';
import { ShotglassError } from '../errors.js';
import { cacheFolder, defaultPath } from '../files/cache-folder.js';
import { defaultModel } from '../files/default-model.js';
import { namedUrl } from '../files/storage/node.js';
import { formatBytes } from '../format/numbers.js';
import type { Keeping, LoadProgress, Retry } from '../types.js';
import type { Terminal } from './terminal.js';

export class LoadReport {
  readonly #terminal: Terminal;
  /** The model that the arguments name: a path or an address. */
  readonly #named: string | undefined;
  #phase: LoadProgress['phase'] | null = null;
  #restarts = 0;
  #hasBegun = false;
  #bytesTotal: number | null = null;

  constructor(terminal: Terminal, named: string | undefined) {
    this.#terminal = terminal;
    this.#named = named;
  }

  progress(progress: LoadProgress): void {
    const { phase, bytesTotal, retry, restarts = 0 } = progress;
    const before = this.#phase;
    this.#phase = phase;
    this.#bytesTotal = bytesTotal ?? this.#bytesTotal;
    if (restarts > this.#restarts) this.#restart(before);
    this.#restarts = restarts;
    if (phase === 'wait' && before !== 'wait') {
      this.#terminal.say('Another process is downloading the model. Waiting for it.');
    }
    if (phase === 'download' && !this.#hasBegun) this.#begin();
    if (retry) this.#retry(retry);
    else if (phase === 'ready') this.#terminal.endProgress();
    else if (phase !== 'wait') this.#advance(progress);
  }

  /** Says what the next run will have to fetch again, and how to spare it that. */
  kept(keeping: Keeping): void {
    if (!this.#isFetched) return;
    const size = this.#bytesTotal === null ? '' : ` (${formatBytes(this.#bytesTotal)})`;
    const lost = `The model${size} was not cached in ${cacheFolder()}`;
    const again = 'the next run downloads it again';
    if (keeping.state === 'full') {
      const missing =
        keeping.bytesMissing === null
          ? 'the disk is full'
          : `about ${formatBytes(keeping.bytesMissing)} more disk space is needed`;
      this.#terminal.say(
        `${lost}: ${missing}. Free some space, or set XDG_CACHE_HOME to a folder on another disk; otherwise ${again}.`,
      );
    }
    if (keeping.state === 'denied') {
      this.#terminal.say(
        `${lost}: the folder is not writable. Set XDG_CACHE_HOME to a writable folder; otherwise ${again}.`,
      );
    }
    if (keeping.state === 'off') {
      this.#terminal.say(
        `The model was not cached: the server does not identify the version of the file (no ETag or Last-Modified header), so ${again}.`,
      );
    }
  }

  /** The error, where it is about the default model in words that say so. */
  explained(error: unknown): unknown {
    const isOther =
      this.#named || !(error instanceof ShotglassError && error.code === 'checksum-mismatch');
    if (isOther) return error;
    return new ShotglassError(
      'checksum-mismatch',
      `The file from ${new URL(urlOfDefault()).host} is not ${defaultModel.name}: its SHA-256 is different. Nothing was cached. Try again, or pass --model.`,
      { cause: error },
    );
  }

  #advance({ phase, bytesLoaded, bytesTotal }: LoadProgress): void {
    const what = phase === 'download' ? 'Downloading the model' : 'Reading the model';
    const fraction = bytesTotal === null ? null : bytesLoaded / bytesTotal;
    const of = bytesTotal === null ? '' : ` of ${formatBytes(bytesTotal)}`;
    // Reading takes a moment only, which is no news to a log.
    if (phase === 'download' || process.stderr.isTTY) {
      this.#terminal.progress(what, fraction, formatBytes(bytesLoaded) + of);
    }
  }

  #retry({ reason, attempt, attempts, delayMs }: Retry): void {
    const wait = `${(delayMs / 1000).toFixed(1)} s`;
    this.#terminal.say(
      `The download was interrupted (${reason}). Retry ${attempt} of ${attempts} in ${wait}.`,
    );
  }

  #begin(): void {
    this.#hasBegun = true;
    const url = this.#named || urlOfDefault();
    const { host, pathname } = new URL(url);
    const name = this.#named ? basename(pathname) : defaultModel.name;
    const bytes = this.#named ? this.#bytesTotal : defaultModel.bytes;
    const size = bytes === null ? '' : ` (${formatBytes(bytes)})`;
    const to = this.#named ? cacheFolder() : defaultPath();
    this.#terminal.say(`Downloading ${name}${size} from ${host} to ${to}.`);
  }

  #restart(before: LoadProgress['phase'] | null): void {
    this.#terminal.say(
      before === 'load'
        ? `The cached model${this.#named ? '' : ` ${defaultPath()}`} is damaged. It is being downloaded again.`
        : 'The download starts over: the server cannot resume it, or the part that was cached does not match.',
    );
  }

  /** Whether it comes from an address, and not from a path. */
  get #isFetched(): boolean {
    return !this.#named || /^https?:/i.test(this.#named);
  }
}

function urlOfDefault(): string {
  return namedUrl() ?? defaultModel.url;
}
