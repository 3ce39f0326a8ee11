/** Requests that failed for a while: how long to wait before the next one. */

/** How often and after which waits a request is retried. */
export interface RetryPolicy {
  /** The most attempts in a row that receive nothing new. */
  attempts: number;
  /** The first wait; each one after it is twice as long, up to the longest. */
  firstDelayMs: number;
  longestDelayMs: number;
  /** The longest wait that a server may ask for (Retry-After). */
  longestRetryAfterMs: number;
  /** A connection over which nothing comes for this long counts as broken. */
  stallMs: number;
}

/** About half a minute of waiting in total: a train in a tunnel, a router that restarts. */
export const retryPolicy: RetryPolicy = {
  attempts: 7,
  firstDelayMs: 500,
  longestDelayMs: 15_000,
  longestRetryAfterMs: 60_000,
  stallMs: 60_000,
};

/** Doubled with each try, and scattered, so that not all pages come back at the same moment. */
export function backOff(attempt: number, { firstDelayMs, longestDelayMs }: RetryPolicy): number {
  const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), longestDelayMs);
  return Math.round(delayMs * (0.5 + Math.random() / 2));
}

/** Retry-After in milliseconds: seconds, or a date (RFC 9110, §10.2.3). */
export function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** Windows and workers tell when the network is back; Node does not. */
const scope = 'addEventListener' in globalThis ? (globalThis as EventTarget) : null;

/**
 * Waits, but no longer than until the signal is aborted or, if `endsOnline`, the network is back where
 * that is told.
 */
export function pause(
  ms: number,
  { endsOnline, signal }: { endsOnline: boolean; signal?: AbortSignal | undefined },
): Promise<void> {
  return new Promise((resolve) => {
    const network = endsOnline ? scope : null;
    const end = () => {
      clearTimeout(timer);
      network?.removeEventListener('online', end);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    network?.addEventListener('online', end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}
