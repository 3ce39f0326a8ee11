/** What stands in the page, kept with the attributes that its table was written for. */

import { shotsOf } from './attributes.js';
import { type LightDom, type LightDomInPage, readLightDom } from './light-dom.js';
import { type View, viewNamed } from './view.js';

/** The light DOM, with the attributes that its table was written for. */
export interface PinnedLight extends LightDomInPage {
  shots: number | null;
  view: View | null;
}

/**
 * Of one element. A table says what was recorded, and only the attributes beside it say of which prompt. These go along
 * with the reader, so those of the author are kept apart; and a table whose numbers stay the same stays that of the
 * attributes it came with, whatever else changes around it.
 */
export class PageContent {
  readonly #written = new Map<string, string | null>();
  #light: PinnedLight | null = null;
  #isStale = true;
  #isInside = false;

  /** Runs what may change attributes for the reader, or for properties: the author has not written that. */
  fromInside(change: () => void): void {
    const before = this.#isInside;
    this.#isInside = true;
    try {
      change();
    } finally {
      this.#isInside = before;
    }
  }

  /** An attribute has changed. */
  attributeChanged(name: string, value: string | null): void {
    if (!this.#isInside) this.#written.set(name, value);
  }

  /** The children have changed; whether the demonstrations or the query are others now. */
  changed(element: Element): boolean {
    const before = this.#light;
    this.#isStale = true;
    return before !== null && taskOf(before) !== taskOf(this.read(element));
  }

  read(element: Element): PinnedLight {
    if (this.#light && !this.#isStale) return this.#light;
    const light = readLightDom(element);
    const before = this.#light;
    const isSameRecord = before?.recorded && numbersOf(before) === numbersOf(light);
    this.#isStale = false;
    this.#light = isSameRecord
      ? { ...light, shots: before.shots, view: before.view }
      : {
          ...light,
          shots: shotsOf(this.#textOf('shots')),
          view: viewNamed(this.#textOf('view')),
        };
    return this.#light;
  }

  #textOf(name: string): string {
    return this.#written.get(name)?.trim() ?? '';
  }
}

function taskOf({ instruction, demonstrations, query }: LightDom): string {
  return JSON.stringify([instruction, demonstrations, query]);
}

/** What a translation leaves as it is. */
function numbersOf({ recorded }: LightDom): string {
  return JSON.stringify([recorded?.rows?.map(({ p }) => p) ?? null, recorded?.text ?? null]);
}
