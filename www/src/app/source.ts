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

/** The name inside the default file is that of a training run. */
export function factsOfModel({ sha256, name, activationBits }: ModelFacts): ModelFacts {
  const known = sha256 === defaultModel.sha256 ? defaultModel.name : name;
  return { name: known, sha256, activationBits };
}

/** A model as a sentence names it: one of the reader's own with its quantization. */
export function modelName({
  name,
  sha256,
  quantization,
}: Pick<ModelFacts, 'name' | 'sha256'> & { quantization: string }): string {
  return sha256 === defaultModel.sha256 ? defaultModel.name : `${nameText(name)} (${quantization})`;
}

/** The version of the package that the page is built with. */
export { version };
