import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Prompt, Task } from '../../prompt/task.js';
import type { Label } from '../../scoring/classify.js';
import { invalid, oneOf, only, text } from '../../util/validate.js';
import { type EvaluatedModel, type EvaluateOptions, planned } from '../evaluate/plan.js';
import type { Plan } from '../evaluate/types.js';
import { ascendingShots } from '../planned.js';
import type { CompareModelsOptions, NamedModel } from './types.js';

/** Everything that is decided before a model is asked. */
export interface ComparisonPlan {
  /** Options of the evaluation of each model. */
  options: EvaluateOptions;
  /** Number of prompts with rows that each model is asked. */
  rows: number;
  /** Null where no query is read. */
  query: PlannedQuery | null;
}

/** The query after each number of shots. */
export interface PlannedQuery {
  task: Task;
  prompts: { k: number; prompt: Prompt }[];
  /** Null for free text. */
  labels: readonly Label[] | null;
  answer: string | undefined;
}

/** Checks everything. */
export function plannedComparison(
  models: readonly NamedModel[],
  task: Task,
  rows: readonly Demonstration[],
  options: CompareModelsOptions,
): ComparisonPlan {
  only(options, {
    shots: true,
    seeds: true,
    train: true,
    limit: true,
    orders: true,
    labels: true,
    comparison: true,
    maxTokens: true,
    rule: true,
    query: true,
    answer: true,
    signal: true,
  });
  checkModels(models);
  const { query, answer, ...evaluated } = options;
  if (typeof options.comparison === 'string') {
    const why = 'they are compared with each other, and the query is not one of them';
    throw invalid(
      'comparison',
      `a text or inputs, and not '${options.comparison}' of the rows: ${why}`,
    );
  }
  // All models are asked the same. Only whether it can generate is asked of each.
  const [plan] = models.map(({ model }) => planned(model, task, rows, evaluated));
  const { cells, rows: tested } = plan as Plan;
  return {
    options: evaluated,
    rows: cells.length * tested.length,
    query: plannedQuery(plan as Plan, query === undefined ? task.query : query, answer),
  };
}

function plannedQuery(
  { task, train, shots, labels }: Plan,
  query: string | null | undefined,
  answer: string | undefined,
): PlannedQuery | null {
  const hasQuery = query !== undefined && query !== null;
  if (answer !== undefined) {
    if (!hasQuery) throw invalid('answer', 'omitted without a query');
    if (labels)
      oneOf(
        'answer',
        answer,
        labels.map(({ name }) => name),
      );
    else if (text('answer', answer).trim() === '') throw invalid('answer', 'non-empty text');
  }
  if (!hasQuery || (!labels && answer === undefined)) return null;
  const shown = { ...task, demonstrations: [...train] };
  const prompts = ascendingShots(shown, shots).map((k) => ({
    k,
    prompt: renderPrompt(shown, { query, shots: k }),
  }));
  return { task: shown, prompts, labels, answer };
}

function checkModels(models: readonly NamedModel[]): void {
  if (!Array.isArray(models) || models.length === 0) throw invalid('models', 'a non-empty array');
  const names = new Set<string>();
  const seen = new Map<EvaluatedModel, string>();
  for (const [i, one] of models.entries()) {
    const name = text(`The name of model ${i + 1}`, one?.name);
    const model: Partial<EvaluatedModel> | undefined = one.model;
    if (typeof model?.score !== 'function') {
      throw invalid(`The model '${name}'`, 'a model that can score()');
    }
    if (names.has(name)) throw invalid('models', `models with distinct names, not two '${name}'`);
    const other = seen.get(one.model);
    if (other !== undefined) {
      throw invalid('models', `distinct models: '${other}' and '${name}' are the same`);
    }
    names.add(name);
    seen.set(one.model, name);
  }
}
