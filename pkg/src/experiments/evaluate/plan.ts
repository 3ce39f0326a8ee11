import { ShotglassError } from '../../errors.js';
import { random } from '../../math/random.js';
import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import { sharedInput } from '../../prompt/shared-input.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import {
  type AnyLabel,
  checkedLabels,
  type Label,
  labelIndex,
  taskLabels,
} from '../../scoring/classify.js';
import { integer, invalid, oneOf, only, text } from '../../util/validate.js';
import type { Comparison, ExperimentOptions } from '../compare.js';
import type { CellPlan, Evaluation, Plan, TestRow } from './types.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions extends Omit<ExperimentOptions, 'comparison'> {
  /** Distinct numbers of shots to evaluate. */
  shots: readonly number[];
  /**
   * Seeds, each of which draws its own demonstrations: distinct integers of at least 0. Seed 0 draws none
   * at random: it takes the training split as it stands, so `k` shots are its first `k` demonstrations.
   * Default `[0]`.
   */
  seeds?: readonly number[] | undefined;
  /** The training split, from which demonstrations are drawn. Default: `task.demonstrations`. */
  train?: readonly Demonstration[] | undefined;
  /**
   * Maximum number of rows to evaluate, 1 or more. They are drawn with a fixed seed, so that a sorted file
   * yields a balanced sample, and are the same for all shots, seeds and orders. Default: all.
   */
  limit?: number | undefined;
  /**
   * Number of orders of the demonstrations for each seed, 1 or more: first the order in which they were
   * drawn (the order of the training split for seed 0), then different random ones. There are at most
   * `k!` orders of `k` demonstrations. Default 1.
   */
  orders?: number | undefined;
  /**
   * The labels; null for free text. Default: the labels of the task, else the outputs of its training
   * demonstrations ({@link taskLabels}).
   */
  labels?: readonly AnyLabel[] | null | undefined;
  /**
   * What scores are compared with. `'batch'` is batch calibration (Zhou et al. 2023, arXiv
   * 2309.17249): the probability of each label word, averaged over the rows of the cell. It uses the
   * inputs of the evaluated rows but not their outputs, and runs no additional prompts. Default:
   * nothing.
   */
  comparison?: Comparison | 'batch' | undefined;
  /**
   * `'channel'` chooses the label after which the input is most probable ({@link classifyByChannel}). It
   * takes no comparison, and runs one prompt for each label word. Default `'direct'`: the label that is
   * most probable after the input.
   */
  direction?: Evaluation['direction'] | undefined;
  /** Maximum number of tokens of a generated answer, 1 or more. Default 64. */
  maxTokens?: number | undefined;
}

/**
 * A model that can score and, for free text, generate. `concurrency` is how many calls it answers side by
 * side, as a server does; `scoreConcurrency` is the same for scores alone. Default 1.
 */
export type EvaluatedModel = Pick<Model, 'score'> &
  Partial<Pick<Model, 'generate' | 'scoreConcurrency'>> & { readonly concurrency?: number };

/** With fewer rows than this the interval of a middling accuracy is wider than a third. */
const FEW = 30;

