import type { Template } from '../prompt/task.js';

/** Templates that several presets share. The presets name their sources. */

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

/** All templates by name, as pages and commands use them. */
export const templates: Readonly<Record<string, Template>> = { questionAnswer, review, arrow };
