/** The two experiments that ask rows: of the present prompt alone, and of it and the pinned one. */
import type { Label } from 'shotglass';
import {
  compareEvaluations,
  type Evaluation,
  evaluate,
  type PairedPoint,
  type Step,
} from 'shotglass/experiments';
import { LabError } from '../../app/problem.ts';
import { strings } from '../../strings/index.ts';
import type { Experiment, PairFigure, Question, Settled } from '../figure.ts';
import type { AskedModel } from '../tape.ts';
import { optionsOf as calibratedBy } from './calibrations.ts';
import { mostRows, rowsOfPair, usable } from './rows.ts';

export const evaluateExperiment: Experiment = {
  id: 'evaluate',
  needsRows: true,
  needsTable: true,
  source: {
    text: 'Brown et al. 2020, §2.4; Wilson 1927; Guo et al. 2017',
    url: 'https://arxiv.org/abs/1706.04599',
  },
  async *run(model, question) {
    const { train, isFree, calibration, shots } = question;
    const { rows, leftOut } = usable(question.rows, train, labelsIn(question));
    if (rows.length === 0) throw new LabError(() => strings.why.noUsableRows);
    for await (const { done, total, result } of evaluated(model, question, question, rows, shots)) {
      const figure = { experiment: 'evaluate' as const, about: '', isFree };
      yield { done, total, result: { ...figure, evaluation: result, leftOut, calibration } };
    }
  },
};

export const pairExperiment: Experiment = {
  id: 'compare',
  needsRows: true,
  needsTable: true,
  needsPinned: true,
  source: {
    text: 'McNemar 1947; Newcombe 1998, method 10; Fagerland et al. 2013',
    url: 'https://doi.org/10.1186/1471-2288-13-91',
  },
  async *run(model, question) {
    const { pinned } = question;
    if (!pinned) throw new LabError(() => strings.pair.needsPinned);
    const { shots } = pinned;
    const { rows, leftOut } = rowsOfPair(question, pinned);
    if (rows.length === 0) throw new LabError(() => strings.why.noUsableRows);
    const figureOf = (a: Evaluation, b: Evaluation | null) =>
      pairFigure(a, b, { ...question, leftOut });
    let first: Step<Evaluation> | null = null;
    for await (const step of evaluated(model, question, pinned, rows, shots)) {
      first = step;
      yield { done: step.done, total: 2 * step.total, result: figureOf(step.result, null) };
    }
    if (!first) return;
    const { total: before, result: a } = first;
    for await (const step of evaluated(model, question, question, rows, shots)) {
      const { done, total, result } = step;
      yield { done: before + done, total: before + total, result: figureOf(a, result) };
    }
  },
};

const labelsIn = ({ isFree, labels }: Pick<Question, 'isFree' | 'labels'>) =>
  isFree ? null : labels;

/** What is evaluated: a task, and the demonstrations that its prompts show. */
type Side = Pick<Question, 'task' | 'train' | 'isFree'> & { labels: readonly Label[] };

function evaluated(
  model: AskedModel,
  { rule, calibration, draws, signal }: Pick<Settled, 'rule' | 'calibration' | 'draws' | 'signal'>,
  side: Side,
  rows: Question['rows'],
  shots: readonly number[],
): AsyncGenerator<Step<Evaluation>, void, undefined> {
  const { task, train } = side;
  const labels = labelsIn(side);
  const compared = labels ? { rule, ...calibratedBy(calibration) } : {};
  return evaluate(model, { ...task, demonstrations: [...train] }, rows, {
    ...compared,
    labels,
    shots,
    seeds: Array.from({ length: draws.seeds }, (_, seed) => seed),
    orders: draws.orders,
    limit: mostRows,
    maxTokens: 32,
    signal,
  });
}

function pairFigure(
  a: Evaluation,
  b: Evaluation | null,
  { isFree, calibration, leftOut }: Pick<PairFigure, 'isFree' | 'calibration' | 'leftOut'>,
): PairFigure {
  let points: PairedPoint[] | null = null;
  return {
    experiment: 'compare',
    about: '',
    isFree,
    a,
    b,
    // There is a figure after each row, and most of them are not drawn.
    get points() {
      points ??= b ? compareEvaluations(a, b) : [];
      return points;
    },
    leftOut,
    calibration,
  };
}
