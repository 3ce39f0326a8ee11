/** Where models are kept between runs, and how the default one comes there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import process, { type Environment } from 'node:process';
import { defaultModel } from '../default-model.js';
import { download, type Piece, patience } from '../download.js';
import { abortError, ShotglassError } from '../errors.js';
import type { FileVersion } from '../file-version.js';
import { formatBytes } from '../format-numbers.js';
import { lockFile } from './lock-file.js';
import type { Terminal } from './terminal.js';

/** The name of the default model's file, which the lab looks for too. */
export const defaultFile = 'SmolLM2-135M-Instruct-Q4_1.gguf';

/** The folder for models: that of the XDG specification, or what the system has in its place. */
export function cacheFolder(
  env: Environment = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const asked = env.XDG_CACHE_HOME;
  const local = env.LOCALAPPDATA;
  // The specification says to ignore a relative path.
  if (asked !== undefined && isAbsolute(asked)) return join(asked, 'shotglass/models');
  if (platform === 'darwin') return join(home, 'Library/Caches/shotglass/models');
  if (platform === 'win32' && local !== undefined) return join(local, 'shotglass/models');
  return join(home, '.cache/shotglass/models');
}

/** The path of the default model, whether it is there or not. */
export function defaultPath(): string {
  return join(cacheFolder(), defaultFile);
}

/** Whether a file of the default model's length lies at a path. */
export async function isThere(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => null);
  return file?.isFile() === true && file.size === defaultModel.bytes;
}

/**
 * Brings the default model to its place: from where an earlier run was interrupted, checked as a whole before it gets
 * its name. Of several processes one downloads and the others wait.
 */
export async function fetchDefault(terminal: Terminal, signal: AbortSignal): Promise<string> {
  const path = defaultPath();
  if (await isThere(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const release = await lockFile(`${path}.lock`, signal, () =>
    terminal.say('Another process is fetching the model; waiting for it.'),
  );
  try {
    if (await isThere(path)) return path;
    const url = process.env.SHOTGLASS_MODEL_URL || defaultModel.url;
    terminal.say(
      `${defaultModel.name}: ${formatBytes(defaultModel.bytes)}, once, from ${new URL(url).host} to ${path}`,
    );
    const part = `${path}.part`;
    const wasBegun = await fetchPart(url, part, terminal, signal);
    const isRight = (await sha256Of(part, signal)) === defaultModel.sha256;
    // What was there of it may be what is wrong: once more, without that.
    if (!isRight) await rm(part, { force: true });
    if (!isRight && wasBegun) await fetchPart(url, part, terminal, signal);
    if (!isRight && (!wasBegun || (await sha256Of(part, signal)) !== defaultModel.sha256)) {
      await rm(part, { force: true });
      throw new ShotglassError(
        'checksum-mismatch',
        `What ${new URL(url).host} sent is not ${defaultModel.name}: its SHA-256 is another. Nothing was kept; try again, or pass --model.`,
      );
    }
    await rename(part, path);
    terminal.endProgress();
    return path;
  } finally {
    await release();
  }
}

/** Writes the file, or what is missing of it; answers whether a part of it was there before. */
async function fetchPart(
  url: string,
  part: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const before = (await stat(part).catch(() => null))?.size ?? 0;
  const begun = before > 0 && before <= defaultModel.bytes ? { bytes: before, version } : null;
  const file = await open(part, begun ? 'r+' : 'w');
  try {
    let at = begun?.bytes ?? 0;
    const pieces = download(url, { patience, isChecked: true, begun });
    for await (const piece of abortable(pieces, signal)) {
      if (piece instanceof Uint8Array) {
        await writeAll(file, piece, at);
        at += piece.length;
        const done = `${formatBytes(at)} of ${formatBytes(defaultModel.bytes)}`;
        terminal.progress('Fetching the model', at / defaultModel.bytes, done);
      } else if (piece.type === 'start') {
        if (at > 0) terminal.say('The server sends the whole file only; starting again.');
        await file.truncate(0);
        at = 0;
      } else {
        const { reason, attempt, attempts, delayMs } = piece.retry;
        const wait = `${(delayMs / 1000).toFixed(1)} s`;
        terminal.say(
          `The download broke off (${reason}); try ${attempt} of ${attempts} in ${wait}.`,
        );
      }
    }
    await file.truncate(at);
    await file.sync();
  } finally {
    await file.close();
  }
  return begun !== null;
}

/** What is known of the file before any server has said anything. */
const version: FileVersion = {
  etag: null,
  lastModified: null,
  bytesTotal: defaultModel.bytes,
  isExact: true,
  isOpen: true,
  isEncoded: false,
};

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
  }
}

/** The pieces, up to an abort, which does not wait for the network. */
async function* abortable(
  pieces: AsyncGenerator<Piece>,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortError(signal));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  // Where nothing waits for it, it is no unhandled rejection.
  aborted.catch(() => {});
  try {
    for (;;) {
      const { done, value } = await Promise.race([pieces.next(), aborted]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // An open connection would keep the process from ending.
    void pieces.return(undefined).catch(() => {});
  }
}

async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk);
  return hash.digest('hex');
}
