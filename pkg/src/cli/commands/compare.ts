/** `shotglass compare`: the same examples as shots, as a probe and as weights, on the same rows. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes, formatCount, formatProbability } from '../../format/numbers.js';
import type { Task } from '../../prompt/task.js';
import { compare } from '../../transfer/compare/index.js';
import {
  ways as allWays,
  type CompareOptions,
  type LeftOut,
  type Way,
  type WayComparison,
} from '../../transfer/compare/types.js';
import {
  type Command,
  type Invocation,
  integerOption,
  integersOption,
  isGiven,
  jsonOption,
  modelOptions,
  numberOption,
  refusePositionals,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { givenTask } from '../input.js';
import { rowsOptions, testedRows } from '../rows.js';
import { TimeLeft } from '../time-left.js';
import { trainingOf, trainingOptions } from '../training.js';
import { aboutModel, withModel } from '../with-model.js';

const name = 'compare';

export const compareCommand: Command = {
  name,
  about: 'Compares ways to use the same examples: prompts, probes and trained adapters.',
  usage: [
    '--preset ID [--shots LIST] [--seeds N] [--ways LIST]',
    '--task FILE --rows FILE ...',
    '--task FILE --hold-out N ...',
  ],
  options: [
    ...taskOptions,
    ...rowsOptions,
    {
      name: 'shots',
      value: 'LIST',
      about: 'Numbers of examples. Default 4, or as many demonstrations as there are.',
    },
    {
      name: 'seeds',
      value: 'N',
      about: 'Number of draws of examples: as they stand, then at random. Default 1.',
    },
    { name: 'ways', value: 'LIST', about: `Some of ${allWays.join(', ')}. Default: all.` },
    ...trainingOptions,
    {
      name: 'ia3-learning-rate',
      value: 'X',
      about: 'The learning rate of (IA)³, where it is to be another.',
    },
    {
      name: 'inputs',
      value: 'N',
      about: 'Most inputs that the teacher of the distilled adapter answers. Default 16.',
    },
    {
      name: 'max-tokens',
      value: 'N',
      about: 'Maximum number of tokens of a generated answer. Default 64.',
    },
    { ...jsonOption, about: 'Print JSON, with every seed and row.' },
    { name: 'out', value: 'FILE', about: 'Write the same JSON to a file, too.' },
    ...modelOptions,
  ],
  notes: [
    'All ways have the same examples, drawn from the demonstrations, and the same rows, of which none may have the',
    'same input as a demonstration. Beside the accuracy stands what was learned and what a query costs; forgotten is',
    'KL(base ‖ tuned) on a neutral text. Ctrl-C ends it, and what is complete is shown.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const asked = await givenTask(invocation, name);
  refusePositionals(invocation, name);
  const { task, rows } = await testedRows(invocation, name, asked);
  const options = optionsOf(invocation, task);
  return withModel(invocation, name, async (model) => {
    const { terminal, signal } = invocation;
    const clock = new TimeLeft();
    let found: WayComparison | null = null;
    try {
      for await (const { done, total, result } of compare(model, task, rows, options)) {
        found = result;
        const left = done > 0 ? `, ${clock.after(done, total)}` : '';
        terminal.progress('Comparing', done / total, `${currentOf(result)}${left}`);
      }
    } catch (error) {
      // What is known by then is worth keeping, also where someone had enough of waiting.
      if (!signal.aborted || found === null) throw error;
      terminal.complain('Interrupted. What was not complete is left out.');
    }
    if (found !== null) await show(invocation, aboutModel(model), found);
    return signal.aborted ? 130 : 0;
  });
}

function optionsOf(invocation: Invocation, { demonstrations }: Task): CompareOptions {
  const seeds = integerOption(invocation, name, 'seeds', 1) ?? 1;
  const rate = numberOption(invocation, name, 'ia3-learning-rate', 0);
  return {
    shots: integersOption(invocation, name, 'shots') ?? [Math.min(4, demonstrations.length)],
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    ways: waysOption(invocation),
    limit: integerOption(invocation, name, 'limit', 1),
    training: {
      ...trainingOf(invocation, name),
      ...(rate === undefined ? {} : { ia3: { learningRate: rate } }),
    },
    inputs: integerOption(invocation, name, 'inputs', 1),
    maxTokens: integerOption(invocation, name, 'max-tokens', 1),
    signal: invocation.signal,
  };
}

function waysOption(invocation: Invocation): Way[] | undefined {
  const names = textOption(invocation, 'ways')?.split(',');
  return names?.map((each) => {
    const found = allWays.find((way) => way === each.trim());
    if (found !== undefined) return found;
    throw new UsageError(`--ways must be some of ${allWays.join(', ')}, not '${each}'.`, name);
  });
}

function currentOf({ current }: WayComparison): string {
  return current === null ? 'done' : `${current.ways.join(' and ')}, seed ${current.seed}`;
}

async function show(
  invocation: Invocation,
  model: ReturnType<typeof aboutModel>,
  comparison: WayComparison,
): Promise<void> {
  const { terminal } = invocation;
  const json = JSON.stringify({ model, ...comparison }, null, 2);
  const out = textOption(invocation, 'out');
  if (out !== undefined) {
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, `${json}\n`);
  }
  if (isGiven(invocation, 'json')) terminal.print(json);
  else terminal.table(...tableOf(comparison));
  for (const [why, all] of byReason(comparison.leftOut)) {
    terminal.complain(`Left out: ${all.map(nameOf).join('; ')}. ${why}`);
  }
  for (const warning of comparison.warnings) terminal.say(warning);
}

/** The head of the table, and its rows. Where examples were drawn once only, there is no spread to show. */
function tableOf({ readings }: WayComparison): [string[], string[][]] {
  const hasSd = readings.some(({ sd }) => sd !== null);
  const head = [
    ...['way', 'examples', 'accuracy', '95% interval'],
    ...(hasSd ? ['sd (seeds)'] : []),
    ...['numbers', 'prepared', 'prompt tokens', 'kept', 'forgotten'],
  ];
  const rows = readings.map((reading) => [
    reading.way,
    String(reading.shots),
    formatProbability(reading.mean),
    `${formatProbability(reading.interval.low)} to ${formatProbability(reading.interval.high)}`,
    ...(hasSd ? [reading.sd === null ? '' : formatProbability(reading.sd)] : []),
    formatCount(reading.numbers),
    reading.prepareMs === 0 ? '' : `${(reading.prepareMs / 1000).toFixed(1)} s`,
    reading.promptTokens.toFixed(1),
    formatBytes(reading.bytes),
    reading.forgetting === null ? '' : reading.forgetting.toFixed(3),
  ]);
  return [head, rows];
}

function byReason(leftOut: readonly LeftOut[]): Map<string, LeftOut[]> {
  const groups = new Map<string, LeftOut[]>();
  for (const one of leftOut) groups.set(one.why, [...(groups.get(one.why) ?? []), one]);
  return groups;
}

/** "probe with 4 examples of seed 2" */
function nameOf({ way, shots, seed }: LeftOut): string {
  if (shots === null) return way;
  return `${way} with ${counted(shots, 'example')}${seed === null ? '' : ` of seed ${seed}`}`;
}
