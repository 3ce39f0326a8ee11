import type { ErrorCode } from '../../errors.js';
import { formatBytes, formatCount } from '../../format/numbers.js';
import type { View } from '../state/view.js';

/** A whitespace character that is read out by its name. */
export type CharacterName = 'space' | 'newline' | 'tab' | 'carriageReturn';

const characters: Record<CharacterName, string> = {
  space: 'space',
  newline: 'newline',
  tab: 'tab',
  carriageReturn: 'carriage return',
};

const after = (shots: number) => `after ${shots} ${shots === 1 ? 'shot' : 'shots'}`;

export const en = {
  /** What the texts of the element are written in. */
  language: 'en',

  // Numbers and tokens.
  percent: (p: number) =>
    p < 0.005
      ? 'less than 1 percent'
      : p > 0.995 && p < 1
        ? 'more than 99 percent'
        : `${Math.round(p * 100)} percent`,
  characters: (count: number, name: CharacterName) =>
    count === 1 ? characters[name] : `${count} ${characters[name]}s`,
  bytes: (hex: string) => `bytes ${hex}`,

  // The prompt.
  prompt: 'Prompt',
  shots: 'Shots',
  shotsOf: (shots: number, all: number) => `${shots} of ${all}`,
  shotsSpoken: (shots: number) => (shots === 1 ? '1 shot' : `${shots} shots`),
  fewer: 'One shot fewer',
  more: 'One shot more',
  input: (number: number) => `Input ${number}`,
  output: (number: number) => `Output ${number}`,
  query: 'Query',
  notUsed: (count: number) => `${count} more, not in the prompt`,
  add: 'Add an example',
  remove: (number: number) => `Remove example ${number}`,
  undo: 'Undo',
  exact: 'Exact prompt',

  // The answer.
  answer: 'Answer',
  caption: (view: Exclude<View, 'ladder'>, shots: number) =>
    `${{ tokens: 'Next token', labels: 'Label', text: 'Most likely continuation' }[view]} ${after(shots)}`,
  token: 'Token',
  label: 'Label',
  drawn: 'Probability (bar from 0 to 100%)',
  p: 'p',
  rest: (count: number | null) =>
    count === null
      ? 'all other tokens'
      : count === 1
        ? '1 other token'
        : `${formatCount(count)} other tokens`,
  mass: 'All labels together',
  nothing: 'The model stops here.',
  topToken: (token: string, p: string) => `Top token: ${token}, ${p}`,
  topLabel: (label: string, p: string) => `Top label: ${label}, ${p}`,
  topText: (text: string) => `Continuation: ${text}`,
  /** The answer stands in place of the dots. */
  ladderCaption: 'Probability of … by number of shots',
  ladderSentence: (isRight: boolean, points: readonly { shots: number; p: string }[]) =>
    `${isRight ? 'The right answer' : 'The token that ranks first here'} has ${points
      .map(({ shots, p }) => `${p} ${shots === 0 ? 'with no shots' : after(shots)}`)
      .join(', and ')}.`,
  ladderLive: (shots: readonly string[]) =>
    ` Computed in this page: the ${shots.length === 1 ? 'column' : 'columns'} ${shots.join(', ')}; the others are recorded.`,
  topLadder: (token: string, p: string, shots: number) => `${token}: ${p} ${after(shots)}`,
  notRecorded: 'not recorded',

  // Where the numbers come from.
  recorded: 'recorded',
  live: 'live',
  recordedBy: (model: string, sha256: string, version: string) =>
    `${model} (SHA-256 ${sha256.slice(0, 8)}…), recorded with shotglass ${version}`,
  liveBy: (model: string, sha256: string) =>
    `${model} (SHA-256 ${sha256.slice(0, 8)}…), computed in this page`,
  same: 'Live and recorded numbers agree.',
  sameText: 'Live and recorded text agree.',
  otherText: 'Live and recorded text differ.',
  differs: (points: string) =>
    `Live and recorded numbers differ by up to ${points} percentage points.`,
  other: 'This is not the model that was recorded.',
  noRecord: 'There is no recorded result for this prompt.',
  fetchingTask: 'Loading the task.',
  waiting: 'Loading the recorded result.',

  // The model.
  run: 'Run it live',
  size: (bytes: number) => `${formatBytes(bytes)}, once`,
  download: 'downloads the model, once',
  kept: 'already on this device',
  loaded: 'already loaded',
  loading: 'Loading the model',
  amount: (bytesLoaded: number, bytesTotal: number | null) =>
    bytesTotal === null
      ? formatBytes(bytesLoaded)
      : `${formatBytes(bytesLoaded)} of ${formatBytes(bytesTotal)}`,
  elsewhere: 'Another page is downloading it.',
  restarted: (amount: string) =>
    `${amount}${amount && '. '}The download had to start again from the beginning.`,
  retrying: 'The connection dropped. Trying again.',
  cancel: 'Cancel',
  running: 'The model is running.',
  notKept: 'The browser does not keep the model for your next visit.',
  storageFull: 'The browser has no space to keep the model for your next visit.',
  storageShort: (bytes: number) =>
    `The browser has no space to keep the model for your next visit: it needs about ${formatBytes(bytes)} more.`,
  failed: 'The model did not load.',
  crashed: 'The engine stopped.',
  refused: 'The model cannot answer this prompt.',
  retry: 'Try again',
  startAgain: 'Start again',

  /** A sentence for an error of the package. */
  problem: (_code: ErrorCode | 'unknown', message: string) => message,

  // What an author has to fix.
  unknownValue: (attribute: string, value: string, allowed: string) =>
    `${attribute}="${value}" is not known here. It can be ${allowed}.`,
  or: (choices: readonly string[]) =>
    choices.length < 2
      ? choices.join('')
      : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
  wholeNumber: 'a whole number, 0 or more',
  hexDigits: 'a SHA-256, 64 hex digits',
  address: 'the address of a model file, hf:owner/repo/file.gguf, or an id from shotglass/models',
  snapshotAddress: 'the address of a recorded result, a JSON file',
  templateForm: (names: string) => `${names}, or the JSON of a Template`,
  taskForm: 'the JSON of a Task, with template and demonstrations',
  labelsForm: 'two labels or more, between commas',
  tooManyShots: (shots: number, all: number) =>
    `shots="${shots}" is more than the number of examples, so all ${all} are used.`,
  noLabels: 'view="labels" needs a task with two labels or more, so the tokens are shown.',
  badTask: (message: string) => `This task cannot be made into a prompt. ${message}`,
  empty:
    'There is nothing to ask yet. Name a preset, or write a <dl> in the element: a <dt> and a <dd> for each example, and a last <dt> for the query.',
  noPresets:
    'Check the connection, and that all files of the package are served: the presets could not be loaded.',
  snapshotUnreachable: (url: string) =>
    `Check the address and the connection: the recorded result ${url} could not be loaded. If it is on another site, that site must allow this page to read it (CORS).`,
  snapshotSlow: (url: string, seconds: number) =>
    `Check the connection and reload the page: the recorded result ${url} did not arrive within ${seconds} seconds.`,
  snapshotStatus: (url: string, status: number) =>
    `Check the address: the recorded result ${url} is not there (the server answered ${status}).`,
  snapshotPage: (url: string) =>
    `Check the address: ${url} is a web page, not the JSON file of a recorded result.`,
  snapshotMalformed: (url: string, what: string) =>
    `${url} is not a recorded result (${what}). Write it again with npx shotglass snapshot.`,
  snapshotVersion: (url: string, version: string) =>
    `${url} has version ${version} of the format, and this element reads version 1. Use the same version of shotglass for both.`,
  tableUnread:
    'The table in this element has no readable numbers, so it is shown unchanged. Each row of its body needs a <th> and a <data value="…"> from 0 to 1; the last row is for all other tokens.',
  snapshotOther:
    'The recorded result belongs to another prompt. Write it again with npx shotglass snapshot.',
  given: 'The given snapshot',
  unexpected: (message: string) => `Something unexpected went wrong: ${message}`,
};

/** What a language must have. */
export type Strings = { readonly [Key in keyof typeof en]: (typeof en)[Key] };
