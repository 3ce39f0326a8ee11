import { html, nothing, type TemplateResult } from 'lit';
import type { Accuracy } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { cautionsOf } from '../evaluate/evaluation.ts';
import { cautionList } from '../evaluate/why-evaluation.ts';
import type { ProbeFigure } from '../figure.ts';
import { drawOverLayers, type LayerLine, type LayerMark } from '../layers/over-layers.ts';

const kinds = ['regression', 'prototypes'] as const;
/** With fewer rows the interval of a middling accuracy is wider than a third. */
const few = 30;

/** The accuracy of both classifiers over the layers, beside that of the prompts. */
export function drawProbe(figure: ProbeFigure): TemplateResult {
  const { layers, leftOut, rows } = figure;
  const words = strings.probing;
  const last = layers.at(-1)?.layer;
  if (last === undefined) return html`<p class="hint">${words.reading}</p>`;
  const none = { cells: [], labels: null, notRun: [] };
  return html`
    <p class="why-title">${words.caption}</p>
    ${drawOverLayers(linesOf(figure), marksOf(figure), last, words.layer)}
    ${table(figure)}
    ${cautionList(cautionsOf({ evaluation: none, leftOut }), [
      words.chosen(figure.train),
      ...(rows < few ? [strings.evaluate.cautions.few(rows)] : []),
    ])}
  `;
}

export function linesOf({ layers, best }: ProbeFigure): LayerLine[] {
  return kinds.map((kind) => ({
    look: kind === 'regression' ? 'strong' : 'soft',
    name: strings.probing[kind],
    chosen: best ? (layers[best[kind]]?.layer ?? null) : null,
    points: layers.map((layer) => {
      const { accuracy, interval } = layer[kind].accuracy;
      // The intervals of two lines at once would hide both.
      return kind === 'regression'
        ? { layer: layer.layer, value: accuracy, ...interval }
        : { layer: layer.layer, value: accuracy };
    }),
  }));
}

export function marksOf({ prompts }: ProbeFigure): LayerMark[] {
  return prompts.map(({ shots, accuracy }) => ({
    name: strings.probing.prompt(shots),
    value: accuracy.accuracy,
  }));
}

const rangeOf = ({ interval: { low, high } }: Accuracy) =>
  `${formatProbability(low)} – ${formatProbability(high)}`;

const cells = (
  accuracy: Accuracy,
) => html`<td class="numeral">${probability(accuracy.accuracy)}</td>
  <td class="numeral">${rangeOf(accuracy)}</td>`;

/** What was chosen beside the prompts, then every layer. */
function table({ layers, best, prompts }: ProbeFigure): TemplateResult {
  const words = strings.probing;
  const { head } = strings.evaluate;
  const numeral = (name: string) => html`<th scope="col" class="numeral">${name}</th>`;
  return html`
    <table class="plain probe-table">
      <thead><tr><th scope="col">${words.way}</th>${numeral(head.accuracy)}${numeral(words.interval)}</tr></thead>
      <tbody>
        ${prompts.map(({ shots, accuracy }) => html`<tr><th scope="row">${words.prompt(shots)}</th>${cells(accuracy)}</tr>`)}
        ${
          best
            ? [...kinds].reverse().map((kind) => {
                const layer = layers[best[kind]];
                return layer
                  ? html`<tr><th scope="row">${words.at(words[kind], layer.layer)}</th>${cells(layer[kind].accuracy)}</tr>`
                  : nothing;
              })
            : nothing
        }
      </tbody>
    </table>
    <details>
      <summary class="hint">${words.every}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label=${words.every}>
        <table class="plain">
          <thead>
            <tr>${numeral(words.layer)}${numeral(words.regression)}${numeral(words.interval)}${numeral(words.validation)}${numeral(words.prototypes)}${numeral(words.validation)}</tr>
          </thead>
          <tbody>
            ${layers.map(
              ({ layer, regression, prototypes }) => html`<tr>
                <th scope="row" class="numeral">${layer}</th>
                ${cells(regression.accuracy)}
                <td class="numeral">${probability(regression.validation.accuracy)}</td>
                <td class="numeral">${probability(prototypes.accuracy.accuracy)}</td>
                <td class="numeral">${probability(prototypes.validation.accuracy)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}

export function probeFinding({ layers, best, prompts, rows }: ProbeFigure): string {
  const words = strings.probing;
  const layer = best && layers[best.regression];
  if (!layer) return '';
  const { accuracy } = layer.regression;
  const found = words.finding(
    layer.layer,
    layers.at(-1)?.layer ?? 0,
    formatProbability(accuracy.accuracy),
    rows,
    formatProbability(accuracy.interval.low),
    formatProbability(accuracy.interval.high),
  );
  const asked = prompts.map((one) =>
    words.right(one.shots, formatProbability(one.accuracy.accuracy)),
  );
  return asked.length === 0 ? found : found + strings.why.gap + words.beside(asked);
}
