/** What the captions of lessons take their numbers from: all of it is recorded, so that no caption can be false. */
import type { PresetId } from 'shotglass/presets';
import type { Side } from '../measured/figures.ts';

export interface Facts {
  /** Probability of the right answer to a recorded query after so many examples; '' is the default query. */
  p: (preset: PresetId, query: string, shots: number) => string;
  /** The most probable next word there, and its probability. */
  word: (preset: PresetId, query: string, shots: number) => string;
  top: (preset: PresetId, query: string, shots: number) => string;
  /** Probability of all labels together after the default query. */
  labels: (preset: PresetId, shots: number) => string;
  /** How many test rows there are, how many of them have a label, and how many are answered right. */
  n: (preset: PresetId) => number;
  rows: (preset: PresetId, label: string) => number;
  right: (preset: PresetId, shots: number, side?: Side) => number;
  /** How often a label is the answer. */
  said: (preset: PresetId, shots: number, label: string) => number;
  /** How many are right after contextual calibration. */
  calibrated: (preset: PresetId, shots: number) => number;
  /** How many answers begin with the right token. */
  begun: (preset: PresetId, shots: number) => number;
  /** Share of the rows that are answered right, and its 95 % interval (Wilson). */
  accuracy: (preset: PresetId, shots: number) => string;
  low: (preset: PresetId, shots: number) => string;
  high: (preset: PresetId, shots: number) => string;
  /** Mean probability of the answers that were right, or wrong. */
  sure: (preset: PresetId, shots: number, were: 'sureRight' | 'sureWrong') => string;
  /** Surprisal of a word of the default query's prompt, in bits. */
  bits: (preset: PresetId, shots: number, word: string) => string;
  /** What the model weighs as a download. */
  megabytes: string;
}

/** The words of a lesson that comes with the page. */
export interface LessonWords {
  title: string;
  /** What it is about, in a sentence. */
  about: string;
  steps: readonly ((facts: Facts) => { caption: string; question?: string })[];
}
