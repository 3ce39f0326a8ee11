/** Counts of things, as a sentence has them. */
import { formatCount } from '../format/numbers.js';

/** "1 shot", "4 shots", "49,152 tokens". */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
