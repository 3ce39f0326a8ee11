/** What the search for a learning rate found. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Rates } from 'shotglass/transfer';
import type { JobState } from '../app/job.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { share } from '../ui/share.ts';

export function drawRates(
  { result, running, problem }: JobState<Rates>,
  use: (rate: number) => void,
): TemplateResult | typeof nothing {
  const { form } = transferWords();
  if (problem) return html`<p class="sentence" role="alert">${problem.sentence}</p>`;
  if (!result) return nothing;
  const { readings, best } = result;
  const most = Math.max(...readings.map(({ loss }) => loss ?? 0));
  return html`
    <table class="rates">
      <caption class="hint">${form.rates}</caption>
      <tbody>
        ${readings.map(
          ({ rate, loss }) => html`<tr data-best=${rate === best ? 'true' : 'false'}>
            <th scope="row" class="numeral">${rateText(rate)}</th>
            <td class="rate-bar">${loss === null ? nothing : html`<span class="bar" aria-hidden="true"><span ${share(most > 0 ? loss / most : 0)}></span></span>`}</td>
            <td class="numeral">${loss === null ? form.diverged : loss.toFixed(3)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    ${best === null || running ? nothing : html`<button type="button" class="link" @click=${() => use(best)}>${form.useRate(rateText(best))}</button>`}
  `;
}

export function rateText(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
