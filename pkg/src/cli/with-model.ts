/** A model for as long as a command needs it. */
import { Model } from '../model/model.js';
import type { RemoteModel } from '../model/remote/remote-model.js';
import type { LoadProgress } from '../types.js';
import { applyAdapter } from './adapter.js';
import { choiceOption, type Invocation, integerOption } from './command.js';
import { LoadReport } from './load-report.js';
import { type NamedModel, namedModel } from './named-model.js';
import { serverModel } from './server-option.js';

/** How finely activations are rounded, where the arguments say so. */
export function bitsOption(invocation: Invocation, command: string): 8 | 16 | undefined {
  const bits = choiceOption(invocation, command, 'activation-bits', ['8', '16']);
  return bits === undefined ? undefined : bits === '8' ? 8 : 16;
}

/** Loads the model that the arguments name, with their adapter, and closes it when the work is done, however it ends. */
export async function withModel<Result>(
  invocation: Invocation,
  command: string,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const model = await loadModel(invocation, command, bitsOption(invocation, command) ?? 16);
  try {
    await applyAdapter(invocation, command, model);
    return await work(model);
  } finally {
    model.close();
  }
}

/** Loads a model, by default the one that the arguments name. The caller closes it. */
export async function loadModel(
  invocation: Invocation,
  command: string,
  activationBits: 8 | 16,
  asked?: NamedModel,
): Promise<Model> {
  const { terminal, signal } = invocation;
  const threads = integerOption(invocation, command, 'threads', 1);
  const { source, from } = asked ?? (await namedModel(invocation));
  const report = new LoadReport(terminal, from);
  const onProgress = (progress: LoadProgress) => report.progress(progress);
  const hooks = { threads, activationBits, signal, onProgress };
  try {
    const model = await Model.load(source, hooks);
    report.kept(model.info.keeping);
    return model;
  } catch (error) {
    throw report.explained(error);
  }
}

/** The same, or a connection to the server that the arguments name. */
export async function withAnyModel<Result>(
  invocation: Invocation,
  command: string,
  work: (model: Model | RemoteModel) => Promise<Result>,
): Promise<Result> {
  const remote = await serverModel(invocation, command);
  if (remote === null) return withModel(invocation, command, work);
  try {
    return await work(remote);
  } finally {
    remote.close();
  }
}

/** What a result says of the model that it is of. */
export function aboutModel(model: Model | RemoteModel) {
  if ('capabilities' in model) {
    const { name, server, addsBos } = model.info;
    return { name, server, addsBos };
  }
  const { info, adapter } = model;
  const { name, sha256, bytes, quantization, activationBits } = info;
  const about = { name, sha256, bytes, quantization, activationBits };
  return adapter ? { ...about, adapter: { ...adapter.adapter.info, scale: adapter.scale } } : about;
}
