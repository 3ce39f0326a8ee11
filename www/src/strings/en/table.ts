import type { TableProblemCode } from 'shotglass/data';

/** The table of demonstrations, and what comes into it from elsewhere. */
export const table = {
  use: (n: number) => `Demonstration ${n} may be used`,
  useHint: 'Click to exclude or include, drag to move',
  excluded: 'excluded',
  effect: 'Effect',
  rowMenu: (n: number) => `Actions for demonstration ${n}`,
  moveUp: 'Move up',
  moveDown: 'Move down',
  duplicate: 'Duplicate',
  exclude: 'Exclude',
  include: 'Include again',
  remove: 'Remove',
  duplicated: (n: number) => `Demonstration ${n} duplicated.`,
  added: (count: number) =>
    count === 1 ? '1 demonstration added.' : `${count} demonstrations added.`,
  replaced: (count: number) =>
    count === 1 ? 'Replaced by 1 demonstration.' : `Replaced by ${count} demonstrations.`,
  ofColumns: (columns: number) => `They are the first two of ${columns} columns.`,
  shuffle: 'Shuffle',
  seed: 'Shuffle seed',
  shuffled: (seed: number) => `Shuffled with seed ${seed}.`,

  import: 'Import…',
  importHeading: 'Import demonstrations',
  importHint:
    'A table as CSV, tab-separated, JSON or Markdown. It is read in this page and sent nowhere.',
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
  oneColumn: 'There is one column. A demonstration needs two: an input and an output.',
  sameColumn: 'Input and output are the same column. Choose two.',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  problem: (line: number, _code: TableProblemCode, message: string) => `Line ${line}: ${message}`,
  moreProblems: (count: number) => `And ${count} more.`,
  most: (count: number) =>
    `The table takes ${count} rows at a time, which is more than the context holds.`,
  addRows: (count: number) => (count === 1 ? 'Add 1 demonstration' : `Add ${count} demonstrations`),
  replaceRows: 'Replace all',
  reading: 'Reading…',
  cancel: 'Cancel',
};
