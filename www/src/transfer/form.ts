/** What is to be trained, and how. */

import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { defaultModel } from 'shotglass';
import {
  type TransferSettings,
  type TransferView,
  type TransferWish,
  ways,
} from '../app/transfer.ts';
import { strings } from '../strings/index.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { runBar } from '../ui/bars.ts';
import { formatTimeLeft } from '../ui/numbers.ts';
import { formatBytes } from '../util/numerals.ts';
import { drawRates } from './rates-found.ts';

type Send = (wish: TransferWish) => void;

const stepChoices = [10, 20, 40, 100, 200];
const exampleChoices = [1, 2, 4, 8, 16, 32];
const layerChoices = [4, 8, 16];
const rankChoices = [1, 2, 4, 8, 16, 32, 64];
const decayChoices = [0, 0.01, 0.1, 1];
const dropoutChoices = [0, 0.05, 0.1, 0.2];

export function drawForm(view: TransferView, send: Send): TemplateResult {
  const words = transferWords();
  const { form } = words;
  const { settings, obstacle, running } = view;
  const set = (change: Partial<TransferSettings>) => send({ do: 'set', change });
  return html`
    <h3 id="transfer-form-heading" tabindex="-1">${form.heading}</h3>
    <fieldset class="transfer-fields" ?disabled=${running !== null}>
      <div class="field">
        <label class="field-name" for="transfer-way">${form.way}</label>
        ${select(
          'transfer-way',
          ways,
          settings.way,
          (way) => words.ways[way],
          (way) => set({ way }),
        )}
      </div>
      <p class="hint">${about(view)}</p>
      ${settings.way === 'adapt' ? textsField(settings.texts, set) : examplesField(view, set)}
      <div class="transfer-pairs">
        ${numberSelect('transfer-steps', form.steps, stepChoices, settings.steps, (steps) => set({ steps }))}
        <div class="field">
          <label class="field-name" for="transfer-method">${form.method}</label>
          ${select(
            'transfer-method',
            ['lora', 'ia3'] as const,
            settings.method,
            (method) => form[method],
            (method) => set({ method }),
          )}
        </div>
      </div>
      ${rateField(view, send, set)}
      <details class="transfer-more">
        <summary>${form.more}</summary>
        <div class="transfer-pairs">
          <div class="field">
            <label class="field-name" for="transfer-layers">${form.layers}</label>
            ${select(
              'transfer-layers',
              [null, ...layerChoices.filter((layers) => layers < view.layers)],
              settings.layers,
              (layers) => (layers === null ? form.allLayers(view.layers) : form.lastLayers(layers)),
              (layers) => set({ layers }),
            )}
          </div>
          ${settings.method === 'lora' ? numberSelect('transfer-rank', form.rank, rankChoices, settings.rank, (rank) => set({ rank })) : nothing}
          ${numberSelect('transfer-decay', form.weightDecay, decayChoices, settings.weightDecay, (weightDecay) => set({ weightDecay }))}
          ${settings.method === 'lora' ? numberSelect('transfer-dropout', form.dropout, dropoutChoices, settings.dropout, (dropout) => set({ dropout })) : nothing}
          <div class="field">
            <label class="field-name" for="transfer-seed">${form.seed}</label>
            <input
              id="transfer-seed"
              type="number"
              min="0"
              max="999999"
              step="1"
              .value=${String(settings.seed)}
              @change=${(event: Event) => set({ seed: seedOf(event, settings.seed) })}
            />
          </div>
        </div>
      </details>
    </fieldset>
    ${view.lack === null ? nothing : html`<p class="sentence">${view.lack}</p>`}
    ${obstacle && !running ? html`<p class="sentence" id="transfer-obstacle">${words.obstacles[obstacle]}</p>` : nothing}
    ${buttons(view, send)}
    ${progress(view)}
    ${view.problem ? html`<p class="sentence" role="alert" data-code=${view.problem.code}>${view.problem.sentence}</p>` : nothing}
  `;
}

function about({ settings, examples, available }: TransferView): string {
  const words = transferWords().about;
  if (settings.way === 'adapt') return words.adapt;
  if (settings.way === 'finetune') return words.finetune(examples, available);
  return words.distil(examples, available - examples);
}

function examplesField(
  { settings, available, examples }: TransferView,
  set: (change: Partial<TransferSettings>) => void,
): TemplateResult {
  const { form } = transferWords();
  const counts = exampleChoices.filter((count) => count < available);
  const name = (count: number | null) => {
    if (count === null) return form.asPrompt(settings.examples === null ? examples : available);
    return count >= available ? form.all(available) : form.firstOf(count);
  };
  const all = [null, ...counts, ...(available > 0 ? [available] : [])];
  return html`<div class="field">
    <label class="field-name" for="transfer-examples">${form.examples}</label>
    ${select('transfer-examples', all, settings.examples, name, (count) => set({ examples: count }))}
  </div>`;
}

