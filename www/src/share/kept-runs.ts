/**
 * What experiments asked of a model and what it answered, kept in this browser across reloads, and what the reader chose
 * for them. The calls of a run come in pieces; each piece is written together with the count of all, so there is never
 * half of one.
 */

/** A call as it is kept; what is in it, only the experiment knows. */
export type KeptCall = object;

export interface KeptRun {
  calls: KeptCall[];
  /** How many rows or prompts are done, of how many; both 0 before the first. */
  done: number;
  total: number;
  /** Whether it came to its end. */
  finished: boolean;
}

/** Writes a run as it goes on. */
export interface Recorder {
  /** What is known already; empty where the run begins. */
  readonly known: readonly KeptCall[];
  /** Why it begins anew where it was to go on. */
  readonly dropped: Dropped | null;
  /** Keeps what is new. False once it cannot be kept any more: the storage is full, or another tab runs the same. */
  add(calls: readonly KeptCall[], at: Omit<KeptRun, 'calls'>): Promise<boolean>;
}

/** Why a run that was kept has been dropped: it does not hold together, or another version has written it. */
export type Dropped = 'damaged' | 'older';

export interface RunShelf {
  /** Null where nothing is kept. */
  read(key: string): Promise<KeptRun | Dropped | null>;
  /** Begins a run anew, in the place of what was kept, or goes on with that. */
  record(key: string, goesOn: boolean): Promise<Recorder>;
  drop(key: string): Promise<void>;
  /** What the reader chose for a task; undefined where nothing is kept. */
  readChoices(task: string): Promise<unknown>;
  writeChoices(task: string, choices: object): Promise<void>;
  clear(): Promise<void>;
}

/** One for each run. */
interface Head extends Omit<KeptRun, 'calls'> {
  key: string;
  version: string;
  /** Of the run that writes it: a tab that runs the same anew takes its place. */
  writer: string;
  calls: number;
  changed: number;
}

interface Piece {
  key: string;
  /** Index of the first call. */
  from: number;
  calls: KeptCall[];
}

/** The oldest go first. A call is some hundred bytes. */
export const bounds = { runs: 60, calls: 150_000, callsOfOne: 100_000, tasks: 100 };

const stores = ['heads', 'pieces', 'choices'] as const;

/** Where experiments are kept; null where the browser has no such storage, or cannot make its keys. */
export function browserRuns(version: string): RunShelf | null {
  if (!globalThis.crypto?.subtle) return null;
  try {
    return openRuns(indexedDB, version);
  } catch {
    return null;
  }
}

