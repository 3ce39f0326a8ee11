/** What stands inside the tag and reads by itself: demonstrations, a query, and what was recorded of them. */

import type { Demonstration } from '../../prompt/task.js';
import { MAX_ENTRIES } from '../../snapshot/limits.js';
import type { AnswerReading, Reading } from './reading.js';

/** The light DOM, as data. */
export interface LightDom {
  /** Null where there is no such paragraph. */
  instruction: string | null;
  demonstrations: Demonstration[];
  /** Null where there is no last `<dt>` without a `<dd>`. */
  query: string | null;
  /** A table or a text; null where there is none. */
  recorded: RecordedInPage | null;
}

/** The light DOM of an element that stands in a page: also what is seen of it. */
export interface LightDomInPage extends LightDom {
  /** There is a table, and it is not one of numbers. */
  hasUnreadTable: boolean;
  /** There is nothing to be seen. */
  isBlank: boolean;
}

/** What was recorded: the numbers of a table, or a text. */
export interface RecordedInPage {
  /** The rows of the table as they are drawn; null where there is a text instead. */
  rows: { name: string; p: number }[] | null;
  text: string | null;
  /** What a header of the table has in `<code>`: the answer that its numbers are of; '' if there is none. */
  head: string;
  /** Where the numbers come from, in the author's words. */
  caption: string;
}

/** What is to be seen without text. */
const pictures = 'img, picture, svg, video, canvas, iframe, object';

/** Reads the children. Whatever else stands there is left alone. */
export function readLightDom(element: Element): LightDomInPage {
  const list = element.querySelector('dl');
  const continuation = element.querySelector('p.continuation');
  const instruction = [...element.querySelectorAll(':scope > p')].find(
    (p) => p !== continuation && (!list || precedes(p, list)),
  );
  const table = element.querySelector('table');
  const numbers = readTable(table);
  return {
    instruction: list && instruction ? textOf(instruction) : null,
    ...readList(list),
    recorded: numbers ?? readText(continuation),
    hasUnreadTable: table !== null && numbers === null,
    isBlank: element.textContent?.trim() === '' && !element.querySelector(pictures),
  };
}

/** As a reading of the view that the page declares; null where it has no numbers for it. */
export function readingOf(recorded: RecordedInPage, view: AnswerReading['view']): Reading | null {
  const { rows, text } = recorded;
  if (view === 'text') return text === null ? null : { view, text };
  const last = rows?.at(-1);
  if (!rows || !last) return null;
  const shown = rows.slice(0, -1);
  if (view === 'labels') {
    return { view, labels: shown.map(({ name, p }) => ({ label: name, p })), mass: last.p };
  }
  const count = last.name.replace(/[^\d]/g, '');
  return {
    view,
    tokens: shown.map(({ name, p }) => ({ drawn: name, p })),
    rest: { count: count === '' ? null : Number(count), p: last.p },
  };
}

function readList(list: Element | null): Pick<LightDom, 'demonstrations' | 'query'> {
  const demonstrations: Demonstration[] = [];
  let open: string | null = null;
  // In document order, also where each pair has a <div> around it, as HTML allows.
  for (const part of list?.querySelectorAll('dt, dd') ?? []) {
    if (part.localName === 'dt') open = textOf(part);
    else if (open !== null) {
      demonstrations.push({ input: open, output: textOf(part) });
      open = null;
    }
  }
  return { demonstrations, query: open };
}

/** A table whose body has numbers in `<data>`. */
function readTable(table: Element | null): RecordedInPage | null {
  if (!table) return null;
  const rows: { name: string; p: number }[] = [];
  const found = table.querySelectorAll('tbody tr');
  // The author's own table is then what is seen.
  if (found.length > MAX_ENTRIES + 1) return null;
  for (const row of found) {
    const name = row.querySelector('th')?.textContent?.trim();
    const value = row.querySelector('data')?.getAttribute('value') ?? '';
    const p = Number(value);
    if (name === undefined || value.trim() === '' || !(p >= 0 && p <= 1)) return null;
    rows.push({ name, p });
  }
  const caption = table.querySelector('caption')?.textContent?.trim() ?? '';
  const head = table.querySelector('thead code')?.textContent?.trim() ?? '';
  return rows.length > 1 ? { rows, text: null, head, caption } : null;
}

function readText(continuation: Element | null): RecordedInPage | null {
  if (!continuation) return null;
  return { rows: null, text: continuation.textContent ?? '', head: '', caption: '' };
}

/**
 * The text exactly as it stands, for a space more or less is another prompt; but where it begins on a new line, as
 * authors indent long texts, without what is around it.
 */
export function asMeant(text: string): string {
  return /^[ \t]*\n/.test(text) ? text.trim() : text;
}

function textOf(element: Element): string {
  return asMeant(element.textContent ?? '');
}

function precedes(one: Node, other: Node): boolean {
  return (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}
