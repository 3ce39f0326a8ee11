import type { ErrorCode } from 'shotglass';

/** Where the lab knows more than the package about what the reader can do. */
const problems: Partial<Record<ErrorCode, string>> = {
  crashed: 'The engine crashed. Your prompt is safe.',
  'prompt-too-long':
    'Use fewer examples or shorten the prompt: it has more tokens than the model can read.',
  'empty-prompt': 'Type something: the prompt is empty, and the model predicts what comes next.',
  'invalid-text':
    'Delete the broken character where you pasted it: the prompt contains half of a character (a lone surrogate).',
};

export const load = {
  chooseFile: 'choose a file',
  loadingName: (name: string) => `Loading ${name}`,
  loadingProgress: (loaded: string, total: string | null) =>
    total === null ? loaded : `${loaded} of ${total}`,
  starting: 'Looking for the model…',
  cancel: 'Cancel',
  retry: 'Try again',
  startAgain: 'Start again',
  dismiss: 'Dismiss',
  keepsModel: 'The model you loaded before still works.',
  problemLoad: 'The model did not load.',
  problemCrash: 'The engine stopped.',

  problem: (code: ErrorCode, message: string): string => problems[code] ?? message,
  unexpected: (message: string) => `Something unexpected went wrong: ${message}`,
};
