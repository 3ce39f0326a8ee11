/**
 * What work gives for each item, in the order of the items. The first one is worked on alone, because others may use
 * what it finds; after it `most` are under way at once.
 */
export async function* inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  most: number,
): AsyncGenerator<Result, void, undefined> {
  const running: Promise<Result>[] = [];
  let next = 0;
  const begin = (count: number) => {
    while (next < items.length && running.length < count) {
      const result = work(items[next++] as Item);
      // Whoever leaves the loop does not wait for the others.
      result.catch(() => {});
      running.push(result);
    }
  };
  begin(1);
  for (let first = running.shift(); first; first = running.shift()) {
    const result = await first;
    // Whoever takes this result may leave, so what is not under way yet waits for that.
    begin(most - 1);
    yield result;
    begin(most);
  }
}
