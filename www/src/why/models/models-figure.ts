/** The figure of several models, before and while they answer. */
import { usable } from '../evaluate/rows.ts';
import type { Figure, ModelsFigure, Question } from '../figure.ts';
import type { ComparedModel, ModelCurve } from './curves.ts';

/** The rows that are asked, and what they are compared by; null in free text. */
export function rowsOf({ rows, train, isFree, labels }: Question) {
  const compared = isFree ? null : labels;
  return { labels: compared, ...usable(rows, train, compared) };
}

/** The figure of a question, before any model has answered it. */
export function figureOf(question: Question): ModelsFigure {
  const { isFree, right, query } = question;
  const { leftOut } = rowsOf(question);
  return { experiment: 'models', about: right ?? '', isFree, query, models: [], leftOut };
}

/** Whether nothing in a figure has been run here. */
export function isOnlyRecorded(figure: Figure): boolean {
  if (figure.experiment !== 'models') return 'isRecorded' in figure && figure.isRecorded === true;
  return figure.models.every(({ origin }) => origin === 'recorded');
}

/** Cells and curve take all rows to compute, and there is a curve after each row: they wait until someone reads them. */
export function liveCurve(
  model: ComparedModel,
  { evaluation, query }: Pick<ModelCurve, 'evaluation' | 'query'>,
  isEvaluated: boolean,
): ModelCurve {
  return {
    model,
    origin: 'live',
    isEvaluated,
    get cells() {
      return evaluation?.cells ?? [];
    },
    get curve() {
      return evaluation?.curve ?? [];
    },
    query,
    evaluation,
  };
}
