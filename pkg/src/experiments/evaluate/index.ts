import { abortError, ShotglassError } from '../../errors.js';
import type { Model } from '../../model/model.js';
import type { RunOptions } from '../../model/options.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Prompt, Task } from '../../prompt/task.js';
import { classify, classifyByChannel } from '../../scoring/classify.js';
import type { Finish, Forms, RunProgress } from '../../types.js';
import { inOrder } from '../../util/in-order.js';
import type { Step } from '../../util/step.js';
import { referenceOf } from '../compare.js';
import {
  compared,
  evaluationOf,
  type KnownCell,
  knownCell,
  type RowResponse,
  readRow,
  type ScoredRow,
} from './cells.js';
import { type EvaluatedModel, type EvaluateOptions, planned } from './plan.js';
import type { CellPlan, Evaluation, NotRun, Plan, TestRow } from './types.js';

/**
 * Measures how accurate and how well calibrated a model is on rows with known outputs, for each number of
 * shots.
 *
 * With labels, the answer of a row is the label that {@link classify} chooses. For free text
 * (`labels: null`) the gold output is scored, and an answer is generated greedily, up to the template's
 * separator of demonstrations or, unless a gold output contains a line break, to the end of the line.
 *
 * The `k` demonstrations of a seed are the first `k` of one order of the training split: the order in which
 * it stands for seed 0, and a random one for any other. More shots therefore only add demonstrations, and all rows are evaluated with the same ones. There is a step
 * with the result so far after each row; if the loop ends by an abort, use the last one. `cells` and
 * `curve` are computed when they are first read, so unread steps cost nothing. A number of shots with a
 * prompt that is too long is abandoned and reported; the others run.
 *
 * @param rows The rows to evaluate, in any order. Error messages count them from 1.
 * @throws {@link ShotglassError} from the loop, before anything has run, `invalid-option`: there are no
 * rows; a row lacks one of the two texts, has an output that is not a label, or has the same input as a
 * training demonstration (apart from spaces around it); there are fewer rows than labels, or fewer than
 * two labels; there are more shots than demonstrations; a number of shots or a seed occurs twice; or the
 * normalization, comparison or labels are invalid. Later: `aborted`, and the errors of
 * {@link Model.score} and {@link Model.generate} except `prompt-too-long`.
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

  const { concurrency = 1, scoreConcurrency = concurrency } = model;
  // A row of the channel direction is several calls, each of which waits for the one before.
  const most = plan.labels && plan.direction === 'direct' ? scoreConcurrency : concurrency;
  for (const [at, cell] of plan.cells.entries()) {
    const readings: ScoredRow[] = [];
    const ask = asker(model, plan, cell, meter);
    const isGivenUp = notRun.some(({ shots }) => shots === cell.shots);
    const rows = isGivenUp ? [] : longestFirst(plan.rows);
    const answers = inOrder(rows, (row) => ask(row).catch(tooLong), most);
    for await (const said of answers) {
      if (said instanceof ShotglassError) {
        const { index } = rows[readings.length] as TestRow;
        notRun.push({ shots: cell.shots, row: index, error: said });
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
export function asker(
  model: EvaluatedModel,
  plan: Plan,
  cell: CellPlan,
  meter: Meter,
): (row: TestRow) => Promise<RowResponse> {
  const { labels, comparison } = plan;
  // Only the demonstrations that are shown, in their order.
  const demonstrations = cell.demonstrations.map((i) => plan.train[i] as Demonstration);
  const task = { ...plan.task, demonstrations };
  const reference = comparison === 'batch' ? undefined : referenceOf(comparison, task, {});
  // The reference is the same for all rows, so the first one's serves them all. Only spaces that a
  // prompt ends in change what is scored.
  const known = new Map<string, Promise<Forms[]>>();
  // There is one call for each label word, and each has a cost of its own.
  const measured: Pick<Model, 'score'> = {
    score: (context, continuations) =>
      meter.measure((hooks) => model.score(context, continuations, hooks)),
  };

  return async (row) => {
    if (plan.direction === 'channel' && labels) {
      const options = { query: row.input };
      const { labels: readings } = await classifyByChannel(measured, task, labels, options);
      return { row, task, scores: readings.flatMap((reading) => reading.scores), generated: null };
    }
    const prompt = renderPrompt(task, { query: row.input });
    if (!labels) {
      const continuation = task.template.outputSeparator + row.output;
      const scores = await meter.measure((hooks) => model.score(prompt, [continuation], hooks));
      return { row, task, scores, generated: await generated(model, plan, prompt, meter) };
    }
    const spaces = prompt.text.slice(prompt.text.trimEnd().length);
    const old = known.get(spaces);
    const options = { rule: plan.rule, reference: old ? undefined : reference };
    const asked = meter
      .measure((hooks) => classify(model, prompt, labels, { ...options, ...hooks }))
      .then(({ labels: readings }) => readings.flatMap((reading) => reading.scores));
    if (!old) {
      const own = asked.then((scores) => scores.flatMap((score) => score.reference ?? []));
      // Where it fails, the row itself says so.
      own.catch(() => {});
      known.set(spaces, own);
    }
    const scores = await asked;
    const said = old ? compared(scores, await old) : scores;
    return { row, task, scores: said, generated: null };
  };
}

async function generated(
  model: EvaluatedModel,
  { generation }: Plan,
  prompt: Prompt,
  meter: Meter,
): Promise<RowResponse['generated']> {
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

/** Counts what the calls of the model cost. Time in which several are under way counts once. */
export class Meter {
  tokensRun = 0;
  durationMs = 0;
  readonly #signal: AbortSignal | undefined;
  #underWay = 0;
  #since = 0;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async measure<Result>(call: (hooks: RunOptions) => Promise<Result>): Promise<Result> {
    if (this.#signal?.aborted) throw abortError(this.#signal);
    let last: RunProgress | null = null;
    const onProgress = (progress: RunProgress) => {
      last = progress;
    };
    if (this.#underWay === 0) this.#since = performance.now();
    this.#underWay += 1;
    try {
      return await call({ signal: this.#signal, onProgress });
    } finally {
      this.#underWay -= 1;
      const now = performance.now();
      this.durationMs += now - this.#since;
      this.#since = now;
      this.tokensRun += tokensOf(last);
    }
  }
}

function tokensOf(progress: RunProgress | null): number {
  return progress ? progress.tokensDone - progress.cachedTokens : 0;
}

/** A prompt that does not fit is an answer too; every other failure is one. */
export function tooLong(error: unknown): ShotglassError {
  if (error instanceof ShotglassError && error.code === 'prompt-too-long') return error;
  throw error;
}

/** The longest input first: where a number of shots does not fit, it is mostly known at once. */
function longestFirst(rows: readonly TestRow[]): TestRow[] {
  const longest = rows.reduce((a, b) => (b.input.length > a.input.length ? b : a));
  return [longest, ...rows.filter((row) => row !== longest)];
}
