import { defaultModel, listCached } from 'shotglass';

/** Whether a download is kept for the next visit; null while that is not known. */
export type Prospect = 'is kept' | 'will be kept' | 'not kept' | null;

/** What the package does with a download, and how much of it there still is. */
export async function prospect(): Promise<{ keeping: Prospect; bytesLeft: number }> {
  const { bytes, sha256 } = defaultModel;
  const own = (await listCached().catch(() => [])).filter((cached) => cached.sha256 === sha256);
  if (own.some(({ complete }) => complete)) return { keeping: 'is kept', bytesLeft: 0 };
  const begun = Math.max(0, ...own.map((cached) => cached.bytes));
  return { keeping: await room(bytes - begun), bytesLeft: bytes - begun };
}

async function room(bytes: number): Promise<Prospect> {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return quota - usage > bytes ? 'will be kept' : 'not kept';
  } catch {
    // A browser that gives this page no storage keeps nothing.
    return 'not kept';
  }
}
