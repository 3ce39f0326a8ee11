import { ShotglassError } from '../../errors.js';
import { accuracy } from '../../math/statistics.js';
import type { Model } from '../../model/model.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { labelIndex } from '../../scoring/classify.js';
import type { Step } from '../../util/step.js';
import { readRow } from '../evaluate/cells.js';
import { asker, Meter, tooLong } from '../evaluate/index.js';
import { type EvaluatedModel, planned } from '../evaluate/plan.js';
import type { Plan, TestRow } from '../evaluate/types.js';
import { attempt, plan as plannedPrompt, read, showing } from '../planned.js';
import { bm25 } from './bm25.js';
import { type Judge, OneShotScores } from './one-shot.js';
import { type PlannedChoice, planChoose } from './plan.js';
import { best, product, type Ranked } from './rank.js';
import type {
  Choice,
  ChoiceMethod,
  ChooseOptions,
  ChooseResult,
  ChosenForRow,
  ChosenRow,
  MethodAccuracy,
} from './types.js';

/** A model that can score and embed and, for held-out rows of free text, generate. */
export type ChoosingModel = EvaluatedModel & Pick<Model, 'embed'>;

/** So many texts are embedded between two steps. */
const embeddedAtOnce = 8;

/** So many similar rows judge the candidates where the answer is not known. */
const mostJudges = 3;

/**
 * Which demonstrations to choose for a query from a pool of up to 1,000 rows? There are five methods
 * ({@link ChoiceMethod}). Each has its choice, the labels' probabilities with it, and, with held-out rows, its
 * accuracy with demonstrations chosen for each row. Rows whose input is the query are left out.
 *
 * The outputs of held-out rows are not used to choose. `'oneShot'` scores candidates for them by the three rows of the
 * pool that are most similar, with their own outputs; with the output of the held-out row itself it would be an oracle.
 *
 * Each input is embedded once. There is a step after every few inputs, each candidate of `'oneShot'`, each choice
 * for the query, and each held-out row of a method. The bm25 method imports `minisearch`, which a page
 * without a bundler has to name in its import map. Rows that are equally good are preferred in the order of their inputs,
 * so the order of the pool does not matter.
 *
 * @throws {@link ShotglassError} as {@link planChoose}, {@link evaluate} (for held-out rows, before anything has run),
 * {@link classify} and {@link Model.embed}, from the loop. After `aborted`, the steps before it remain valid.
 */
export async function* choose(
  model: ChoosingModel,
  task: Task,
  options: ChooseOptions = {},
): AsyncGenerator<Step<ChooseResult>, void, undefined> {
  const plan = planChoose(task, options);
  const rows = plannedRows(model, plan, options);
  const chooser = new Chooser(model, plan, options);
  const { methods } = plan;
  const tested = rows?.rows ?? [];
  const texts = chooser.needsVectors
    ? [
        plan.query,
        ...plan.candidates.map((i) => chooser.input(i)),
        ...tested.map(({ input }) => input),
      ]
    : [];
  const scored = methods.includes('oneShot') ? plan.scored : 0;
  const total = texts.length + scored + methods.length * (1 + tested.length);
  const choices: Choice[] = [];
  const accuracies: MethodAccuracy[] = rows
    ? methods.map((method) => ({ method, accuracy: null, rows: [], error: null }))
    : [];
  let done = 0;
  const step = (): Step<ChooseResult> => {
    const result: ChooseResult = {
      leftOut: plan.leftOut,
      judgedBy: plan.gold === undefined ? 'neighbours' : 'answer',
      choices: [...choices],
      accuracies: [...accuracies],
    };
    return { done, total, result };
  };

  for await (const embedded of chooser.embed(texts)) {
    done += embedded;
    yield step();
  }
  for (const method of methods) {
    const steps = chooser.steps(method, plan.query, 0, plan.gold);
    let chosen = await steps.next();
    for (; !chosen.done; chosen = await steps.next()) {
      done += 1;
      yield step();
    }
    choices.push(await readChoice(model, plan, options, method, chosen.value));
    done += 1;
    yield step();
  }
  if (!rows) return;
  const meter = new Meter(options.signal);
  for (const [at, row] of tested.entries()) {
    for (const [nth, method] of methods.entries()) {
      const known = accuracies[nth] as MethodAccuracy;
      if (!known.error) {
        const shown = (await chooser.choice(method, row.input, at + 1)).map(({ index }) => index);
        accuracies[nth] = withRow(known, await askRow(model, rows, row, shown, meter));
      }
      done += 1;
      yield step();
    }
  }
}

/** The held-out rows, checked as {@link evaluate} checks them. */
function plannedRows(
  model: ChoosingModel,
  { task, shots, labels }: PlannedChoice,
  { rows, rowLabels = labels, rule, comparison }: ChooseOptions,
): Plan | null {
  if (rows === undefined) return null;
  return planned(model, task, rows, { shots: [shots], labels: rowLabels, rule, comparison });
}

async function askRow(
  model: ChoosingModel,
  rows: Plan,
  row: TestRow,
  shown: number[],
  meter: Meter,
): Promise<ChosenForRow | ShotglassError> {
  const cell = { shots: shown.length, seed: 0, order: 0, demonstrations: shown };
  const said = await asker(model, rows, cell, meter)(row).catch(tooLong);
  if (said instanceof ShotglassError) return said;
  return Object.assign(readRow(rows, said), { shown });
}

