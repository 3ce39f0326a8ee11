import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { probability } from '../../ui/bars.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { type CalibrationFigure, predictedOf, type Reading } from '../figure.ts';

const kinds = ['asked', 'empty', 'calibrated'] as const;

/** Three bars for each answer: what it is, what it would be anyway, and the one by the other. */
export function drawCalibration({
  answers,
  inputs,
  channel,
  isFree,
}: CalibrationFigure): TemplateResult {
  const words = strings.why.calibrate;
  return html`
    <p class="why-title">${words.caption(isFree)}</p>
    <ul class="why-legend" aria-hidden="true">
      ${kinds.map((kind) => html`<li><span class="swatch" data-kind=${kind}></span>${words[kind]}</li>`)}
    </ul>
    <table class="trio">
      ${answers.map(
        (answer) => html`<tbody>
          ${kinds.map(
            (kind, i) => html`<tr data-kind=${kind}>
              ${i === 0 ? html`<th scope="rowgroup" rowspan=${kinds.length} class="mono">${answer.name}</th>` : nothing}
              <td class="trio-bar">
                <span class="visually-hidden">${words[kind]}</span>
                <span class="bar thin" aria-hidden="true"><span data-kind=${kind} ${share(answer[kind])}></span></span>
              </td>
              <td class="numeral">${probability(answer[kind])}</td>
            </tr>`,
          )}
        </tbody>`,
      )}
    </table>
    <details>
      <summary class="hint">${words.ways}</summary>
      <table class="plain">
        <thead>
          <tr><th scope="col">${words.head.way}</th><th scope="col">${words.head.winner}</th><th scope="col" class="numeral">${words.head.p(isFree)}</th><th scope="col" class="numeral">${strings.why.mass}</th></tr>
        </thead>
        <tbody>
          ${inputs.map(({ input, reading }) => wayRow(words.input(input), reading, true))}
          ${channel ? wayRow(words.channel, channel, false) : nothing}
        </tbody>
      </table>
    </details>
  `;
}

/** The mass of the channel is that of queries, and says nothing of answers. */
function wayRow(name: string, reading: Reading, hasMass: boolean): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    <td>${predictedOf(reading)}</td>
    <td class="numeral">${probability(reading.answers[reading.predicted]?.p ?? 0)}</td>
    <td class="numeral">${hasMass ? probability(reading.mass) : nothing}</td>
  </tr>`;
}

export function calibrationFinding({ answers, isFree }: CalibrationFigure): string {
  const words = strings.why.calibrate;
  const top = (kind: (typeof kinds)[number]) =>
    answers.reduce((a, b) => (b[kind] > a[kind] ? b : a));
  const [asked, empty, calibrated] = [top('asked'), top('empty'), top('calibrated')];
  const say = asked.name === calibrated.name ? words.kept : words.turned;
  return say(empty.name, formatProbability(empty.empty), calibrated.name, isFree);
}
