import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { strings } from '../../strings/index.ts';
import type { Draws } from '../figure.ts';
import type { WhyChoices } from '../question.ts';
import { calibrations } from './calibrations.ts';
import { offeredOrders, offeredSeeds, offeredShots } from './offered.ts';

/** What an evaluation depends on that the reader does not choose here. */
export interface Given {
  /** How many demonstrations the table has, and how many of them prompts are made of. */
  pool: number;
  train: number;
  /** The same of the pinned prompt; null where nothing is compared. */
  ofPinned: number | null;
  isFree: boolean;
  /** Whether nothing is to be chosen but the rows that are held out. */
  atOwnShots: boolean;
  /** Whether the reader may choose how labels are calibrated. */
  calibrates: boolean;
}

/** Which rows are held out, at which numbers of shots to evaluate, with how many draws, and how to calibrate. */
export function drawChoices(
  { pool, train, ofPinned, isFree, atOwnShots, calibrates }: Given,
  choices: WhyChoices,
  choose: (change: Partial<WhyChoices>) => void,
): TemplateResult {
  const { shots, draws } = choices;
  const held = pool < 2 ? nothing : holdOutField(pool, isFree, choices.holdOut, choose);
  if (atOwnShots) return html`${held}`;
  const most = Math.min(train, ofPinned ?? train);
  const toggle = (k: number) => {
    const others = shots.filter((one) => one !== k);
    const all = others.length < shots.length ? others : [...others, k].sort((a, b) => a - b);
    choose({ shots: all });
  };
  const number = (
    name: keyof Draws,
    offered: readonly number[],
  ) => html`<label class="field inline">
    <span class="field-name">${strings.evaluate[name]}</span>
    <select
      name=${name}
      @change=${(event: Event) => choose({ draws: { ...draws, [name]: Number((event.target as HTMLSelectElement).value) } })}
    >
      ${offered.map((n) => html`<option value=${n} ?selected=${n === draws[name]}>${n}</option>`)}
    </select>
  </label>`;
  return html`
    ${held}
    <fieldset class="shots-choice">
      <legend class="field-name">${strings.evaluate.shots}</legend>
      ${offeredShots(most).map(
        (k) => html`<label class="check"
          ><input
            type="checkbox"
            name="shots"
            value=${k}
            .checked=${live(shots.includes(k))}
            @change=${() => toggle(k)}
          />${k}</label
        >`,
      )}
      <span class="hint">${ofPinned === null ? strings.evaluate.pool(train) : strings.pair.shared(most)}</span>
    </fieldset>
    <div class="draws-choice" role="group" aria-label=${strings.evaluate.draws} aria-describedby="draws-hint">
      ${number('seeds', offeredSeeds)} ${number('orders', offeredOrders)}
      <p class="hint" id="draws-hint">${strings.evaluate.drawsHint}</p>
    </div>
    ${calibrates ? calibrationField(choices.calibration, choose) : nothing}
  `;
}

function holdOutField(
  pool: number,
  isFree: boolean,
  count: number,
  choose: (change: Partial<WhyChoices>) => void,
): TemplateResult {
  const words = strings.evaluate;
  const set = (event: Event) => {
    const { valueAsNumber } = event.target as HTMLInputElement;
    const asked = Number.isNaN(valueAsNumber) ? 0 : Math.round(valueAsNumber);
    choose({ holdOut: Math.max(0, Math.min(asked, pool - 1)) });
  };
  return html`<div class="hold-out">
    <label class="field inline">
      <span class="field-name">${words.holdOut}</span>
      <input
        type="number"
        name="hold-out"
        min="0"
        max=${pool - 1}
        step="1"
        aria-describedby="hold-out-hint"
        .value=${live(String(count))}
        @change=${set}
      />
      <span class="hint">${words.holdOutOf(pool)}</span>
    </label>
    <p class="hint" id="hold-out-hint">${words.holdOutHint(!isFree)}</p>
  </div>`;
}

function calibrationField(
  chosen: WhyChoices['calibration'],
  choose: (change: Partial<WhyChoices>) => void,
): TemplateResult {
  const words = strings.evaluate;
  const set = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    const calibration = calibrations.find((one) => one === value);
    if (calibration) choose({ calibration });
  };
  return html`<label class="field inline calibration-choice">
    <span class="field-name">${words.calibration}</span>
    <select name="calibration" @change=${set}>
      ${calibrations.map((one) => html`<option value=${one} ?selected=${one === chosen}>${words.calibrations[one]}</option>`)}
    </select>
  </label>`;
}
