import { defaultModel, listCached } from 'shotglass';

/** Whether a download is kept for the next visit; null while that is not known. */
export type Prospect = 'is kept' | 'will be kept' | 'not kept' | null;

/** What the package does with a download, where it says so. */
export async function prospect(): Promise<Prospect> {
  try {
    const cached = await listCached();
    const isKept = cached.some(
      ({ sha256, complete }) => complete && sha256 === defaultModel.sha256,
    );
    if (isKept) return 'is kept';
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return quota - usage > defaultModel.bytes ? 'will be kept' : 'not kept';
  } catch {
    // A browser that gives this page no storage keeps nothing.
    return 'not kept';
  }
}
