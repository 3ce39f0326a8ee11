/** Fetches a recorded result, and says in a sentence what is wrong where it cannot be had. */

import type { Snapshot } from '../../snapshot/index.js';
import { parseSnapshot } from '../../snapshot/parse.js';
import type { Strings } from '../strings/index.js';

/** A recorded result, or what is wrong with it: a function of the language. */
export type SnapshotAnswer = Snapshot | { problem: (strings: Strings) => string };

/** How long it may take to come, all of it. */
const PATIENCE_S = 30;

/** Fetches and checks it. Rejects only where the signal was aborted. */
export async function fetchSnapshot(url: string, signal: AbortSignal): Promise<SnapshotAnswer> {
  let response: Response;
  let text: string;
  let isLate = false;
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  const timer = setTimeout(() => {
    isLate = true;
    abort();
  }, PATIENCE_S * 1000);
  try {
    signal.throwIfAborted();
    response = await fetch(url, { signal: controller.signal });
    text = await response.text();
  } catch {
    signal.throwIfAborted();
    if (isLate) return { problem: (strings) => strings.snapshotSlow(url, PATIENCE_S) };
    return { problem: (strings) => strings.snapshotUnreachable(url) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
  const { ok, status, headers } = response;
  if (!ok) return { problem: (strings) => strings.snapshotStatus(url, status) };
  if (/^text\/html/i.test(headers.get('content-type') ?? '') || /^\s*</.test(text)) {
    return { problem: (strings) => strings.snapshotPage(url) };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: (strings) => strings.snapshotMalformed(url, 'JSON') };
  }
  return checkedSnapshot(json, () => url);
}

/** What a page hands in, checked. */
export function checkedSnapshot(
  json: unknown,
  nameOf: (strings: Strings) => string,
): SnapshotAnswer {
  try {
    return parseSnapshot(json);
  } catch (error) {
    const { version } = Object(json) as { version?: unknown };
    const message = error instanceof Error ? error.message : String(error);
    return {
      problem: (strings) =>
        version === undefined || version === 1
          ? strings.snapshotMalformed(nameOf(strings), message)
          : strings.snapshotVersion(nameOf(strings), String(version)),
    };
  }
}
