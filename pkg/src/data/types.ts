/** Tables, and the problems that they can have. */

/**
 * Format of a table:
 *
 * | format | is |
 * |---|---|
 * | `'csv'` | RFC 4180 with commas, or with semicolons if the first line has semicolons but no comma |
 * | `'tsv'` | tab-separated, as in files and in cells copied from a spreadsheet |
 * | `'jsonl'` | an object on every line |
 * | `'markdown'` | a table of GitHub Flavored Markdown |
 */
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'markdown';

/** Encoding of text as bytes. */
export type TableEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** One row of a {@link Table}. */
export interface TableRow {
  /** Number of the line on which the row begins, from 1. */
  line: number;
  /** The cells by column, as in the file. A row of a JSONL file may lack some. */
  values: Record<string, string>;
}

/**
 * A stable identifier of a problem in a table. The sentence in `message` may change between versions.
 *
 * | code | means |
 * |---|---|
 * | `cell-count` | the row has more or fewer cells than the header |
 * | `quotes` | a quote is not closed or is misplaced |
 * | `row-too-long` | the row exceeds 1,048,576 characters |
 * | `not-json` | a line of a JSONL file is not valid JSON |
 * | `not-an-object` | a line of a JSONL file is not an object |
 * | `nested-value` | a value is a list or an object; it is left out |
 * | `no-ruler` | the line below the header of a Markdown table does not consist of dashes |
 * | `no-rows` | the table is empty or has only a header |
 * | `column-name` | a column has no name, or the name of another column; it was given a new one |
 * | `encoding` | bytes or characters that are not valid text, often because of another encoding |
 * | `empty-cell` | a required column is empty |
 */
export type TableProblemCode =
  | 'cell-count'
  | 'quotes'
  | 'row-too-long'
  | 'not-json'
  | 'not-an-object'
  | 'nested-value'
  | 'no-ruler'
  | 'no-rows'
  | 'column-name'
  | 'encoding'
  | 'empty-cell';

/** A problem in a table. */
export interface TableProblem {
  /** Number of the line in the file, from 1. */
  line: number;
  code: TableProblemCode;
  /** The problem as an English sentence. */
  message: string;
}

/** The result of `parseRows`. */
export interface Table {
  format: TableFormat;
  /** Encoding of the bytes; null if the source was a string. */
  encoding: TableEncoding | null;
  /** The names of the columns, all distinct. */
  columns: string[];
  /** All rows that could be read, in the order of the file. */
  rows: TableRow[];
  /** The problems found, in the order of the file. */
  problems: TableProblem[];
}
