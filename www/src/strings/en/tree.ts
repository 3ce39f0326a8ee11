import { formatCount } from '../../util/numerals.ts';

export const tree = {
  heading: 'Next words',
  about: 'About these numbers',
  lede: 'Tokens merged into whole words. Expand one to see what follows.',
  stop: 'Stop',
  goOn: 'Continue',
  label: 'Words that may follow the prompt',
  word: 'Word',
  p: 'p',
  pTitle: 'Probability given the prompt and the words before it',
  joint: 'joint',
  jointTitle: 'Probability of the whole path from the prompt',
  append: 'Add',
  appendPath: (path: string) => `Add ${path}`,
  end: 'end of text',
  rest: 'all others',
  waiting: 'looking for words…',
  row: (word: string, p: string, joint: string | null) =>
    joint === null ? `${word}, ${p}` : `${word}, ${p}, joint ${joint}`,
  atMost: (p: string) => `at most ${p}`,
  also: (count: number) => (count === 1 ? 'and 1 other spelling' : `and ${count} other spellings`),
  lowerBound: 'Lower bounds: rare spellings are not searched. “All others” is the rest to 100%.',
  cost: (predictions: number) =>
    predictions === 1 ? '1 run of the model.' : `${formatCount(predictions)} runs of the model.`,
  restDetail: (open: string) => `${open} of it belongs to word beginnings that were not searched.`,
  hint: 'Point at a word to see the tokens that spell it.',
  stopped: 'Stopped: more words may be found.',
};
