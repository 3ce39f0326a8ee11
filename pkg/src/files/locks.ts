/** Locks among the pages and workers of a site: https://w3c.github.io/web-locks/ */
import { isNode } from '../util/node.js';

/** Before every name: locks are the whole site's. */
const PREFIX = 'shotglass/';

/**
 * Takes the lock of a model, and answers with what gives it back; the end of the worker does too.
 * `onWait` is called if another has it. Where there are no locks, it is taken at once.
 */
export async function lock(name: string, onWait: () => void): Promise<() => void> {
  try {
    const free = await request(name, true);
    if (free !== null) return free;
    onWait();
    return (await request(name, false)) ?? (() => {});
  } catch {
    // None here, or none for this page: at worst two download the same.
    return () => {};
  }
}

/** Takes the lock of a model if it is free, and returns a function that releases it; otherwise null. */
export function tryLock(name: string): Promise<(() => void) | null> {
  return request(name, true).catch(() => () => {});
}

/**
 * Takes a lock of its own for as long as this worker lives, and answers with its name: who waits for
 * it hears of every end, also of one without an event. Null where there are no locks, and in Node,
 * which has an event for every end.
 */
export async function lockForLife(): Promise<string | null> {
  if (isNode) return null;
  try {
    const name = `worker/${crypto.randomUUID()}`;
    await request(name, false);
    return name;
  } catch {
    return null;
  }
}

/** Resolves when this lock is free. */
export async function whenFree(name: string): Promise<void> {
  const release = await request(name, false);
  release?.();
}

/** What gives it back; null if it is not available and was not waited for. */
async function request(name: string, ifAvailable: boolean): Promise<(() => void) | null> {
  const { locks } = navigator;
  return new Promise((resolve, reject) => {
    const held = (granted: Lock | null) => {
      return new Promise<void>((release) => resolve(granted === null ? null : release));
    };
    locks.request(PREFIX + name, { ifAvailable }, held).catch(reject);
  });
}
