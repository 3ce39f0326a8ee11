import type { ErrorCode } from 'shotglass';

/** Where the lab knows more than the package about what the reader can do. */
const problems: Partial<Record<ErrorCode, string>> = {
  crashed: 'The engine stopped unexpectedly, and its memory with it. What you typed is still here.',
  'prompt-too-long':
    'The prompt has more tokens than the model can read. Use fewer shots, or shorten it.',
  'empty-prompt':
    'The prompt is empty. A model predicts what comes next, so it needs at least one token before.',
  'invalid-text':
    'The prompt holds half of a character (a lone surrogate), which cannot be encoded. Delete it where you pasted it.',
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
  keepsModel: 'The model that was loaded still works.',
  problemLoad: 'The model did not load.',
  problemCrash: 'The engine stopped.',

  problem: (code: ErrorCode, message: string): string => problems[code] ?? message,
  unexpected: (message: string) => `Something went wrong that should not have: ${message}`,
};
