/** What the commands that train an adapter share: their options, the run with its progress, and the file. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TrainingStep } from '../adapters/types.js';
import { codeOf } from '../errors.js';
import { formatCount } from '../format/numbers.js';
import type { Adapter } from '../model/adapter.js';
import type { Model } from '../model/model.js';
import type { Training, TrainOptions } from '../model/training.js';
import {
  type CommandOption,
  choiceOption,
  type Invocation,
  integerOption,
  isGiven,
  jsonOption,
  numberOption,
  textOption,
  UsageError,
} from './command.js';
import { counted } from './counted.js';
import { aboutModel } from './with-model.js';

/** How any training goes on, also those of `compare`. */
export const trainingOptions: readonly CommandOption[] = [
  { name: 'rank', value: 'R', about: "LoRA's rank, 1 to 64. Default 8." },
  { name: 'layers', value: 'N', about: 'Train the last N layers alone. Default: all.' },
  { name: 'steps', value: 'N', about: 'Number of steps. Default 40.' },
  { name: 'batch', value: 'N', about: 'Examples in a step. Default 16.' },
  { name: 'learning-rate', value: 'X', about: 'Default 0.001, and 0.003 for (IA)³.' },
];

/** Of the commands that train one adapter, and save it. */
export const adapterTrainingOptions: readonly CommandOption[] = [
  { name: 'out', value: 'PATH', about: 'File to write, or with --peft a folder.' },
  { name: 'peft', value: null, about: "Save the two files of Hugging Face's PEFT." },
  { name: 'method', value: 'METHOD', about: "'lora' or 'ia3'. Default lora." },
  ...trainingOptions,
  { name: 'seed', value: 'N', about: 'Equal seeds give equal adapters. Default 0.' },
  { ...jsonOption, about: 'Print the receipt of the run as JSON.' },
];

/** The values of {@link trainingOptions}. */
export function trainingOf(invocation: Invocation, command: string) {
  return {
    rank: integerOption(invocation, command, 'rank', 1),
    layers: integerOption(invocation, command, 'layers', 1),
    steps: integerOption(invocation, command, 'steps', 1),
    batch: integerOption(invocation, command, 'batch', 1),
    learningRate: numberOption(invocation, command, 'learning-rate', 0),
  };
}

/** The values of {@link adapterTrainingOptions}, but for the file. */
export function adapterTrainingOf(
  invocation: Invocation,
  command: string,
): Omit<TrainOptions, 'validation'> {
  return {
    ...trainingOf(invocation, command),
    method: choiceOption(invocation, command, 'method', ['lora', 'ia3']),
    seed: integerOption(invocation, command, 'seed', 0),
    signal: invocation.signal,
  };
}

/** Where the adapter is to be saved. */
export function outOption(invocation: Invocation, command: string): string {
  const out = textOption(invocation, 'out');
  if (out !== undefined) return out;
  throw new UsageError('Where to save it? Use --out.', command);
}

/** Runs a training, saves its adapter, and prints what became of it. Answers the exit code. */
export async function trainAndSave(
  invocation: Invocation,
  model: Model,
  training: Training,
  out: string,
): Promise<number> {
  const { terminal, signal } = invocation;
  const { first, last } = await trained(invocation, training);
  const adapter = await training.adapter();
  await save(adapter, out, isGiven(invocation, 'peft'));
  if (isGiven(invocation, 'json')) {
    const receipt = await training.receipt();
    terminal.print(JSON.stringify({ about: aboutModel(model), ...receipt }, null, 2));
  } else if (last !== null) {
    const { parameters } = adapter.info;
    terminal.print(
      `${out}: ${formatCount(parameters)} numbers, loss ${last.loss.toFixed(4)} after ${counted(last.step, 'step')}${heldOut(first, last)}`,
    );
  }
  return signal.aborted ? 130 : 0;
}

/** What became of the held-out loss, where there is one. */
function heldOut(first: TrainingStep | null, last: TrainingStep): string {
  const [before, after] = [first?.validationLoss ?? null, last.validationLoss];
  if (before === null || after === null) return '';
  return `; held out ${before.toFixed(4)} after the first step, ${after.toFixed(4)} after the last`;
}

/** Runs the steps. A run that was interrupted or diverged is worth keeping if a step came before. */
async function trained(
  { terminal, signal }: Invocation,
  training: Training,
): Promise<{ first: TrainingStep | null; last: TrainingStep | null }> {
  let first: TrainingStep | null = null;
  let last: TrainingStep | null = null;
  try {
    for await (const step of training) {
      first ??= step;
      last = step;
      terminal.progress('Training', step.step / training.steps, `loss ${step.loss.toFixed(4)}`);
    }
  } catch (error) {
    if (last === null || !(signal.aborted || codeOf(error) === 'diverged')) throw error;
    terminal.complain(
      signal.aborted ? 'Interrupted. The adapter of the last step is saved.' : String(error),
    );
  }
  return { first, last };
}

async function save(adapter: Adapter, out: string, isPeft: boolean): Promise<void> {
  const files = await adapter.save(isPeft ? 'peft' : 'gguf');
  await mkdir(isPeft ? out : dirname(out), { recursive: true });
  for (const file of files) await writeFile(isPeft ? join(out, file.name) : out, file.bytes);
}
