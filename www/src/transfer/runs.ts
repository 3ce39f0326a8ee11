/** The table of runs: what each was trained with, what it came to, and what can be done with it. */
import { html, nothing, type TemplateResult } from 'lit';
import {
  firstTransferSettings,
  momentAt,
  type TransferRun,
  type TransferSettings,
  type TransferView,
  type TransferWish,
  usualRate,
} from '../app/transfer.ts';
import { presetById } from '../presets/index.ts';
import { strings } from '../strings/index.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { probability } from '../ui/bars.ts';
import { formatDivergence, formatDuration } from '../ui/numbers.ts';
import { formatCount } from '../util/numerals.ts';
import { rateText } from './rates-found.ts';

type Send = (wish: TransferWish) => void;

export function drawRuns(view: TransferView, send: Send): TemplateResult | typeof nothing {
  const words = transferWords();
  const { runs, canRestore } = view;
  if (runs.length === 0 && !canRestore) return nothing;
  const head = words.runs;
  const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;
  return html`<section class="panel runs" aria-labelledby="runs-heading">
    <div class="panel-head">
      <h3 id="runs-heading">${head.heading}</h3>
      ${saving(view, send)}
    </div>
    ${
      canRestore
        ? html`<p class="hint" role="status">${words.told.removed} <button type="button" class="link" @click=${() => send({ do: 'restore' })}>${words.told.restore}</button></p>`
        : nothing
    }
    <div class="scroll" tabindex="0" role="group" aria-label=${head.heading}>
      <table class="plain">
        <thead><tr>
          <th scope="col">${head.task}</th><th scope="col">${head.way}</th>
          ${numeral(head.examples)}${numeral(head.steps)}${numeral(head.answer)}${numeral(head.heldOut)}${numeral(head.forgetting)}${numeral(head.numbers)}${numeral(head.time)}
          <th scope="col">${head.state}</th><th scope="col"><span class="visually-hidden">${head.actions}</span></th>
        </tr></thead>
        <tbody>${runs.map((run) => row(run, view, send))}</tbody>
      </table>
    </div>
  </section>`;
}

function row(run: TransferRun, view: TransferView, send: Send): TemplateResult {
  const words = transferWords();
  const { id, settings } = run;
  const last = run.moments.at(-1);
  const held = momentAt(run, Number.POSITIVE_INFINITY, 'held')?.held;
  const right = held?.filter(({ isRight }) => isRight).length;
  const p = momentAt(run, Number.POSITIVE_INFINITY, 'p')?.p ?? null;
  const forgetting = momentAt(run, Number.POSITIVE_INFINITY, 'forgetting')?.forgetting ?? null;
  const task = taskOf(run);
  const name = `${task}${strings.words.comma}${words.ways[settings.way]}`;
  const isShown = view.shown?.id === id;
  const isRunning = view.running?.id === id;
  const action = (text: string, wish: TransferWish) =>
    html`<button type="button" class="link" aria-label=${words.runs.of(text, name)} @click=${() => send(wish)}>${text}</button>`;
  return html`<tr aria-current=${isShown ? 'true' : nothing}>
    <th scope="row">${task}${run.isRecorded ? html` <span class="aside">${words.runs.recorded}</span>` : nothing}</th>
    <td>${words.ways[settings.way]} <span class="aside">${differencesOf(settings)}</span></td>
    <td class="numeral">${formatCount(run.examples)}</td>
    <td class="numeral">${last?.step ?? 0}</td>
    <td class="numeral">${p === null ? '–' : probability(p)}</td>
    <td class="numeral">${held ? `${right}/${held.length}` : '–'}</td>
    <td class="numeral">${forgetting === null ? '–' : formatDivergence(forgetting)}</td>
    <td class="numeral">${run.parameters === null ? '–' : formatCount(run.parameters)}</td>
    <td class="numeral">${last && !run.isRecorded ? formatDuration(last.elapsedMs) : '–'}</td>
    <td>${words.states[run.state]}${repeated(run)}</td>
    <td class="run-actions">
      ${isShown ? nothing : action(words.runs.show, { do: 'show', id })}
      ${view.running ? nothing : action(words.runs.again, { do: 'again', id })}
      ${run.isRecorded || isRunning ? nothing : action(words.runs.remove, { do: 'remove', id })}
    </td>
  </tr>`;
}

/** Whether a run that was repeated gave the same adapter, once that is known. */
function repeated({ repeats, sha256 }: TransferRun): TemplateResult | typeof nothing {
  if (repeats === null || sha256 === null) return nothing;
  const { same, other } = transferWords().runs;
  const isSame = sha256 === repeats;
  return html` <span class="aside" data-same=${isSame ? 'true' : 'false'}>${isSame ? same : other}</span>`;
}

/** A task that ships with the page has a name in each language. */
export function taskOf({ task, preset, isRecorded }: TransferRun): string {
  return isRecorded && preset ? presetById(preset).name : task;
}

/** What was set otherwise than a training begins with. */
export function differencesOf(settings: TransferSettings): string {
  const words = transferWords();
  const { method, learningRate, layers, rank, weightDecay, dropout, seed } = settings;
  const { runs } = words;
  const told = [
    words.form[method],
    ...(method === 'lora' && rank !== firstTransferSettings.rank ? [runs.rank(rank)] : []),
    ...(learningRate === usualRate[method] ? [] : [runs.rate(rateText(learningRate))]),
    ...(layers === null ? [] : [runs.lastLayers(layers)]),
    ...(weightDecay === 0 ? [] : [runs.weightDecay(weightDecay)]),
    ...(dropout === 0 ? [] : [runs.dropout(dropout)]),
    ...(seed === 0 ? [] : [runs.seed(seed)]),
  ];
  return told.join(strings.words.comma);
}

function saving({ kept, isOfModel, runs }: TransferView, send: Send): TemplateResult {
  const words = transferWords().runs;
  const button = (as: 'gguf' | 'peft' | 'jsonl', can: boolean) =>
    html`<li><button type="button" class="quiet" ?disabled=${!can} @click=${() => send({ do: 'save', as })}>${words[as]}</button></li>`;
  const hasFile = kept.length > 0;
  return html`<ul class="run-saving" aria-label=${words.save}>
    ${button('gguf', hasFile)}${button('peft', hasFile && isOfModel)}${button('jsonl', runs.length > 0)}
  </ul>`;
}
