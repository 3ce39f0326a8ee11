import * as statistics from '../../math/statistics.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import { type Classification, channelContext, readLabels } from '../../scoring/classify.js';
import type { Finish, Forms, Score } from '../../types.js';
import type {
  Cell,
  CellPlan,
  CurvePoint,
  EvaluatedRow,
  Evaluation,
  LabelFigures,
  Plan,
  TestRow,
  TextAnswer,
  TextFigures,
} from './types.js';

/** What the model said of a row. */
export interface RowResponse {
  row: TestRow;
  /** With the demonstrations that its prompt shows, and no others. */
  task: Task;
  /** Of all label words, or of the gold output. */
  scores: Score[];
  /** Of free text. */
  generated: { text: string; finish: Finish | null } | null;
}

/** The same, and what it means where no batch is waited for. */
export interface ScoredRow extends RowResponse {
  evaluated: EvaluatedRow;
}

/** A cell of which some rows are known, and how to compute it. */
export interface KnownCell {
  shots: number;
  cell: () => Cell;
}

/** A cell from the readings that are there by now; more may come to the list later. */
export function knownCell(plan: Plan, cell: CellPlan, readings: readonly ScoredRow[]): KnownCell {
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
function cellOf(plan: Plan, cell: CellPlan, readings: readonly ScoredRow[]): Cell {
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

/**
 * What a row's scores, or its answer, come to. Its prompt is made when it is asked for: thousands of rows
 * would hold thousands of copies of the demonstrations.
 */
export function readRow(plan: Plan, response: RowResponse): EvaluatedRow {
  const { row, task } = response;
  const { index, input, output } = row;
  const contexts = () => contextsOf(plan, response);
  return {
    index,
    input,
    output,
    get prompt() {
      return contexts()?.[0] ?? renderPrompt(task, { query: input }).text;
    },
    get contexts() {
      return contexts();
    },
    ...outcome(plan, response),
  };
}

function contextsOf({ direction, labels }: Plan, { task }: RowResponse): string[] | null {
  if (direction === 'direct') return null;
  const words = labels?.flatMap((label) => label.words) ?? [];
  return words.map((word) => channelContext(task, word, {}));
}

function outcome(
  plan: Plan,
  { row, scores, generated }: RowResponse,
): Pick<EvaluatedRow, 'gold' | 'predicted' | 'correct' | 'classification' | 'answer'> {
  if (plan.labels) {
    const classification = readLabels(plan.labels, scores, plan.rule);
    const { predicted } = classification;
    return {
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
    gold: row.output,
    predicted: answer,
    correct: statistics.exactMatch(answer, row.output),
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
  const { labels, rule, comparison, direction, generation, warnings } = plan;
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
    direction,
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
  return cells.length > 0 ? [curvePoint(shots, cells)] : [];
}

/**
 * The point of a curve at one number of shots, from its complete cells, of which there is at least one: what
 * {@link evaluate} computes, for cells that were kept.
 */
export function curvePoint(
  shots: number,
  cells: readonly Pick<Cell, 'seed' | 'accuracy'>[],
): CurvePoint {
  const accuracies = cells.map((cell) => cell.accuracy.accuracy);
  const right = statistics.mean(cells.map((cell) => cell.accuracy.correct));
  return {
    shots,
    cells: cells.length,
    mean: statistics.mean(accuracies),
    sd: sdOverSeeds(cells),
    min: Math.min(...accuracies),
    max: Math.max(...accuracies),
    interval: statistics.wilson(right, cells[0]?.accuracy.n ?? 0),
  };
}

function sdOverSeeds(cells: readonly Pick<Cell, 'seed' | 'accuracy'>[]): number | null {
  const ofSeeds = new Map<number, number[]>();
  for (const { seed, accuracy } of cells) {
    ofSeeds.set(seed, [...(ofSeeds.get(seed) ?? []), accuracy.accuracy]);
  }
  return statistics.standardDeviation([...ofSeeds.values()].map(statistics.mean));
}
