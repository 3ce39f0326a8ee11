import { html, nothing, type TemplateResult } from 'lit';
import type { Playing, SheetStep } from '../app/lesson.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { formatProbability, tableProbability } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';

/** How many lines of a prompt are printed. */
const mostLines = 16;

/** A lesson on paper: each step with its prompt, its recorded answer, and lines to write on. A screen does not show it. */
export function worksheet({ lesson, sheet }: Playing): TemplateResult {
  const words = lessonWords();
  return html`<section class="worksheet">
    <header class="sheet-head">
      <p class="sheet-title" dir="auto">${lesson.title}</p>
      <p class="sheet-name">${words.sheetName}</p>
    </header>
    <ol class="sheet-steps">${sheet.map(sheetStep)}</ol>
  </section>`;
}

function sheetStep({ caption, question, prompt, figure }: SheetStep, at: number): TemplateResult {
  const words = lessonWords();
  return html`<li class="sheet-step">
    <p class="sheet-number">${words.sheetStep(at + 1)}</p>
    <div class="sheet-body">
      ${question === '' ? nothing : html`<p class="sheet-question" dir="auto">${question}</p>`}
      <pre class="sheet-prompt" dir="auto">${endOf(prompt)}</pre>
      ${figure ? sheetFigure(figure) : html`<p class="sheet-caption">${words.sheetUnknown}</p>`}
      <p class="sheet-caption" dir="auto">${caption}</p>
      <div class="sheet-lines">${words.sheetNotes}</div>
    </div>
  </li>`;
}

function sheetFigure({
  answer,
  at,
  bars,
  model,
}: NonNullable<SheetStep['figure']>): TemplateResult {
  const words = lessonWords();
  const here = bars.find(({ k }) => k === at);
  return html`<figure class="sheet-figure">
    <figcaption dir="auto">${words.sheetFigure(answer, model)}</figcaption>
    <div class="sheet-bars">
      ${bars.map(
        ({ k, p }) => html`<div class="sheet-bar" data-here=${k === at ? 'true' : 'false'}>
          <span class="sheet-p">${p === null ? '' : tableProbability(p)}</span>
          <span class="sheet-track"><span ${share(p ?? 0)}></span></span>
          <span class="sheet-k">${k}</span>
        </div>`,
      )}
    </div>
    ${here ? html`<p class="sheet-answer" dir="auto">${words.shots(at)}: <b>${here.name}</b>${here.p === null ? nothing : html`${here.name === answer ? '' : `; ${answer}`} ${formatProbability(here.p)}`}</p>` : nothing}
  </figure>`;
}

/** The question is at the end of a prompt, so what does not fit is left out before it. */
function endOf(prompt: string): string {
  const lines = prompt.split('\n');
  return lines.length <= mostLines ? prompt : `…\n${lines.slice(-mostLines).join('\n')}`;
}
