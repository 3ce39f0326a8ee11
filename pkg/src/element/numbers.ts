/** Numbers that only the element writes; those of an answer are written as everywhere. */
import { formatCount } from '../format-numbers.js';

/** Bytes as people count a download: 98,362,432 → "98 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${formatCount(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${formatCount(bytes / 1e3)} kB`;
  return `${formatCount(bytes)} B`;
}

/** A difference of probabilities in percentage points, as small as it may be. */
export function formatPoints(difference: number): string {
  const points = Math.abs(difference) * 100;
  return points < 5e-7 ? '0' : String(Number(points.toPrecision(2)));
}
