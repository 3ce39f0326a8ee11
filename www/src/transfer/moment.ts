/** The slider over the steps, and how strong the adapter is. */
import { html, nothing, type TemplateResult } from 'lit';
import {
  momentAt,
  type TransferRun,
  type TransferView,
  type TransferWish,
} from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { spokenProbability } from '../ui/numbers.ts';
import { slider } from '../ui/slider.ts';

const mostScale = 1.5;

export function drawMoment(
  view: TransferView,
  run: TransferRun,
  send: (wish: TransferWish) => void,
): TemplateResult {
  const words = transferWords().moment;
  const { at, scale, running } = view;
  const last = run.moments.at(-1)?.step ?? 0;
  const here = momentAt(run, at, 'p');
  const nearest = view.kept.filter((step) => step <= at).at(-1);
  const isRunning = running?.id === run.id;
  return html`<div class="transfer-moment">
    ${slider({
      ...{
        id: 'transfer-step',
        name: words.step,
        most: last,
        step: 1,
        value: at,
        text: String(at),
      },
      spoken: words.spoken(at, here ? spokenProbability(here.p) : null),
      slide: (step) => send({ do: 'at', step }),
    })}
    ${
      view.isOfModel && nearest !== undefined && !isRunning
        ? slider({
            ...{ id: 'transfer-scale', name: words.scale, most: mostScale, step: 0.05 },
            ...{ value: scale, text: scale.toFixed(2) },
            slide: (value) => send({ do: 'scale', scale: value }),
          })
        : nothing
    }
    ${nearest !== undefined && nearest !== at && view.isOfModel && !isRunning ? html`<p class="hint">${words.hint(nearest)}</p>` : nothing}
    ${told(view, run)}
  </div>`;
}

/** Whose numbers these are, and how the run ended, where that is not plain. */
function told(view: TransferView, run: TransferRun): TemplateResult | typeof nothing {
  const words = transferWords().told;
  if (run.isRecorded) return html`<p class="hint">${words.recorded(run.model.name)}</p>`;
  if (view.isReady && !view.isOfModel) {
    return html`<p class="hint">${words.otherModel(run.model.name)}</p>`;
  }
  if (run.state === 'diverged')
    return html`<p class="sentence" role="status">${words.diverged}</p>`;
  return nothing;
}
