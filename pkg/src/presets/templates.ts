import type { Template } from '../prompt/task.js';

/** Templates that several presets share. Sources are named in the presets. */

/** `Q: walk⏎A: walked⏎⏎` */
export const questionAnswer: Template = {
  instructionSeparator: '\n\n',
  inputPrefix: 'Q: ',
  inputSuffix: '\n',
  outputPrefix: 'A:',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
};

/** `Review: …⏎Sentiment: Positive⏎⏎` */
export const review: Template = {
  ...questionAnswer,
  inputPrefix: 'Review: ',
  outputPrefix: 'Sentiment:',
};

/** `cheese => fromage⏎` */
export const arrow: Template = {
  instructionSeparator: '\n',
  inputPrefix: '',
  inputSuffix: ' ',
  outputPrefix: '=>',
  outputSeparator: ' ',
  demonstrationSeparator: '\n',
};

/** All of them, by the names that pages and commands know them by. */
export const templates: Readonly<Record<string, Template>> = { questionAnswer, review, arrow };
