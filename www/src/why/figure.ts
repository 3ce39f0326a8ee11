import type { Model, Rule, Task } from 'shotglass';
import type { Comparison, Step } from 'shotglass/experiments';
import type { strings } from '../strings/index.ts';

/** A line of a figure: parts of a whole, an effect with a sign, or a sentence. */
export interface FigureRow {
  name: string;
  /** Shares of a whole, one for each entry of the legend. */
  parts?: readonly number[];
  /** An effect as a share of the largest, −1 to 1. */
  effect?: number;
  /** What the row comes to, in words. */
  text: string;
  /** A share of the whole that an interval spans, under the parts. */
  interval?: { low: number; high: number };
}

/** What an experiment has found so far. */
export interface Figure {
  /** What the parts are. */
  legend: readonly string[];
  rows: readonly FigureRow[];
  /** The finding, in a sentence. */
  finding: string;
  /** Files that hold all of it. */
  files?: readonly FigureFile[];
}

/** A file that the reader can keep. */
export interface FigureFile {
  name: string;
  type: string;
  text: () => string;
}

/** What the reader asks about. */
export interface Question {
  /** With the demonstrations that the shots show. */
  task: Task;
  query: string;
  /** Names of the labels. */
  labels: readonly string[];
  /** How logprobs of different lengths are compared. */
  rule: Rule;
  /** What scores are compared with. */
  comparison: Comparison;
  /** Rows to evaluate, as pasted. */
  rows: string;
  signal: AbortSignal;
}

/** An experiment, as the lab shows it: one idea, one picture, one sentence, one citation. */
export interface Experiment {
  /** Names it in the catalogue of strings, too. */
  id: keyof typeof strings.why.experiments;
  source: { text: string; url: string };
  /** Whether it brings a comparison of its own. */
  comparesItself?: boolean;
  /** Whether it says nothing of a prompt without demonstrations. */
  needsDemonstrations?: boolean;
  /** Whether it asks for rows. */
  needsRows?: boolean;
  run(model: Model, question: Question): AsyncGenerator<Step<Figure>, void, undefined>;
}

/** The steps of an experiment of the package, each drawn. */
export async function* draw<Result>(
  steps: AsyncGenerator<Step<Result>, void, undefined>,
  figure: (result: Result) => Figure,
): AsyncGenerator<Step<Figure>, void, undefined> {
  for await (const { done, total, result } of steps) yield { done, total, result: figure(result) };
}
