import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { Candidate, Sampled } from 'shotglass';
import type { Answer } from '../../app/answer.ts';
import type { JobState } from '../../app/job.ts';
import type { LabPrediction } from '../../app/lab-model.ts';
import type { Settings } from '../../app/settings.ts';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { axis, bar, probability } from '../../ui/bars.ts';
import {
  formatChoices,
  formatDuration,
  formatEntropy,
  formatLogprob,
  formatProbability,
} from '../../ui/numbers.ts';
import { indexIn, reached } from '../../ui/roving.ts';
import { share } from '../../ui/share.ts';
import { hexOfBytes, spokenToken, textOfBytes, tokenPieces } from '../../ui/visible.ts';
import { formatCount } from '../../util/numerals.ts';
import { isShaped } from './sampling.ts';
import '../../elements/lab-term.ts';

const counts = [5, 10, 20, 50];

/** The distribution after the prompt: a row per candidate, and one for all the rest, so that it adds up to 1. */
@customElement('lab-tokens')
export class LabTokens extends LabElement {
  @property({ attribute: false }) jobState!: JobState<Answer>;
  /** The prompt as it stands now: older bars are dimmed. */
  @property({ attribute: false }) text = '';
  @property({ attribute: false }) settings!: Settings;
  @state() private focused = 0;
  /** The row that the detail line tells of: where the pointer or the focus is. */
  @state() private pointed = 0;

