import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Accuracy } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { formatProbability } from '../../ui/numbers.ts';

/** A bar of a table: how often something is right. */
export interface AccuracyRow {
  name: string;
  /** Null while nothing is known. */
  accuracy: Accuracy | null;
  /** What stands in the place of a number that will not come. */
  instead?: string | undefined;
}

const percent = (p: number) => `${p * 100}%`;

/** Bars from 0 to 1 with their intervals, and the same in numbers. */
export function drawAccuracies(head: string, rows: readonly AccuracyRow[]): TemplateResult {
  const words = strings.choosing.choose;
  return html`<table class="accuracies">
    <thead class="visually-hidden">
      <tr>
        <th scope="col">${head}</th>
        <th scope="col">${words.head.correct}</th>
        <th scope="col">${words.head.interval}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, accuracy, instead }) => html`<tr>
          <th scope="row">
            <span>${name}</span>
            ${plot(accuracy)}
          </th>
          <td class="numeral strong">
            ${accuracy ? words.correct(accuracy.correct, accuracy.n) : (instead ?? strings.why.pending)}
          </td>
          <td class="numeral accuracy-interval">${accuracy ? rangeOf(accuracy) : nothing}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

function plot(accuracy: Accuracy | null): TemplateResult {
  const { low, high } = accuracy?.interval ?? { low: 0, high: 0 };
  return html`<svg class="accuracy-plot" aria-hidden="true">
    <rect class="accuracy-track" width="100%" height="100%"></rect>
    ${
      accuracy
        ? svg`<rect class="accuracy-bar" width=${percent(accuracy.accuracy)} height="100%"></rect>
            <line class="whisker" x1=${percent(low)} x2=${percent(high)} y1="50%" y2="50%"></line>`
        : nothing
    }
  </svg>`;
}

function rangeOf({ interval: { low, high } }: Accuracy): string {
  return `${formatProbability(low)} – ${formatProbability(high)}`;
}
