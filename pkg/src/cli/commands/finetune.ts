/** `shotglass finetune`: the demonstrations of a task become an adapter. */
import { finetune } from '../../transfer/finetune.js';
import {
  type Command,
  type Invocation,
  modelOptions,
  refusePositionals,
  taskOptions,
} from '../command.js';
import { givenTask } from '../input.js';
import { adapterTrainingOf, adapterTrainingOptions, outOption, trainAndSave } from '../training.js';
import { withModel } from '../with-model.js';

const name = 'finetune';

export const finetuneCommand: Command = {
  name,
  about: 'Trains an adapter on the demonstrations of a task, and saves it.',
  usage: ['--preset ID --out FILE.gguf', '--task FILE --out FOLDER --peft ...'],
  options: [...taskOptions, ...adapterTrainingOptions, ...modelOptions],
  notes: [
    'Ctrl-C ends the training, and what the last whole step left is saved. Evaluate the adapter on rows that',
    'were not trained: shotglass evaluate --preset ID --shots 0 --adapter FILE.gguf.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { task } = await givenTask(invocation, name);
  refusePositionals(invocation, name);
  const out = outOption(invocation, name);
  const options = adapterTrainingOf(invocation, name);
  return withModel(invocation, name, (model) => {
    const training = finetune(model, task, task.demonstrations, options);
    return trainAndSave(invocation, model, training, out);
  });
}
