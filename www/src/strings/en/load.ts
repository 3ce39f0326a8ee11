import type { ErrorCode } from 'shotglass';
import { formatBytes } from '../../util/numerals.ts';

/** Where the lab knows more than the package about what the reader can do. */
const problems: Partial<Record<ErrorCode, string>> = {
  crashed: 'The engine crashed. Your prompt is safe.',
  'prompt-too-long':
    'Use fewer examples or shorten the prompt: it has more tokens than the model can read.',
  'empty-prompt': 'Type something: the prompt is empty, and the model predicts what comes next.',
  'invalid-text':
    'Delete the broken character where you pasted it: the prompt contains half of a character (a lone surrogate).',
};

const otherFile = 'Choose another GGUF file: this model cannot run here.';
const again = 'Download the file again: it is incomplete or damaged.';

/** What to do about a model that does not load, where the package tells of its file and its address. */
const advice: Partial<Record<ErrorCode, string>> = {
  'download-failed':
    'Check your internet connection, then try again. You can also choose a model file on this device.',
  'not-gguf': 'Choose a GGUF model file: this file is something else.',
  truncated: again,
  corrupt: again,
  'checksum-mismatch': again,
  'unsupported-version': otherFile,
  'unsupported-architecture': otherFile,
  'unsupported-tokenizer': otherFile,
  'unsupported-quantization': otherFile,
  'read-failed': 'Choose the file again: it could not be read.',
  'worker-failed': 'Reload the page: the engine did not start.',
};

interface Closed {
  names: readonly string[];
  neededBytes: number;
  budgetBytes: number;
}

export const load = {
  chooseFile: 'choose a file',
  chooseModel: 'choose another model',
  loadingName: (name: string) => `Loading ${name}`,
  loadingProgress: (loaded: string, total: string | null) =>
    total === null ? loaded : `${loaded} of ${total}`,
  starting: 'Looking for the model…',
  cancel: 'Cancel',
  retry: 'Try again',
  startAgain: 'Start again',
  dismiss: 'Dismiss',
  closedForRoom: ({ names, neededBytes, budgetBytes }: Closed) =>
    `Closed to make room: ${names.join(', ')}. All open models together need ${formatBytes(neededBytes)} of memory, and they may take at most ${formatBytes(budgetBytes)} here.`,
  keepsModel: 'The model you loaded before still works.',
  problemLoad: 'The model did not load.',
  problemCrash: 'The engine stopped.',

  technical: 'Technical details',
  /** Empty where the sentence of the problem says what to do. */
  advice: (code: ErrorCode, isOffline: boolean): string =>
    isOffline
      ? 'You are offline. The download continues when you are online again.'
      : (advice[code] ?? ''),
  problem: (code: ErrorCode, message: string): string => problems[code] ?? message,
  unexpected: (message: string) => `Something unexpected went wrong: ${message}`,
};
