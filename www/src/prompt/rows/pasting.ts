/** What is pasted into a cell: cells of a spreadsheet and lines become rows, any other text goes where the caret is. */
import type { Demonstration } from 'shotglass';
import { tableData } from '../../app/data.ts';
import { problemOf } from '../../app/problem.ts';
import { type Action, isEmptyRow, type Row } from '../../app/state.ts';
import { strings } from '../../strings/index.ts';
import { isTable, readPasted } from '../table.ts';
import { linesIn, spread } from './lines.ts';

/** What the table says of what it has just done. */
export interface Notice {
  text: string;
  undo: boolean;
  /** What else could be done in the place of that. */
  instead?: { label: string; act: () => void };
}

/** What pasting needs of the table. */
export interface PasteTarget {
  rows: () => readonly Row[];
  insert(at: number, rows: readonly Row[], replaces: number, notice: Omit<Notice, 'undo'>): void;
  edit(action: Action, notice?: Notice | null): void;
  /** Opens the dialog in which columns are chosen and rows are mended. */
  choose(text: string): void;
}

interface Cell {
  index: number;
  field: keyof Demonstration;
}

export function paste(table: PasteTarget, cell: Cell, event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const lines = isTable(text) ? null : linesIn(text);
  if (!lines && !isTable(text)) return;
  event.preventDefault();
  const { selectionStart, selectionEnd, value } = event.target as HTMLTextAreaElement;
  const around = (pasted: string) =>
    value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
  if (lines) pasteLines(table, cell, lines, around);
  else void pasteTable(table, cell, text, around);
}

function pasteLines(
  table: PasteTarget,
  { index, field }: Cell,
  lines: readonly string[],
  around: (pasted: string) => string,
): void {
  const [first = '', ...others] = lines;
  const { rows, replaces } = spread(table.rows(), { at: index, field }, [around(first), ...others]);
  table.insert(index, rows, replaces, {
    text: strings.tasks.rowsPasted(lines.length),
    instead: {
      label: strings.tasks.oneCell,
      act: () => {
        table.edit({ type: 'undo' });
        table.edit({ type: 'demonstration', index, field, text: around(lines.join('\n')) });
      },
    },
  });
}

async function pasteTable(
  table: PasteTarget,
  { index, field }: Cell,
  text: string,
  around: (pasted: string) => string,
): Promise<void> {
  try {
    const read = await readPasted(await tableData(), text);
    // What cannot be used as it is is shown line by line, and mended there.
    if (!read) return table.choose(text);
    const { demonstrations, columns } = read;
    const row = table.rows()[index];
    const isBlank = row !== undefined && isEmptyRow(row);
    const told = strings.table.added(demonstrations.length);
    const instead = {
      label: strings.tasks.chooseColumns,
      act: () => {
        table.edit({ type: 'undo' });
        table.choose(text);
      },
    };
    table.insert(
      isBlank ? index : index + 1,
      demonstrations,
      isBlank ? 1 : 0,
      columns > 2
        ? { text: `${told} ${strings.table.ofColumns(columns)}`, instead }
        : { text: told },
    );
  } catch (error) {
    const problem = problemOf(error);
    table.edit(
      { type: 'demonstration', index, field, text: around(text) },
      problem && { text: problem.sentence, undo: true },
    );
  }
}
