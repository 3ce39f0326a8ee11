/** The reader's query, asked of the model alone, after examples, and of the tuned model. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Said, TransferRun, TransferView } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { bar, probability } from '../ui/bars.ts';

export function drawThreeWays(
  view: TransferView,
  run: TransferRun,
): TemplateResult | typeof nothing {
  const words = transferWords().ask;
  const { asked, running, isReady, isOfModel, kept, at } = view;
  if (running?.id === run.id) return nothing;
  if (!isReady || !isOfModel || kept.length === 0) {
    const hint = isReady ? words.needsRun : words.needsModel;
    return html`<section class="three-ways"><h4>${words.heading}</h4><p class="hint">${hint}</p></section>`;
  }
  const { result, problem } = asked;
  const step = kept.filter((one) => one <= at).at(-1) ?? kept[0] ?? 0;
  return html`<section class="three-ways" aria-busy=${asked.running ? 'true' : 'false'}>
    <h4>${words.heading}</h4>
    ${problem ? html`<p class="sentence" role="alert">${problem.sentence}</p>` : nothing}
    ${
      result
        ? html`<table class="plain">
            <thead><tr>
              <th scope="col"></th><th scope="col">${words.says}</th><th scope="col" colspan="2">${words.p}</th>
            </tr></thead>
            <tbody>
              ${row(words.zeroShot, result.zeroShot)}
              ${result.fewShot ? row(words.fewShot(result.fewShot.shots), result.fewShot) : nothing}
              ${row(words.tuned(step), result.tuned)}
            </tbody>
          </table>`
        : nothing
    }
  </section>`;
}

function row(name: string, { text, p }: Said): TemplateResult {
  return html`<tr>
    <th scope="row">${name}</th>
    <td class="mono said">${text === '' ? transferWords().ask.nothing : text}</td>
    <td class="three-bar">${p === null ? nothing : bar(p)}</td>
    <td class="numeral">${p === null ? '–' : probability(p)}</td>
  </tr>`;
}
