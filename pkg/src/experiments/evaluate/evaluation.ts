import type { ShotglassError } from '../../errors.js';
import type { Accuracy, Interval, ReliabilityBin } from '../../math/statistics.js';
import * as statistics from '../../math/statistics.js';
import type { Prompt } from '../../prompt/task.js';
import { type Classification, type Label, readLabels } from '../../scoring/classify.js';
import type { Finish, Forms, Score } from '../../types.js';
import type { Comparison, ExperimentOptions } from '../compare.js';
import type { CellPlan, Plan, TestRow } from './plan.js';

/** One row at one number of shots, one seed and one order. */
export interface EvaluatedRow {
  /** Index into the rows that were handed in. */
  index: number;
  /** Its input, as it was handed in. */
  input: string;
  /** Its output, as it was handed in. */
  output: string;
  /** What is right: the label that the output stands for; of free text the output. */
  gold: string;
  /** The prompt that the model was given. */
  prompt: string;
  /** The label with the highest score; of free text the answer, as it was generated. */
  predicted: string;
  /** Whether that is the gold label; of free text whether it is an {@link statistics.exactMatch}. */
  correct: boolean;
  /** Scores of every label word, posterior and label-space mass; null of free text. */
  classification: Classification | null;
  /** Null where there are labels. */
  answer: TextAnswer | null;
}

/** What a model makes of a row whose output is free text. */
export interface TextAnswer {
  /** How probable the gold output is. */
  gold: Score;
  /** Length of what was scored, in UTF-8. */
  goldBytes: number;
  /** Why the generation of the answer ended. */
  finish: Finish | null;
}

/** The figures of a cell with labels. */
export interface LabelFigures {
  /** {@link statistics.f1} of each label, in their order. */
  f1: (number | null)[];
  /** The mean of them. */
  macroF1: number;
  /** Rows by label: `confusion[gold][predicted]`. */
  confusion: number[][];
  /** Mean label-space mass. */
  mass: number;
  /** Brier score of the posteriors, from 0 to 2. */
  brier: number;
  /** Expected calibration error of the posteriors over ten bins, from 0 to 1. */
  ece: number;
  /** The ten bins. */
  reliability: ReliabilityBin[];
}

/** The figures of a cell of free text. */
export interface TextFigures {
  /** `exp(−S/n)` over the tokens of all gold outputs together. */
  perplexity: number;
  /** `−S/(n ln 2)` over their bytes. */
  bitsPerByte: number;
}

/** The rows at one number of shots, with one seed and in one order. */
export interface Cell {
  shots: number;
  seed: number;
  /** 0 for the order in which the demonstrations were drawn. */
  order: number;
  /** The demonstrations, in the order of the prompt: indices into the training split. */
  demonstrations: number[];
  /** False while rows are missing: figures are then those of the rows that are there. */
  isComplete: boolean;
  /** In the order in which they were handed in. */
  rows: EvaluatedRow[];
  /** Share of rows that are right: the predicted label, or an exact match. */
  accuracy: Accuracy;
  /** Null of free text. */
  labels: LabelFigures | null;
  /** Null where there are labels. */
  text: TextFigures | null;
}

/** Accuracy at one number of shots, over the seeds and orders whose cells are complete. */
export interface CurvePoint {
  shots: number;
  /** How many cells. */
  cells: number;
  /** Mean of their accuracies. */
  mean: number;
  /** The lowest of them. */
  min: number;
  /** The highest of them. */
  max: number;
  /**
   * {@link statistics.wilson} of the mean, with as many trials as there are rows. It is of the mean accuracy on
   * other such rows, with the same demonstrations. All seeds and orders share their rows: to count a
   * row once for each would make the interval too narrow. How much the demonstrations matter is not
   * in it, but in `min` and `max`.
   */
  interval: Interval;
}

/** A number of shots that could not be run. */
export interface NotRun {
  shots: number;
  /** Index of a row whose prompt is too long. */
  row: number;
  /** Of code `prompt-too-long`. */
  error: ShotglassError;
}

