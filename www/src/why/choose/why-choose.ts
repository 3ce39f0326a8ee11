import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { bar, probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { type ChooseFigure, type ChosenRows, shareOf } from '../figure.ts';
import { drawAccuracies } from './accuracies.ts';

type Use = ((order: readonly number[]) => void) | null;

/** What each method chose and what comes of it, then how often each is right on held-out rows. */
export function drawChoose(figure: ChooseFigure, use: Use): TemplateResult {
  const words = strings.choosing.choose;
  const { about, isFree, shots, candidates, leftOut, choices, rows, bars } = figure;
  return html`
    <p class="why-title">${words.caption(about, shots, candidates, isFree)}</p>
    ${shots === candidates ? html`<p class="hint">${words.all}</p>` : nothing}
    ${leftOut > 0 ? html`<p class="hint">${words.leftOut(leftOut)}</p>` : nothing}
    <ul class="chosen">${choices.map((choice) => drawChoice(figure, choice, use))}</ul>
    ${choices.length > 0 ? html`<p class="hint">${words.order}</p>` : nothing}
    ${
      rows > 0
        ? html`<p class="why-title">${words.bars(rows, isFree)}</p>
            ${drawAccuracies(
              words.head.method,
              bars.map(({ method, accuracy, isTooLong }) => ({
                name: words.methods[method],
                accuracy,
                instead: isTooLong ? strings.why.notRun : undefined,
              })),
            )}
            <p class="hint">${words.barsHint}</p>`
        : nothing
    }
  `;
}

function drawChoice(
  { about, pool, judgedBy }: ChooseFigure,
  { method, shown, reading }: ChosenRows,
  use: Use,
): TemplateResult {
  const words = strings.choosing.choose;
  const name = words.methods[method];
  const how = method === 'oneShot' ? words.how.oneShot[judgedBy] : words.how[method];
  const p = reading ? shareOf(reading, about) : null;
  // The chosen ones come first, and all others where they were.
  const order = () => [...shown, ...[...pool.keys()].filter((index) => !shown.includes(index))];
  return html`<li data-method=${method}>
    <p class="chosen-head">
      <b>${name}</b>
      <span class="numeral strong">${p === null ? strings.why.notRun : probability(p)}</span>
    </p>
    ${bar(p ?? 0)}
    <p class="hint">${how}</p>
    <ol class="chosen-rows">
      ${shown.map((index) => {
        const { input = '', output = '' } = pool[index] ?? {};
        return html`<li><span class="mono">${input} → ${output}</span></li>`;
      })}
    </ol>
    ${
      use
        ? html`<button type="button" class="quiet" aria-label=${words.useOf(name)} @click=${() => use(order())}>${words.use}</button>`
        : nothing
    }
  </li>`;
}

export function chooseFinding({ about, isFree, choices, bars, rows }: ChooseFigure): string {
  const words = strings.choosing.choose;
  const p = (method: string) => {
    const reading = choices.find((choice) => choice.method === method)?.reading;
    return reading ? formatProbability(shareOf(reading, about)) : null;
  };
  const [similar, random] = [p('similar'), p('random')];
  if (similar === null || random === null) return '';
  const finding = words.finding(similar, random, about, isFree);
  const right = (method: string) => {
    const accuracy = bars.find((each) => each.method === method)?.accuracy;
    return accuracy && accuracy.n === rows ? accuracy.correct : null;
  };
  const [a, b] = [right('similar'), right('random')];
  if (a === null || b === null) return finding;
  return finding + strings.why.gap + words.findingRows(rows, a, b);
}
