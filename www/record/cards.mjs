// What cards of Why show of a preset as it opens: the records of Layers, and of any other card.
import { renderPrompt } from 'shotglass';
import { moduleOf } from '../module.mjs';
import { defaultSettings, draftOf } from './lab.mjs';

const { firstChoices, keyOf, questionOf, settled } = await moduleOf('src/why/question.ts');
const { experimentOf } = await moduleOf('src/why/experiments.ts');
const { recordOf } = await moduleOf('src/why/recorded.ts');
const { readLayers } = await moduleOf('src/why/lens/layers.ts');
const { packed } = await moduleOf('src/why/lens/recorded.ts');

/** What the page asks of a preset as it opens. */
export const questionOfPreset = (preset) =>
  questionOf(draftOf(preset), null, defaultSettings, firstChoices);

/** The figure of an experiment, with the question that it is of. */
export async function figureRecordOf(model, preset, id) {
  const experiment = experimentOf(id);
  const card = await experiment.fetchCard();
  const asked = questionOfPreset(preset);
  const { signal } = new AbortController();
  const question = experiment.asks ? { ...asked, signal } : await settled(model, asked, signal);
  let figure;
  for await (const { result } of card.run(model, question)) figure = result;
  return recordOf(keyOf(experiment, asked), figure);
}

export async function lensRecordOf(model, preset) {
  const asked = questionOfPreset(preset);
  const question = await settled(model, asked, new AbortController().signal);
  let figure;
  for await (const { result } of readLayers(model, question)) figure = result;
  return packed(renderPrompt(question.task, { query: question.query }).text, figure);
}
