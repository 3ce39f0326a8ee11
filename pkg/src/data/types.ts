/** What a table is, and what can be wrong with it. */

/**
 * | format | is |
 * |---|---|
 * | `'csv'` | RFC 4180: commas, or semicolons where the first line has these and no comma |
 * | `'tsv'` | tabs, as files have them and as spreadsheets give to the clipboard |
 * | `'jsonl'` | an object on every line |
 * | `'markdown'` | a table of GitHub Flavored Markdown |
 */
export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'markdown';

/** How bytes stand for text. */
export type TableEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** One row of a {@link Table}. */
export interface TableRow {
  /** Where it begins: the number of the line in the file, the first being 1. */
  line: number;
  /** Its cells by column, as they stand in the file. In JSONL only those that the line has. */
  values: Record<string, string>;
}

/**
 * What is wrong with a line of a table, as a stable word; the sentence beside it may change between
 * versions.
 *
 * | code | means |
 * |---|---|
 * | `cell-count` | the row has more or fewer cells than the header |
 * | `quotes` | a quote is not closed, or stands where none may |
 * | `row-too-long` | no row of a table is as long |
 * | `not-json` | a line of a JSONL file is no JSON |
 * | `not-an-object` | it is JSON, and no object |
 * | `nested-value` | a value is a list or an object; it is left out |
 * | `no-ruler` | the line below the header of a Markdown table is none of dashes |
 * | `no-rows` | there is nothing, or a header alone |
 * | `column-name` | a column without a name, or with that of another; it was given one |
 * | `encoding` | bytes or characters that no text has, often from another encoding |
 * | `empty-cell` | nothing in a column that is needed |
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

/** Something that is wrong with a table. */
export interface TableProblem {
  /** Number of the line in the file, the first being 1. */
  line: number;
  code: TableProblemCode;
  /** A sentence. */
  message: string;
}

/** What `parseRows` found. */
export interface Table {
  format: TableFormat;
  /** Of the bytes; null where the source was a string. */
  encoding: TableEncoding | null;
  /** Their names, no two alike. */
  columns: string[];
  /** Every row without a problem, in the order of the file. */
  rows: TableRow[];
  /** In the order of the file. */
  problems: TableProblem[];
}
