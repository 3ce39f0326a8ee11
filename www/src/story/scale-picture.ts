import { html, svg, type TemplateResult } from 'lit';
import { strings } from '../strings/index.ts';
import { formatScore, type ScaledTask, type Scores, scaledTasks } from './scale.ts';

const left = 28;
const right = 172;
const top = 10;
const bottom = 110;
const xs = [left + 14, (left + right) / 2, right - 14] as const;

/** The axis goes from 0 to 100, whatever the scores are. */
const yOf = (score: number): number => bottom - (score / 100) * (bottom - top);

interface Point {
  x: number;
  y: number;
  score: number;
}

/** The points of a line; a shot that the paper has no score for has none. */
export function pointsOf(scores: Scores): Point[] {
  return scores.flatMap((score, i) =>
    score === null ? [] : [{ x: xs[i] ?? 0, y: yOf(score), score }],
  );
}

/** Zero, one and few shots of a task, for the largest model and the smallest. */
export function scalePicture(task: ScaledTask): TemplateResult {
  const { story } = strings;
  const { name, measure } = story.scale.tasks[task.id];
  const said = (scores: Scores) =>
    scores.map((score, i) => `${story.scale.shots[i]} ${formatScore(score)}`).join(', ');
  return html`<figure class="scale-multiple">
    <figcaption><b>${name}</b> <span class="aside">${measure}</span></figcaption>
    <svg viewBox="0 0 200 132" role="img" aria-label=${story.scale.picture(name, said(task.large), said(task.small))}>
      ${[0, 50, 100].map(
        (tick) => svg`<line class="grid" x1=${left} x2=${right} y1=${yOf(tick)} y2=${yOf(tick)} />
          <text class="tick" x=${left - 5} y=${yOf(tick) + 3.5} text-anchor="end">${tick}</text>`,
      )}
      ${xs.map((x, i) => svg`<text class="tick" x=${x} y=${bottom + 16} text-anchor="middle">${story.scale.shots[i]}</text>`)}
      ${line('large', task.large)} ${line('small', task.small)}
    </svg>
  </figure>`;
}

function line(size: 'large' | 'small', scores: Scores): TemplateResult {
  const points = pointsOf(scores);
  const last = points.at(-1);
  const path = points.map(({ x, y }) => `${x},${y}`).join(' ');
  // The last figure stands at the end of its line: the others are in the table.
  return svg`<g class="slope" data-size=${size}>
    <polyline points=${path} />
    ${points.map(({ x, y }) => svg`<circle cx=${x} cy=${y} r="3.2" />`)}
    ${last ? svg`<text x=${last.x + 6} y=${last.y + 4}>${formatScore(last.score)}</text>` : ''}
  </g>` as TemplateResult;
}

/** The same as a table, for everyone who would rather read. */
export function scaleTable(): TemplateResult {
  const { scale } = strings.story;
  const row = (task: ScaledTask, size: 'large' | 'small') => html`<tr>
    <th scope="row">${scale.tasks[task.id].name}</th>
    <td>${scale[size]}</td>
    ${task[size].map((score) => html`<td class="numeral">${formatScore(score)}</td>`)}
  </tr>`;
  return html`<div class="scale-scroll" tabindex="0" role="group" aria-label=${scale.table}>
    <table class="scale-table">
      <thead>
        <tr>
          <th scope="col">${scale.task}</th>
          <th scope="col">${scale.model}</th>
          ${scale.shots.map((shots) => html`<th scope="col" class="numeral">${shots}</th>`)}
        </tr>
      </thead>
      <tbody>${scaledTasks.map((task) => [row(task, 'large'), row(task, 'small')])}</tbody>
    </table>
  </div>`;
}
