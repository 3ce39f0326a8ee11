/** Where numbers come from: what a figure or a receipt says of the model behind it. */
import { defaultModel } from 'shotglass';
import { version } from 'shotglass/package.json';
import { nameText } from '../ui/visible.ts';

/** A model, as one has to know it to get the same numbers. */
export interface ModelFacts {
  name: string;
  sha256: string;
  /** 0 where a server does not tell. */
  activationBits: number;
  /** The address of the server that runs it, without a key; absent where this tab does. */
  server?: string | undefined;
}

/** Names of files of the catalogue by their hash: the name inside such a file is often that of a training run. */
const names = new Map([[defaultModel.sha256, defaultModel.name]]);

/** From now on, the file with this hash is called so. */
export function nameFile(sha256: string, name: string): void {
  names.set(sha256, name);
}

export function factsOfModel({ sha256, name, activationBits, server }: ModelFacts) {
  const facts = { name: names.get(sha256) ?? name, sha256, activationBits };
  return server === undefined ? facts : { ...facts, server };
}

/** A model as a sentence names it: one of the reader's own with its quantization, one on a server with that. */
export function modelName({
  name,
  sha256,
  quantization,
  server,
}: Pick<ModelFacts, 'name' | 'sha256' | 'server'> & { quantization: string }): string {
  if (server !== undefined) return `${nameText(name)} (${nameText(new URL(server).host)})`;
  const known = names.get(sha256);
  if (known !== undefined) return known;
  return name.includes(quantization) ? nameText(name) : `${nameText(name)} (${quantization})`;
}

/** The version of the package that the page is built with. */
export { version };
