/** Numbers that are written alike in every language of the page. */

import { formatCount } from 'shotglass/format';

export { formatCount };

/** Bytes as people count a download: 98,362,432 → "98 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${formatCount(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${formatCount(bytes / 1e3)} kB`;
  return `${formatCount(bytes)} B`;
}

export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1e7) return `${formatCount(bytesPerSecond / 1e6)} MB/s`;
  if (bytesPerSecond >= 1e5) return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  return `${formatCount(bytesPerSecond / 1e3)} kB/s`;
}
