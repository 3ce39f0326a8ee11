/** `shotglass distil`: the demonstrations of a prompt become an adapter, by what the model says after them. */
import type { Task } from '../../prompt/task.js';
import { distil } from '../../transfer/distil.js';
import {
  type Command,
  type Invocation,
  integerOption,
  modelOptions,
  numberOption,
  shotsOption,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { linesInput, oneTaskInput } from '../input.js';
import { adapterTrainingOf, adapterTrainingOptions, outOption, trainAndSave } from '../training.js';
import { withModel } from '../with-model.js';

const name = 'distil';

export const distilCommand: Command = {
  name,
  about: 'Distils the demonstrations of a prompt into an adapter, and saves it.',
  usage: [
    '--preset ID [--shots K] --out FILE.gguf',
    '--task FILE --inputs FILE --out FILE.gguf ...',
  ],
  options: [
    ...taskOptions,
    { ...shotsOption, about: 'Number of demonstrations that the teacher sees.' },
    {
      name: 'inputs',
      value: 'FILE',
      about: 'Inputs for the teacher, one a line. Default: those of the other demonstrations.',
    },
    {
      name: 'max-tokens',
      value: 'N',
      about: "Maximum number of tokens of a teacher's answer. Default 16.",
    },
    { name: 'temperature', value: 'T', about: 'Of teacher and student. Default 1.' },
    ...adapterTrainingOptions,
    ...modelOptions,
  ],
  notes: [
    'The teacher is the model itself after the demonstrations; the student sees the input alone, and learns the',
    'distributions over all tokens (Snell et al. 2022). No input may be that of a demonstration. Ctrl-C ends the',
    'training, and what the last whole step left is saved.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const asked = await oneTaskInput(invocation, name, 'a text');
  if (asked === null) throw new UsageError('No task was given. Use --preset or --task.', name);
  const out = outOption(invocation, name);
  const { shots } = asked;
  if (shots === 0) throw new UsageError('The teacher needs at least 1 demonstration.', name);
  const task: Task = { ...asked.task, demonstrations: asked.task.demonstrations.slice(0, shots) };
  const options = {
    ...adapterTrainingOf(invocation, name),
    inputs: await inputsOf(invocation, asked.task, shots),
    maxTokens: integerOption(invocation, name, 'max-tokens', 1),
    temperature: numberOption(invocation, name, 'temperature', 0),
  };
  return withModel(invocation, name, async (model) => {
    invocation.terminal.progress('Asking the teacher', null);
    return trainAndSave(invocation, model, await distil(model, task, options), out);
  });
}

async function inputsOf(
  invocation: Invocation,
  { demonstrations }: Task,
  shots: number,
): Promise<string[]> {
  const file = textOption(invocation, 'inputs');
  if (file !== undefined) return linesInput(invocation, file);
  const inputs = demonstrations.slice(shots).map(({ input }) => input);
  if (inputs.length > 0) return inputs;
  throw new UsageError(
    'No demonstration is left whose input the teacher could answer. Use --inputs FILE, or a lower --shots.',
    name,
  );
}