/** Checks everything, draws the rows and the demonstrations. */
export function planned(
  model: EvaluatedModel,
  task: Task,
  rows: readonly Demonstration[],
  options: EvaluateOptions,
): Plan {
  only(options, {
    shots: true,
    seeds: true,
    train: true,
    limit: true,
    orders: true,
    labels: true,
    comparison: true,
    direction: true,
    maxTokens: true,
    rule: true,
    signal: true,
  });
  renderPrompt(task, { shots: 0, query: '' });
  const train = checkedTrain(options.train ?? task.demonstrations);
  const { rule = 'sum', comparison = null, direction = 'direct' } = options;
  const { labels: given = taskLabels({ ...task, demonstrations: [...train] }) } = options;
  const labels = given && checkedClasses(given, task);
  if (labels === null) {
    if (rule !== 'sum' || comparison !== null || direction !== 'direct') {
      throw invalid(
        'rule, comparison and direction',
        'omitted when labels is null: they compare labels',
      );
    }
    if (!model.generate) throw invalid('model', 'a model with generate() when labels is null');
  }
  if (typeof comparison === 'string') oneOf('comparison', comparison, ['batch']);
  oneOf('direction', direction, ['direct', 'channel']);
  if (direction === 'channel' && comparison !== null) {
    throw invalid('comparison', "omitted with direction 'channel'");
  }
  const shots = checkedShots(options.shots, train.length);
  const seeds = distinctIntegers('seeds', options.seeds ?? [0]);
  const orders = integer('orders', options.orders ?? 1, 1);
  const tested = drawnRows(checkedRows(rows, labels, task), options.limit);
  if (labels && tested.length < labels.length) {
    throw invalid(
      'rows',
      `an array of at least as many rows as there are labels (${labels.length})`,
    );
  }
  if (shots.some((k) => k > 0)) refuseLeakage(train, tested);
  const cells = seeds.flatMap((seed, nth) =>
    // Without a demonstration there is nothing to draw: one seed stands for all.
    shots
      .filter((k) => k > 0 || nth === 0)
      .flatMap((k) =>
        draws(train.length, k, seed, orders).map((demonstrations, order) => ({
          shots: k,
          seed,
          order,
          demonstrations,
        })),
      ),
  );
  const generation = labels ? null : generationOf(task, tested, options.maxTokens);
  const warnings = warningsOf(cells, tested, labels, train, task);
  return {
    task,
    train,
    rows: tested,
    shots,
    labels,
    rule,
    comparison,
    direction,
    generation,
    cells,
    warnings,
  };
}

export function checkedTrain(train: readonly Demonstration[]): readonly Demonstration[] {
  if (!Array.isArray(train)) throw invalid('train', 'an array of demonstrations');
  for (const [i, demonstration] of train.entries()) {
    text(`The input of demonstration ${i + 1}`, demonstration?.input);
    text(`The output of demonstration ${i + 1}`, demonstration?.output);
  }
  return train;
}

/** As `classify` has them, and with a name for one label only. */
export function checkedClasses(labels: readonly AnyLabel[], { template }: Task): readonly Label[] {
  if (!Array.isArray(labels) || labels.length < 2) {
    throw invalid('labels', 'an array of at least two labels, or null for free text');
  }
  const names = new Set(labels.map((label) => (typeof label === 'string' ? label : label?.name)));
  if (names.size < labels.length) throw invalid('labels', 'labels with distinct names');
  return checkedLabels(labels, template.outputSeparator);
}

function checkedShots(shots: readonly number[], most: number): readonly number[] {
  for (const k of distinctIntegers('shots', shots)) {
    if (k > most)
      throw invalid('shots', `at most ${most}, the number of demonstrations to draw from`);
  }
  return shots;
}

function distinctIntegers(name: string, values: readonly number[]): readonly number[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw invalid(name, 'an array of at least one number');
  }
  for (const value of values) integer(name, value, 0);
  if (new Set(values).size === values.length) return values;
  throw invalid(name, 'distinct numbers');
}

function checkedRows(
  rows: readonly Demonstration[],
  labels: readonly Label[] | null,
  { template }: Task,
): TestRow[] {
  if (!Array.isArray(rows) || rows.length === 0) throw invalid('rows', 'a non-empty array');
  return rows.map((row: Demonstration, index) => {
    const name = `row ${index + 1}`;
    const input = text(`The input of ${name}`, row?.input);
    const output = text(`The output of ${name}`, row?.output);
    if (!labels) {
      if (output.trim() === '') throw invalid(`The output of ${name}`, 'non-empty text');
      return { index, input, output, label: -1 };
    }
    const label = labelIndex(labels, output, template);
    if (label >= 0) return { index, input, output, label };
    throw invalid(
      `The output of ${name}, '${output}',`,
      `one of the labels (${shortList(labels)}). For free text, set labels to null`,
    );
  });
}

