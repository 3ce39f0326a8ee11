import { html, nothing, type TemplateResult } from 'lit';
import { controlVectorGguf } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { type FigureFile, predictedOf, shareOf, type VectorFigure } from '../figure.ts';
import { drawOverLayers, type LayerLine, type LayerMark } from '../layers/over-layers.ts';
import './lab-steer.ts';

/** llama.cpp has no control vector below it. */
const lowestSaved = 2;

/** P(answer) with the vector of each layer, then the slider of the best one. */
export function drawVector(figure: VectorFigure): TemplateResult {
  const { about, shots, steered, last, best } = figure;
  const words = strings.probing.vector;
  return html`
    <p class="why-title">${words.caption(about, shots)}</p>
    ${drawOverLayers([lineOf(figure)], marksOf(figure), last, strings.probing.layer)}
    ${numbers(figure)}
    ${
      steered.length === 0
        ? nothing
        : html`<lab-steer .steered=${steered} .about=${about}></lab-steer>
            <p class="hint">${best < lowestSaved ? words.notSaved : words.file}</p>`
    }
  `;
}

export function lineOf({ about, layers, best }: VectorFigure): LayerLine {
  return {
    look: 'strong',
    name: strings.probing.vector.line,
    chosen: best,
    points: layers.map(({ layer, reading }) => ({ layer, value: shareOf(reading, about) })),
  };
}

export function marksOf({ about, zeroShot, fewShot, shots }: VectorFigure): LayerMark[] {
  return [
    { name: strings.probing.prompt(0), value: shareOf(zeroShot, about) },
    { name: strings.probing.prompt(shots), value: shareOf(fewShot, about) },
  ];
}

function numbers({ about, layers }: VectorFigure): TemplateResult {
  const words = strings.probing;
  return html`<details>
    <summary class="hint">${strings.why.inNumbers}</summary>
    <div class="scroll" tabindex="0" role="group" aria-label=${strings.why.inNumbers}>
      <table class="plain">
        <thead>
          <tr><th scope="col" class="numeral">${words.layer}</th><th scope="col" class="numeral">P(${about})</th><th scope="col">${words.vector.first}</th></tr>
        </thead>
        <tbody>
          ${layers.map(
            ({ layer, reading }) => html`<tr>
              <th scope="row" class="numeral">${layer}</th>
              <td class="numeral">${probability(shareOf(reading, about))}</td>
              <td>${predictedOf(reading)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

export function vectorFinding({
  about,
  best,
  last,
  layers,
  zeroShot,
  fewShot,
  shots,
}: VectorFigure): string {
  const found = layers.find(({ layer }) => layer === best);
  if (!found) return '';
  const p = (reading: typeof zeroShot) => formatProbability(shareOf(reading, about));
  return strings.probing.vector.finding(
    ...([about, best, last, p(found.reading), p(zeroShot), p(fewShot), shots] as const),
  );
}

/** The directions as control vectors of llama.cpp. */
export function vectorFiles({ steered }: VectorFigure): FigureFile[] {
  return steered
    .filter(({ direction }) => direction.layer >= lowestSaved)
    .map(({ kind, direction }) => ({
      name: `shotglass-${kind}-layer-${direction.layer}.gguf`,
      type: 'application/octet-stream',
      parts: () => [controlVectorGguf([direction])],
    }));
}
