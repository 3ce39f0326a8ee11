/** Where numbers come from: what a figure or a receipt says of the model behind it. */
import { defaultModel } from 'shotglass';
import { version } from 'shotglass/package.json';

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

/** The version of the package that the page is built with. */
export { version };