/** @param version Of the package: a run of another one is dropped, because its figures may differ. */
export function openRuns(factory: IDBFactory, version: string, name = 'shotglass.runs'): RunShelf {
  let opened: Promise<IDBDatabase> | null = null;
  const database = () => {
    opened ??= open(factory, name);
    // The next call tries again.
    opened.catch(() => {
      opened = null;
    });
    return opened;
  };
  const transaction = async (mode: IDBTransactionMode) =>
    (await database()).transaction(stores, mode, { durability: 'relaxed' });

  /** What is there; dropped if it cannot be used. */
  const taken = async (
    all: IDBTransaction,
    key: string,
  ): Promise<{ head: Head; calls: KeptCall[] } | Dropped | null> => {
    const head = await result<Head | undefined>(all.objectStore('heads').get(key));
    if (!head) return null;
    const pieces = await result<Piece[]>(all.objectStore('pieces').getAll(piecesOf(key)));
    const why = head.version !== version ? 'older' : isWhole(head, pieces) ? null : 'damaged';
    if (why === null) return { head, calls: pieces.flatMap(({ calls }) => calls) };
    remove(all, key);
    return why;
  };

  return {
    async drop(key) {
      const all = await transaction('readwrite');
      remove(all, key);
      await ended(all);
    },
    async read(key) {
      const all = await transaction('readwrite');
      const kept = await taken(all, key);
      await ended(all);
      if (kept === null || typeof kept === 'string') return kept;
      const { done, total, finished } = kept.head;
      return { calls: kept.calls, done, total, finished };
    },
    async record(key, goesOn) {
      const all = await transaction('readwrite');
      const found = goesOn ? await taken(all, key) : null;
      const dropped = typeof found === 'string' ? found : null;
      const kept = typeof found === 'string' ? null : found;
      if (!kept) remove(all, key);
      const known = kept?.calls ?? [];
      const writer = crypto.randomUUID();
      const { done, total } = kept?.head ?? { done: 0, total: 0 };
      const head = { key, version, writer, calls: known.length, done, total, finished: false };
      all.objectStore('heads').put({ ...head, changed: Date.now() });
      await makeRoom(all, key);
      await ended(all);
      return { known, dropped, add: adder(transaction, key, writer, known.length) };
    },
    async readChoices(task) {
      const all = await transaction('readonly');
      const kept = await result<{ choices?: unknown } | undefined>(
        all.objectStore('choices').get(task),
      );
      return kept?.choices;
    },
    async writeChoices(task, choices) {
      const all = await transaction('readwrite');
      const store = all.objectStore('choices');
      store.put({ task, choices, changed: Date.now() });
      const kept = await result<{ task: string; changed: number }[]>(store.getAll());
      for (const { task: old } of kept.sort(newestFirst).slice(bounds.tasks)) store.delete(old);
      await ended(all);
    },
    async clear() {
      const all = await transaction('readwrite');
      for (const store of stores) all.objectStore(store).clear();
      await ended(all);
    },
  };
}

function adder(
  transaction: (mode: IDBTransactionMode) => Promise<IDBTransaction>,
  key: string,
  writer: string,
  known: number,
): Recorder['add'] {
  let from = known;
  return async (calls, at) => {
    if (from + calls.length > bounds.callsOfOne) return false;
    const all = await transaction('readwrite');
    const heads = all.objectStore('heads');
    const head = await result<Head | undefined>(heads.get(key));
    if (head?.writer !== writer || head.calls !== from) return false;
    if (calls.length > 0) all.objectStore('pieces').put({ key, from, calls });
    heads.put({ ...head, ...at, calls: from + calls.length, changed: Date.now() });
    await ended(all);
    from += calls.length;
    return true;
  };
}

/** Removes the oldest runs, until what is left is within the bounds. */
async function makeRoom(all: IDBTransaction, key: string): Promise<void> {
  const heads = await result<Head[]>(all.objectStore('heads').getAll());
  let [runs, calls] = [0, 0];
  for (const head of heads.sort(newestFirst)) {
    runs += 1;
    calls += head.calls;
    const isOver = runs > bounds.runs || calls > bounds.calls;
    if (isOver && head.key !== key) remove(all, head.key);
  }
}

const newestFirst = (a: { changed: number }, b: { changed: number }) => b.changed - a.changed;

function remove(all: IDBTransaction, key: string): void {
  all.objectStore('heads').delete(key);
  all.objectStore('pieces').delete(piecesOf(key));
}

const piecesOf = (key: string) => IDBKeyRange.bound([key, 0], [key, Number.POSITIVE_INFINITY]);

/** Whether the pieces follow one another, and are as many calls as the head says. */
function isWhole({ calls }: Head, pieces: readonly Piece[]): boolean {
  let next = 0;
  for (const piece of pieces) {
    if (piece.from !== next || !Array.isArray(piece.calls)) return false;
    next += piece.calls.length;
  }
  return next === calls;
}

function open(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => {
    const { result: database } = request;
    database.createObjectStore('heads', { keyPath: 'key' });
    database.createObjectStore('pieces', { keyPath: ['key', 'from'] });
    database.createObjectStore('choices', { keyPath: 'task' });
  };
  return result(request);
}

function result<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
