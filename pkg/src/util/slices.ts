import { abortError } from '../errors.js';

/** What takes a few milliseconds. */
const SLICE = 4096;

/** As `Array.from`, with a turn of the event loop after every few thousand items. */
export async function inSlices<Item, Made>(
  items: ArrayLike<Item>,
  make: (item: Item, index: number) => Made,
  signal?: AbortSignal,
): Promise<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < items.length; index++) {
    if (index % SLICE === SLICE - 1) await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw abortError(signal);
    made.push(make(items[index] as Item, index));
  }
  return made;
}
