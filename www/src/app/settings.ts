import type { Normalization } from 'shotglass';
import { type Comparison, contextualCalibration } from 'shotglass/experiments';

/** How to draw tokens. None of this touches the numbers of the answer: those are at temperature 1. */
export interface Sampling {
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed: number;
  maxTokens: number;
  stopAtNewline: boolean;
}

/** What scores are compared with, by name. */
export const comparisons = {
  nothing: null,
  empty: { text: '' },
  answer: { text: 'Answer: ' },
  contentFree: contextualCalibration,
} as const satisfies Record<string, Comparison>;
export type ComparisonName = keyof typeof comparisons;

/** The views of the answer, in the order of their tabs. */
export const views = ['words', 'labels', 'tokens', 'text'] as const;
export type View = (typeof views)[number];

/** How the reader looks at the answer. Undo does not touch it. */
export interface Settings {
  /** Null until the reader has chosen one: then a task with labels shows those, any other words, or tokens if the model
   * has no words. */
  view: View | null;
  /** What the colours of the exact prompt tell. */
  strip: 'roles' | 'surprisal';
  /** How many candidates are listed. */
  topK: number;
  /** How logprobs of labels of different lengths are compared. */
  rule: Normalization;
  comparison: ComparisonName;
  sampling: Sampling;
  /** The experiment whose tab is open. */
  experiment: string;
  /** What is listed of each token beside its bar: its probability, or also its logprob, bytes and rank. */
  columns: 'probability' | 'all';
  /** In which unit logprobs are shown: 1 bit is ln 2 nats. */
  unit: 'nats' | 'bits';
  /** The axis of the tokens' bars. */
  axis: 'linear' | 'log';
}

export const defaultSettings: Settings = {
  view: null,
  strip: 'surprisal',
  topK: 10,
  rule: 'sum',
  comparison: 'nothing',
  sampling: {
    temperature: 0.7,
    topK: 0,
    topP: 1,
    minP: 0,
    seed: 1,
    maxTokens: 40,
    stopAtNewline: true,
  },
  experiment: 'influence',
  columns: 'probability',
  unit: 'nats',
  axis: 'linear',
};

/**
 * The view that the reader chose, or else the one that suits the task: labels where it names two or more. Without words
 * the tokens.
 */
export function viewOf(
  { view }: Settings,
  labels: readonly string[] | undefined,
  hasWords = true,
): View {
  return view ?? (hasLabels(labels) ? 'labels' : hasWords ? 'words' : 'tokens');
}

/** Whether a task names labels: one alone has nothing to be compared with. */
export function hasLabels(labels: readonly string[] | undefined): labels is readonly string[] {
  return labels !== undefined && labels.length > 1;
}

/** Labels are recorded by the plain sum, compared with nothing. */
export function isPlain({ rule, comparison }: Pick<Settings, 'rule' | 'comparison'>): boolean {
  return rule === 'sum' && comparison === 'nothing';
}
