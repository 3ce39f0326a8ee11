/** Readers of the formats: each takes rows from the beginning of a text into a sheet. */
import { papa } from './papa.js';
import type { Sheet } from './sheet.js';

export interface Reader {
  /**
   * Takes what is whole at the beginning of a text; with `isEnd`, all of it. Answers how many
   * characters it took: 0 when it needs more text, or there is none.
   */
  read(text: string, isEnd: boolean): number;
}

export function readerOf(sheet: Sheet, text: string): Reader {
  const newline = text.includes('\r') && !text.includes('\n') ? '\r' : '\n';
  switch (sheet.table.format) {
    case 'csv':
      return new DelimitedReader(sheet, csvDelimiter(text, newline), newline);
    case 'tsv':
      return new DelimitedReader(sheet, '\t', newline);
    case 'jsonl':
      return new LineReader(sheet, newline, (line, at) => takeJson(sheet, line, at));
    case 'markdown':
      return new LineReader(sheet, newline, markdownTaker(sheet));
  }
}

/** Spreadsheets of countries that write decimals with a comma separate with semicolons. */
function csvDelimiter(text: string, newline: string): ',' | ';' {
  const header =
    text
      .trimStart()
      .split(newline, 1)[0]
      ?.replace(/"[^"]*"/g, '') ?? '';
  return header.includes(';') && !header.includes(',') ? ';' : ',';
}

/** More than any prompt holds. A row above it is a quote that was not closed. */
const LONGEST_ROW = 1 << 20;
const TOO_LONG = `This row is longer than ${LONGEST_ROW} characters.`;
const UNCLOSED = 'A quote is opened here and never closed.';
const MISPLACED = 'The quotes are misplaced here. Inside quotes, double each quote.';

/** Cells between delimiters, in quotes or not. */
class DelimitedReader implements Reader {
  readonly #sheet: Sheet;
  readonly #delimiter: string;
  readonly #newline: '\n' | '\r';
  #line = 1;
  /** In the rest of a line that is too long. */
  #isSkipping = false;
  /** How far ahead it is known that no quote is closed, so that every line is a row. */
  #unclosed = 0;

  constructor(sheet: Sheet, delimiter: string, newline: '\n' | '\r') {
    this.#sheet = sheet;
    this.#delimiter = delimiter;
    this.#newline = newline;
  }

