/**
 * `shotglass/data`: reads tables from files and from the clipboard, with line numbers and with a report of
 * every row that cannot be read. It is a separate entry point because it depends on Papa Parse.
 *
 * @packageDocumentation
 */
import { abortError, ShotglassError } from '../errors.js';
import type { Demonstration } from '../prompt/task.js';
import type { CallOptions } from '../types.js';
import * as check from '../util/validate.js';
import { isRuler, readerOf } from './readers.js';
import { Sheet } from './sheet.js';
import { openText } from './text.js';
import type { Table, TableEncoding, TableFormat, TableProblem } from './types.js';

export type * from './types.js';

/** Progress of {@link parseRows}. */
export interface ParseProgress {
  /** Fraction of the source that was read, 0 to 1. */
  fraction: number;
  /** Number of rows so far. */
  rows: number;
}

/** Options of {@link parseRows}. */
export interface ParseOptions extends CallOptions {
  /** Format of the table. Default: detected from the file name, else from the text. */
  format?: TableFormat | undefined;
  /** Name of the file. Default: that of a `File`, else none. */
  name?: string | undefined;
  /** Encoding of the bytes. Default: UTF-8. A byte order mark takes precedence. */
  encoding?: TableEncoding | undefined;
  /** Called after each chunk of the source. */
  onProgress?: ((progress: ParseProgress) => void) | undefined;
}

/**
 * Reads a table in chunks, so that the page stays responsive and a `File` is never held in memory as a
 * whole. The first row has the names of the columns. Empty rows are skipped.
 *
 * A row that cannot be read, or that has more or fewer cells than there are columns, is left out and
 * reported with its line number; all other rows are returned. After a quote that is never closed, reading
 * continues on the next line. In tab-separated text such a quote is an ordinary character, because most
 * programs do not quote there.
 *
 * In JSONL, numbers and booleans become text as they are written in the file, and null counts as absent.
 * A list or an object is reported, and only that value is left out.
 *
 * @throws {@link ShotglassError} `invalid-option` (an argument is wrong, or the source is not text),
 * `read-failed` (the file has changed or cannot be read), `aborted`.
 */
export async function parseRows(
  source: string | Blob | ArrayBuffer | ArrayBufferView,
  options: ParseOptions = {},
): Promise<Table> {
  const signal = check.signal(options.signal);
  const onProgress = check.callback('onProgress', options.onProgress);
  const format =
    options.format === undefined
      ? formatOfName(options.name ?? nameOf(source))
      : check.oneOf('format', options.format, formats);
  if (signal?.aborted) throw abortError(signal);
  const text = await openText(source, options.encoding);

  let piece = await text.next();
  const sheet = new Sheet(format ?? formatOfText(piece.text), text.encoding);
  const reader = readerOf(sheet, piece.text);
  const pause = new Pause();
  for (let rest = piece.text; ; rest += piece.text) {
    for (let used = -1; used !== 0; rest = rest.slice(used)) {
      used = reader.read(rest, piece.fraction === 1);
      await pause.ifDue();
      if (signal?.aborted) throw abortError(signal);
    }
    onProgress?.({ fraction: piece.fraction, rows: sheet.table.rows.length });
    if (piece.fraction === 1) return sheet.finished();
    piece = await text.next();
  }
}

/** The columns of a table that hold inputs and outputs. */
export interface ColumnMapping {
  /** Name of the input column. */
  input: string;
  /** Name of the output column. */
  output: string;
}

/**
 * Makes demonstrations from two columns of a table, in the order of its rows, and reports rows with an
 * empty cell in one of them.
 *
 * @throws {@link ShotglassError} `invalid-option` if a column does not exist; the message lists the
 * columns.
 */
export function mapColumns(
  table: Pick<Table, 'columns' | 'rows'>,
  mapping: ColumnMapping,
): { demonstrations: Demonstration[]; problems: TableProblem[] } {
  const columns = [
    existingColumn(table, 'input', mapping.input),
    existingColumn(table, 'output', mapping.output),
  ];
  const demonstrations: Demonstration[] = [];
  const problems: TableProblem[] = [];
  for (const { line, values } of table.rows) {
    // A row of a JSONL file may lack a column of any name.
    const cells = columns.map((column) => (Object.hasOwn(values, column) ? values[column] : ''));
    const [input = '', output = ''] = cells;
    const empty = columns.filter((_, i) => cells[i]?.trim() === '');
    if (empty.length === 0) demonstrations.push({ input, output });
    else
      problems.push({
        line,
        code: 'empty-cell',
        message: `There is no text in ${quotedList(empty)}.`,
      });
  }
  return { demonstrations, problems };
}

function existingColumn({ columns }: Pick<Table, 'columns'>, name: string, column: string): string {
  if (columns.includes(column)) return column;
  throw new ShotglassError(
    'invalid-option',
    columns.length === 0
      ? `${name}: there is no column '${column}'. The table has no columns.`
      : `${name}: there is no column '${column}'. Columns: ${quotedList(columns)}.`,
  );
}

function quotedList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}

const formats: readonly TableFormat[] = ['csv', 'tsv', 'jsonl', 'markdown'];

function nameOf(source: unknown): string {
  const { name } = Object(source) as { name?: unknown };
  return typeof name === 'string' ? name : '';
}

function formatOfName(name: string): TableFormat | undefined {
  const ending = /\.(csv|tsv|tab|jsonl|ndjson|md|markdown)$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === 'tab') return 'tsv';
  if (ending === 'ndjson') return 'jsonl';
  if (ending === 'md') return 'markdown';
  return ending as TableFormat | undefined;
}

/** By the first two lines with something in them. */
function formatOfText(text: string): TableFormat {
  const [first = '', second = ''] = text.trimStart().split(/[\r\n]+/, 2);
  // A list is not JSONL either, but there the error says why.
  if (/^\{\s*("|\}|$)|^\[\s*[[{"\]]/.test(first)) return 'jsonl';
  if (first.includes('|') && isRuler(second)) return 'markdown';
  return first.includes('\t') ? 'tsv' : 'csv';
}

/** Gives the page its turn when parsing has had its own. */
class Pause {
  #since = performance.now();

  async ifDue(): Promise<void> {
    if (performance.now() - this.#since < 12) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#since = performance.now();
  }
}
