import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { strings } from '../../strings/index.ts';
import type { Draws } from '../figure.ts';
import { offeredOrders, offeredSeeds, offeredShots } from './evaluation.ts';

/** At which numbers of shots to evaluate, and with how many draws of the demonstrations. */
export interface Choices {
  shots: readonly number[];
  draws: Draws;
  choose: (change: { shots?: readonly number[]; draws?: Draws }) => void;
}

/** The choices of an evaluation whose shots come from so many demonstrations. */
export function drawChoices(pool: number, choices: Choices): TemplateResult {
  const { shots, draws, choose } = choices;
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
    <fieldset class="shots-choice">
      <legend class="field-name">${strings.evaluate.shots}</legend>
      ${offeredShots(pool).map(
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
    </fieldset>
    <div class="draws-choice" role="group" aria-label=${strings.evaluate.draws} aria-describedby="draws-hint">
      ${number('seeds', offeredSeeds)} ${number('orders', offeredOrders)}
      <p class="hint" id="draws-hint">${strings.evaluate.drawsHint}</p>
    </div>
  `;
}
