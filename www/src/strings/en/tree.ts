import { formatCount } from '../../util/numerals.ts';

export const tree = {
  heading: 'Next words',
  about: 'About these numbers',
  lede: 'A word is whatever tokens spell it. Open one for the words behind it.',
  stop: 'Stop',
  goOn: 'Go on',
  label: 'Words that the prompt may go on with',
  word: 'Word',
  p: 'p',
  pTitle: 'Probability, given the prompt and the words before it',
  joint: 'joint',
  jointTitle: 'Probability of the whole path, from the prompt on',
  append: 'Append',
  appendPath: (path: string) => `Append ${path}`,
  end: 'end of text',
  rest: 'all others',
  waiting: 'looking for words…',
  row: (word: string, p: string, joint: string | null) =>
    joint === null ? `${word}, ${p}` : `${word}, ${p}, joint ${joint}`,
  atMost: (p: string) => `at most ${p}`,
  also: (count: number) => (count === 1 ? 'and 1 other spelling' : `and ${count} other spellings`),
  lowerBound:
    'Each p is a lower bound: spellings not yet found may still add to it. Hatched: all words not listed. Words and rest sum to 100%.',
  cost: (predictions: number) =>
    predictions === 1 ? '1 run of the model.' : `${formatCount(predictions)} runs of the model.`,
  restDetail: (open: string) => `${open} of it lies in beginnings that were not looked at.`,
  hint: 'Point at a word to see the tokens that spell it.',
  stopped: 'Stopped: more words may be found.',
};
