/**
 * One process at a time, by files beside what is locked. Each process has a file under a name of its own, so that
 * nobody can ever remove the live lock of another: it has the lock when its file is the only one.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { threadId } from 'node:worker_threads';

const POLL_MS = 200;
/** A lock that has not been touched for this long belongs to a process that has ended. */
const STALE_MS = 30_000;
/** Between the name of what is locked and what makes the name unique. */
const MARK = '.lock-';

/** Waits until the lock of a path is free, and takes it; answers with what gives it back. */
export async function lockFile(path: string, onWait: () => void): Promise<() => void> {
  for (let isFirst = true; ; isFirst = false) {
    const release = await tryLockFile(path);
    if (release !== null) return release;
    if (isFirst) onWait();
    // Scattered, so that those who wait do not get in each other's way again and again.
    const wait = POLL_MS * (1 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Takes the lock of a path if it is free; answers with what gives it back, or null. */
export async function tryLockFile(path: string): Promise<(() => void) | null> {
  if (await isTaken(path, null)) return null;
  const own = `${path}${MARK}${process.pid}-${randomUUID()}`;
  const give = () => rmSync(own, { force: true });
  await writeFile(own, owner(threadId), { flag: 'wx' });
  // Of two who come at once, at least the later one sees the other's file, and gives way.
  const isLost = await isTaken(path, own).catch((error: unknown) => {
    give();
    throw error;
  });
  if (isLost) {
    give();
    return null;
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(own, now, now).catch(() => {});
  }, STALE_MS / 6);
  return () => {
    clearInterval(beat);
    give();
  };
}

/** Gives back what a thread of this process had locked in a folder when it was ended. */
export async function unlockThread(folder: string, thread: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const path of names
    .filter((name) => name.includes(MARK))
    .map((name) => join(folder, name))) {
    if ((await contentOf(path)) === owner(thread)) await rm(path, { force: true });
  }
}

/** Whether a process has the lock, or is about to take it. Removes the files of those that are no more. */
async function isTaken(path: string, own: string | null): Promise<boolean> {
  const folder = dirname(path);
  const others = (await readdir(folder))
    .filter((name) => name.startsWith(basename(path) + MARK))
    .map((name) => join(folder, name))
    .filter((other) => other !== own);
  let isTaken = false;
  for (const other of others) {
    const state = await stateOf(other);
    if (state === 'alive') isTaken = true;
    if (state === 'abandoned') await rm(other, { force: true });
  }
  return isTaken;
}

async function stateOf(path: string): Promise<'alive' | 'abandoned' | 'gone'> {
  const [content, file] = await Promise.all([contentOf(path), stat(path).catch(() => null)]);
  if (file === null) return 'gone';
  if (Date.now() - file.mtimeMs > STALE_MS) return 'abandoned';
  const [pid, host] = content.split(' ');
  // A process of another machine cannot be asked after.
  return host === hostname() && !isRunning(Number(pid)) ? 'abandoned' : 'alive';
}

function owner(thread: number): string {
  return `${process.pid} ${hostname()} ${thread}`;
}

function contentOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Object(error).code !== 'ESRCH';
  }
}
