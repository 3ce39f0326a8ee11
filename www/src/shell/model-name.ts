import { defaultModel, type ModelInfo } from 'shotglass';
import { nameText } from '../ui/visible.ts';

/** The name inside the default file is that of a training run. */
export function modelName({ sha256, name }: ModelInfo): string {
  return sha256 === defaultModel.sha256 ? defaultModel.name : nameText(name);
}