  private get prediction(): LabPrediction | null {
    return this.jobState.result?.prediction ?? null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('jobState')) return;
    const rows = this.prediction?.candidates.length ?? 1;
    this.focused = Math.min(this.focused, rows - 1);
    this.pointed = Math.min(this.pointed, rows - 1);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { prediction } = this;
    if (!prediction) return nothing;
    const old = this.jobState.result?.predictionOf !== this.text || this.jobState.problem !== null;
    return html`
      <p class="hint append-hint">${strings.appendHint}</p>
      ${this.bars(prediction, old)}
    `;
  }

  private bars(prediction: LabPrediction, old: boolean): TemplateResult {
    const { candidates, rest, entropy } = prediction;
    // It tints the bars, and changes no number.
    const own = !old && isShaped(this.settings.sampling) ? (prediction.sampled ?? null) : null;
    const { unit } = this.settings;
    const log = this.settings.axis === 'log';
    const ofRest = own && Math.max(0, 1 - own.p.reduce((sum, p) => sum + p, 0));
    return html`
      <table class="bars of-tokens ${log ? 'log' : ''} ${old ? 'old' : ''}" data-columns=${this.settings.columns} aria-busy=${old && this.jobState.running ? 'true' : 'false'}>
        <caption class="visually-hidden">${strings.tableCaption}</caption>
        <thead>
          <tr>
            <th scope="col" class="token-cell">${strings.nextToken}</th>
            <th scope="col" class="bar-cell">
              ${log ? logAxis(strings.probability) : axis(strings.probability)}
            </th>
            <th scope="col" class="numeral">${strings.p}</th>
            <th scope="col" class="numeral of-more">${strings.logprob}<lab-term .name=${strings.logprob} .about=${strings.logprobTitles[unit]}></lab-term></th>
            <th scope="col" class="bytes-cell of-more">${strings.bytes}</th>
            <th scope="col" class="numeral rank-cell of-more">${strings.rank}</th>
          </tr>
        </thead>
        <tbody @keydown=${this.walk} @click=${this.choose} @pointerover=${this.point} @focusin=${this.point}>
          ${candidates.map((candidate, index) => this.row(candidate, index, own?.p[index] ?? null))}
        </tbody>
        <tbody>
          <tr class="rest" data-rest data-left-out=${own && candidates.length >= own.count ? 'yes' : nothing}>
            <th scope="row" class="token-cell">${strings.rest(rest.count)}</th>
            <td class="bar-cell">${this.bar(rest.p, own && candidates.length >= own.count ? 0 : ofRest)}</td>
            <td class="numeral">${probability(rest.p)}</td>
            <td class="numeral of-more"></td>
            <td class="bytes-cell of-more"></td>
            <td class="numeral rank-cell of-more"></td>
          </tr>
        </tbody>
      </table>
      <p class="token-detail" aria-hidden="true">${this.detail(candidates[this.pointed], own?.p[this.pointed] ?? null)}</p>
      ${own ? this.overlayKey(own) : nothing}
      <div class="below-bars">
        ${entropy === null ? this.topOnly(prediction) : this.entropy(entropy)}
        <p class="hint">
          ${this.cost(prediction)}
        </p>
      </div>
      ${this.scales()}
    `;
  }

  private entropy(entropy: number): TemplateResult {
    return html`<p class="entropy">
      ${strings.entropy}<lab-term .name=${strings.entropy} .about=${strings.entropyTitle}></lab-term> <data value=${entropy}>${formatEntropy(entropy)}</data> ${strings.nats}${strings.words.colon}${strings.choices(formatChoices(entropy))}${strings.words.stop}
    </p>`;
  }

  /** A server lists its best, and not what the entropy is made from. */
  private topOnly({
    candidates: { length },
    rest,
  }: LabPrediction): TemplateResult | typeof nothing {
    if (length >= this.settings.topK) return nothing;
    const all = rest.count === null ? null : rest.count + length;
    return html`<p class="entropy">${strings.topOnly(length, all, formatProbability(rest.p))}</p>`;
  }

  private cost({ tokens, cachedTokens, durationMs, entropy }: LabPrediction): string {
    const count = tokens === null ? null : formatCount(tokens);
    const { origin } = this.jobState.result ?? {};
    if (count === null || (origin === 'live' && entropy === null)) {
      return strings.costServer(count, formatDuration(durationMs));
    }
    switch (origin) {
      case 'recorded':
        return strings.first.cost(count);
      case 'sent':
        return strings.first.costSent(count);
      default:
        return strings.cost(count, formatCount(cachedTokens), formatDuration(durationMs));
    }
  }

  /** `drawn`: how often sampling draws it; null where that is not shown. */
  private bar(p: number, drawn: number | null): TemplateResult {
    const at = (value: number) => (this.settings.axis === 'log' ? onLogAxis(value) : value);
    if (drawn === null) return bar(at(p));
    return html`<span class="bar" aria-hidden="true"
        ><span ${share(at(p))}></span>${drawn > 0 ? html`<span class="of-sampling" ${share(at(drawn))}></span>` : nothing}</span
      ><span class="visually-hidden">${drawn > 0 ? strings.overlay.drawn(formatProbability(drawn)) : strings.overlay.never}</span>`;
  }

  /** What the tint over the bars is. */
  private overlayKey({ count }: Sampled): TemplateResult {
    const { temperature, topK, topP, minP } = this.settings.sampling;
    const words = strings.overlay;
    const ways = [
      temperature === 0 ? strings.greedy : words.temperature(temperature),
      ...(topK > 0 ? [words.topK(formatCount(topK))] : []),
      ...(topP < 1 ? [words.topP(topP)] : []),
      ...(minP > 0 ? [words.minP(minP)] : []),
    ];
    return html`<p class="hint overlay-key">
      <span class="overlay-mark" aria-hidden="true"></span>${words.key(ways.join(strings.words.comma), formatCount(count))}
    </p>`;
  }

  /** A logprob in the unit that the reader chose. */
  private logprob(nats: number): string {
    return formatLogprob(this.settings.unit === 'bits' ? nats / Math.LN2 : nats);
  }

  /** What has no room in the row. */
  private detail(
    candidate: Candidate | undefined,
    p: number | null,
  ): TemplateResult | typeof nothing {
    if (!candidate) return nothing;
    const { bytes, id } = candidate;
    const about = strings.tokenBytes(id, hexOfBytes(bytes), bytes.length);
    const often =
      p !== null && (p > 0 ? strings.overlay.drawn(formatProbability(p)) : strings.overlay.never);
    return html`<span class="mono">${drawn(tokenPieces(bytes))}</span> ${often ? html`${often} · ` : nothing}${about}`;
  }

  /** How the numbers are drawn, which changes none of them. */
  private scales(): TemplateResult {
    const { axis, columns } = this.settings;
    return html`<div class="view-foot">
      <details class="scales">
      <summary><span class="field-name">${strings.scales}</span>
        <span class="aside">${strings.columns[columns]}${strings.words.comma}${strings.axes[axis]}</span></summary>
      <div class="scales-fields">
        ${this.choice('columns', strings.columnsName, ['probability', 'all'], strings.columns)}
        ${this.choice('unit', strings.unit, ['nats', 'bits'], strings.units)}
        ${this.choice('axis', strings.axis, ['linear', 'log'], strings.axes)}
      </div>
      </details>
        <label class="show">
          ${strings.show}
          <select
            class="quiet"
            @change=${(event: Event) => this.send('lab-set', { topK: Number((event.target as HTMLSelectElement).value) })}
          >
            ${counts.map((count) => html`<option value=${count} ?selected=${count === this.settings.topK}>${count}</option>`)}
          </select>
        </label>
    </div>`;
  }

  private choice<Name extends 'columns' | 'unit' | 'axis'>(
    name: Name,
    title: string,
    values: readonly Settings[Name][],
    names: Readonly<Record<Settings[Name], string>>,
  ): TemplateResult {
    return html`<fieldset class="choice">
      <legend class="visually-hidden">${title}</legend>
      <span class="choice-name" aria-hidden="true">${title}</span>
      ${values.map(
        (value) => html`<label
          ><input
            type="radio"
            name=${name}
            value=${value}
            .checked=${live(this.settings[name] === value)}
            @change=${() => this.send('lab-set', { [name]: value })}
          />${names[value]}</label
        >`,
      )}
    </fieldset>`;
  }

  private row(candidate: Candidate, index: number, often: number | null): TemplateResult {
    const { bytes, p, logprob, rank } = candidate;
    const whole = textOfBytes(bytes) !== null;
    const name = whole
      ? strings.appendToken(spokenToken(bytes), formatProbability(p), rank)
      : `${spokenToken(bytes)}. ${strings.notAppendable}`;
    return html`
      <tr data-rank=${rank} data-index=${index} data-left-out=${often === 0 ? 'yes' : nothing}>
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
        <td class="bar-cell">${this.bar(p, often)}</td>
        <td class="numeral">${probability(p)}</td>
        <td class="numeral of-more"><data value=${logprob}>${this.logprob(logprob)}</data></td>
        <td class="bytes-cell of-more">${hexOfBytes(bytes)}</td>
        <td class="numeral rank-cell of-more">${formatCount(rank)}</td>
      </tr>
    `;
  }

  private choose(event: Event): void {
    const candidate = this.prediction?.candidates[indexIn(event) ?? -1];
    const text = candidate && textOfBytes(candidate.bytes);
    // Bars of an earlier prompt are only there to look at.
    if (text && this.jobState.result?.predictionOf === this.text)
      this.edit({ type: 'append', text });
  }

  private point(event: Event): void {
    this.pointed = indexIn(event) ?? this.pointed;
  }

  private walk(event: KeyboardEvent): void {
    const last = (this.prediction?.candidates.length ?? 1) - 1;
    const index = reached(event, { at: this.focused, last, along: 'column' });
    if (index === null) return;
    this.querySelector<HTMLElement>(`[data-index="${index}"] .token`)?.focus();
  }
}

/** Six decades: what is rarer stands at the foot of the axis. */
const decades = 6;

function onLogAxis(p: number): number {
  return p > 0 ? Math.max(0, 1 + Math.log10(p) / decades) : 0;
}

function logAxis(name: string): TemplateResult {
  return html`<span class="visually-hidden">${name}</span
    ><span class="axis" aria-hidden="true"><i>10<sup>−6</sup></i><i>10<sup>−3</sup></i><i>1</i></span>`;
}
