import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Candidate, Prediction } from 'shotglass';
import type { Answer } from '../answer.ts';
import {
  formatChoices,
  formatDuration,
  formatEntropy,
  formatLogprob,
  formatProbability,
} from '../format.ts';
import { formatCount } from '../numerals.ts';
import type { Ran } from '../run.ts';
import { strings } from '../strings/index.ts';
import { spokenToken, textOfBytes, tokenPieces } from '../visible.ts';
import { drawn, LabElement } from './lab-element.ts';
import { share } from './share.ts';

const counts = [5, 10, 20, 50];

/** The distribution after the prompt: a row per candidate, and one for all the rest, so that it adds up to 1. */
@customElement('lab-tokens')
export class LabTokens extends LabElement {
  @property({ attribute: false }) ran!: Ran<Answer>;
  /** The prompt as it stands now: older bars are dimmed. */
  @property({ attribute: false }) text = '';
  @property({ attribute: false }) topK = 10;
  @state() private focused = 0;

  private get prediction(): Prediction | null {
    return this.ran.result?.prediction ?? null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('ran')) return;
    const rows = this.prediction?.candidates.length ?? 1;
    this.focused = Math.min(this.focused, rows - 1);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { prediction } = this;
    if (!prediction) return nothing;
    const old = this.ran.result?.predictionOf !== this.text || this.ran.problem !== null;
    return html`
      <div class="view-head">
        <p class="hint">${strings.appendHint}</p>
        <label class="show">
          ${strings.show}
          <select
            class="quiet"
            @change=${(event: Event) => this.send('lab-set', { topK: Number((event.target as HTMLSelectElement).value) })}
          >
            ${counts.map((count) => html`<option value=${count} ?selected=${count === this.topK}>${count}</option>`)}
          </select>
        </label>
      </div>
      ${this.bars(prediction, old)}
    `;
  }

  private bars(prediction: Prediction, old: boolean): TemplateResult {
    const { candidates, rest, entropy } = prediction;
    return html`
      <table class="bars ${old ? 'old' : ''}" aria-busy=${old && this.ran.running ? 'true' : 'false'}>
        <caption class="visually-hidden">${strings.tableCaption}</caption>
        <thead>
          <tr>
            <th scope="col" class="token-cell">${strings.nextToken}</th>
            <th scope="col" class="bar-cell">
              <span class="visually-hidden">${strings.probability}</span>
              <span class="axis" aria-hidden="true"><i>0</i><i>50</i><i>100%</i></span>
            </th>
            <th scope="col" class="numeral">${strings.p}</th>
            <th scope="col" class="numeral" title=${strings.logprobTitle}>${strings.logprob}</th>
            <th scope="col" class="numeral rank-cell">${strings.rank}</th>
          </tr>
        </thead>
        <tbody @keydown=${this.walk} @click=${this.choose}>
          ${candidates.map((candidate, index) => this.row(candidate, index))}
        </tbody>
        <tbody>
          <tr class="rest" data-rest>
            <th scope="row" class="token-cell">${strings.rest(rest.count)}</th>
            <td class="bar-cell">${bar(rest.p)}</td>
            <td class="numeral">${probability(rest.p)}</td>
            <td class="numeral"></td>
            <td class="numeral rank-cell"></td>
          </tr>
        </tbody>
      </table>
      <div class="below-bars">
        <p class="entropy">
          ${strings.entropy} <data value=${entropy}>${formatEntropy(entropy)}</data> ${strings.nats},
          ${strings.choices(formatChoices(entropy))}.
        </p>
        <p class="hint">
          ${strings.cost(formatCount(prediction.tokens), formatCount(prediction.cachedTokens), formatDuration(prediction.durationMs))}
        </p>
      </div>
    `;
  }

  private row(candidate: Candidate, index: number): TemplateResult {
    const { bytes, p, logprob, rank } = candidate;
    const whole = textOfBytes(bytes) !== null;
    const name = whole
      ? strings.appendToken(spokenToken(bytes), formatProbability(p), rank)
      : `${spokenToken(bytes)}. ${strings.notAppendable}`;
    return html`
      <tr data-rank=${rank} data-index=${index}>
        <th scope="row" class="token-cell">
          <button
            type="button"
            class="token"
            dir="auto"
            tabindex=${index === this.focused ? 0 : -1}
            aria-label=${name}
            aria-disabled=${whole ? 'false' : 'true'}
            title=${whole ? nothing : strings.notAppendable}
            @focus=${() => {
              this.focused = index;
            }}
          >${drawn(tokenPieces(bytes))}</button>
        </th>
        <td class="bar-cell">${bar(p)}</td>
        <td class="numeral">${probability(p)}</td>
        <td class="numeral"><data value=${logprob}>${formatLogprob(logprob)}</data></td>
        <td class="numeral rank-cell">${formatCount(rank)}</td>
      </tr>
    `;
  }

  private choose(event: Event): void {
    const row = event.target instanceof Element ? event.target.closest('tr') : null;
    const candidate = this.prediction?.candidates[Number(row?.dataset.index)];
    const text = candidate && textOfBytes(candidate.bytes);
    // Bars of an earlier prompt are only there to look at.
    if (text && this.ran.result?.predictionOf === this.text) this.edit({ type: 'append', text });
  }

  private walk(event: KeyboardEvent): void {
    const last = (this.prediction?.candidates.length ?? 1) - 1;
    const places: Record<string, number> = {
      ArrowDown: this.focused + 1,
      ArrowUp: this.focused - 1,
      Home: 0,
      End: last,
    };
    const to = places[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(to, last));
    this.querySelector<HTMLElement>(`[data-index="${index}"] .token`)?.focus();
  }
}

function bar(p: number): TemplateResult {
  return html`<span class="bar" aria-hidden="true"><span ${share(p)}></span></span>`;
}

/** Aligned at the decimal point, like any column of figures; the exact value stands in `value`. */
function probability(p: number): TemplateResult {
  const [, whole = '', fraction = ''] = /^([^.]*)(.*)$/.exec(formatProbability(p)) ?? [];
  const text = fraction.startsWith('.')
    ? html`${whole}<span class="fraction">${fraction}</span>`
    : html`${whole}`;
  return html`<data value=${p}>${text}</data>`;
}
