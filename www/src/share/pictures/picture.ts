/** The answer as a picture, with the end of the prompt above it: fetched when the reader asks for it. */

import { stemOf } from '../../app/own-task.ts';
import { factsOfModel } from '../../app/source.ts';
import { svg, type Theme } from '../../figure/svg/whole.ts';
import { tokensChart } from '../../figure/tokens.ts';
import { exactly, type Shown, type TextFile } from '../shown.ts';

/** Null where there is nothing to draw. */
export function picture(shown: Shown, theme: Theme): TextFile | null {
  const { prediction, model, prompt, version, draft } = shown;
  if (!prediction) return null;
  const { task, query, shots } = exactly(shown).asked;
  const methods = {
    ...{
      version,
      model: model && factsOfModel(model),
      query,
      shots: [shots],
      demonstrations: task.demonstrations.length,
    },
    ...{ template: task.template, scoring: null, seeds: null, orders: null, rows: null },
  };
  const stem = stemOf(draft);
  const chart = { ...tokensChart(prediction, { methods, stem }), prompt };
  return { name: `${stem}-${theme}.svg`, type: 'image/svg+xml', text: svg(chart, theme) };
}
