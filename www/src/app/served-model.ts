import { defaultModel, listCached } from 'shotglass';

/** Relative to the page, so that a lab in a subfolder finds its own. */
export const servedFile = 'SmolLM2-135M-Instruct-Q4_1.gguf';

/** A file that this site serves. */
interface ServedModel {
  url: URL;
  /** SHA-256 that it must have, where that is known. */
  sha256: string | undefined;
}

/**
 * The file that this site serves, if it does. A site that answers every path with a page does not. It may serve any
 * model; one that is as long as the default model, to the byte, must be the default model.
 */
export async function findServedModel(signal: AbortSignal): Promise<ServedModel | null> {
  const url = new URL(`models/${servedFile}`, document.baseURI);
  try {
    const response = await fetch(url, { method: 'HEAD', signal });
    const type = response.headers.get('content-type') ?? '';
    if (!response.ok || type.startsWith('text/')) return null;
    const isDefault = Number(response.headers.get('content-length')) === defaultModel.bytes;
    return { url, sha256: isDefault ? defaultModel.sha256 : undefined };
  } catch {
    // Without a network, what was kept of it is as good.
    const kept = await listCached().catch(() => []);
    const own = kept.find(({ url: from, complete }) => complete && from === url.href);
    return own ? { url, sha256: own.sha256 ?? undefined } : null;
  }
}
