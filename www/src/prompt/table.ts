/** Tables from the clipboard and from files, read by the package; here is only what it does not know: who has a header. */

import type { Demonstration } from 'shotglass';
import type { ColumnMapping, Table, TableFormat } from 'shotglass/data';

/** The package's reader, which a page that reads no table does without. */
type Data = typeof import('shotglass/data');

/** More rows than the context has room for, and as many as a page can edit at once. */
export const mostRows = 200;

const inputNames =
  /^(inputs?|texts?|sentences?|questions?|queries|query|prompts?|reviews?|articles?|context|source|x)$/i;
const outputNames =
  /^(outputs?|labels?|answers?|targets?|completions?|class|category|sentiment|gold|y)$/i;

/** Reads a table. With `named` its first row names the columns, as the package has it; without it is a row like any other. */
export async function readTable(
  { parseRows }: Data,
  source: string | File,
  options: { named: boolean; format?: TableFormat | undefined; signal?: AbortSignal | undefined },
): Promise<Table> {
  const { named, signal } = options;
  const lines = await listedObjects(source);
  if (lines !== null) return parseRows(lines, { format: 'jsonl', signal });
  const table = await parseRows(source, { format: options.format, signal });
  if (named || table.format === 'jsonl' || table.format === 'markdown') return table;
  const text =
    typeof source === 'string'
      ? source
      : new TextDecoder(table.encoding ?? 'utf-8').decode(await source.arrayBuffer());
  const newline = text.includes('\r') && !text.includes('\n') ? '\r' : '\n';
  const [firstLine = ''] = text.trimStart().split(newline, 1);
  const isSemicolons = firstLine.includes(';') && !firstLine.includes(',');
  const delimiter = table.format === 'tsv' ? '\t' : isSemicolons ? ';' : ',';
  const header = table.columns.map((_, index) => `${index + 1}`).join(delimiter);
  const { format } = table;
  const read = await parseRows(`${header}${newline}${text}`, { format, signal });
  const above = <Entry extends { line: number }>(entry: Entry) => ({
    ...entry,
    line: Math.max(1, entry.line - 1),
  });
  return { ...read, rows: read.rows.map(above), problems: read.problems.map(above) };
}

/** A list of objects as the JSON lines that the package reads, one for each; null for anything else. */
async function listedObjects(source: string | File): Promise<string | null> {
  const isText = typeof source === 'string';
  if (isText ? !/^\s*\[/.test(source) : !/\.json$/i.test(source.name)) return null;
  try {
    const list: unknown = JSON.parse(isText ? source : await source.text());
    if (!Array.isArray(list) || !list.every((one) => one?.constructor === Object)) return null;
    return list.map((one) => JSON.stringify(one)).join('\n');
  } catch {
    return null;
  }
}

/** Which columns are likely the inputs and the outputs: by their names, else the first two. Null with fewer than two. */
export function guessColumns(columns: readonly string[]): ColumnMapping | null {
  const [first, second] = columns;
  if (first === undefined || second === undefined) return null;
  const output = columns.find((name) => outputNames.test(name.trim()));
  const input = columns.find((name) => inputNames.test(name.trim()) && name !== output);
  const other = (than: string) => (than === first ? second : first);
  if (input !== undefined) return { input, output: output ?? other(input) };
  return output === undefined ? { input: first, output: second } : { input: other(output), output };
}

/** Whether these cells are names of columns rather than a demonstration. */
export function isHeader([input = '', output = '']: readonly string[]): boolean {
  return inputNames.test(input.trim()) && outputNames.test(output.trim());
}

/** Whether pasted text is cells of a spreadsheet, at least two of them side by side. */
export function isTable(text: string): boolean {
  return /[^\t\r\n]\t[^\r\n]*[^\t\r\n]/.test(text);
}

/**
 * Cells of a spreadsheet as demonstrations, of which they need not have a header. Null where any of it cannot be used:
 * then the reader should look at it, for nothing is to be lost.
 */
export async function readPasted(
  data: Data,
  text: string,
): Promise<{ demonstrations: Demonstration[]; columns: number } | null> {
  const table = await readTable(data, text, { named: false, format: 'tsv' });
  const [input, output] = table.columns;
  if (input === undefined || output === undefined) return null;
  const [first, ...below] = table.rows;
  const hasHeader = first !== undefined && isHeader(Object.values(first.values));
  const rows = hasHeader ? below : table.rows;
  const { demonstrations, problems } = data.mapColumns({ ...table, rows }, { input, output });
  const whole = table.problems.length + problems.length === 0;
  if (!whole || demonstrations.length === 0 || demonstrations.length > mostRows) return null;
  return { demonstrations, columns: table.columns.length };
}