  read(text: string, isEnd: boolean): number {
    // Papa Parse leaves a byte order mark out, and does not count it.
    if (text.startsWith('\ufeff')) return 1;
    if (this.#isSkipping) return this.#skipLine(text);
    if (this.#unclosed === 0) return this.#readRows(text, isEnd);
    const end = text.indexOf(this.#newline) + 1 || (isEnd ? text.length : 0);
    this.#unclosed = Math.max(0, this.#unclosed - end);
    return this.#readRows(text.slice(0, end), true);
  }

  /** Up to the first row that is not whole, or that is broken. */
  #readRows(text: string, isEnd: boolean): number {
    const newline = this.#newline;
    let used = 0;
    papa.parse(text, {
      delimiter: this.#delimiter,
      newline,
      step: ({ data, errors, meta }, parser) => {
        const row = text.slice(used, meta.cursor);
        if (row === '') return;
        const isUnclosed = errors.some(({ code }) => code === 'MissingQuotes');
        const isWhole = !isUnclosed && (isEnd || row.endsWith(newline));
        if (!isWhole && !isEnd && row.length <= LONGEST_ROW) return;
        if (isWhole && errors.length === 0 && this.#isSound(row, data)) {
          // Files that were put together keep the mark of each.
          if (row.startsWith('\ufeff')) data[0] = data[0]?.slice(1) ?? '';
          this.#sheet.cells(this.#line, withoutReturn(row, data, this.#delimiter));
          this.#line += count(row, newline);
          used = meta.cursor;
          return;
        }
        const firstLine = row.slice(0, row.indexOf(newline) + 1 || row.length);
        const isTooLong = row.length > LONGEST_ROW;
        this.#takeBroken(firstLine, isUnclosed || isTooLong ? UNCLOSED : MISPLACED);
        used += firstLine.length;
        if (isUnclosed) this.#unclosed = Math.max(this.#unclosed, meta.cursor - used);
        if (used < meta.cursor) parser.abort();
      },
    });
    return used;
  }

  #isSound(row: string, cells: readonly string[]): boolean {
    if (row.length > LONGEST_ROW) return false;
    // A cell has line breaks or tabs. One with both began with a quote that was never closed.
    const hasBoth = (cell: string) => cell.includes('\t') && cell.includes(this.#newline);
    return this.#delimiter !== '\t' || !cells.some(hasBoth);
  }

  /** The first line of a row whose quotes are wrong, or which is too long. */
  #takeBroken(firstLine: string, message: string): void {
    const isLine = firstLine.endsWith(this.#newline);
    if (firstLine.length > LONGEST_ROW) {
      this.#sheet.problem(this.#line, 'row-too-long', TOO_LONG);
      this.#isSkipping = !isLine;
    } else {
      const hasQuotes = this.#delimiter !== '\t';
      if (hasQuotes) this.#sheet.problem(this.#line, 'quotes', message);
      // Without a header the next row would be taken for it.
      if (!hasQuotes || !this.#sheet.hasHeader) {
        const cells = firstLine.slice(0, isLine ? -1 : undefined).split(this.#delimiter);
        this.#sheet.cells(this.#line, withoutReturn(firstLine, cells, this.#delimiter));
      }
    }
    this.#line += isLine ? 1 : 0;
  }

  #skipLine(text: string): number {
    const end = text.indexOf(this.#newline) + 1;
    if (end === 0) return text.length;
    this.#isSkipping = false;
    this.#line += 1;
    return end;
  }
}

/**
 * Cells of a row, without the first half of the line break `\r\n`. That is a part of the last cell
 * only where this has no quotes around it, and then the cell is as it stands in the row.
 */
function withoutReturn(row: string, cells: string[], delimiter: string): string[] {
  const last = cells.at(-1) ?? '';
  if (!row.endsWith('\r\n') || !last.endsWith('\r')) return cells;
  const before = row.slice(0, -1 - last.length);
  const isBare = row.endsWith(`${last}\n`) && (before === '' || before.endsWith(delimiter));
  return isBare ? [...cells.slice(0, -1), last.slice(0, -1)] : cells;
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found++;
  return found;
}

/** Formats in which a line is a row. */
class LineReader implements Reader {
  readonly #sheet: Sheet;
  readonly #newline: string;
  readonly #take: (line: string, number: number) => void;
  #line = 1;
  #isSkipping = false;

  constructor(sheet: Sheet, newline: string, take: (line: string, number: number) => void) {
    this.#sheet = sheet;
    this.#newline = newline;
    this.#take = take;
  }

  read(text: string, isEnd: boolean): number {
    let used = 0;
    while (used < text.length) {
      const end = text.indexOf(this.#newline, used);
      const line = text.slice(used, end === -1 ? text.length : end);
      if (!this.#isSkipping) {
        const isTooLong = line.length > LONGEST_ROW;
        if (end === -1 && !isEnd && !isTooLong) return used;
        if (isTooLong) this.#sheet.problem(this.#line, 'row-too-long', TOO_LONG);
        else this.#take(line, this.#line);
        this.#isSkipping = isTooLong;
      }
      if (end === -1) return text.length;
      this.#isSkipping = false;
      this.#line += 1;
      used = end + 1;
    }
    return used;
  }
}

// JSONL

function takeJson(sheet: Sheet, line: string, number: number): void {
  if (line.trim() === '') return;
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch (error) {
    sheet.problem(number, 'not-json', `Not valid JSON: ${(error as Error).message}.`);
    return;
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    sheet.problem(
      number,
      'not-an-object',
      'Every line must be an object whose keys are the columns.',
    );
    return;
  }
  if (Object.values(object).some((value) => typeof value === 'number')) {
    object = JSON.parse(withNumbersQuoted(line));
  }
  const entries: [string, string][] = [];
  for (const [key, value] of Object.entries(object as object)) {
    sheet.column(key);
    if (typeof value === 'object' && value !== null) {
      const kind = Array.isArray(value) ? 'a list' : 'an object';
      sheet.problem(
        number,
        'nested-value',
        `The value of '${key}' is ${kind}, not text. It is left out.`,
      );
    } else if (value !== null) {
      entries.push([key, String(value)]);
    }
  }
  sheet.row(number, entries);
}

/** Valid JSON with its numbers as strings: `1.0` stays `1.0`, and long ones keep all digits. */
function withNumbersQuoted(json: string): string {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[-\d][-+.\deE]*/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
}

// Markdown

/** The first line names the columns, the second separates them from the rows. */
function markdownTaker(sheet: Sheet): (line: string, number: number) => void {
  let tableLines = 0;
  return (line, number) => {
    if (line.trim() === '') return;
    tableLines += 1;
    if (tableLines !== 2) sheet.cells(number, markdownCells(line));
    else if (!isRuler(line)) {
      sheet.problem(
        number,
        'no-ruler',
        'The header of a Markdown table must be followed by a line such as |---|---|.',
      );
    }
  };
}

/** Cells between bars; a bar with a backslash before it belongs to a cell. */
function markdownCells(line: string): string[] {
  return line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Whether a line is what stands under the header of a Markdown table. */
export function isRuler(line: string): boolean {
  return line.includes('-') && markdownCells(line).every((cell) => /^:?-+:?$/.test(cell));
}
