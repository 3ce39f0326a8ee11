import { abortError } from '../../errors.js';
import type { Model } from '../../model/model.js';
import type { Demonstration, Prompt, Task } from '../../prompt/task.js';
import type { CallOptions } from '../../types.js';
import type { Step } from '../../util/step.js';
import { evaluate } from '../evaluate/index.js';
import type { EvaluatedModel } from '../evaluate/plan.js';
import { withoutLastSpaces } from '../planned.js';
import { bestLayer, type RatedLayer, rateLayer } from './classify.js';
import { planProbe } from './plan.js';
import type { PlannedProbe, ProbeOptions, ProbeResult } from './types.js';

/** The states of one row: the row of numbers of each layer. */
type RowStates = { layers: readonly number[]; rows: readonly Float32Array[] };

/** How long fits may hold up everything else, in milliseconds. */
const SLICE = 16;

/**
 * Is the label already in the hidden state of the prompted input, and in which layer? A linear probe (Alain &
 * Bengio 2016) on the state of the last token, read after every layer of the frozen model: logistic
 * regression, and prototypes. The input stands in the zero-shot prompt of the task (Cho et al. 2023), or after
 * demonstrations. Beside it, {@link evaluate} measures on the same held-out rows how often the model gives the
 * answer when it is prompted.
 *
 * Layers and strengths are chosen by stratified cross-validation on the training rows. The held-out rows choose
 * nothing: the highest of their accuracies over the layers would be an overestimate.
 *
 * A step follows each row that is read, each layer, and each row of the evaluation.
 *
 * @param rows The held-out rows. Error messages count them from 1.
 * @throws {@link ShotglassError} from the loop, before anything has run, `invalid-option`: the training rows
 * have one label only, or outputs that never recur, or one input only; a row has an output that is not a label,
 * or the input of a training row; or an option is wrong. Later: `aborted`, and the errors of {@link Model.states}
 * and {@link evaluate}.
 */
export async function* probe(
  model: Pick<Model, 'states'> & EvaluatedModel,
  task: Task,
  rows: readonly Demonstration[],
  options: ProbeOptions = {},
): AsyncGenerator<Step<ProbeResult>, void, undefined> {
  const planned = planProbe(task, rows, options);
  const { labels, shots, warnings } = planned;
  const { signal } = options;
  const prompts = [...planned.train, ...planned.test].map(({ prompt }) => prompt);
  const states: RowStates[] = [];
  let result: ProbeResult = { labels, layers: [], best: null, prompts: null, warnings };
  let done = 0;
  const lengths = { layers: 1, evaluation: shots.length * rows.length };
  const step = (): Step<ProbeResult> => {
    const total = prompts.length + lengths.layers + lengths.evaluation;
    return { done, total, result };
  };

  for (const prompt of prompts) {
    states.push(await statesOf(model, prompt, planned.layers, signal));
    lengths.layers = states[0]?.layers.length ?? 0;
    done += 1;
    yield step();
  }

  const pause = pauses(signal);
  const rated: RatedLayer[] = [];
  for (const [index, layer] of (states[0]?.layers ?? []).entries()) {
    rated.push(
      await rateLayer(layerStates(planned, states, index, layer), planned.strengths, pause),
    );
    const isLast = rated.length === lengths.layers;
    result = {
      ...result,
      layers: rated.map(({ reading }) => reading),
      best: isLast
        ? { regression: bestLayer(rated, 'regression'), prototypes: bestLayer(rated, 'prototypes') }
        : null,
    };
    done += 1;
    yield step();
  }

  if (shots.length === 0) return;
  const before = done;
  const train = options.train ?? task.demonstrations;
  for await (const part of evaluate(model, task, rows, { shots, train, labels, signal })) {
    result = { ...result, prompts: part.result };
    done = before + part.done;
    yield step();
  }
}

/** The states of the last token of a prompt. A space at its end belongs to the answer, as in `score`. */
async function statesOf(
  model: Pick<Model, 'states'>,
  prompt: Prompt,
  layers: readonly number[] | undefined,
  signal: CallOptions['signal'],
): Promise<RowStates> {
  const states = await model.states(withoutLastSpaces(prompt), { layers, signal });
  const { size, rows } = states;
  return {
    layers: states.layers,
    rows: states.layers.map((_, i) => rows.subarray(i * size, (i + 1) * size)),
  };
}

function layerStates(
  { train, test, labels, folds }: PlannedProbe,
  states: readonly RowStates[],
  index: number,
  layer: number,
) {
  const rows = states.map((row) => Float64Array.from(row.rows[index] as Float32Array));
  return {
    layer,
    classes: labels.length,
    train: rows.slice(0, train.length),
    trainClasses: train.map(({ label }) => label),
    foldOf: train.map(({ fold }) => fold),
    folds,
    test: rows.slice(train.length),
    testClasses: test.map(({ label }) => label),
  };
}

/** Gives the event loop a turn when the last one is a while ago. */
function pauses(signal: AbortSignal | undefined): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      last = performance.now();
    }
    if (signal?.aborted) throw abortError(signal);
  };
}
