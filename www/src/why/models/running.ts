/** The experiment over models, of one of them: the lab runs it for each, one after the other. */
import { compareModels, type ModelResult } from 'shotglass/experiments';
import { LabError } from '../../app/problem.ts';
import { strings } from '../../strings/index.ts';
import { mostRows, usable } from '../evaluate/rows.ts';
import type { Experiment, Figure, ModelsFigure, Question } from '../figure.ts';
import { TapeEnded } from '../tape.ts';
import type { ComparedModel, ModelCurve, QueryPoint } from './curves.ts';

export const modelsExperiment: Experiment = {
  id: 'models',
  needsRows: true,
  needsTable: true,
  overModels: true,
  source: {
    text: 'Brown et al. 2020, Figure 1.2',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  async *run(asked, question) {
    const { asks: model, task, train, isFree, rule, shots, draws, query, right } = question;
    const { labels, rows } = rowsOf(question);
    if (!model || rows.length === 0) throw new LabError(() => strings.why.noUsableRows);
    const figure = figureOf(question);
    let curve: ModelCurve | null = null;
    try {
      for await (const { done, total, result } of compareModels(
        [{ name: model.name, model: asked }],
        { ...task, demonstrations: [...train] },
        rows,
        {
          ...(isFree ? {} : { rule }),
          ...{ labels, shots, query, limit: mostRows, maxTokens: 32, signal: question.signal },
          seeds: Array.from({ length: draws.seeds }, (_, seed) => seed),
          orders: draws.orders,
          answer: right ?? undefined,
        },
      )) {
        const [own] = result.models;
        if (own?.error) throw own.error;
        const readings = isFree && right === null ? 0 : shots.length;
        const { evaluation } = own ?? { evaluation: null };
        const read = own ? queryOf(own) : [];
        curve = liveCurve(model, { evaluation, query: read }, done >= total - readings);
        yield { done, total, result: { ...figure, models: [curve] } };
      }
    } catch (error) {
      // What is kept ends with the rows: without the model, nothing is said of the query.
      if (!(error instanceof TapeEnded && curve?.isEvaluated)) throw error;
    }
  },
};

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

/** Whether a figure is of models, none of which has been run here. */
export function isOnlyRecorded(figure: Figure): boolean {
  return (
    figure.experiment === 'models' && figure.models.every(({ origin }) => origin === 'recorded')
  );
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

const queryOf = ({ query }: ModelResult): QueryPoint[] =>
  (query ?? []).map(({ k, p, predicted }) => ({ k, p, predicted }));
