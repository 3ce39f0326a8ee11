/** The table of all ways: how often each is right, what it changes, and what it costs. */
import { html, nothing, type TemplateResult } from 'lit';
import type { WayReading } from 'shotglass/transfer';
import type { TransferView, TransferWish } from '../app/transfer.ts';
import { strings } from '../strings/index.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { bar, probability, runBar } from '../ui/bars.ts';
import {
  formatDivergence,
  formatDuration,
  formatProbability,
  formatTimeLeft,
} from '../ui/numbers.ts';
import { formatBytes, formatCount } from '../util/numerals.ts';

type Send = (wish: TransferWish) => void;

export function drawWays(view: TransferView, send: Send): TemplateResult {
  const { compared, recordedComparison } = view;
  const words = transferWords().comparison;
  const result = compared.result ?? recordedComparison?.result ?? null;
  const isRecorded = compared.result === null && result !== null;
  const rows = result?.rows.length ?? 0;
  return html`<section class="panel ways" aria-labelledby="ways-heading">
    <div class="panel-head">
      <h3 id="ways-heading">${words.heading}</h3>
      ${button(view, send)}
    </div>
    <p class="hint">${words.about}</p>
    ${running(view)}
    ${compared.problem ? html`<p class="sentence" role="alert">${compared.problem.sentence}</p>` : nothing}
    ${result && result.readings.length > 0 ? table(result.readings, rows) : nothing}
    ${isRecorded ? html`<p class="hint">${words.recorded(recordedComparison?.task ?? '', recordedComparison?.model ?? '')}</p>` : nothing}
    ${result?.leftOut.map(({ way, why }) => html`<p class="hint">${words.leftOut(words.ways[way], why)}</p>`) ?? nothing}
  </section>`;
}

function button(
  { compared, isReady, obstacle, running }: TransferView,
  send: Send,
): TemplateResult {
  const words = transferWords().comparison;
  if (compared.running) {
    return html`<button type="button" class="quiet" @click=${() => send({ do: 'stop-compare' })}>${transferWords().form.stop}</button>`;
  }
  const can =
    isReady &&
    running === null &&
    (obstacle === null || obstacle === 'no-texts' || obstacle === 'no-inputs');
  return html`<button type="button" class="quiet" id="transfer-compare" ?disabled=${!can} @click=${() => send({ do: 'compare' })}>${words.run}</button>`;
}

function running({ compared }: TransferView): TemplateResult | typeof nothing {
  const words = transferWords().comparison;
  if (!compared.running) return nothing;
  const { progress, result } = compared;
  const current = result?.current;
  const what = current ? current.ways.map((way) => words.ways[way]).join(strings.words.comma) : '';
  const left = progress?.secondsLeft ?? null;
  const text = words.measuring(what, left === null ? '' : formatTimeLeft(left));
  return html`<div>
    ${runBar(progress ?? { done: 0, total: 1 }, words.heading, text)}<p class="hint">${text}</p>
  </div>`;
}

function table(readings: readonly WayReading[], rows: number): TemplateResult {
  const words = transferWords().comparison;
  const { head } = words;
  const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${words.heading}>
    <table class="plain">
      <thead><tr>
        <th scope="col">${head.way}</th>
        <th scope="col" colspan="2" class="numeral">${head.right(rows)}</th>
        ${numeral(head.interval)}${numeral(head.numbers)}${numeral(head.prepare)}${numeral(head.tokens)}${numeral(head.bytes)}${numeral(head.forgetting)}
      </tr></thead>
      <tbody>
        ${readings.map(
          ({
            way,
            shots,
            mean,
            interval,
            numbers,
            prepareMs,
            promptTokens,
            bytes,
            forgetting,
          }) => html`<tr>
            <th scope="row">${words.name(words.ways[way], shots)}</th>
            <td class="ways-bar">${bar(mean)}</td>
            <td class="numeral">${probability(mean)}</td>
            <td class="numeral">${formatProbability(interval.low)} – ${formatProbability(interval.high)}</td>
            <td class="numeral">${formatCount(numbers)}</td>
            <td class="numeral">${prepareMs === 0 ? '–' : formatDuration(prepareMs)}</td>
            <td class="numeral">${formatCount(promptTokens)}</td>
            <td class="numeral">${bytes === 0 ? '–' : formatBytes(bytes)}</td>
            <td class="numeral">${forgetting === null ? '–' : formatDivergence(forgetting)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
