// Presets that are for another kind of model than the default one, and how often such a model is right.
import { Model } from 'shotglass';
import { measure } from './rows.mjs';

/** Asked of gemma-3-270m, whose file `SHOTGLASS_GEMMA` names. */
const ids = ['sentiment-zh'];

export function isAlso({ id }) {
  return ids.includes(id);
}

/** The model and its points; null where there is no file of it, and what was measured before is kept. */
export async function measureAlso(preset, tell) {
  const file = process.env.SHOTGLASS_GEMMA;
  if (!file) return null;
  const model = await Model.load(file, { activationBits: 16 });
  try {
    const { points } = await measure(model, preset, tell);
    return { model: aboutModel(model), points };
  } finally {
    model.close();
  }
}

/** What a file of numbers says of the model. */
export function aboutModel({ info }) {
  const { sha256, name, bytes, quantization, activationBits } = info;
  return { sha256, name, bytes, quantization, activationBits };
}
