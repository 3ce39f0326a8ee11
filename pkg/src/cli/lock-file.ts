/** One process at a time, by a file that only one can make. */
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { abortError } from '../errors.js';

const POLL_MS = 200;
/** A lock that nobody has touched for this long belongs to a process that is no more. */
const STALE_MS = 30_000;

/** Waits until the lock is free, and takes it; answers what gives it back. */
export async function lockFile(
  path: string,
  signal: AbortSignal,
  onWait: () => void,
): Promise<() => Promise<void>> {
  for (let isFirst = true; !(await take(path)); isFirst = false) {
    if (await isAbandoned(path)) {
      await clearAway(path);
      continue;
    }
    if (isFirst) onWait();
    if (signal.aborted) throw abortError(signal);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, STALE_MS / 6);
  return async () => {
    clearInterval(beat);
    await rm(path, { force: true });
  };
}

let cleared = 0;

/**
 * Removes an abandoned lock. Another process may have done so and taken the lock since it was looked at: what is moved
 * away is looked at once more, and put back where somebody has it.
 */
async function clearAway(path: string): Promise<void> {
  const aside = `${path}.${process.pid}-${cleared++}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (Object(error).code === 'ENOENT') return;
    throw error;
  }
  if (await isAbandoned(aside)) await rm(aside, { force: true });
  else await rename(aside, path);
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(`${process.pid} ${hostname()}`);
    await file.close();
    return true;
  } catch (error) {
    if (Object(error).code === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const [content, file] = await Promise.all([
    readFile(path, 'utf8').catch(() => ''),
    stat(path).catch(() => null),
  ]);
  if (file === null) return false;
  if (Date.now() - file.mtimeMs > STALE_MS) return true;
  const [pid, host] = content.split(' ');
  // A process of another machine cannot be asked after.
  return host === hostname() && !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Object(error).code !== 'ESRCH';
  }
}
