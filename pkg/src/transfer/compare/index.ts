import { type ErrorCode, ShotglassError } from '../../errors.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import type { Step } from '../../util/step.js';
import { Bench } from './bench.js';
import { measured } from './measure.js';
import { leftOutOf, type PlannedRun, planComparison } from './plan.js';
import { readingsOf } from './readings.js';
import type { ComparedModel, CompareOptions, WayComparison, WayRun } from './types.js';

/**
 * The same examples, put to work in several ways and measured on the same held-out rows: in a prompt, as prototypes and a
 * probe of hidden states, as an adapter that is trained on them ((IA)³ and LoRA), and as the prompt of a teacher
 * (the settings of Brown et al. 2020, Figure 2.1, and more).
 *
 * The `k` examples of a seed are those that {@link evaluate} would show: the first `k` of its order of the pool. Each way has
 * them and no others. The one exception is the teacher of the distilled adapter: it has the `k` examples as its
 * demonstrations, and answers the next inputs of the same order, without their outputs, because none of those may be a
 * demonstration. A tuned model is asked without demonstrations.
 *
 * Seeds are run one after the other, each with all numbers of examples and all ways. So the ways can be compared also
 * after an early stop. There is a step after each row, each state and each step of a training; a run is in the result when it
 * is complete. A run that cannot be is left out and said so, and the others go on: prototypes and a probe need labels, and
 * examples of at least two of them; a prompt may be too long, or a training diverge.
 *
 * ```ts
 * for await (const { result } of compare(model, task, rows, { shots: [4], seeds: [0, 1, 2] })) {
 *   for (const { way, mean, interval, promptTokens } of result.readings) show(way, mean, interval, promptTokens);
 * }
 * ```
 *
 * @param rows The held-out rows. Error messages count them from 1.
 * @throws {@link ShotglassError} from the loop, before anything has run, `invalid-option`: as {@link evaluate}, also where a
 * row has the input of a row of the pool; there are fewer rows in the pool than examples to draw; an option of a
 * training is wrong. Later: `aborted`, and the errors of {@link evaluate}, {@link probe} and {@link Model.train} that are not
 * of one run alone.
 */
export async function* compare(
  model: ComparedModel,
  task: Task,
  rows: readonly Demonstration[],
  options: CompareOptions,
): AsyncGenerator<Step<WayComparison>, void, undefined> {
  const plan = planComparison(model, task, rows, options);
  const bench = new Bench(model, task, plan, options.signal);
  const total = plan.runs.reduce((sum, { units }) => sum + units, 0);
  let known: Omit<WayComparison, 'current'> = {
    readings: [],
    leftOut: plan.leftOut,
    rows: plan.evaluation.rows.map(({ index }) => index),
    warnings: plan.evaluation.warnings,
  };
  const runs: WayRun[] = [];
  let before = 0;
  const step = (done: number, run: PlannedRun | null): Step<WayComparison> => {
    const current = run && { ways: run.ways, shots: run.shots, seed: run.seed };
    return { done: before + done, total, result: { ...known, current } };
  };

  for (const run of plan.runs) {
    yield step(0, run);
    try {
      for await (const part of measured(bench, run)) {
        runs.push(...part.runs);
        if (part.runs.length === 0) yield step(part.done, run);
      }
      known = { ...known, readings: readingsOf(runs) };
    } catch (error) {
      if (!(error instanceof ShotglassError && ofOneRun.includes(error.code))) throw error;
      known = { ...known, leftOut: [...known.leftOut, ...leftOutOf(run, error.message)] };
    }
    before += run.units;
  }
  yield step(0, null);
}

/**
 * Errors that are of one run: the others may well be measured. Wrong options were refused before, so what is invalid is
 * what a teacher has answered.
 */
const ofOneRun: readonly ErrorCode[] = [
  'prompt-too-long',
  'empty-prompt',
  'merged-continuation',
  'diverged',
  'out-of-memory',
  'invalid-option',
];
