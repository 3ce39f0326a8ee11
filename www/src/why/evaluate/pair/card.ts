import {
  compareEvaluations,
  type Evaluation,
  type PairedPoint,
  type Step,
} from 'shotglass/experiments';
import { LabError } from '../../../app/problem.ts';
import { strings } from '../../../strings/index.ts';
import type { Card } from '../../card.ts';
import type { PairFigure } from '../../figure.ts';
import { rowsOfPair } from '../rows.ts';
import { evaluated } from '../running.ts';
import { pairChart } from './chart.ts';
import { drawPair, pairFiles, pairFinding } from './why-pair.ts';

export const pairCard: Card<PairFigure> = {
  draw: drawPair,
  finding: pairFinding,
  files: pairFiles,
  chart: pairChart,
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
