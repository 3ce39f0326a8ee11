/** Tables as files of comma-separated values. */
import * as check from '../util/validate.js';

/** Options of {@link formatCsv}. */
export interface CsvOptions {
  /**
   * Whether to write all texts unchanged, including those that a spreadsheet would interpret as a formula. Meant for
   * files that a program reads. Default false.
   */
  exact?: boolean | undefined;
}

/**
 * Formats rows as CSV (RFC 4180). Line breaks are `\r\n`. A field is quoted if it contains a comma, a quote or a line
 * break, or begins or ends with whitespace. Numbers have all their digits.
 *
 * A text that begins with `=`, `+`, `-`, `@`, a tab or a line break gets an apostrophe in front, unless it is a number
 * such as `-3.5`. Otherwise a spreadsheet would run it as a formula, which can send other cells to a third party.
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
