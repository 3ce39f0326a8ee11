import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { formatDigits, formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { drawAccuracies } from '../choose/accuracies.ts';
import type { PairPart, ReadPair, SentencesFigure } from '../figure.ts';

/** A difference in nats that a token is coloured in full for. */
const strong = 4;

export function drawSentences(figure: SentencesFigure): TemplateResult {
  const words = strings.choosing.sentences;
  const { pairs, accuracy, paradigms, isOwn, notRun } = figure;
  const [pair] = pairs;
  if (isOwn) {
    return pair
      ? html`<p class="why-title">${words.caption}</p>
          ${drawParts(pair)}`
      : html``;
  }
  const wrong = pairs.filter(({ correct }) => !correct);
  return html`
    <p class="why-title">${words.captionPairs}</p>
    ${drawAccuracies(words.head.paradigm, [
      ...paradigms.map(({ paradigm, accuracy }) => ({ name: nameOf(paradigm), accuracy })),
      { name: words.all, accuracy },
    ])}
    ${notRun > 0 ? html`<p class="hint">${words.notRun(notRun)}</p>` : nothing}
    <p class="why-title">${words.wrong}</p>
    ${wrong.length === 0 ? html`<p class="hint">${words.none}</p>` : wrong.map(drawParts)}
    <details>
      <summary class="hint">${words.every(pairs.length)}</summary>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">${words.head.good}</th>
            <th scope="col">${words.head.bad}</th>
            <th scope="col" class="numeral">${words.head.difference}</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map(
            ({ good, bad, difference }) => html`<tr>
              <td>${good}</td>
              <td>${bad}</td>
              <td class="numeral">${strings.why.nats(difference)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </details>
  `;
}

/** A paradigm in the words of the page; one that a caller named has its own name. */
export function nameOf(paradigm: string): string {
  const names: Record<string, string> = strings.choosing.sentences.paradigms;
  return names[paradigm] ?? paradigm;
}

/** Both sentences from left to right, one above the other where they differ, and what each token adds. */
function drawParts({ parts, decisive }: ReadPair): TemplateResult {
  return html`<ol class="pair-parts">
    ${parts.map((part, i) => drawPart(part, i === decisive))}
  </ol>`;
}

function drawPart({ first, second, differs, nats }: PairPart, isDecisive: boolean): TemplateResult {
  const words = strings.choosing.sentences;
  const text = (one: string) => html`<span class="mono">${one.trim() || words.nothing}</span>`;
  return html`<li
    data-sign=${nats < 0 ? 'less' : nats > 0 ? 'more' : 'none'}
    data-differs=${differs ? 'yes' : 'no'}
    data-decisive=${isDecisive ? 'yes' : 'no'}
    ${share(Math.min(1, Math.abs(nats) / strong))}
  >
    ${text(first)} ${differs ? text(second) : nothing}
    <span class="pair-nats">${strings.why.nats(nats)}</span>
  </li>`;
}

export function sentencesFinding({ pairs, accuracy, isOwn }: SentencesFigure): string {
  const words = strings.choosing.sentences;
  const [pair] = pairs;
  if (!isOwn) {
    if (!accuracy) return '';
    const { low, high } = accuracy.interval;
    return words.finding(
      accuracy.correct,
      accuracy.n,
      formatProbability(low),
      formatProbability(high),
    );
  }
  if (!pair) return '';
  const { difference, parts, decisive } = pair;
  if (difference === 0) return words.findingEqual;
  const size = Math.abs(difference);
  const finding = words.findingTwo(
    difference > 0 ? 'first' : 'second',
    size.toFixed(2),
    formatDigits(Math.exp(size), 2),
  );
  const part = parts[decisive];
  if (!part) return finding;
  const [first, second] = [part.first, part.second].map((text) => text.trim() || words.nothing);
  return finding + strings.why.gap + words.decisive(first as string, second as string);
}
