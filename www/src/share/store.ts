/**
 * The reader's work, kept in the browser across reloads: in the tab's own storage, so that no other tab changes what
 * this one shows, and in the site's, where the last one edited is what the next new tab opens with.
 */
import type { Settings } from '../app/settings.ts';
import type { Draft, LabState } from '../app/state.ts';
import { isTaskId, type LongShelf } from './kept-tasks.ts';
import { field, fields, list } from './packed/check.ts';
import { packWhole, unpackDraft } from './packed/draft.ts';
import { packSettings, unpackSettings } from './packed/settings.ts';

const key = 'shotglass.work';
/** Steps of the history that are kept, and how long all of it may be: a storage holds some five million characters. */
const keptSteps = 50;
const keptLength = 1_000_000;

export interface Kept {
  state: LabState;
  settings: Settings;
  /** What the pinned prompt was made from; null where none is pinned. */
  held: Draft | null;
}

/** What is used of `Storage`. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Where to keep: null where the browser denies it. */
export interface Shelves {
  tab: Shelf | null;
  site: LongShelf | null;
}

export function browserShelves(): Shelves {
  return { tab: allowed(() => sessionStorage), site: allowed(() => localStorage) };
}

/** To look at a storage is already an error where none is allowed. */
function allowed(storage: () => Storage): Storage | null {
  try {
    return storage();
  } catch {
    return null;
  }
}

/** What was kept: this tab's, else the last one edited anywhere. Null where there is none that can be read. */
export function readKept({ tab, site }: Shelves): Kept | null {
  for (const shelf of [tab, site]) {
    try {
      const text = shelf?.getItem(key);
      if (text) return unpackKept(JSON.parse(text));
    } catch {
      // Written by another version, or damaged: as if nothing had been kept.
    }
  }
  return null;
}

/** Keeps the work. False where some of it could not be: the storage is full or denied. */
export function writeKept({ tab, site }: Shelves, kept: Kept, edited: boolean): boolean {
  const done = [tab, ...(edited ? [site] : [])].map((shelf) => {
    if (!shelf) return false;
    // A history that does not fit is dropped before the work is.
    return [keptSteps, 0].some((steps) => put(shelf, packKept(kept, steps)));
  });
  return done.every(Boolean);
}

export function forget({ tab, site }: Shelves): void {
  for (const shelf of [tab, site]) {
    try {
      shelf?.removeItem(key);
    } catch {
      // What may not be touched was not written either.
    }
  }
}

function put(shelf: Shelf, text: string): boolean {
  try {
    shelf.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

export function packKept({ state, settings, held }: Kept, steps = keptSteps): string {
  const { past, draft, future } = state;
  const ahead = steps === 0 ? [] : future.slice(0, steps);
  const pack = (behind: readonly Draft[]) =>
    JSON.stringify({
      past: behind.map(packOwn),
      draft: packOwn(draft),
      future: ahead.map(packOwn),
      settings: packSettings(settings),
      ...(held && { held: packOwn(held) }),
    });
  let behind = steps === 0 ? [] : past.slice(-steps);
  let text = pack(behind);
  while (text.length > keptLength && behind.length > 0) {
    behind = behind.slice(Math.ceil(behind.length / 2));
    text = pack(behind);
  }
  return text;
}

export function unpackKept(value: unknown): Kept {
  const kept = fields(value, 'kept');
  const drafts = (name: string) => list(field(kept, name), name, unpackOwn, 2 * keptSteps);
  return {
    state: {
      past: drafts('past'),
      draft: unpackOwn(field(kept, 'draft')),
      future: drafts('future'),
      typing: null,
    },
    settings: unpackSettings(field(kept, 'settings')),
    held: field(kept, 'held') === undefined ? null : unpackOwn(field(kept, 'held')),
  };
}

/** Here, and not in what is shared, a draft says under what it is kept. */
function packOwn(draft: Draft) {
  return { ...packWhole(draft), ...(draft.id !== null && { id: draft.id }) };
}

function unpackOwn(value: unknown): Draft {
  const { draft } = unpackDraft(value);
  const id = field(fields(value, 'draft'), 'id');
  return { ...draft, id: typeof id === 'string' && isTaskId(id) ? id : null };
}
