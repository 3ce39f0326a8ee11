import type { TableProblemCode } from 'shotglass/data';

/** The table of examples, and what is imported into it. */
export const table = {
  use: (n: number) => `Use example ${n}`,
  useHint: 'Click to exclude or include, drag to move',
  excluded: 'excluded',
  effect: 'Effect',
  rowMenu: (n: number) => `Actions for example ${n}`,
  moveUp: 'Move up',
  moveDown: 'Move down',
  duplicate: 'Duplicate',
  exclude: 'Exclude',
  include: 'Include again',
  remove: 'Remove',
  duplicated: (n: number) => `Example ${n} duplicated.`,
  added: (count: number) => (count === 1 ? '1 example added.' : `${count} examples added.`),
  replaced: (count: number) =>
    count === 1 ? 'Replaced by 1 example.' : `Replaced by ${count} examples.`,
  ofColumns: (columns: number) => `The first two of ${columns} columns are used.`,
  shuffle: 'Shuffle',
  seed: 'Shuffle seed',
  shuffled: (seed: number) => `Shuffled with seed ${seed}.`,

  import: 'Import…',
  importHeading: 'Import examples',
  importHint:
    'Import a table as CSV, tab-separated text, JSON or Markdown. It is read in this page and sent nowhere.',
  chooseFile: 'Choose a file…',
  paste: 'Or paste it here',
  file: (name: string, size: string) => `${name}, ${size}`,
  forget: 'Paste instead',
  named: 'The first row names the columns',
  column: (name: string) => `Column ${name}`,
  preview: (shown: number, all: number) =>
    all === 0
      ? 'No rows'
      : all === 1
        ? 'The one row'
        : shown === all
          ? `All ${all} rows`
          : `The first ${shown} of ${all} rows`,
  oneColumn: 'The table has one column. An example needs two: an input and an output.',
  sameColumn: 'Choose two different columns for input and output.',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  problem: (line: number, _code: TableProblemCode, message: string) => `Line ${line}: ${message}`,
  moreProblems: (count: number) => `And ${count} more.`,
  most: (count: number) =>
    `The table takes at most ${count} rows at a time, more than the context can hold.`,
  addRows: (count: number) => (count === 1 ? 'Add 1 example' : `Add ${count} examples`),
  replaceRows: 'Replace all',
  reading: 'Reading…',
  cancel: 'Cancel',
};
