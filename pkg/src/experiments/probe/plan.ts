import { ShotglassError } from '../../errors.js';
import { random } from '../../math/random.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { labelIndex, taskLabels } from '../../scoring/classify.js';
import type { Label } from '../../scoring/labels.js';
import { integer, invalid, number, only, text } from '../../util/validate.js';
import { checkedClasses, checkedTrain, refuseLeakage } from '../evaluate/plan.js';
import { ascendingLayers, ascendingShots } from '../planned.js';
import type { PlannedProbe, ProbeOptions } from './types.js';

/**
 * The prompts whose states {@link probe} reads, and the parts of its cross-validation. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option`, as {@link probe}.
 */
export function planProbe(
  task: Task,
  rows: readonly Demonstration[],
  options: ProbeOptions = {},
): PlannedProbe {
  only(options, {
    train: true,
    labels: true,
    context: true,
    layers: true,
    strengths: true,
    folds: true,
    seed: true,
    shots: true,
    signal: true,
  });
  const all = checkedTrain(options.train ?? task?.demonstrations);
  const inFront: Task = { ...task, demonstrations: [...all] };
  const shots = integer('context', options.context ?? 0, 0, all.length);
  renderPrompt(inFront, { query: '', shots });
  const labels = checkedClasses(options.labels ?? recurringLabels(inFront), task);
  const { strengths = [1, 100, 10_000] } = options;
  if (!Array.isArray(strengths) || strengths.length === 0) {
    throw invalid('strengths', 'a non-empty array of numbers');
  }
  for (const strength of strengths) number('strengths', strength, Number.MIN_VALUE);
  const known = all.slice(shots);
  const classOf = classes('demonstration', shots, known, labels, task);
  const testClasses = classes('row', 0, rows, labels, task);
  refuseLeakage(
    all,
    rows.map(({ input }, index) => ({ input, index })),
  );
  const present = labels.filter((_, c) => classOf.includes(c));
  if (present.length < 2) {
    const only = present[0] ? `every one has the label '${present[0].name}'` : 'there are none';
    throw invalid('train', `rows of at least two labels to learn from: ${only}`);
  }
  const most = options.folds === undefined ? 5 : integer('folds', options.folds, 2);
  const { foldOf, folds } = divided(known, classOf, most, integer('seed', options.seed ?? 0, 0));
  const planned = (input: string, label: number) => {
    return { prompt: renderPrompt(inFront, { query: input, shots }), label };
  };
  const compared = options.shots ?? [...new Set([0, Math.min(4, all.length)])];
  return {
    labels,
    layers: ascendingLayers(options.layers),
    train: known.map(({ input }, i) => {
      return { ...planned(input, classOf[i] as number), fold: foldOf[i] as number };
    }),
    test: rows.map(({ input }, i) => planned(input, testClasses[i] as number)),
    folds,
    strengths,
    shots:
      Array.isArray(compared) && compared.length === 0 ? [] : ascendingShots(inFront, compared),
    warnings: warningsOf(labels, classOf),
  };
}

/** The labels of a task. Outputs that are all different are not labels: no row would show what its own is like. */
function recurringLabels(task: Task): Label[] {
  const outputs = task.demonstrations.map(({ output }) => output);
  if (task.labels === undefined && outputs.length > 2 && new Set(outputs).size === outputs.length) {
    throw invalid(
      'The outputs of train',
      'labels that occur more than once: a probe can only choose among outputs that it has learned from',
    );
  }
  return taskLabels(task);
}

/** The label of each row, as an index. */
function classes(
  kind: string,
  before: number,
  rows: readonly Demonstration[],
  labels: readonly Label[],
  { template }: Task,
): number[] {
  if (!Array.isArray(rows) || rows.length === 0) throw invalid(`${kind}s`, 'a non-empty array');
  return rows.map((row, i) => {
    const name = `${kind} ${before + i + 1}`;
    text(`The input of ${name}`, row?.input);
    const output = text(`The output of ${name}`, row.output);
    const label = labelIndex(labels, output, template);
    if (label >= 0) return label;
    const names = labels.map((each) => `'${each.name}'`).join(', ');
    throw invalid(`The output of ${name}, '${output}',`, `one of the labels (${names})`);
  });
}

/**
 * Divides rows into parts, so that each label has about the same share of every part. Rows with the same input
 * (apart from spaces around it) stay together: a part would otherwise be tested on what the others have taught.
 */
function divided(
  rows: readonly Demonstration[],
  classOf: readonly number[],
  most: number,
  seed: number,
): { foldOf: number[]; folds: number } {
  const groups = new Map<string, number[]>();
  for (const [i, { input }] of rows.entries()) {
    groups.set(input.trim(), [...(groups.get(input.trim()) ?? []), i]);
  }
  if (groups.size < 2) {
    throw new ShotglassError(
      'invalid-option',
      'All training rows have the same input. Add rows with other inputs: a layer is chosen by testing on some rows what the others have taught.',
    );
  }
  const folds = Math.min(most, groups.size);
  const foldOf = Array<number>(rows.length).fill(0);
  const shuffled = random(seed).shuffled([...groups.values()]);
  const label = (group: readonly number[]) => classOf[group[0] as number] as number;
  // Sorting keeps the random order of the rows of a label.
  const dealt = shuffled.sort((a, b) => label(a) - label(b));
  for (const [i, group] of dealt.entries()) {
    for (const row of group) foldOf[row] = i % folds;
  }
  return { foldOf, folds };
}

function warningsOf(labels: readonly Label[], classOf: readonly number[]): string[] {
  const counts = labels.map((_, c) => classOf.filter((own) => own === c).length);
  return labels.flatMap(({ name }, c) => {
    if (counts[c] === 0)
      return [`No training row has the label '${name}', so a probe never predicts it.`];
    if (counts[c] === 1)
      return [
        `Only one training row has the label '${name}', so the cross-validation that chooses a layer says nothing about it.`,
      ];
    return [];
  });
}
