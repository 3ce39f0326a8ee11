/** The rows under test of a command, and the demonstrations that may be shown beside them. */
import { basename } from 'node:path';
import type { TableFormat } from '../data/index.js';
import { ShotglassError } from '../errors.js';
import { holdOut } from '../experiments/evaluate/hold-out.js';
import type { Demonstration, Task } from '../prompt/task.js';
import {
  type CommandOption,
  type Invocation,
  integerOption,
  isGiven,
  textOption,
  UsageError,
} from './command.js';
import { readText, standardInput, type TaskInput } from './input.js';

/** Of the commands that test rows. */
export const rowsOptions: readonly CommandOption[] = [
  {
    name: 'rows',
    value: 'FILE',
    about: "Rows as CSV, TSV or JSON Lines. Default: the preset's rows.",
  },
  { name: 'input', value: 'COLUMN', about: "Name of the input column. Default 'input'." },
  { name: 'output', value: 'COLUMN', about: "Name of the output column. Default 'output'." },
  {
    name: 'hold-out',
    value: 'N',
    about: "Hold out N of the task's demonstrations, and evaluate those.",
  },
  { name: 'limit', value: 'N', about: 'Maximum number of rows. Default: all.' },
];

/** The task with the demonstrations that may be shown, and the rows to evaluate. */
export async function testedRows(
  invocation: Invocation,
  command: string,
  asked: TaskInput,
): Promise<{ task: Task; rows: readonly Demonstration[] }> {
  const count = integerOption(invocation, command, 'hold-out', 1);
  const { task } = asked;
  if (count === undefined) return { task, rows: await rowsInput(invocation, command, asked) };
  if (isGiven(invocation, 'rows'))
    throw new UsageError('Use only one of --rows and --hold-out.', command);
  const stratified = task.labels !== undefined;
  const { train, test } = holdOut(task.demonstrations, count, { stratified });
  return { task: { ...task, demonstrations: train }, rows: test };
}

async function rowsInput(
  invocation: Invocation,
  command: string,
  { preset }: TaskInput,
): Promise<readonly Demonstration[]> {
  const file = textOption(invocation, 'rows');
  if (file === undefined) {
    if (preset !== null && preset.rows.length > 0) return preset.rows;
    const why = preset ? `The preset ${preset.id} has no rows of its own` : 'No rows were given';
    throw new UsageError(`${why}. Use --rows FILE.`, command);
  }
  // It brings a parser for tables, which no other command needs.
  const { mapColumns, parseRows } = await import('../data/index.js');
  const text = file === '-' ? await standardInput(invocation.signal) : await readText(file);
  const table = await parseRows(text, {
    ...(file === '-' ? {} : { name: basename(file) }),
    ...(/\.txt$/i.test(file) ? { format: 'tsv' as TableFormat } : {}),
    signal: invocation.signal,
  });
  const { demonstrations, problems } = mapColumns(table, {
    input: textOption(invocation, 'input') ?? 'input',
    output: textOption(invocation, 'output') ?? 'output',
  });
  for (const { line, message } of [...table.problems, ...problems]) {
    invocation.terminal.complain(`${file}, line ${line}: ${message} The row is skipped.`);
  }
  if (demonstrations.length > 0) return demonstrations;
  throw new ShotglassError('invalid-option', `${file} has no rows to evaluate.`);
}