function textsField(
  texts: string,
  set: (change: Partial<TransferSettings>) => void,
): TemplateResult {
  return html`<div class="field">
    <label class="field-name" for="transfer-texts">${transferWords().form.texts}</label>
    <textarea
      id="transfer-texts"
      rows="4"
      .value=${live(texts)}
      @input=${(event: Event) => set({ texts: (event.target as HTMLTextAreaElement).value })}
    ></textarea>
  </div>`;
}

function rateField(
  view: TransferView,
  send: Send,
  set: (change: Partial<TransferSettings>) => void,
): TemplateResult {
  const { form } = transferWords();
  const { settings, rates, isReady, obstacle, running } = view;
  const canFind = isReady && !obstacle && !running && settings.way !== 'adapt';
  return html`<div class="field">
    <label class="field-name" for="transfer-rate">${form.rate}</label>
    <span class="joined">
      <input
        id="transfer-rate"
        type="text"
        inputmode="decimal"
        .value=${String(settings.learningRate)}
        @change=${(event: Event) => set({ learningRate: rateOf(event, settings.learningRate) })}
      />
      ${
        rates.running
          ? html`<button type="button" class="quiet" @click=${() => send({ do: 'stop-rate' })}>${form.stopRate}</button>`
          : html`<button type="button" class="quiet" ?disabled=${!canFind} @click=${() => send({ do: 'find-rate' })}>${form.findRate}</button>`
      }
    </span>
    ${drawRates(rates, (learningRate) => set({ learningRate }))}
  </div>`;
}

function buttons(
  { running, obstacle, isReady, loading }: TransferView,
  send: Send,
): TemplateResult {
  const { form } = transferWords();
  if (!running) {
    return html`<button
      type="button"
      class="primary small"
      id="transfer-train"
      ?disabled=${obstacle !== null || loading !== null}
      aria-describedby=${obstacle ? 'transfer-obstacle' : nothing}
      @click=${() => send({ do: 'begin' })}
    >${isReady ? form.train : form.loadAndTrain(formatBytes(defaultModel.bytes))}</button>`;
  }
  const isPaused = running.paused === 'reader';
  return html`<div class="joined">
    <button type="button" class="quiet" id="transfer-pause" @click=${() => send({ do: isPaused ? 'resume' : 'pause' })}>${isPaused ? form.resume : form.pause}</button>
    <button type="button" class="quiet" id="transfer-stop" @click=${() => send({ do: 'stop' })}>${form.stop}</button>
  </div>`;
}

function progress({ running, runs, loading }: TransferView): TemplateResult | typeof nothing {
  const { progress: words } = transferWords();
  if (loading) {
    const { bytesLoaded, bytesTotal } = loading;
    const done = bytesTotal ? bytesLoaded / bytesTotal : 0;
    const text = words.loading(`${Math.round(done * 100)}%`);
    return html`<div class="transfer-progress">
      ${runBar({ done: bytesLoaded, total: bytesTotal ?? 0 }, words.name, text)}<p class="hint">${text}</p>
    </div>`;
  }
  const run = running && runs.find(({ id }) => id === running.id);
  if (!running || !run) return nothing;
  const { steps } = run.settings;
  const last = run.moments.at(-1);
  const step = last?.step ?? 0;
  const pace = step > 0 && last ? last.elapsedMs / step : null;
  const state =
    running.paused !== null
      ? words[running.paused]
      : step === 0
        ? words.preparing
        : pace
          ? formatTimeLeft(((steps - step) * pace) / 1000)
          : '';
  const text = words.step(step, steps);
  return html`<div class="transfer-progress">
    ${runBar({ done: step, total: steps }, words.name, text)}
    <p class="hint">${text}${strings.words.semicolon}${state}</p>
  </div>`;
}

function numberSelect(
  id: string,
  name: string,
  choices: readonly number[],
  value: number,
  choose: (value: number) => void,
): TemplateResult {
  return html`<div class="field">
    <label class="field-name" for=${id}>${name}</label>
    ${select(id, choices.includes(value) ? choices : [...choices, value], value, String, choose)}
  </div>`;
}

function select<Value extends string | number | null>(
  id: string,
  values: readonly Value[],
  current: Value,
  name: (value: Value) => string,
  choose: (value: Value) => void,
): TemplateResult {
  const chosen = (event: Event) => {
    const value = values[(event.target as HTMLSelectElement).selectedIndex];
    if (value !== undefined) choose(value);
  };
  return html`<select id=${id} @change=${chosen}>
    ${values.map((value) => html`<option .selected=${live(value === current)}>${name(value)}</option>`)}
  </select>`;
}

function seedOf(event: Event, before: number): number {
  return numberOf(event, before, (value) => Number.isInteger(value) && value >= 0);
}

function rateOf(event: Event, before: number): number {
  return numberOf(event, before, (value) => value > 0 && value <= 1);
}

/** What was typed; if that cannot be, the field has the number of before again. */
function numberOf(event: Event, before: number, can: (value: number) => boolean): number {
  const field = event.target as HTMLInputElement;
  const value = Number(field.value.replace(',', '.'));
  if (field.value.trim() !== '' && can(value)) return value;
  field.value = String(before);
  return before;
}
