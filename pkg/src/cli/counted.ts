/** Counts of things, as a sentence has them. */
import { formatCount } from '../format-numbers.js';

/** "1 shot", "4 shots", "49,152 tokens". */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Bytes as people count a download: 98,362,432 → "98 MB". */
export function formatMegabytes(bytes: number): string {
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}
