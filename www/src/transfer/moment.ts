/** The slider over the steps, and how strong the adapter is. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import {
  momentAt,
  type TransferRun,
  type TransferView,
  type TransferWish,
} from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { spokenProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';

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
    <div class="field">
      <label class="field-name" for="transfer-step">${words.step}</label>
      <span class="joined">
        <input
          id="transfer-step"
          type="range"
          min="0"
          max=${last}
          step="1"
          aria-valuetext=${words.spoken(at, here ? spokenProbability(here.p) : null)}
          ${share(last > 0 ? at / last : 0)}
          .value=${live(String(at))}
          @input=${(event: Event) => send({ do: 'at', step: numberOf(event) })}
        />
        <output for="transfer-step">${at}</output>
      </span>
    </div>
    ${
      view.isOfModel && nearest !== undefined && !isRunning
        ? html`<div class="field">
            <label class="field-name" for="transfer-scale">${words.scale}</label>
            <span class="joined">
              <input
                id="transfer-scale"
                type="range"
                min="0"
                max=${mostScale}
                step="0.05"
                ${share(scale / mostScale)}
                .value=${live(String(scale))}
                @input=${(event: Event) => send({ do: 'scale', scale: numberOf(event) })}
              />
              <output for="transfer-scale">${scale.toFixed(2)}</output>
            </span>
          </div>`
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

const numberOf = (event: Event) => Number((event.target as HTMLInputElement).value);
