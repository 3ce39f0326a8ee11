import { type ErrorCode, ShotglassError } from '../../errors.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { classify } from '../../scoring/classify.js';
import type { Step } from '../../util/step.js';
import { referenceOf } from '../compare.js';
import { evaluate } from '../evaluate/index.js';
import { compareEvaluations } from '../evaluate/paired.js';
import type { EvaluatedModel } from '../evaluate/plan.js';
import type { Evaluation } from '../evaluate/types.js';
import { ofOnePrompt } from '../planned.js';
import { type PlannedQuery, plannedComparison } from './plan.js';
import type {
  CompareModelsOptions,
  ModelComparison,
  ModelDifference,
  ModelResult,
  NamedModel,
  QueryReading,
} from './types.js';

/**
 * What a larger model buys: several models on the same rows, with the same demonstrations and seeds, at each number of
 * shots (Brown et al. 2020, Figure 1.2). Each model is evaluated as by {@link evaluate}, then reads the query after
 * each number of shots, with the demonstrations of seed 0. The models run one after the other; there is a step with the
 * result so far after each row and each reading of the query. `differences` compares each pair of models on their rows
 * ({@link compareEvaluations}); it is computed when it is first read.
 *
 * Accuracies compare across models, and so do posteriors among the same labels and the log-probability of a whole
 * answer: each model scores that text to its end, in tokens of its own vocabulary, however many those are. What is
 * counted by the token does not compare between vocabularies: `rule: 'perToken'` and `perplexity` depend on how a
 * tokenizer cuts the text. `bitsPerByte` compares.
 *
 * A model that is closed or crashes has an `error`, and the others go on. A model may come later: compare it alone, with
 * the same rows and options, and its evaluation with the others by {@link compareEvaluations}.
 *
 * @param rows The rows to evaluate, in any order. Error messages count them from 1.
 * @throws {@link ShotglassError} from the loop, before anything has run, `invalid-option`: there is no model, a model
 * cannot score, two have the same name or are the same; the answer is not one of the labels; or as {@link evaluate}.
 * Later: `aborted`, and the errors of {@link evaluate} except `closed` and `crashed`.
 */
export async function* compareModels(
  models: readonly NamedModel[],
  task: Task,
  rows: readonly Demonstration[],
  options: CompareModelsOptions,
): AsyncGenerator<Step<ModelComparison>, void, undefined> {
  const plan = plannedComparison(models, task, rows, options);
  const { query } = plan;
  const each = plan.rows + (query?.prompts.length ?? 0);
  const total = each * models.length;
  const known: ModelResult[] = [];
  const step = (done: number, result: ModelResult): Step<ModelComparison> => {
    const comparison = comparisonOf([...known, result]);
    // The last one is read in any case, and then prints as what it is.
    return { done, total, result: done === total ? { ...comparison } : comparison };
  };

  for (const [at, { name, model }] of models.entries()) {
    let result: ModelResult = { name, evaluation: null, query: null, error: null };
    try {
      for await (const { done, result: evaluation } of evaluate(model, task, rows, plan.options)) {
        result = { ...result, evaluation };
        yield step(at * each + done, result);
      }
      for (const { k, prompt } of query?.prompts ?? []) {
        const reading = await read(model, query as PlannedQuery, k, prompt.text, options);
        result = { ...result, query: [...(result.query ?? []), reading] };
        yield step(at * each + plan.rows + (result.query?.length ?? 0), result);
      }
    } catch (error) {
      if (!(error instanceof ShotglassError && ofOneModel.includes(error.code))) throw error;
      result = { ...result, error };
      yield step((at + 1) * each, result);
    }
    known.push(result);
  }
}

/** Errors that are of one model: the others may well run. */
const ofOneModel: readonly ErrorCode[] = ['closed', 'crashed'];

/** What a model says of the query; a prompt that cannot be scored is an answer too. */
async function read(
  model: EvaluatedModel,
  { task, labels, answer }: PlannedQuery,
  k: number,
  prompt: string,
  { rule, comparison, query, signal }: CompareModelsOptions,
): Promise<QueryReading> {
  try {
    if (!labels) {
      const continuation = task.template.outputSeparator + answer;
      const [score] = await model.score(prompt, [continuation], { signal });
      const logprob = score?.logprob ?? Number.NEGATIVE_INFINITY;
      const [predicted, classification, error] = [null, null, null];
      return { k, p: Math.exp(logprob), logprob, predicted, classification, error };
    }
    const render = { query: query ?? task.query, shots: k };
    const reference = referenceOf(comparison, task, render);
    const classification = await classify(model, prompt, labels, { rule, reference, signal });
    const best = classification.labels[classification.predicted];
    const reading = classification.labels.find(({ label }) => label === answer) ?? best;
    return {
      k,
      p: reading?.p ?? null,
      logprob: reading?.logprob ?? null,
      predicted: best?.label ?? null,
      classification,
      error: null,
    };
  } catch (error) {
    if (!(error instanceof ShotglassError && ofOnePrompt.includes(error.code))) throw error;
    return { k, p: null, logprob: null, predicted: null, classification: null, error };
  }
}

/** Results side by side. There is one after each row, so differences wait until someone reads them. */
function comparisonOf(models: ModelResult[]): ModelComparison {
  let differences: ModelDifference[] | null = null;
  return {
    models,
    get differences() {
      differences ??= differencesOf(models);
      return differences;
    },
  };
}

function differencesOf(models: readonly ModelResult[]): ModelDifference[] {
  const measured = models.flatMap(({ name, evaluation }) =>
    evaluation ? [{ name, evaluation }] : [],
  );
  return measured.flatMap((b, at) =>
    measured.slice(0, at).map((a) => ({ a: a.name, b: b.name, points: points(a, b) })),
  );
}

type Measured = { evaluation: Evaluation };

const points = (a: Measured, b: Measured) => compareEvaluations(a.evaluation, b.evaluation);
