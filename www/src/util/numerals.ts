/** Numbers that are written alike in every language of the page. */

import { formatBytes, formatCount } from 'shotglass/format';

export { formatBytes, formatCount };

export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1e7) return `${formatCount(bytesPerSecond / 1e6)} MB/s`;
  if (bytesPerSecond >= 1e5) return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  return `${formatCount(bytesPerSecond / 1e3)} kB/s`;
}
