import { formatBytes } from '../../util/numerals.ts';

/** Tasks of the reader's own. */
export const tasks = {
  new: 'New task…',
  own: (preset: string | null) => (preset === null ? 'Your task' : `Your task (from ${preset})`),
  yours: 'Your tasks',
  readyMade: 'Ready-made tasks',
  reset: (preset: string) => `Reset to ${preset}`,
  name: 'Name',
  kept: 'This task is kept in this browser.',
  notKept: 'Name the task to keep it in this browser.',
  template: 'Template',
  begin: 'Type an input and its output. Enter begins the next row.',
  beginWithQuery: 'Begin with the query',

  keys: 'Arrow keys move between cells. Enter goes to the next row, Shift+Enter makes a line break. While you type, Tab goes to the next cell; after Escape it leaves the table.',
  rowsPasted: (count: number) =>
    count === 1 ? '1 line went into a cell.' : `${count} lines went into ${count} rows.`,
  oneCell: 'Put them into one cell',
  chooseColumns: 'Choose columns…',

  needs: (bytes: number) => `Needs the model: ${formatBytes(bytes)}, once.`,
  needsKept: 'Needs the model, which is already on this device.',
  run: 'Run it live',

  list: 'Your tasks…',
  listHint: 'These tasks are kept in this browser and nowhere else.',
  none: 'No tasks are kept yet. A new task is kept once something is written into it.',
  close: 'Close',
  nameOf: (name: string) => `Name of ${name}`,
  facts: (examples: number, date: string) =>
    `${examples === 1 ? '1 example' : `${examples} examples`}, changed ${date}`,
  open: 'Open',
  isOpen: 'Open now',
  duplicate: 'Duplicate',
  save: 'Save as a file',
  remove: 'Delete',
  /** Of a button: what it does, and to which task. */
  of: (action: string, name: string) => `${action}: ${name}`,
  import: 'Import a task file…',
  imported: (name: string) => `${name} was imported.`,
  removed: (name: string) => `${name} was deleted.`,
  full: 'The browser has no room to keep this task. Save a task as a file and delete it here; what is open stays open.',
  damaged: 'A task that cannot be read',
  damagedHint:
    'It is damaged, or a newer version of the page wrote it. It stays here until you delete it.',
};
