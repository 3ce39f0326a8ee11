/** `shotglass evaluate`: how often the model is right on rows with known outputs. */
import { evaluate } from '../../experiments/evaluate/index.js';
import { toCsv, toJsonl } from '../../experiments/evaluate/results.js';
import type { CurvePoint, Evaluation } from '../../experiments/evaluate/types.js';
import { formatProbability } from '../../format/numbers.js';
import { normalizations } from '../../scoring/classify.js';
import { adapterOption } from '../adapter.js';
import {
  type Command,
  choiceOption,
  type Invocation,
  integerOption,
  integersOption,
  isGiven,
  jsonOption,
  modelOptions,
  refusePositionals,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { givenTask } from '../input.js';
import { resumable, resumeOption } from '../resume.js';
import { rowsOptions, testedRows } from '../rows.js';
import { serverOptions } from '../server-option.js';
import { TimeLeft } from '../time-left.js';
import { aboutModel, withAnyModel } from '../with-model.js';

const name = 'evaluate';

export const evaluateCommand: Command = {
  name,
  about: 'Measures accuracy on rows with known outputs, by number of shots, with intervals.',
  usage: [
    '--preset ID [--rows FILE] [--shots LIST] [--seeds N]',
    '--task FILE --rows FILE ...',
    '--task FILE --hold-out N ...',
  ],
  options: [
    ...taskOptions,
    ...rowsOptions,
    {
      name: 'shots',
      value: 'LIST',
      about: 'Numbers of shots. Default 0,1,2,4,8, up to all demonstrations.',
    },
    {
      name: 'seeds',
      value: 'N',
      about: 'Number of draws of demonstrations: as they stand, then at random. Default 1.',
    },
    { name: 'orders', value: 'N', about: 'Number of orders for each draw. Default 1.' },
    {
      name: 'rule',
      value: 'RULE',
      about: `How labels are compared: ${normalizations.join(', ')}.`,
    },
    {
      name: 'calibrate',
      value: null,
      about: 'Calibrate the labels over the batch (Zhou et al. 2023).',
    },
    jsonOption,
    { name: 'csv', value: null, about: 'Print every row of every cell as CSV.' },
    {
      name: 'jsonl',
      value: null,
      about: 'Print the same as JSON Lines, with the keys of lm-evaluation-harness.',
    },
    ...modelOptions,
    adapterOption,
    ...serverOptions,
    resumeOption,
  ],
  notes: [
    'If the task has labels, the label with the highest score is the answer. Otherwise the answer is generated, and',
    'is correct if it matches the output. The interval is the 95% Wilson interval over rows, and sd the',
    'standard deviation over seeds. No row may have the same input as a demonstration.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const asked = await givenTask(invocation, name);
  refusePositionals(invocation, name);
  if (['json', 'csv', 'jsonl'].filter((form) => isGiven(invocation, form)).length > 1) {
    throw new UsageError('Use only one of --json, --csv and --jsonl.', name);
  }
  const { task, rows } = await testedRows(invocation, name, asked);
  const most = task.demonstrations.length;
  const shots =
    integersOption(invocation, name, 'shots') ?? [0, 1, 2, 4, 8].filter((k) => k <= most);
  const seeds = integerOption(invocation, name, 'seeds', 1) ?? 1;
  const options = {
    shots,
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    orders: integerOption(invocation, name, 'orders', 1),
    limit: integerOption(invocation, name, 'limit', 1),
    // What demonstrations without labels have as outputs are no classes.
    labels: task.labels ? undefined : null,
    rule: choiceOption(invocation, name, 'rule', normalizations),
    comparison: isGiven(invocation, 'calibrate') ? ('batch' as const) : undefined,
    signal: invocation.signal,
  };
  return withAnyModel(invocation, name, async (model) => {
    let evaluation: Evaluation | null = null;
    const file = textOption(invocation, 'resume');
    const about = aboutModel(model);
    const asked = file === undefined ? model : await resumable(model, about, file);
    const clock = new TimeLeft();
    try {
      for await (const { done, total, result } of evaluate(asked, task, rows, options)) {
        evaluation = result;
        invocation.terminal.progress('Evaluating', done / total, clock.after(done, total));
      }
    } catch (error) {
      // What is known by then is worth keeping, also where someone had enough of waiting.
      if (!invocation.signal.aborted || evaluation === null) throw error;
      invocation.terminal.complain('Interrupted. Incomplete cells are left out.');
      show(invocation, evaluation, about);
      return 130;
    }
    if (evaluation !== null) show(invocation, evaluation, about);
    return 0;
  });
}

function show(
  invocation: Invocation,
  evaluation: Evaluation,
  model: ReturnType<typeof aboutModel>,
): void {
  const { terminal } = invocation;
  const { warnings, notRun } = evaluation;
  if (isGiven(invocation, 'csv')) terminal.print(toCsv(evaluation));
  else if (isGiven(invocation, 'jsonl')) terminal.print(toJsonl(evaluation));
  else if (isGiven(invocation, 'json')) {
    terminal.print(JSON.stringify({ model, ...figures(evaluation) }, null, 2));
  } else {
    showCurve(invocation, evaluation);
  }
  for (const { shots, error } of notRun)
    terminal.complain(`${counted(shots, 'shot')}: ${error.message}`);
  for (const warning of warnings) terminal.say(warning);
}

/** A row for each number of shots; where demonstrations were drawn once only, there is no spread to show. */
function showCurve({ terminal }: Invocation, evaluation: Evaluation): void {
  const { curve } = evaluation;
  const range = (low: number, high: number) =>
    `${formatProbability(low)} to ${formatProbability(high)}`;
  const isSpread = curve.some(({ cells }) => cells > 1);
  const hasSd = curve.some(({ sd }) => sd !== null);
  const spread = ({ cells, min, max }: CurvePoint) => (cells === 1 ? '' : range(min, max));
  terminal.table(
    [
      'shots',
      'accuracy',
      '95% interval',
      ...(hasSd ? ['sd (seeds)'] : []),
      ...(isSpread ? ['seeds and orders'] : []),
      ...more(evaluation),
    ],
    curve.map((point) => [
      String(point.shots),
      formatProbability(point.mean),
      range(point.interval.low, point.interval.high),
      ...(hasSd ? [point.sd === null ? '' : formatProbability(point.sd)] : []),
      ...(isSpread ? [spread(point)] : []),
      ...moreOf(evaluation, point.shots),
    ]),
  );
}

function more({ labels }: Evaluation): string[] {
  return labels ? ['macro-F1', 'mass'] : ['perplexity'];
}

/** The means over the cells of one number of shots. */
function moreOf({ cells, labels }: Evaluation, shots: number): string[] {
  const complete = cells.filter((cell) => cell.shots === shots && cell.isComplete);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (!labels) return [mean(complete.flatMap(({ text }) => text?.perplexity ?? [])).toFixed(2)];
  return [
    mean(complete.flatMap((cell) => cell.labels?.macroF1 ?? [])).toFixed(2),
    formatProbability(mean(complete.flatMap((cell) => cell.labels?.mass ?? []))),
  ];
}

/** All but the rows, which `--csv` and `--jsonl` have. */
function figures({ cells, notRun, ...rest }: Evaluation) {
  return {
    ...rest,
    cells: cells.map(({ rows, ...cell }) => ({ ...cell, rows: rows.length })),
    notRun: notRun.map(({ shots, row, error }) => ({ shots, row, message: error.message })),
  };
}
