import { acrossModels } from './across-models.ts';
import { answer } from './answer.ts';
import { choosing } from './choosing.ts';
import { compare } from './compare.ts';
import { evaluate } from './evaluate.ts';
import { exact } from './exact.ts';
import { figure } from './figure.ts';
import { first } from './first.ts';
import { generate } from './generate.ts';
import { keep } from './keep.ts';
import { labels } from './labels.ts';
import { ladder } from './ladder.ts';
import { lint } from './lint.ts';
import { load } from './load.ts';
import { overlay } from './overlay.ts';
import { page } from './page.ts';
import { pair } from './pair.ts';
import { presets } from './presets.ts';
import { probing } from './probing.ts';
import { prompt } from './prompt.ts';
import { recorded } from './recorded.ts';
import { story } from './story.ts';
import { table } from './table.ts';
import { tasks } from './tasks.ts';
import { tree } from './tree.ts';
import { why } from './why.ts';
import { words } from './words.ts';

/**
 * Every word on the page in English, which is also what every other language must have. The examples and queries
 * of the presets stay with their tasks: the model reads English alone, in whatever language the page is.
 */
export const en = {
  words,
  presets,
  ...page,
  ...load,
  ...prompt,
  ...exact,
  ...answer,
  ...generate,
  table,
  tasks,
  ladder,
  labels,
  compare,
  lint,
  overlay,
  tree,
  story,
  figure,
  first,
  why,
  evaluate,
  pair,
  acrossModels,
  choosing,
  probing,
  keep,
  recorded,
};
