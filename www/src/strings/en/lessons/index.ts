import { bias } from './bias.ts';
import { evaluate } from './evaluate.ts';
import { fewShot } from './few-shot.ts';
import { tour } from './tour.ts';

const shipped = { 'few-shot': fewShot, bias, evaluate, tour };

const examples = (shots: number) =>
  ['no examples', 'one example', 'two examples', 'three examples', 'four examples'][shots] ??
  `${shots} examples`;

/** Lessons, the tour, and guessing. They are fetched when they are first asked for. */
export const lessons = {
  shipped,

  back: 'Back',
  next: 'Next',
  finish: 'Finish',
  leave: 'Leave',
  leaveTour: 'Leave the tour',
  step: (at: number, of: number) => `Step ${at} of ${of}`,
  present: 'Present',
  print: 'Print a worksheet',
  yourGuess: (percent: number) => `You guessed ${percent}%.`,

  library: 'Lessons',
  libraryLead:
    'A lesson leads through states of this page, step by step. Your own work comes back when you leave it.',
  steps: (count: number) => `${count} steps`,
  play: 'Start',
  playName: (title: string) => `Start: ${title}`,
  openFile: 'Open a lesson file…',
  make: 'New lesson from here',
  goOn: 'Continue your lesson',
  close: 'Close',

  chance: (word: string) => `Probability that it is “${word}”`,
  chanceOf: 'Probability that the answer is yes',
  no: 'No',
  unsure: 'Unsure',
  yes: 'Yes',
  reveal: 'Reveal',

  guess: 'Guess first',
  guessLead: (task: string) =>
    `Say how sure you are before you see the answer. Task: ${task}. How many examples should the model get?`,
  guessFallback: (task: string) =>
    `This task has no recorded answers to guess, so the round is about another one: ${task}.`,
  shots: (shots: number) => examples(shots),
  begin: (shots: number) => `Start with ${examples(shots)}`,
  question: (at: number, of: number) => `Question ${at} of ${of}`,
  ask: (shots: number, query: string, answer: string) =>
    `With ${examples(shots)}, is “${answer}” the most probable answer to “${query}”?`,
  outcome: (isFirst: boolean, answer: string, p: string, word: string) =>
    isFirst ? `Yes: “${answer}” has ${p}.` : `No: it is “${word}”. “${answer}” has ${p}.`,
  cost: (guess: string, cost: string) => `You said ${guess}. This question adds ${cost}.`,
  done: 'Your result',
  brier: (score: string) => `Your Brier score: ${score}`,
  even: (score: string) => `Always saying 50%: ${score}`,
  verdict: (mine: number, even: number): string =>
    mine < even
      ? 'Lower is better: you did better than always saying 50%.'
      : mine > even
        ? 'Lower is better: always saying 50% would have done better.'
        : 'This is exactly what always saying 50% gets.',
  formula:
    'The score is the mean of (your probability − outcome)² over the questions. The outcome is 1 if the right answer is the model’s most probable word, otherwise 0. 0 is perfect, 1 is certain and always wrong. Brier’s original score sums over both outcomes and is twice as large:',
  again: 'Another round',
  card: (score: string, even: string, count: number, task: string, address: string) =>
    `I guessed what a 135M language model answers: Brier ${score} over ${count} questions (${task}; always saying 50%: ${even}; lower is better). ${address}`,
  copyCard: 'Copy as text',
  copied: 'Copied',
  denied: 'Press Ctrl+C or ⌘C to copy the selected text.',

  making: 'Your lesson',
  makingLead:
    'Bring the page into a state, then add it as a step. Repeat, and write a sentence or two for each.',
  title: 'Title',
  add: 'Add this state',
  caption: (at: number) => `Caption of step ${at}`,
  askFirst: (at: number) => `Question of step ${at}, asked before the answer is shown (optional)`,
  askShort: 'Question first (optional)',
  up: (at: number) => `Move step ${at} up`,
  down: (at: number) => `Move step ${at} down`,
  remove: (at: number) => `Remove step ${at}`,
  none: 'No steps yet.',
  full: (most: number) => `A lesson has at most ${most} steps.`,
  tryIt: 'Play it',
  saveFile: 'Save file',
  makeLink: 'Make a link',
  link: 'Link to this lesson',
  tooLong: 'This lesson is too long for a link. Save it as a file.',
  drop: 'Discard',
  untitled: 'Untitled lesson',

  presenter: 'Presentation',
  leaveKey: 'Esc',
  leavePresenter: 'Leave the presentation',
  word: 'Most probable answer',
  probability: 'Probability',
  examples: 'Examples',

  sheetName: 'Name',
  sheetStep: (at: number) => `${at}.`,
  sheetFigure: (answer: string, model: string) =>
    `Probability of “${answer}” by number of examples, recorded with ${model}`,
  sheetUnknown: 'Run this prompt in the lab to see its answer.',
  sheetNotes: 'Your notes',

  notFound: (name: string) => `There is no lesson named “${name}” on this site.`,
};
