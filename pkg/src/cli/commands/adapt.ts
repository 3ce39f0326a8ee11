/** `shotglass adapt`: the lines of a text become an adapter. */
import { adapt } from '../../transfer/adapt.js';
import {
  type Command,
  type Invocation,
  integerOption,
  modelOptions,
  UsageError,
} from '../command.js';
import { linesInput } from '../input.js';
import { adapterTrainingOf, adapterTrainingOptions, outOption, trainAndSave } from '../training.js';
import { withModel } from '../with-model.js';

const name = 'adapt';

export const adaptCommand: Command = {
  name,
  about: 'Trains an adapter on the texts of a domain, and saves it.',
  usage: ['FILE --out FILE.gguf [--hold-out N]', '- --out FILE.gguf ... < texts.txt'],
  options: [
    {
      name: 'hold-out',
      value: 'N',
      about: 'Hold out the last N texts, and say what their loss becomes.',
    },
    ...adapterTrainingOptions,
    ...modelOptions,
  ],
  notes: [
    'Each line of the file is a text, and all its tokens but the first are learned (domain-adaptive',
    'pretraining, Gururangan et al. 2020). Ctrl-C ends the training, and what the last whole step left is saved.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const [file, ...others] = invocation.positionals;
  if (file === undefined) throw new UsageError('No file with texts was given.', name);
  if (others.length > 0) throw new UsageError(`Unexpected argument '${others[0]}'.`, name);
  const out = outOption(invocation, name);
  const options = adapterTrainingOf(invocation, name);
  const held = integerOption(invocation, name, 'hold-out', 1) ?? 0;
  const texts = await linesInput(invocation, file);
  if (held >= texts.length) {
    throw new UsageError(
      `--hold-out must be less than ${texts.length}, the number of texts.`,
      name,
    );
  }
  const train = texts.slice(0, texts.length - held);
  const validation = texts.slice(texts.length - held);
  return withModel(invocation, name, (model) =>
    trainAndSave(invocation, model, adapt(model, train, { ...options, validation }), out),
  );
}
