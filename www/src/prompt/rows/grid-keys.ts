/**
 * The table as a grid: one stop of the Tab key, within which arrows walk. Someone who types walks on by Tab as well, as in
 * a spreadsheet, until Escape or the end of the table.
 */

/** The columns that can have the focus: the switch of the row, its two fields, its menu. */
const cells = '.grip input, textarea, lab-menu > button';

export class GridKeys {
  /** The row and the column that the Tab key stops at. */
  stop = { row: 0, column: 1 };
  #types = false;

  constructor(private readonly grid: () => HTMLElement | null) {}

  /** The reader works in a field now, by whatever they did. */
  typed(): void {
    this.#types = true;
  }

  left(): void {
    this.#types = false;
  }

  /** Remembers where the focus is. True where that is another stop than before. */
  reached(target: EventTarget | null): boolean {
    const at = this.#placeOf(target);
    if (!at || (at.row === this.stop.row && at.column === this.stop.column)) return false;
    this.stop = at;
    return true;
  }

  /** Acts on a key that leads to another cell. */
  pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    const at = this.#placeOf(target);
    if (!at) return;
    if (key === 'Escape') this.#types = false;
    const to = key === 'Tab' ? this.#byTab(target, event.shiftKey) : this.#byArrow(event, at);
    if (!to) return;
    event.preventDefault();
    to.focus();
    if (to instanceof HTMLTextAreaElement) to.setSelectionRange(to.value.length, to.value.length);
  }

  #byTab(target: EventTarget | null, back: boolean): HTMLElement | null {
    if (!this.#types || !(target instanceof HTMLTextAreaElement)) return null;
    const fields = [...(this.grid()?.querySelectorAll('textarea') ?? [])];
    return fields[fields.indexOf(target) + (back ? -1 : 1)] ?? null;
  }

  #byArrow(event: KeyboardEvent, at: { row: number; column: number }): HTMLElement | null {
    const { key, target, shiftKey } = event;
    const isVertical = key === 'ArrowUp' || key === 'ArrowDown';
    if (!isVertical && key !== 'ArrowLeft' && key !== 'ArrowRight') return null;
    if (target instanceof HTMLTextAreaElement) {
      if (shiftKey || !leavesText(target, key)) return null;
      // In a menu's button these open the menu.
    } else if (isVertical && !(target instanceof HTMLInputElement)) return null;
    const step = key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 1;
    const row = this.#rows()[at.row + (isVertical ? step : 0)];
    return (row && cellsOf(row)[at.column + (isVertical ? 0 : step)]) ?? null;
  }

  #rows(): Element[] {
    return [...(this.grid()?.querySelectorAll('tr[data-row]') ?? [])];
  }

  #placeOf(target: EventTarget | null): { row: number; column: number } | null {
    const tr = target instanceof Element ? target.closest('tr[data-row]') : null;
    if (!tr || !(target instanceof HTMLElement)) return null;
    const column = cellsOf(tr).indexOf(target);
    return column === -1 ? null : { row: this.#rows().indexOf(tr), column };
  }
}

function cellsOf(row: Element): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>(cells)];
}

/** Whether the caret cannot go further in its text in the direction of an arrow. */
function leavesText(field: HTMLTextAreaElement, key: string): boolean {
  const { selectionStart, selectionEnd, value } = field;
  if (selectionStart !== selectionEnd) return false;
  const style = getComputedStyle(field);
  const isOneLine = field.clientHeight < 2 * Number.parseFloat(style.lineHeight);
  if (isOneLine && (key === 'ArrowUp' || key === 'ArrowDown')) return true;
  const toStart =
    key === 'ArrowUp' || key === (style.direction === 'rtl' ? 'ArrowRight' : 'ArrowLeft');
  return selectionStart === (toStart ? 0 : value.length);
}
