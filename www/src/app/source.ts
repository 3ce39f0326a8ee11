/** Where numbers come from: what a figure or a receipt says of the model behind it. */
import { defaultModel } from 'shotglass';
import { version } from 'shotglass/package.json';
import { nameText } from '../ui/visible.ts';

/** A model, as one has to know it to get the same numbers. */
export interface ModelFacts {
  name: string;
  sha256: string;
  activationBits: number;
}

/** Names of files of the catalogue by their hash: the name inside such a file is often that of a training run. */
const names = new Map([[defaultModel.sha256, defaultModel.name]]);

/** From now on, the file with this hash is called so. */
export function nameFile(sha256: string, name: string): void {
  names.set(sha256, name);
}

export function factsOfModel({ sha256, name, activationBits }: ModelFacts): ModelFacts {
  return { name: names.get(sha256) ?? name, sha256, activationBits };
}

/** A model as a sentence names it: one of the reader's own with its quantization. */
export function modelName({
  name,
  sha256,
  quantization,
}: Pick<ModelFacts, 'name' | 'sha256'> & { quantization: string }): string {
  const known = names.get(sha256);
  if (known !== undefined) return known;
  return name.includes(quantization) ? nameText(name) : `${nameText(name)} (${quantization})`;
}

/** The version of the package that the page is built with. */
export { version };
