/** A task that the default model solves with four demonstrations. */
export const pastTense = {
  instruction: '',
  template: {
    instructionSeparator: '\n\n',
    inputPrefix: 'Q: ',
    inputSuffix: '\n',
    outputPrefix: 'A:',
    outputSeparator: ' ',
    demonstrationSeparator: '\n\n',
  },
  demonstrations: [
    { input: 'walk', output: 'walked' },
    { input: 'play', output: 'played' },
    { input: 'open', output: 'opened' },
    { input: 'climb', output: 'climbed' },
  ],
  query: 'jump',
};
