import type { Model } from '../../model/model.js';
import type { AnyPrompt } from '../../model/options.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { labelIndex, taskLabels } from '../../scoring/classify.js';
import { type AnyLabel, type Label, namedLabels } from '../../scoring/labels.js';
import type { CallOptions } from '../../types.js';
import type { Step } from '../../util/step.js';
import { integer, invalid, only } from '../../util/validate.js';
import { evaluate } from '../evaluate/index.js';
import { checkedTrain, type EvaluatedModel } from '../evaluate/plan.js';
import type { Evaluation } from '../evaluate/types.js';
import { ascendingLayers } from '../planned.js';
import { type Direction, lastPosition } from '../steer/index.js';
import { best, taskVectors } from './index.js';

/** Options of {@link evaluateTaskVector}. */
export interface EvaluateTaskVectorOptions extends CallOptions {
  /**
   * The training rows: the first `shots` are the demonstrations, the next is the dummy input, and the others
   * choose the layer. Default: `task.demonstrations`.
   */
  train?: readonly Demonstration[] | undefined;
  /** Number of demonstrations that the vector stands for, 1 or more. Default 4. */
  shots?: number | undefined;
  /** The labels; null for free text. Default: as {@link evaluate}. */
  labels?: readonly AnyLabel[] | null | undefined;
  /** Distinct layers to choose from, from 0 to `info.layers`; see {@link States}. Default: all. */
  layers?: readonly number[] | undefined;
  /** Maximum number of tokens of a generated answer, 1 or more. Default 64. */
  maxTokens?: number | undefined;
}

/** The result of {@link evaluateTaskVector}. */
export interface TaskVectorEvaluation {
  /**
   * For each layer so far, the mean log-probability of the right answer, in nats, over the training rows
   * that are neither demonstrations nor the dummy.
   */
  layers: { layer: number; logprob: number }[];
  /** The vector of the layer where that is highest; null before it is chosen. */
  vector: Direction | null;
  /** The held-out rows without demonstrations and after them; null before they begin. */
  prompts: Evaluation | null;
  /** The held-out rows without demonstrations, and with the vector put in; null before they begin. */
  patched: Evaluation | null;
}

/**
 * How often is the answer right with one vector in the place of all demonstrations? The layer of the task
 * vector (see {@link taskVector}) is chosen on training rows, and {@link evaluate} measures the held-out rows:
 * without demonstrations, after `shots` demonstrations, and without them but with the vector put in at the last
 * token of each prompt.
 *
 * A step follows each layer, and each row of an evaluation.
 *
 * @param rows The held-out rows. Error messages count them from 1.
 * @throws {@link ShotglassError} from the loop, `invalid-option`: there are fewer than `shots + 2` training
 * rows, or an option is wrong; and the errors of {@link Model.states} and {@link evaluate}.
 */
export async function* evaluateTaskVector(
  model: Pick<Model, 'states' | 'tokenize'> & EvaluatedModel,
  task: Task,
  rows: readonly Demonstration[],
  options: EvaluateTaskVectorOptions = {},
): AsyncGenerator<Step<TaskVectorEvaluation>, void, undefined> {
  const names = { train: true, shots: true, labels: true, layers: true, maxTokens: true } as const;
  only(options, { ...names, signal: true });
  const { signal, maxTokens } = options;
  const train = checkedTrain(options.train ?? task?.demonstrations);
  const shots = integer('shots', options.shots ?? 4, 1);
  const [dummy, ...others] = train.slice(shots);
  if (!dummy || others.length === 0) {
    throw invalid(
      'train',
      `at least ${shots + 2} rows: ${shots} to show, a dummy input, and one or more to choose the layer`,
    );
  }
  const shown: Task = { ...task, demonstrations: train.slice(0, shots) };
  // The demonstrations that are shown may lack a label that the others have.
  const { labels: given = taskLabels({ ...task, demonstrations: [...train] }) } = options;
  const labels = given && namedLabels(given, task.template.outputSeparator);
  const common = { train: shown.demonstrations, labels, maxTokens, signal };
  let result: TaskVectorEvaluation = { layers: [], vector: null, prompts: null, patched: null };
  let done = 0;
  let layersInAll = 1;
  const step = (): Step<TaskVectorEvaluation> => {
    return { done, total: layersInAll + 3 * rows.length, result };
  };

  // The prompts come first: they find what is wrong with the rows.
  for await (const part of evaluate(model, shown, rows, { ...common, shots: [0, shots] })) {
    result = { ...result, prompts: part.result };
    done = part.done;
    yield step();
  }

  const source = renderPrompt(shown, { query: dummy.input });
  const vectors = await taskVectors(model, source, ascendingLayers(options.layers), signal);
  layersInAll = vectors.length;
  for (const { layer, row } of vectors) {
    const patched = withVector(model, { layer, row });
    let sum = 0;
    for (const { input, output } of others) {
      const prompt = renderPrompt(shown, { query: input, shots: 0 });
      const scores = await patched.score(prompt, answersOf(task, labels, output), { signal });
      sum += Math.log(scores.reduce((p, { logprob }) => p + Math.exp(logprob), 0));
    }
    result = { ...result, layers: [...result.layers, { layer, logprob: sum / others.length }] };
    done += 1;
    yield step();
  }

  const chosen = best(result.layers, ({ logprob }) => logprob);
  const vector = vectors.find(({ layer }) => layer === chosen) as Direction;
  result = { ...result, vector };
  const before = done;
  const patched = withVector(model, vector);
  for await (const part of evaluate(patched, shown, rows, { ...common, shots: [0] })) {
    result = { ...result, patched: part.result };
    done = before + part.done;
    yield step();
  }
}

/** The continuations that are right where a row has this output. */
function answersOf(
  { template }: Task,
  labels: readonly Label[] | null,
  output: string,
): readonly string[] {
  const label = labels?.[labelIndex(labels, output, template)];
  return label?.words ?? [template.outputSeparator + output];
}

/** A model that has a vector in the place of the state of the last token of each prompt. */
function withVector(
  model: Pick<Model, 'tokenize'> & EvaluatedModel,
  { layer, row }: Direction,
): EvaluatedModel {
  const edits = async (prompt: AnyPrompt, signal: AbortSignal | undefined) => [
    { layer, position: await lastPosition(model, prompt, signal), replace: row },
  ];
  return {
    score: async (prompt, continuations, options = {}) =>
      model.score(prompt, continuations, {
        ...options,
        edits: await edits(prompt, options.signal),
      }),
    ...(model.generate && {
      async *generate(prompt, options = {}) {
        const all = { ...options, edits: await edits(prompt, options.signal) };
        yield* model.generate?.(prompt, all) ?? [];
      },
    }),
  };
}