/** What {@link evaluate} finds. */
export interface Evaluation {
  /** The classes; null of free text. */
  labels: readonly Label[] | null;
  /** How logprobs were compared. */
  rule: NonNullable<ExperimentOptions['rule']>;
  /** With what. */
  comparison: Comparison | 'batch';
  /** How answers in free text were generated, always the most probable token; null with labels. */
  generation: { stop: string[]; maxTokens: number } | null;
  /** By seed, then shots, then order. Where no demonstration is shown there is one for all seeds. */
  cells: Cell[];
  /** By shots, in the order in which they were asked for. */
  curve: CurvePoint[];
  /** Numbers of shots that have neither cells nor a place in the curve. */
  notRun: NotRun[];
  /** Sentences about what these figures cannot say. */
  warnings: string[];
  /** Tokens that the model ran; those found in its cache are not among them. */
  tokensRun: number;
  /** Time that the calls of the model took, in milliseconds. */
  durationMs: number;
}

/** What the model said of a row. */
export interface Said {
  row: TestRow;
  prompt: Prompt;
  /** Of all label words, or of the gold output. */
  scores: Score[];
  /** Of free text. */
  generated: { text: string; finish: Finish | null } | null;
}

/** The same, and what it means where no batch is waited for. */
export interface Reading extends Said {
  evaluated: EvaluatedRow;
}

/** A cell of which some rows are known, and how to compute it. */
export interface KnownCell {
  shots: number;
  cell: () => Cell;
}

/** A cell from the readings that are there by now; more may come to the list later. */
export function knownCell(plan: Plan, cell: CellPlan, readings: readonly Reading[]): KnownCell {
  const { length } = readings;
  return { shots: cell.shots, cell: once(() => cellOf(plan, cell, readings.slice(0, length))) };
}

/** Computes a value when it is first asked for, and keeps it. */
function once<Value>(compute: () => Value): () => Value {
  let known: { value: Value } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}

/** A cell from what the model said of its rows. */
function cellOf(plan: Plan, cell: CellPlan, readings: readonly Reading[]): Cell {
  const sorted = [...readings].sort((a, b) => a.row.index - b.row.index);
  const batch = plan.comparison === 'batch' ? averaged(sorted.map(({ scores }) => scores)) : null;
  const rows = sorted.map((reading) =>
    batch
      ? readRow(plan, { ...reading, scores: compared(reading.scores, batch) })
      : reading.evaluated,
  );
  return {
    ...cell,
    isComplete: rows.length === plan.rows.length,
    rows,
    accuracy: statistics.accuracy(rows.map(({ correct }) => correct)),
    labels: plan.labels
      ? labelFigures(
          plan.labels.length,
          sorted.map(({ row }) => row.label),
          rows.flatMap(({ classification }) => classification ?? []),
        )
      : null,
    text: plan.labels ? null : textFigures(rows.flatMap(({ answer }) => answer ?? [])),
  };
}

/** What a row's scores, or its answer, come to. */
export function readRow(plan: Plan, { row, prompt, scores, generated }: Said): EvaluatedRow {
  const { index, input, output } = row;
  const common = { index, input, output, prompt: prompt.text };
  if (plan.labels) {
    const classification = readLabels(plan.labels, scores, plan.rule);
    const { predicted } = classification;
    return {
      ...common,
      gold: plan.labels[row.label]?.name ?? '',
      predicted: plan.labels[predicted]?.name ?? '',
      correct: predicted === row.label,
      classification,
      answer: null,
    };
  }
  const gold = scores[0] as Score;
  const goldBytes = statistics.sum(gold.tokens.map(({ bytes }) => bytes.length));
  const answer = generated?.text ?? '';
  return {
    ...common,
    gold: output,
    predicted: answer,
    correct: statistics.exactMatch(answer, output),
    classification: null,
    answer: { gold, goldBytes, finish: generated?.finish ?? null },
  };
}

