/** `shotglass finetune`: the demonstrations of a task become an adapter. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TrainingStep } from '../../adapters/types.js';
import { codeOf } from '../../errors.js';
import type { Adapter } from '../../model/adapter.js';
import type { Training } from '../../model/training.js';
import { finetune } from '../../transfer/finetune.js';
import {
  type Command,
  choiceOption,
  type Invocation,
  integerOption,
  isGiven,
  jsonOption,
  modelOptions,
  numberOption,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { taskInput } from '../input.js';
import { aboutModel, withModel } from '../with-model.js';

const name = 'finetune';

export const finetuneCommand: Command = {
  name,
  about: 'Trains an adapter on the demonstrations of a task, and saves it.',
  usage: ['--preset ID --out FILE.gguf', '--task FILE --out FOLDER --peft ...'],
  options: [
    ...taskOptions,
    { name: 'out', value: 'PATH', about: 'File to write, or with --peft a folder.' },
    { name: 'peft', value: null, about: "Save the two files of Hugging Face's PEFT." },
    { name: 'method', value: 'METHOD', about: "'lora' or 'ia3'. Default lora." },
    { name: 'rank', value: 'R', about: "LoRA's rank, 1 to 64. Default 8." },
    { name: 'layers', value: 'N', about: 'Train the last N layers alone. Default: all.' },
    { name: 'steps', value: 'N', about: 'Number of steps. Default 40.' },
    { name: 'learning-rate', value: 'X', about: 'Default 0.001, and 0.003 for ia3.' },
    { name: 'seed', value: 'N', about: 'Equal seeds give equal adapters. Default 0.' },
    { ...jsonOption, about: 'Print the receipt of the run as JSON.' },
    ...modelOptions,
  ],
  notes: [
    'Ctrl-C ends the training, and what the last whole step left is saved. Evaluate the adapter on rows that',
    'were not trained: shotglass evaluate --preset ID --shots 0 --adapter FILE.gguf.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const asked = await taskInput(invocation, name);
  if (asked === null) throw new UsageError('No task was given. Use --preset or --task.', name);
  const out = textOption(invocation, 'out');
  if (out === undefined) throw new UsageError('Where to save it? Use --out.', name);
  const options = {
    method: choiceOption(invocation, name, 'method', ['lora', 'ia3']),
    rank: integerOption(invocation, name, 'rank', 1),
    layers: integerOption(invocation, name, 'layers', 1),
    steps: integerOption(invocation, name, 'steps', 1),
    learningRate: numberOption(invocation, name, 'learning-rate', 0),
    seed: integerOption(invocation, name, 'seed', 0),
    signal,
  };
  const { task } = asked;
  return withModel(invocation, name, async (model) => {
    const training = finetune(model, task, task.demonstrations, options);
    const last = await trained(invocation, training);
    const adapter = await training.adapter();
    await save(adapter, out, isGiven(invocation, 'peft'));
    if (isGiven(invocation, 'json')) {
      const receipt = await training.receipt();
      terminal.print(JSON.stringify({ about: aboutModel(model), ...receipt }, null, 2));
    } else if (last !== null) {
      terminal.print(
        `${out}: ${adapter.info.parameters.toLocaleString('en')} numbers, loss ${last.loss.toFixed(4)} after ${counted(last.step, 'step')}`,
      );
    }
    return signal.aborted ? 130 : 0;
  });
}

/** Runs the steps; answers the last. One that was interrupted or diverged is worth keeping if a step came before. */
async function trained(
  { terminal, signal }: Invocation,
  training: Training,
): Promise<TrainingStep | null> {
  let last: TrainingStep | null = null;
  try {
    for await (const step of training) {
      last = step;
      terminal.progress('Training', step.step / training.steps, `loss ${step.loss.toFixed(4)}`);
    }
  } catch (error) {
    if (last === null || !(signal.aborted || codeOf(error) === 'diverged')) throw error;
    terminal.complain(
      signal.aborted ? 'Interrupted. The adapter of the last step is saved.' : String(error),
    );
  }
  return last;
}

async function save(adapter: Adapter, out: string, isPeft: boolean): Promise<void> {
  const files = await adapter.save(isPeft ? 'peft' : 'gguf');
  await mkdir(isPeft ? out : dirname(out), { recursive: true });
  for (const file of files) await writeFile(isPeft ? join(out, file.name) : out, file.bytes);
}
