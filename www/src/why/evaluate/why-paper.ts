import { html, nothing, type TemplateResult } from 'lit';
import type { Evaluation } from 'shotglass/experiments';
import { strings } from '../../strings/index.ts';
import { zeroOneFew } from './evaluation.ts';
import { type PaperResult, paperResults } from './gpt3.ts';

/** What this page measured beside what the paper reports; nothing where the paper has no such task. */
export function drawPaper(
  preset: string | undefined,
  evaluation: Evaluation | null,
): TemplateResult | typeof nothing {
  const result = preset === undefined ? null : paperResults[preset];
  if (!result) return nothing;
  const words = strings.evaluate.paper;
  const isComparable = result.metric !== 'BLEU';
  return html`<div class="picture paper">
    <table class="plain">
      <caption>${words.caption(result.task, words.metrics[result.metric])}</caption>
      <thead>
        <tr>
          <th scope="col"><span class="visually-hidden">${words.model}</span></th>
          <th scope="col" class="numeral">${words.zero}</th>
          <th scope="col" class="numeral">${words.one}</th>
          <th scope="col" class="numeral">${words.few}</th>
        </tr>
      </thead>
      <tbody>
        ${isComparable ? hereRow(evaluation) : nothing} ${paperRow(words.small, result.small)}
        ${result.large ? paperRow(words.large, result.large.values) : nothing}
      </tbody>
    </table>
    <p class="hint">${aside(result, evaluation)}</p>
  </div>`;
}

function hereRow(evaluation: Evaluation | null): TemplateResult {
  const words = strings.evaluate.paper;
  const measured = evaluation ? zeroOneFew(evaluation) : [];
  const at = (is: (shots: number) => boolean) => {
    const mean = measured.find(({ shots }) => is(shots))?.mean;
    return html`<td class="numeral strong">${mean === undefined ? words.notYet : (mean * 100).toFixed(1)}</td>`;
  };
  return html`<tr class="here">
    <th scope="row">${words.here}</th>
    ${at((k) => k === 0)} ${at((k) => k === 1)} ${at((k) => k > 1)}
  </tr>`;
}

function paperRow(name: string, values: readonly number[]): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    ${values.map((value) => html`<td class="numeral">${value}</td>`)}
  </tr>`;
}

function aside({ metric, few, large }: PaperResult, evaluation: Evaluation | null): string {
  const words = strings.evaluate.paper;
  if (metric === 'BLEU' || !large) return words.bleu;
  const most = evaluation ? zeroOneFew(evaluation).find(({ shots }) => shots > 1) : undefined;
  const here = most ? strings.evaluate.shotsAt(most.shots) : null;
  const counts =
    here === null
      ? []
      : [few === null ? words.fewHere(here) : words.fewIs(here, strings.evaluate.shotsAt(few))];
  return [words.items(large.table), ...counts].join(strings.why.gap);
}
