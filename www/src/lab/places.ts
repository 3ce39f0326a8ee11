/**
 * The places in the tab's history between which Back and Forward go: the page as it was opened, and one for each link that
 * was opened in it since. The browser remembers where in its history a place begins, and this what the page showed there
 * when it was left; a reload forgets it.
 */
export class Places<Shown> {
  readonly #left = new Map<string, Shown>();
  #here: string;

  constructor() {
    this.#here = placeOf(history.state) ?? this.#begin();
  }

  /**
   * To be called whenever the address may be another; `shown` is what the page shows. The answer is what it showed when the
   * place was left at which it is now: `'new'` where that is not known, and `'same'` where it is the place that it was.
   */
  arrive(shown: Shown, isLink: boolean): Shown | 'new' | 'same' {
    const there = placeOf(history.state);
    if (there === this.#here) return 'same';
    if (there === null && !isLink) {
      // An entry for a part of the page is the same place.
      this.#mark(this.#here);
      return 'same';
    }
    this.#left.set(this.#here, shown);
    this.#here = there ?? this.#begin();
    return this.#left.get(this.#here) ?? 'new';
  }

  #begin(): string {
    const place = crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36) ?? '';
    this.#mark(place);
    return place;
  }

  #mark(place: string): void {
    history.replaceState({ ...history.state, place }, '');
  }
}

function placeOf(state: unknown): string | null {
  const place = typeof state === 'object' && state !== null && 'place' in state && state.place;
  return typeof place === 'string' ? place : null;
}
