import { compareModels, type ModelResult } from 'shotglass/experiments';
import { LabError } from '../../app/problem.ts';
import { strings } from '../../strings/index.ts';
import type { Card } from '../card.ts';
import { mostRows } from '../evaluate/rows.ts';
import type { ModelsFigure } from '../figure.ts';
import { TapeEnded } from '../tape.ts';
import { modelsChart } from './chart.ts';
import type { ModelCurve, QueryPoint } from './curves.ts';
import { figureOf, liveCurve, rowsOf } from './models-figure.ts';
import { drawModels, modelsFiles, modelsFinding } from './why-models.ts';

/** Of one model: the lab runs it for each, one after the other. */
export const modelsCard: Card<ModelsFigure> = {
  draw: drawModels,
  finding: modelsFinding,
  files: modelsFiles,
  chart: modelsChart,
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

const queryOf = ({ query }: ModelResult): QueryPoint[] =>
  (query ?? []).map(({ k, p, predicted }) => ({ k, p, predicted }));
