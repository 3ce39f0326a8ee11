import { questionAnswer } from 'shotglass/presets';

/** A task that the default model solves with four demonstrations. */
export const pastTense = {
  instruction: '',
  template: questionAnswer,
  demonstrations: [
    { input: 'walk', output: 'walked' },
    { input: 'play', output: 'played' },
    { input: 'open', output: 'opened' },
    { input: 'climb', output: 'climbed' },
  ],
  query: 'jump',
};
