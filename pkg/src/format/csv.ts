/** Tables as files of comma-separated values. */
import * as check from '../util/validate.js';

/** How rows are written as CSV. */
export interface CsvOptions {
  /**
   * Whether texts are written as they are, also those that a spreadsheet takes for a formula. For files that a program
   * reads. Default false.
   */
  exact?: boolean | undefined;
}

/**
 * Rows as CSV (RFC 4180). The line breaks are `\r\n`; a field with a comma, a quote or a line break in it, or with white
 * space at one of its ends, is quoted. Numbers have all their digits.
 *
 * A text that begins with `=`, `+`, `-`, `@`, a tab or a line break has an apostrophe before it, unless it is a number
 * such as `-3.5`: a spreadsheet would compute it as a formula, which can send what is in the other cells to a stranger.
 *
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function formatCsv(
  rows: readonly (readonly (string | number)[])[],
  options: CsvOptions = {},
): string {
  const exact = check.oneOf('exact', options.exact ?? false, [true, false]);
  const field = (value: string | number) =>
    quoted(typeof value === 'string' && !exact ? harmless(value) : String(value));
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian keyboards. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function harmless(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
