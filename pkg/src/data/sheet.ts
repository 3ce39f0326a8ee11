/** A table as it grows: rows that are sound, and problems with the others. */
import type { Table, TableEncoding, TableFormat, TableProblemCode } from './types.js';

/** The table as it grows. */
export class Sheet {
  readonly table: Table;
  /** Line of the header; 0 before there is one, and in JSONL, which has none. */
  #headerLine = 0;
  /** The columns, to look one up. */
  readonly #columns = new Set<string>();
  /** Whether there was a row, good or bad. */
  #hasRows = false;

  constructor(format: TableFormat, encoding: TableEncoding | null) {
    this.table = { format, encoding, columns: [], rows: [], problems: [] };
  }

  get hasHeader(): boolean {
    return this.#headerLine > 0;
  }

  /** A row with something wrong in it. */
  problem(line: number, code: TableProblemCode, message: string): void {
    this.#hasRows = true;
    this.table.problems.push({ line, code, message });
  }

  /** Takes the cells of one row; those of the first are the header. */
  cells(line: number, cells: readonly string[]): void {
    if (cells.every((cell) => cell.trim() === '')) return;
    const { columns, format } = this.table;
    if (!this.hasHeader) {
      this.#header(line, cells);
    } else if (cells.length === columns.length) {
      this.row(
        line,
        columns.map((column, i) => [column, cells[i] as string]),
      );
    } else {
      const isCut = cells.length > columns.length && format === 'csv';
      const advice = isCut ? ' Put quotes around a cell that contains the separator.' : '';
      const found = `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}`;
      this.problem(
        line,
        'cell-count',
        `This row has ${found}, but the header has ${columns.length}.${advice}`,
      );
    }
  }

  /** Adds a column, where there is none of this name yet. */
  column(name: string): void {
    if (this.#columns.has(name)) return;
    this.#columns.add(name);
    this.table.columns.push(name);
  }

  /** Takes a row that has its columns with it. */
  row(line: number, entries: readonly (readonly [string, string])[]): void {
    this.#hasRows = true;
    const wrong = this.#wrongCharacter(entries.map(([, value]) => value));
    if (wrong !== null) this.problem(line, 'encoding', wrong);
    else this.table.rows.push({ line, values: Object.fromEntries(entries) });
  }

  finished(): Table {
    if (this.hasHeader && !this.#hasRows) {
      this.problem(this.#headerLine, 'no-rows', 'There are no rows below the header.');
    } else if (!this.#hasRows) {
      this.problem(1, 'no-rows', 'The table is empty.');
    }
    return this.table;
  }

  #header(line: number, cells: readonly string[]): void {
    this.#headerLine = line;
    const { problems } = this.table;
    const names = cells.map((cell) => cell.trim());
    const wrong = this.#wrongCharacter(names);
    if (wrong !== null) problems.push({ line, code: 'encoding', message: wrong });
    const otherNames = new OtherNames(names);
    for (const [i, name] of names.entries()) {
      const isTaken = name === '' || this.#columns.has(name);
      const column = isTaken ? otherNames.next(name || `column ${i + 1}`) : name;
      this.column(column);
      if (!isTaken) continue;
      const why = name === '' ? 'has no name' : `repeats the name '${name}'`;
      problems.push({
        line,
        code: 'column-name',
        message: `Column ${i + 1} ${why}. It is called '${column}' here.`,
      });
    }
  }

  /** What no model can be given, if it is there. */
  #wrongCharacter(texts: readonly string[]): string | null {
    const { encoding } = this.table;
    for (const text of texts) {
      if (encoding !== null && text.includes('\ufffd')) {
        const advice = encoding === 'utf-8' ? " Older programs often write 'windows-1252'." : '';
        return `There are bytes here that are not valid ${encoding.toUpperCase()}.${advice}`;
      }
      if (text.includes('\0')) {
        return "There is a null character here. Is the encoding 'utf-16le'?";
      }
      if (/\p{Surrogate}/u.test(text)) return 'There is an unpaired surrogate here.';
    }
    return null;
  }
}

/** Names that are not among others: with a number behind them where they are. */
class OtherNames {
  readonly #taken: Set<string>;
  /** The last number that was tried behind a name. */
  readonly #numbers = new Map<string, number>();

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  next(name: string): string {
    let other = name;
    for (let number = this.#numbers.get(name) ?? 1; this.#taken.has(other); ) {
      number += 1;
      this.#numbers.set(name, number);
      other = `${name} (${number})`;
    }
    this.#taken.add(other);
    return other;
  }
}
