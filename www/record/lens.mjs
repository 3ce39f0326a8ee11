// What the layers of the model say of a preset as it opens: the record of the card Layers.
import { renderPrompt } from 'shotglass';
import { moduleOf } from '../module.mjs';
import { defaultSettings, draftOf } from './lab.mjs';

const { firstChoices, questionOf, settled } = await moduleOf('src/why/question.ts');
const { readLayers } = await moduleOf('src/why/lens/layers.ts');
const { packed } = await moduleOf('src/why/lens/recorded.ts');

export async function lensRecordOf(model, preset) {
  const asked = questionOf(draftOf(preset), null, defaultSettings, firstChoices);
  const question = await settled(model, asked, new AbortController().signal);
  let figure;
  for await (const { result } of readLayers(model, question)) figure = result;
  return packed(renderPrompt(question.task, { query: question.query }).text, figure);
}
