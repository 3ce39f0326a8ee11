import { random } from 'shotglass/experiments';

/**
 * Orders of a table by seed. One seed gives one order for as long as the rows are the same: it is always drawn from the
 * order that they were in before the first shuffle, not from that of the last.
 */
export class Shuffler<Item> {
  seed = 1;
  #after: readonly Item[] = [];
  /** Where each of them was before the first shuffle. */
  #places: readonly number[] = [];

  /** The seed that a press of the button means: the next one, once there is an order of this one. */
  nextSeed(items: readonly Item[]): number {
    return this.#knows(items) ? this.seed + 1 : this.seed;
  }

  /** The order of a seed, as indices into the items as they stand. */
  shuffle(items: readonly Item[], seed: number): number[] {
    const places = this.#knows(items) ? this.#places : items.map((_, index) => index);
    const drawn = random(seed).shuffled([...places].sort((a, b) => a - b));
    const order = drawn.map((place) => places.indexOf(place));
    this.seed = seed;
    this.#places = drawn;
    this.#after = order.flatMap((index) => items.slice(index, index + 1));
    return order;
  }

  /** Whether these are the items of the last shuffle, in the order that it gave them. */
  #knows(items: readonly Item[]): boolean {
    const { length } = items;
    return length === this.#after.length && items.every((item, i) => item === this.#after[i]);
  }
}
