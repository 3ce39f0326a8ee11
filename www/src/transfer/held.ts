/** Rows that were never learned, before the training and at the step that is looked at. */
import { html, nothing, type TemplateResult } from 'lit';
import { type HeldAnswer, momentAt, type TransferRun } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { probability } from '../ui/bars.ts';

export function drawHeld(run: TransferRun, at: number): TemplateResult | typeof nothing {
  const words = transferWords().held;
  const before = run.moments[0]?.held;
  const now = momentAt(run, at, 'held');
  if (!before || before.length === 0 || !now) return nothing;
  const mark = ({
    p,
    isRight,
  }: HeldAnswer) => html`<td class="numeral" data-right=${isRight ? 'true' : 'false'}>
    ${probability(p)} <span class="held-mark" aria-hidden="true">${isRight ? '✓' : '·'}</span
    ><span class="visually-hidden">${isRight ? words.isRight : words.isWrong}</span>
  </td>`;
  const score = (all: readonly HeldAnswer[]) =>
    words.score(all.filter(({ isRight }) => isRight).length, all.length);
  return html`<section class="three-ways">
    <h4>${words.heading}</h4>
    <p class="hint">${words.hint}</p>
    <table class="plain">
      <thead><tr>
        <th scope="col">${words.input}</th><th scope="col">${words.right}</th>
        <th scope="col" class="numeral">${words.before}</th><th scope="col" class="numeral">${words.now(now.step)}</th>
      </tr></thead>
      <tbody>
        ${before.map((row, index) => {
          const tuned = now.held[index];
          return html`<tr>
            <th scope="row" class="mono">${row.input}</th>
            <td class="mono">${row.output}</td>
            ${mark(row)} ${tuned ? mark(tuned) : nothing}
          </tr>`;
        })}
      </tbody>
      <tfoot><tr>
        <td colspan="2"></td>
        <td class="numeral">${score(before)}</td>
        <td class="numeral">${score(now.held)}</td>
      </tr></tfoot>
    </table>
  </section>`;
}
