import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { JobState } from '../../app/job.ts';
import type { Sampling } from '../../app/settings.ts';
import { LabElement } from '../../elements/lab-element.ts';
import type { StripItem } from '../../elements/lab-strip.ts';
import { strings } from '../../strings/index.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { spokenToken, tokenPieces } from '../../ui/visible.ts';
import { type Draw, textOf } from './generation.ts';
import '../../elements/lab-strip.ts';

type NumberField = Exclude<keyof Sampling, 'stopAtNewline'>;

const limits: Record<NumberField, { min: number; max: number; step: number }> = {
  temperature: { min: 0, max: 2, step: 0.1 },
  topK: { min: 0, max: 49152, step: 1 },
  topP: { min: 0.01, max: 1, step: 0.01 },
  minP: { min: 0, max: 1, step: 0.01 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, step: 1 },
  maxTokens: { min: 1, max: 1024, step: 1 },
};

/** Texts drawn from the model, token by token, below the controls that shape them. */
@customElement('lab-generate')
export class LabGenerate extends LabElement {
  @property({ attribute: false }) generation!: JobState<Draw[]>;
  @property({ attribute: false }) sampling!: Sampling;
  @property({ attribute: false }) text = '';
  @property({ type: Boolean }) ready = false;

  protected override render(): TemplateResult {
    const { running } = this.generation;
    return html`
      <div class="panel-head">
        <h3 id="generate-heading">${strings.generate}</h3>
        <p class="hint">${strings.generateLede}</p>
      </div>
      <div class="generate-main">
        ${this.temperature()}
        <div class="field seed">
          <label class="field-name" for="seed">${strings.seed}</label>
          <span class="joined">
            ${this.number('seed', 'seed')}
            <button type="button" class="quiet" @click=${this.newSeed}>${strings.newSeed}</button>
          </span>
        </div>
        ${
          running
            ? html`<button type="button" class="primary small" id="stop" @click=${() => this.send('lab-stop', null)}>${strings.stop}</button>`
            : html`<button
                type="button"
                class="primary small"
                id="generate"
                ?disabled=${!this.ready}
                @click=${() => this.send('lab-generate', null)}
              >${strings.generate}</button>`
        }
      </div>
      <details class="sampling">
        <summary><span class="field-name">${strings.sampling}</span> <span class="aside">${this.summary()}</span></summary>
        <div class="sampling-fields">
          ${this.labelled('topK', strings.topK, this.sampling.topK === 0)}
          ${this.labelled('topP', strings.topP, this.sampling.topP === 1)}
          ${this.labelled('minP', strings.minP, this.sampling.minP === 0)}
          ${this.labelled('maxTokens', strings.maxTokens, false)}
          <label class="check">
            <input
              type="checkbox"
              .checked=${live(this.sampling.stopAtNewline)}
              @change=${(event: Event) => this.change({ stopAtNewline: (event.target as HTMLInputElement).checked })}
            />
            ${strings.stopAtNewline}
          </label>
        </div>
        <p class="hint">${strings.samplingHint}</p>
      </details>
      ${this.outcome()}
    `;
  }

  private temperature(): TemplateResult {
    const { temperature } = this.sampling;
    const text = temperature === 0 ? strings.greedy : temperature.toFixed(1);
    return html`
      <div class="field temperature">
        <label class="field-name" for="temperature">${strings.temperature}</label>
        <span class="joined">
          <input
            id="temperature"
            type="range"
            min=${limits.temperature.min}
            max=${limits.temperature.max}
            step=${limits.temperature.step}
            aria-valuetext=${text}
            ${share(temperature / limits.temperature.max)}
            .value=${live(String(temperature))}
            @input=${(event: Event) => this.readNumber('temperature', event)}
          />
          <output for="temperature">${text}</output>
        </span>
      </div>
    `;
  }

  private labelled(field: NumberField, name: string, off: boolean): TemplateResult {
    return html`<label class="field">
      <span class="field-name">${name} ${off ? html`<span class="aside">${strings.off}</span>` : nothing}</span>
      ${this.number(field, null)}
    </label>`;
  }

  private number(field: NumberField, id: string | null): TemplateResult {
    const { min, max, step } = limits[field];
    return html`<input
      type="number"
      id=${id ?? nothing}
      name=${field}
      min=${min}
      max=${max}
      step=${step}
      .value=${live(String(this.sampling[field]))}
      @change=${(event: Event) => this.readNumber(field, event)}
    />`;
  }

