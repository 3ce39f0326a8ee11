import type { Need } from '../app/lab-model.ts';
import type { Card } from './card.ts';

/** The experiments in the order of their tabs, by what they ask. */
export const experimentGroups = {
  prompt: [
    'influence',
    'order',
    'labels',
    'calibrate',
    'format',
    'attribution',
    'choose',
    'manyShots',
    'sentences',
  ],
  inside: ['lens', 'patch', 'heads', 'probe', 'vector'],
  rows: ['evaluate', 'compare', 'models'],
} as const;
export type ExperimentGroup = keyof typeof experimentGroups;
export type ExperimentId = (typeof experimentGroups)[ExperimentGroup][number];

export const experimentIds: readonly ExperimentId[] = Object.values(experimentGroups).flat();

/** What the lab knows of an experiment before it runs. */
export interface Experiment {
  id: ExperimentId;
  source: { text: string; url: string };
  /** The experiment whose tab it shares, if it has none of its own. */
  tabOf?: ExperimentId;
  /** Whether it says nothing of a prompt with fewer demonstrations. */
  demonstrations?: number;
  /** Whether it needs the table: free text has no parts to change. */
  needsTable?: boolean;
  /** Whether it also takes examples of the table that the prompt does not show. */
  usesPool?: boolean;
  /**
   * What it asks the reader for, beside the prompt: rows with known outputs, sentences of its own, or nothing.
   * Default: an answer to look at.
   */
  asks?: 'rows' | 'sentences' | 'nothing';
  /** What it needs of a model beside scores, which nearly all need. */
  needs?: Need;
  /** Whether it asks for labels: outputs that recur. */
  needsLabels?: boolean;
  /** Whether it evaluates rows at the shots of the prompt and at none, and draws nothing. */
  atOwnShots?: boolean;
  /** Whether the reader can choose a token of the prompt to look at. */
  looksAt?: boolean;
  /** Whether the reader can choose the pinned prompt to compare with, where there is one. */
  mayUsePinned?: boolean;
  /** Whether it asks for a pinned prompt to compare with. */
  needsPinned?: boolean;
  /** Whether it takes demonstrations from the whole table, and asks the rows to evaluate too, where there are some. */
  overTable?: boolean;
  /** Whether it compares no scores of answers, so that their rule and calibration do not matter. */
  comparesNothing?: boolean;
  /** Whether what it asks of the model is too large to be kept over a reload. */
  isBrief?: boolean;
  /** Whether something of it is recorded, to be shown before a model is loaded. */
  isRecorded?: boolean;
  /** Whether it is run on every model that is open. */
  overModels?: boolean;
  /**
   * Fetches how it runs and how it is drawn.
   *
   * @throws {@link NotFetched}
   */
  fetchCard(): Promise<Card>;
}
