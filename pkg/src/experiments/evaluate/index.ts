import { abortError, ShotglassError } from '../../errors.js';
import type { RunOptions } from '../../model/options.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Prompt, Task } from '../../prompt/task.js';
import { classify } from '../../scoring/classify.js';
import type { Finish, Forms, RunProgress } from '../../types.js';
import type { Step } from '../../util/step.js';
import { referenceOf } from '../compare.js';
import {
  compared,
  evaluationOf,
  type KnownCell,
  knownCell,
  type Reading,
  readRow,
  type Said,
} from './cells.js';
import { type EvaluatedModel, type EvaluateOptions, planned } from './plan.js';
import type { CellPlan, Evaluation, NotRun, Plan, TestRow } from './types.js';

/**
 * How often a model is right on rows with known outputs, how sure it is, and what each shot adds.
 *
 * With labels a row's answer is the label that `classify` would choose. In free text (`labels: null`)
 * the gold output is scored, and an answer is generated from the most probable tokens, up to the
 * template's separator of demonstrations or, unless a gold output has such, the end of the line.
 *
 * The `k` demonstrations of a seed are the first `k` of one random order of the training split: more
 * shots add demonstrations and change none, and all rows are asked with the same. After each row
 * comes a step with all that is known so far; when the loop ends by an abort, keep the last one. Its
 * `cells` and `curve` are computed when they are first read, so steps that nobody looks at cost
 * nothing. A number of shots at which a prompt is too long is given up and reported; the others run.
 *
 * @param rows The rows to evaluate, in any order. Errors count them from 1.
 * @throws {@link ShotglassError} from the loop, before anything has run, `invalid-option`: no rows; a
 * row without the two texts, with an output that is no label, or whose input is that of a training
 * demonstration (but for spaces around it); fewer rows than labels, or than two labels; more shots
 * than there are demonstrations; a number of shots or a seed twice; a rule, comparison or labels that
 * do not fit. Later: `aborted`, and what `Model.score` and `Model.generate` throw, but
 * for `prompt-too-long`.
 */
export async function* evaluate(
  model: EvaluatedModel,
  task: Task,
  rows: readonly Demonstration[],
  options: EvaluateOptions,
): AsyncGenerator<Step<Evaluation>, void, undefined> {
  const plan = planned(model, task, rows, options);
  const meter = new Meter(options.signal);
  const total = plan.cells.length * plan.rows.length;
  const notRun: NotRun[] = [];
  let complete: readonly KnownCell[] = [];
  const step = (done: number, partial: KnownCell | null): Step<Evaluation> => {
    const { tokensRun, durationMs } = meter;
    const found = { complete, partial, notRun: [...notRun], tokensRun, durationMs };
    const result = evaluationOf(plan, found);
    // The last one is read in any case, and then prints as what it is.
    return { done, total, result: done === total ? { ...result } : result };
  };

  for (const [at, cell] of plan.cells.entries()) {
    const readings: Reading[] = [];
    const ask = asker(model, plan, cell, meter);
    const isGivenUp = notRun.some(({ shots }) => shots === cell.shots);
    for (const row of isGivenUp ? [] : longestFirst(plan.rows)) {
      const said = await ask(row).catch(tooLong);
      if (said instanceof ShotglassError) {
        notRun.push({ shots: cell.shots, row: row.index, error: said });
        complete = complete.filter(({ shots }) => shots !== cell.shots);
        break;
      }
      readings.push({ ...said, evaluated: readRow(plan, said) });
      const done = at * plan.rows.length + readings.length;
      const known = knownCell(plan, cell, readings);
      if (readings.length < plan.rows.length) {
        yield step(done, known);
      } else {
        complete = [...complete, known];
        yield step(done, null);
      }
    }
    if (readings.length < plan.rows.length) yield step((at + 1) * plan.rows.length, null);
  }
}

/** Asks the model of the rows of a cell, one at a time. */
function asker(
  model: EvaluatedModel,
  plan: Plan,
  cell: CellPlan,
  meter: Meter,
): (row: TestRow) => Promise<Said> {
  const { labels, comparison } = plan;
  // Only the demonstrations that are shown, in their order.
  const demonstrations = cell.demonstrations.map((i) => plan.train[i] as Demonstration);
  const task = { ...plan.task, demonstrations };
  const reference = comparison === 'batch' ? undefined : referenceOf(comparison, task, {});
  // The reference is the same for all rows, so the first one's serves them all. Only spaces that a
  // prompt ends in change what is scored.
  const known = new Map<string, Forms[]>();

  return async (row) => {
    const prompt = renderPrompt(task, { query: row.input });
    if (!labels) {
      const continuation = task.template.outputSeparator + row.output;
      const scores = await meter.measure((hooks) => model.score(prompt, [continuation], hooks));
      return { row, prompt, scores, generated: await generated(model, plan, prompt, meter) };
    }
    const spaces = prompt.text.slice(prompt.text.trimEnd().length);
    const old = known.get(spaces);
    const options = { rule: plan.rule, reference: old ? undefined : reference };
    const { labels: readings } = await meter.measure((hooks) =>
      classify(model, prompt, labels, { ...options, ...hooks }),
    );
    const scores = readings.flatMap((reading) => reading.scores);
    if (old) return { row, prompt, scores: compared(scores, old), generated: null };
    known.set(
      spaces,
      scores.flatMap((score) => score.reference ?? []),
    );
    return { row, prompt, scores, generated: null };
  };
}

async function generated(
  model: EvaluatedModel,
  { generation }: Plan,
  prompt: Prompt,
  meter: Meter,
): Promise<Said['generated']> {
  let answer = '';
  let finish: Finish | null = null;
  let tokens = 0;
  await meter.measure(async (hooks) => {
    for await (const step of model.generate?.(prompt, { ...generation, ...hooks }) ?? []) {
      answer += step.textDelta;
      finish = step.finish;
      tokens += 1;
    }
  });
  // The last token is drawn, and not run.
  meter.tokensRun += Math.max(0, tokens - 1);
  return { text: answer, finish };
}

/** Counts what the calls of the model cost. */
class Meter {
  tokensRun = 0;
  durationMs = 0;
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async measure<Result>(call: (hooks: RunOptions) => Promise<Result>): Promise<Result> {
    if (this.#signal?.aborted) throw abortError(this.#signal);
    let last: RunProgress | null = null;
    const onProgress = (progress: RunProgress) => {
      last = progress;
    };
    const start = performance.now();
    try {
      return await call({ signal: this.#signal, onProgress });
    } finally {
      this.durationMs += performance.now() - start;
      this.tokensRun += tokensOf(last);
    }
  }
}

function tokensOf(progress: RunProgress | null): number {
  return progress ? progress.tokensDone - progress.cachedTokens : 0;
}

/** A prompt that does not fit is an answer too; every other failure is one. */
function tooLong(error: unknown): ShotglassError {
  if (error instanceof ShotglassError && error.code === 'prompt-too-long') return error;
  throw error;
}

/** The longest input first: where a number of shots does not fit, it is mostly known at once. */
function longestFirst(rows: readonly TestRow[]): TestRow[] {
  const longest = rows.reduce((a, b) => (b.input.length > a.input.length ? b : a));
  return [longest, ...rows.filter((row) => row !== longest)];
}
