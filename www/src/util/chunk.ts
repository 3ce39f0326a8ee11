/** Parts of the page that are fetched when they are first needed. */

/** How long a part may take: the largest is a hundredth of the model. */
const longestMs = 30_000;

/** A part could not be fetched. What it says is for `problem.ts`, which has the words. */
export class NotFetched extends Error {
  /** `again`: it was tried before. Some browsers answer with the first failure then, for the life of the page. */
  constructor(
    readonly again: boolean,
    options?: ErrorOptions,
  ) {
    super('A part of the page could not be fetched.', options);
  }
}

const stuck = new Set<object>();
const listeners = new Set<() => void>();

/** Whether a part has failed again and again, so that a new page is the way. */
export function isStuck(): boolean {
  return stuck.size > 0;
}

/** Calls back when that has changed, until the function that it gives is called. */
export function onStuck(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * A part, from an `import()` of it. The next call after a failure tries again.
 *
 * @throws {@link NotFetched} from what it gives, and nothing else: an error of what is done with the part is another one.
 */
export function chunk<Module>(
  load: () => Promise<Module>,
  limitMs = longestMs,
): () => Promise<Module> {
  let failures = 0;
  let pending: Promise<Module> | null = null;
  const fetched = async () => {
    try {
      const part = await within(load(), limitMs);
      failures = 0;
      if (stuck.delete(load)) tell();
      return part;
    } catch (cause) {
      failures += 1;
      if (failures > 1) {
        stuck.add(load);
        tell();
      }
      throw new NotFetched(failures > 1, { cause });
    } finally {
      pending = null;
    }
  };
  return () => {
    pending ??= fetched();
    return pending;
  };
}

function tell(): void {
  for (const listener of listeners) listener();
}

function within<Value>(promise: Promise<Value>, limitMs: number): Promise<Value> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${limitMs} ms.`)), limitMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
