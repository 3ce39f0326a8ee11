/** One picture on one scale: how probable the answer is, by examples in the prompt and by steps of training. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { momentAt, stepsWorth, type TransferRun } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { formatProbability, tableProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';

/** What the picture says in one sentence, and the numbers behind it; empty where they are not there yet. */
export function findingOf(run: TransferRun): { sentence: string; facts: string } {
  const { picture } = transferWords();
  const { answer } = run.asked;
  if (answer === null) return { sentence: picture.noAnswer, facts: '' };
  const none = run.shots[0];
  const few = run.shots.at(-1);
  const last = momentAt(run, Number.POSITIVE_INFINITY, 'p');
  if (!none || !few || !last || last.step === 0) {
    return { sentence: picture.caption(answer), facts: '' };
  }
  const facts = picture.facts(
    formatProbability(none.p),
    few.k,
    formatProbability(few.p),
    last.step,
    formatProbability(last.p),
  );
  if (few.k === 0) return { sentence: facts, facts: '' };
  const worth = stepsWorth(run, few.k);
  const sentence =
    worth === null ? picture.notWorth(few.k, last.step) : picture.worth(few.k, worth);
  return { sentence, facts };
}

export function drawOneScale(run: TransferRun, at: number): TemplateResult | typeof nothing {
  if (run.asked.answer === null) return nothing;
  const { picture } = transferWords();
  const here = momentAt(run, at, 'p');
  const few = run.shots.at(-1);
  return html`<figure class="one-scale">
    <figcaption class="hint">${picture.caption(run.asked.answer)}</figcaption>
    <div class="one-scale-plot" aria-hidden="true">
      <div class="one-scale-axis"><i>100%</i><i>50</i><i>0</i></div>
      <div class="one-scale-shots">
        ${run.shots.map(
          ({ k, p }) =>
            html`<span class="shot"><b ${share(p)}><em>${tableProbability(p)}</em></b><i>${k}</i></span>`,
        )}
      </div>
      <div class="one-scale-steps">
        ${curve(run)}
        ${few ? html`<span class="aim" ${share(few.p)}></span>` : nothing}
        ${here ? html`<span class="here-x" ${share(here.step / run.settings.steps)}><b ${share(here.p)}><em>${tableProbability(here.p)}</em></b></span>` : nothing}
        <span class="one-scale-ticks">${ticks(run.settings.steps).map((step) => html`<i ${share(step / run.settings.steps)}>${step}</i>`)}</span>
      </div>
      <span></span>
      <span class="one-scale-name">${picture.shots}</span>
      <span class="one-scale-name">${picture.steps}</span>
    </div>
    <details class="transfer-numbers">
      <summary class="hint">${picture.table}</summary>
      ${numbers(run)}
    </details>
  </figure>`;
}

/** Of the answer, over the steps; drawn in a box that is stretched. */
function curve({ moments, settings }: TransferRun): TemplateResult {
  const points = moments.flatMap(({ step, p }) =>
    p === null ? [] : [`${(step / settings.steps) * 100},${(1 - p) * 100}`],
  );
  return html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" focusable="false">
    ${[0, 50, 100].map((y) => svg`<line class="rule" x1="0" x2="100" y1=${y} y2=${y} />`)}
    ${svg`<polyline class="curve strong" points=${points.join(' ')} />`}
  </svg>`;
}

/** Round numbers of steps, and the last. */
export function ticks(steps: number): number[] {
  const every = steps <= 10 ? 5 : steps <= 40 ? 10 : steps <= 100 ? 25 : 50;
  const all = [];
  for (let step = 0; step < steps; step += every) all.push(step);
  return [...all, steps];
}

/** The same for those who do not see it, and for those who want to know exactly. */
function numbers(run: TransferRun): TemplateResult {
  const { lines, picture, runs } = transferWords();
  const nats = (value: number | null) => (value === null ? '–' : value.toFixed(3));
  const p = (value: number | null) => (value === null ? '–' : tableProbability(value));
  return html`<ul class="hint shots-read">
      ${run.shots.map((one) => html`<li>${picture.read(one.k, tableProbability(one.p))}</li>`)}
    </ul>
    <div class="scroll" tabindex="0" role="group" aria-label=${picture.table}>
      <table class="plain">
        <thead><tr>
          ${[runs.steps, lines.answer, lines.loss, lines.heldOutLoss, lines.forgetting, lines.right].map((name) => html`<th scope="col" class="numeral">${name}</th>`)}
        </tr></thead>
        <tbody>
          ${run.moments.map(
            (one) => html`<tr>
              <th scope="row" class="numeral">${one.step}</th>
              <td class="numeral">${p(one.p)}</td>
              <td class="numeral">${nats(one.loss)}</td>
              <td class="numeral">${nats(one.validationLoss)}</td>
              <td class="numeral">${nats(one.forgetting)}</td>
              <td class="numeral">${one.held ? transferWords().held.score(one.held.filter(({ isRight }) => isRight).length, one.held.length) : '–'}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