function withRow(known: MethodAccuracy, row: ChosenForRow | ShotglassError): MethodAccuracy {
  if (row instanceof ShotglassError) return { ...known, error: row };
  const rows = [...known.rows, row];
  return { ...known, rows, accuracy: accuracy(rows.map(({ correct }) => correct)) };
}

/** The choice for the query, and the labels after it. */
async function readChoice(
  model: ChoosingModel,
  { task, labels, query }: PlannedChoice,
  options: ChooseOptions,
  method: ChoiceMethod,
  shown: ChosenRow[],
): Promise<Choice> {
  const render = showing(
    task,
    shown.map(({ index }) => index),
  );
  const planned = plannedPrompt(task, labels, { ...options, query }, render);
  const outcome = await attempt(async () => {
    return { classification: await read(model, planned, options) };
  });
  return { method, shown, prompt: planned.prompt, ...outcome };
}

/** Chooses rows of the pool for one input after the other. */
class Chooser {
  /** Whether any method needs to know how similar inputs are. */
  readonly needsVectors: boolean;
  readonly #model: ChoosingModel;
  readonly #plan: PlannedChoice;
  readonly #options: ChooseOptions;
  readonly #vectors = new Map<string, Float32Array>();
  readonly #oneShot: OneShotScores;
  #bm25: Promise<(query: string) => number[]> | undefined;

  constructor(model: ChoosingModel, plan: PlannedChoice, options: ChooseOptions) {
    this.#model = model;
    this.#plan = plan;
    this.#options = options;
    this.#oneShot = new OneShotScores(model, plan.task, options.signal);
    const methods: readonly ChoiceMethod[] = ['similar', 'oneShot', 'worst'];
    this.needsVectors = plan.methods.some((method) => methods.includes(method));
  }

  input(index: number): string {
    return this.#plan.task.demonstrations[index]?.input ?? '';
  }

  /** Embeds texts, some at a time, and says how many. */
  async *embed(texts: readonly string[]): AsyncGenerator<number, void, undefined> {
    const { layer, signal } = this.#options;
    for (let from = 0; from < texts.length; from += embeddedAtOnce) {
      const part = texts.slice(from, from + embeddedAtOnce);
      const fresh = [...new Set(part)].filter((text) => !this.#vectors.has(text));
      const vectors = await this.#model.embed(fresh, { layer, pooling: 'mean', signal });
      for (const [i, vector] of vectors.entries()) this.#vectors.set(fresh[i] as string, vector);
      yield part.length;
    }
  }

  /** What a method chooses for a query; `nth` counts the queries. */
  async choice(method: ChoiceMethod, query: string, nth: number): Promise<ChosenRow[]> {
    const steps = this.steps(method, query, nth, undefined);
    for (;;) {
      const step = await steps.next();
      if (step.done) return step.value;
    }
  }

  /** The same, with a step after each candidate that is scored. `gold` is the label of the query, where it is known. */
  async *steps(
    method: ChoiceMethod,
    query: string,
    nth: number,
    gold: number | undefined,
  ): AsyncGenerator<void, ChosenRow[], undefined> {
    const { candidates, shots, draws } = this.#plan;
    if (method === 'random') {
      return (draws[nth] ?? []).map((index) => ({ index, score: null }));
    }
    if (method === 'bm25') {
      this.#bm25 ??= bm25(candidates.map((index) => this.input(index)));
      const scores = (await this.#bm25)(query);
      const ranked = candidates.map((index, i) => ({ index, score: scores[i] ?? 0 }));
      return best(ranked, shots);
    }
    const similar = this.#similarities(query);
    if (method === 'similar') return best(similar, shots);
    if (method === 'worst') {
      const far = similar.map(({ index, score }) => ({ index, score: -(score ?? 0) }));
      // The least similar of all is the first, so that here too the most similar one stands next to the query.
      return best(far, shots)
        .reverse()
        .map(({ index, score }) => ({ index, score: -(score ?? 0) }));
    }
    const near = best(similar, this.#plan.scored);
    const judges = this.#judges(query, gold, similar);
    const scored = new Map<number, number | null>();
    for (const { index } of near) {
      scored.set(index, await this.#oneShot.of(index, judges));
      yield;
    }
    const ranked = candidates.filter((index) => scored.has(index));
    return best(
      ranked.map((index) => ({ index, score: scored.get(index) ?? null })),
      shots,
    );
  }

  /** How similar the candidates are to a query. */
  #similarities(query: string): Ranked[] {
    const own = this.#vectors.get(query) ?? [];
    return this.#plan.candidates.map((index) => {
      return { index, score: product(own, this.#vectors.get(this.input(index)) ?? []) };
    });
  }

  /** The query, if its answer is known; otherwise the rows that are most similar to it. */
  #judges(query: string, gold: number | undefined, similar: readonly Ranked[]): Judge[] {
    const { labels, task } = this.#plan;
    if (gold !== undefined) return [{ input: query, words: labels[gold]?.words ?? [] }];
    return best(similar, mostJudges).map(({ index }) => {
      const { input, output } = task.demonstrations[index] as Demonstration;
      const label = labels[labelIndex(labels, output, task.template)];
      return { input, words: label?.words ?? [task.template.outputSeparator + output] };
    });
  }
}