/** Scores, compared with a reference. */
export function compared(scores: readonly Score[], references: readonly Forms[]): Score[] {
  return scores.map((score, i) => {
    const reference = references[i];
    if (!reference) return score;
    return { ...score, reference, adjusted: eachForm((form) => score[form] - reference[form]) };
  });
}

/** `ln (1/n · Σ_rows e^form)` of each continuation: its probability, averaged over the rows. */
function averaged(rows: readonly (readonly Score[])[]): Forms[] {
  return (rows[0] ?? []).map((_, i) =>
    eachForm((form) => {
      const values = rows.map((scores) => (scores[i] as Score)[form]);
      const most = values.reduce((a, b) => Math.max(a, b));
      return most + Math.log(statistics.mean(values.map((value) => Math.exp(value - most))));
    }),
  );
}

function eachForm(of: (form: keyof Forms) => number): Forms {
  return {
    logprob: of('logprob'),
    perToken: of('perToken'),
    perCharacter: of('perCharacter'),
    perByte: of('perByte'),
  };
}

function labelFigures(
  labels: number,
  gold: readonly number[],
  readings: readonly Classification[],
): LabelFigures {
  const predicted = readings.map((reading) => reading.predicted);
  const posteriors = readings.map((reading) => reading.labels.map(({ p }) => p));
  const confusion = statistics.confusionMatrix(gold, predicted, labels);
  const bins = statistics.reliability(
    posteriors.map((p) => Math.max(...p)),
    gold.map((label, i) => label === predicted[i]),
  );
  return {
    f1: statistics.f1(confusion),
    macroF1: statistics.macroF1(confusion),
    confusion,
    mass: statistics.mean(readings.map(({ mass }) => mass)),
    brier: statistics.brier(posteriors, gold),
    ece: statistics.expectedCalibrationError(bins),
    reliability: bins,
  };
}

function textFigures(answers: readonly TextAnswer[]): TextFigures {
  const logprob = statistics.sum(answers.map(({ gold }) => gold.logprob));
  const tokens = statistics.sum(answers.map(({ gold }) => gold.tokens.length));
  return {
    perplexity: statistics.perplexity(logprob, tokens),
    bitsPerByte: statistics.bitsPerByte(logprob, statistics.sum(answers.map((a) => a.goldBytes))),
  };
}

/** What an evaluation has found by now. */
export interface Found extends Pick<Evaluation, 'notRun' | 'tokensRun' | 'durationMs'> {
  complete: readonly KnownCell[];
  /** The cell that is being run. */
  partial: KnownCell | null;
}

/**
 * Everything that is known of an evaluation. There is one after each row, and a cell takes all its
 * rows to compute: so `cells` and `curve` wait until someone reads them.
 */
export function evaluationOf(
  plan: Plan,
  { complete, partial, notRun, tokensRun, durationMs }: Found,
): Evaluation {
  const { labels, rule, comparison, generation, warnings } = plan;
  const cells = once(() => [...complete, ...(partial ? [partial] : [])].map(({ cell }) => cell()));
  const curve = once(() =>
    plan.shots.flatMap((shots) =>
      pointOf(
        shots,
        complete.filter((known) => known.shots === shots),
      ),
    ),
  );
  return {
    labels,
    rule,
    comparison,
    generation,
    get cells() {
      return cells();
    },
    get curve() {
      return curve();
    },
    warnings,
    notRun,
    tokensRun,
    durationMs,
  };
}

function pointOf(shots: number, complete: readonly KnownCell[]): CurvePoint[] {
  const cells = complete.map(({ cell }) => cell());
  const [first] = cells;
  if (!first) return [];
  const accuracies = cells.map((cell) => cell.accuracy.accuracy);
  const right = statistics.mean(cells.map((cell) => cell.accuracy.correct));
  return [
    {
      shots,
      cells: cells.length,
      mean: statistics.mean(accuracies),
      min: Math.min(...accuracies),
      max: Math.max(...accuracies),
      interval: statistics.wilson(right, first.accuracy.n),
    },
  ];
}
