/** The adapter that the arguments name: a GGUF file, or a folder of PEFT. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUrl } from '../files/source.js';
import type { AdapterSource } from '../model/adapter.js';
import type { Model } from '../model/model.js';
import { type CommandOption, type Invocation, textOption, UsageError } from './command.js';

/** Of the commands that run a model. */
export const adapterOption: CommandOption = {
  name: 'adapter',
  value: 'FILE[:SCALE]',
  about:
    'A LoRA or (IA)³ adapter: a GGUF file, or a folder of PEFT. SCALE is 0 to 2, by default 1.',
};

/** Sets the adapter of `--adapter`, if it is given. */
export async function applyAdapter(
  invocation: Invocation,
  command: string,
  model: Model,
): Promise<void> {
  const text = textOption(invocation, 'adapter');
  if (text === undefined) return;
  const { signal } = invocation;
  const { file, scale } = parsed(text, command);
  const adapter = await model.loadAdapter(await sourceOf(file), { signal });
  await model.setAdapter(adapter, scale);
}

function parsed(text: string, command: string): { file: string; scale: number } {
  const [, file = '', number] = /^(.+?)(?::([\d.]+))?$/.exec(text) ?? [];
  const scale = Number(number ?? 1);
  if (file !== '' && scale >= 0 && scale <= 2) return { file, scale };
  throw new UsageError(
    `--adapter must be a file, or a file and a scale from 0 to 2 such as file.gguf:0.5, not '${text}'.`,
    command,
  );
}

async function sourceOf(file: string): Promise<AdapterSource> {
  const isFolder = !isUrl(file) && (await stat(file).catch(() => null))?.isDirectory() === true;
  if (!isFolder) return file;
  return {
    config: join(file, 'adapter_config.json'),
    weights: join(file, 'adapter_model.safetensors'),
  };
}