/** The first labels, for a message. */
function shortList(labels: readonly Label[]): string {
  const names = labels.slice(0, 8).map(({ name }) => `'${name}'`);
  return [...names, ...(labels.length > names.length ? ['…'] : [])].join(', ');
}

/** The rows under test: all, or some of them in a random order. */
function drawnRows(rows: readonly TestRow[], limit: number | undefined): readonly TestRow[] {
  if (limit === undefined || integer('limit', limit, 1) >= rows.length) return rows;
  return random(0).shuffled(rows).slice(0, limit);
}

/** A model that has seen the answer proves nothing. */
export function refuseLeakage(
  train: readonly Demonstration[],
  rows: readonly Pick<TestRow, 'index' | 'input'>[],
): void {
  const shared = sharedInput(train, rows);
  if (shared === null) return;
  const { index = shared.at } = rows[shared.at] ?? {};
  throw new ShotglassError(
    'invalid-option',
    `Row ${index + 1} has the same input as demonstration ${shared.number}. Remove one of them: a row is not a test if its answer can be in the prompt.`,
  );
}

/**
 * The demonstrations of a seed, in some orders; the first is that in which they were drawn. Seed 0 takes
 * the first ones as they stand, so an evaluation has the same prompts as the page that shows the task.
 */
function draws(pool: number, shots: number, seed: number, orders: number): number[][] {
  const generator = random(seed);
  const drawn = orderOf(pool, seed, generator).slice(0, shots);
  let most = 1;
  for (let k = 2; k <= shots && most < orders; k++) most *= k;
  const found = new Map([[String(drawn), drawn]]);
  while (found.size < Math.min(orders, most)) {
    const next = generator.shuffled(drawn);
    found.set(String(next), next);
  }
  return [...found.values()];
}

/** The order of a training split that a seed takes its first demonstrations from. */
export function orderOf(pool: number, seed: number, generator = random(seed)): number[] {
  const all = Array.from({ length: pool }, (_, i) => i);
  return seed === 0 ? all : generator.shuffled(all);
}

function generationOf(
  { template }: Task,
  rows: readonly TestRow[],
  maxTokens = 64,
): NonNullable<Evaluation['generation']> {
  const separator = template.demonstrationSeparator;
  const stop = separator === '' ? [] : [separator];
  const isOneLine = rows.every(({ output }) => !output.trim().includes('\n'));
  if (isOneLine && separator !== '\n') stop.push('\n');
  return { stop, maxTokens: integer('maxTokens', maxTokens, 1) };
}

function warningsOf(
  cells: readonly CellPlan[],
  rows: readonly TestRow[],
  labels: readonly Label[] | null,
  train: readonly Demonstration[],
  { template }: Task,
): string[] {
  const warnings: string[] = [];
  const choices = [
    ...(new Set(cells.map(({ shots }) => shots)).size > 1 ? ['numbers of shots'] : []),
    ...(cells.some(({ order }) => order > 0) ? ['orders'] : []),
  ];
  if (choices.length > 0) {
    warnings.push(
      `Several ${choices.join(' and ')} are evaluated on the same rows, so the best of them looks better than it is. Choose it on some rows and report its accuracy on others.`,
    );
  }
  for (const [i, { name }] of (labels ?? []).entries()) {
    if (rows.some(({ label }) => label === i)) continue;
    warnings.push(`No row has the label '${name}', so these figures say nothing about it.`);
  }
  const strangers = train.flatMap(({ output }, i) =>
    labels && labelIndex(labels, output, template) < 0
      ? `'${output}' of demonstration ${i + 1}`
      : [],
  );
  if (strangers.length > 0) {
    const more = strangers.length > 1 ? `, and ${strangers.length - 1} more,` : '';
    warnings.push(`The output ${strangers[0]}${more} is not one of the labels.`);
  }
  if (rows.length < FEW) {
    warnings.push(
      `There are fewer than ${FEW} rows. Look at the interval before you compare accuracies.`,
    );
  }
  return warnings;
}