  private summary(): string {
    const { topK, topP, minP, maxTokens, stopAtNewline } = this.sampling;
    const parts = [`${strings.maxTokens.toLowerCase()} ${maxTokens}`];
    if (topK > 0) parts.unshift(`${strings.topK.toLowerCase()} ${topK}`);
    if (topP < 1) parts.unshift(`${strings.topP.toLowerCase()} ${topP}`);
    if (minP > 0) parts.unshift(`${strings.minP.toLowerCase()} ${minP}`);
    if (stopAtNewline) parts.push(strings.stopAtNewline.toLowerCase());
    return parts.join(strings.words.comma);
  }

  private outcome(): TemplateResult | typeof nothing {
    const { result, problem, running } = this.generation;
    if (problem)
      return html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>`;
    if (!result) return nothing;
    const [latest, ...earlier] = result;
    return html`
      ${latest ? this.draw(latest, 'generated', running) : nothing}
      ${this.again()}
      ${
        earlier.length === 0
          ? nothing
          : html`<ul class="earlier" aria-label=${strings.draws}>
              ${earlier.map((draw) => html`<li>${this.draw(draw, 'drawn', false)}</li>`)}
            </ul>`
      }
    `;
  }

  private again(): TemplateResult {
    const { running } = this.generation;
    const greedy = this.sampling.temperature === 0;
    return html`<p class="again">
      <button
        type="button"
        class="quiet"
        aria-disabled=${running || greedy || !this.ready ? 'true' : 'false'}
        @click=${this.nextSeed}
      >${strings.nextSeed}</button>
      ${greedy ? html`<span class="hint">${strings.nextSeedGreedy}</span>` : nothing}
    </p>`;
  }

  private draw(draw: Draw, kind: 'generated' | 'drawn', running: boolean): TemplateResult {
    const { of, steps, sampling } = draw;
    const old = of !== this.text;
    const finish = steps.at(-1)?.finish ?? null;
    const note = running ? null : finish ? strings.finished[finish] : strings.stoppedByYou;
    const notes = [old ? strings.generatedOld : null, note];
    const text = textOf(draw);
    const name = drawName(sampling);
    const appendable = !old && !running && text !== '';
    return html`
      <div class="${kind} ${old ? 'old' : ''}" aria-busy=${running ? 'true' : 'false'}>
        <div class="draw-head">
          <span class="draw-name">${name}</span>
          <button
            type="button"
            class="link"
            aria-disabled=${appendable ? 'false' : 'true'}
            aria-label="${strings.appendText}${strings.words.colon}${name}"
            @click=${() => {
              if (appendable) this.edit({ type: 'append', text });
            }}
          >${strings.appendText}</button>
        </div>
        <lab-strip
          .items=${itemsOf(draw)}
          .label="${strings.generatedLabel}${strings.words.colon}${name}"
          .hint=${running ? '' : [...notes, kind === 'drawn' ? null : strings.generatedHint].filter(Boolean).join(strings.words.between)}
        ></lab-strip>
      </div>
    `;
  }

  private readNumber(field: NumberField, event: Event): void {
    const input = event.target as HTMLInputElement;
    const { min, max, step } = limits[field];
    const value = Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : this.sampling[field];
    const whole = step === 1 ? Math.round(value) : value;
    this.change({ [field]: Math.max(min, Math.min(whole, max)) });
    this.requestUpdate();
  }

  private newSeed(): void {
    // Six digits are enough to be new, and short enough to tell someone.
    this.change({ seed: Math.floor(Math.random() * 1e6) });
  }

  private nextSeed(): void {
    const { seed, temperature } = this.sampling;
    if (this.generation.running || temperature === 0 || !this.ready) return;
    this.change({ seed: seed < limits.seed.max ? seed + 1 : 0 });
    this.send('lab-generate', null);
  }

  private change(change: Partial<Sampling>): void {
    this.send('lab-set', { sampling: { ...this.sampling, ...change } });
  }
}

/** What it takes to draw the text again, so far as it is not in the fold. */
function drawName({ seed, temperature }: Sampling): string {
  return temperature === 0 ? strings.drawGreedy : strings.drawName(seed, temperature.toFixed(1));
}

function itemsOf({ steps }: Draw): StripItem[] {
  return steps.map(({ bytes, p, rank, finish }) => ({
    pieces: tokenPieces(bytes),
    // The token that ended the text is shown, but is no part of it.
    tone: finish === 'stop' || finish === 'end' ? 'end' : 'generated',
    breaks: finish === null && bytes.includes(0x0a) ? 1 : 0,
    name: spokenToken(bytes),
    detail: strings.generatedDetail(formatProbability(p), rank),
    p,
  }));
}
