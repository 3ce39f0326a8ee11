/** Lessons: states of the page that are shown one after another, each with a few words about it. */
import type { Settings } from './settings.ts';
import type { Draft } from './state.ts';

/** The parts of the page that a step can point at. */
export const targets = [
  'task',
  'query',
  'queries',
  'shots',
  'answer',
  'ladder',
  'prompt',
  'examples',
  'why',
] as const;
export type Target = (typeof targets)[number];

export interface LessonStep {
  draft: Draft;
  settings: Settings;
  /** Plain text. */
  caption: string;
  /** What the reader is to guess before the caption and the answer are shown; empty where there is nothing to guess. */
  question: string;
  target: Target | null;
}

export interface Lesson {
  title: string;
  steps: readonly LessonStep[];
}

/** The lessons that come with the page. */
export const shippedIds = ['few-shot', 'bias', 'evaluate'] as const;
export type ShippedId = (typeof shippedIds)[number];

/** One bar of a figure: the probability of an answer after so many examples. */
export interface FigureBar {
  k: number;
  /** Null where it is not known. */
  p: number | null;
  /** What is most probable there. */
  name: string;
}

/** What a printed worksheet has of a step. */
export interface SheetStep {
  caption: string;
  question: string;
  prompt: string;
  /** The answer that the figure follows; null where nothing is recorded of the prompt. */
  figure: { answer: string; at: number; bars: readonly FigureBar[]; model: string } | null;
}

/** A lesson or the tour while it is played. */
export interface Playing {
  kind: 'lesson' | 'tour';
  lesson: Lesson;
  step: number;
  /** Whether the question of the step has been answered, or there is none. */
  isRevealed: boolean;
  /** What the reader guessed, 0 to 1. */
  guess: number | null;
  isPresented: boolean;
  /** Empty until the records are there. */
  sheet: readonly SheetStep[];
}

/** A question of the guessing game: is the right answer what the model finds most probable? */
export interface GuessQuestion {
  query: string;
  answer: string;
  shots: number;
  /** Probability of the right answer. */
  p: number;
  /** The most probable word. */
  word: string;
  /** Whether that is the right answer. */
  isFirst: boolean;
}

export interface Guessing {
  /** The name of the task. */
  task: string;
  /** Whether another task was asked for, which has no recorded answers to guess. */
  isFallback: boolean;
  /** With how many examples one may guess. */
  choices: readonly number[];
  /** Null until a round has begun. */
  round: {
    shots: number;
    questions: readonly GuessQuestion[];
    /** What has been guessed, 0 to 1; the last is revealed until the reader goes on. */
    guesses: readonly number[];
    /** The question that is asked; as many as there are questions when all are done. */
    at: number;
  } | null;
  /** Where the task opens. */
  address: string;
}

/** A lesson that the reader is making. */
export interface Making {
  lesson: Lesson;
  /** A link to it; null until it was asked for. */
  link: string | null;
}

/** What is drawn of all that. */
export interface GuideView {
  playing: Playing | null;
  guessing: Guessing | null;
  /** Null while the reader makes none. */
  making: Making | null;
  /** Whether they have begun to make one. */
  isMade: boolean;
  isLibraryOpen: boolean;
  /** Whose the recorded numbers are that are told or guessed, where another model is loaded; null otherwise. */
  measuredWith: string | null;
  /** What could not be read, in the language of the page. */
  problem: (() => string) | null;
}

/** What the reader asks for. */
export type LessonWish =
  | { do: 'tour' | 'guess' | 'library' | 'make' | 'leave' | 'close' | 'next' | 'add' | 'link' }
  | { do: 'save' | 'try' | 'drop' | 'dismiss' }
  | { do: 'play'; id: ShippedId }
  | { do: 'open'; file: File }
  | { do: 'step'; to: number }
  | { do: 'reveal'; guess: number }
  | { do: 'present'; on: boolean }
  | { do: 'round'; shots: number }
  | { do: 'title'; text: string }
  | { do: 'say'; at: number; caption: string }
  | { do: 'ask'; at: number; question: string }
  | { do: 'move'; at: number; by: 1 | -1 }
  | { do: 'remove'; at: number };

/** Whether the answer of the page is hidden, because the reader is to guess it. */
export function hidesAnswer({ playing, guessing }: GuideView): boolean {
  if (playing) return !playing.isRevealed;
  if (!guessing?.round) return guessing !== null;
  const { at, guesses, questions } = guessing.round;
  return at < questions.length && guesses.length <= at;
}
