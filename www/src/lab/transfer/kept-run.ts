/** The last finished run, kept in this browser across reloads: its numbers, and its adapter as a file. */
import { version } from '../../app/source.ts';
import type { TransferRun } from '../../app/transfer.ts';

const folder = 'shotglass-transfer';
const places = { run: '/shotglass/run.json', file: '/shotglass/adapter.gguf' };

export interface KeptRun {
  run: TransferRun;
  /** The adapter after the last step. */
  file: Uint8Array<ArrayBuffer>;
}

/** Where a page may keep it; null where the browser has no such place, or denies it. */
export function browserCaches(): CacheStorage | null {
  try {
    return 'caches' in globalThis ? caches : null;
  } catch {
    // To look at it is already an error where nothing may be stored.
    return null;
  }
}

/** False where it could not be kept. A run goes in only after its adapter. */
export async function keepRun(
  store: CacheStorage | null,
  { run, file }: KeptRun,
): Promise<boolean> {
  try {
    const cache = await store?.open(folder);
    if (!cache) return false;
    await cache.delete(places.run);
    await cache.put(places.file, new Response(file));
    await cache.put(places.run, new Response(JSON.stringify({ version, ...run })));
    return true;
  } catch {
    return false;
  }
}

/** Null where nothing is kept, or another version has written it. */
export async function readRun(store: CacheStorage | null): Promise<KeptRun | null> {
  try {
    if (!(await store?.has(folder))) return null;
    const cache = await store?.open(folder);
    const [run, file] = await Promise.all([cache?.match(places.run), cache?.match(places.file)]);
    if (!run || !file) return null;
    const { version: writer, ...kept }: TransferRun & { version: string } = await run.json();
    const isWhole = writer === version && Array.isArray(kept.moments);
    return isWhole ? { run: kept, file: new Uint8Array(await file.arrayBuffer()) } : null;
  } catch {
    return null;
  }
}

export async function forgetRun(store: CacheStorage | null): Promise<void> {
  await store?.delete(folder).catch(() => false);
}
