/** A model for as long as a command needs it. */
import { rm } from 'node:fs/promises';
import process from 'node:process';
import { defaultModel } from '../default-model.js';
import { ShotglassError } from '../errors.js';
import { formatBytes } from '../format-numbers.js';
import { Model } from '../model.js';
import type { LoadProgress, ModelInfo } from '../types.js';
import { choiceOption, type Invocation, integerOption, textOption } from './command.js';
import { defaultPath, fetchDefault, isThere } from './model-cache.js';

/** How finely activations are rounded, where the arguments say so. */
export function bitsOption(invocation: Invocation, command: string): 8 | 16 | undefined {
  const bits = choiceOption(invocation, command, 'activation-bits', ['8', '16']);
  return bits === undefined ? undefined : bits === '8' ? 8 : 16;
}

/** Loads the model that the arguments name, and closes it when the work is done, however it ends. */
export async function withModel<Result>(
  invocation: Invocation,
  command: string,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const model = await loadModel(invocation, command, bitsOption(invocation, command) ?? 16);
  try {
    return await work(model);
  } finally {
    model.close();
  }
}

/** The model that the arguments name; whoever asks for it closes it. */
export async function loadModel(
  invocation: Invocation,
  command: string,
  activationBits: 8 | 16,
): Promise<Model> {
  const { terminal, signal } = invocation;
  const threads = integerOption(invocation, command, 'threads', 1);
  const onProgress = ({ phase, bytesLoaded, bytesTotal }: LoadProgress) => {
    if (phase === 'ready') return terminal.endProgress();
    const what = phase === 'download' ? 'Fetching the model' : 'Reading the model';
    const fraction = bytesTotal === null ? null : bytesLoaded / bytesTotal;
    // Reading takes a moment only, which is no news to a log.
    if (phase === 'download' || process.stderr.isTTY) {
      terminal.progress(what, fraction, formatBytes(bytesLoaded));
    }
  };
  const hooks = { threads, activationBits, signal, onProgress };
  const named = textOption(invocation, 'model') ?? process.env.SHOTGLASS_MODEL;
  if (named) return Model.load(named, hooks);

  const known = { ...hooks, sha256: defaultModel.sha256 };
  const wasThere = await isThere(defaultPath());
  const path = await fetchDefault(terminal, signal);
  try {
    return await Model.load(path, known);
  } catch (error) {
    const isDamaged = error instanceof ShotglassError && damages.includes(error.code);
    if (!isDamaged || !wasThere) throw error;
    terminal.say(`${path} is damaged (${error.message}) and is fetched again.`);
    await rm(path, { force: true });
    return Model.load(await fetchDefault(terminal, signal), known);
  }
}

/** What a file of the right length may be that is not the right file. */
const damages: readonly string[] = [
  'checksum-mismatch',
  'not-gguf',
  'corrupt',
  'truncated',
  'unsupported-version',
  'unsupported-architecture',
  'unsupported-tokenizer',
  'unsupported-quantization',
];

/** What a result says of the model that it is of. */
export function aboutModel(model: { info: ModelInfo }) {
  const { name, sha256, bytes, quantization, activationBits } = model.info;
  return { name, sha256, bytes, quantization, activationBits };
}
