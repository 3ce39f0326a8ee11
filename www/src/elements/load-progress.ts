/** How far a load is, as the loader and the list of models tell it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Loading } from '../app/models.ts';
import { strings } from '../strings/index.ts';
import { formatTimeLeft } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';
import { formatBytes, formatRate } from '../util/numerals.ts';

/** In a line: the bytes, and the time that is left or the rate; or what keeps them from coming. */
export function loadFacts(loading: Loading): string {
  const { bytesLoaded, bytesPerSecond, secondsLeft, delay } = loading;
  if (delay) return strings.first.delays[delay];
  const facts = [bytesLoaded === 0 ? strings.starting : amountOf(loading)];
  if (secondsLeft !== null) facts.push(formatTimeLeft(secondsLeft));
  else if (bytesPerSecond !== null) facts.push(formatRate(bytesPerSecond));
  return facts.join(' · ');
}

/** The bar, named by the element with this id. */
export function loadBar(loading: Loading, labelledBy: string): TemplateResult {
  const { bytesLoaded, bytesTotal } = loading;
  const loaded = bytesTotal ? Math.min(1, bytesLoaded / bytesTotal) : null;
  return html`<div
    class="progress thin"
    role="progressbar"
    aria-labelledby=${labelledBy}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${loaded === null ? nothing : Math.round(loaded * 100)}
    aria-valuetext=${amountOf(loading)}
  >
    <span ${share(loaded ?? 0)}></span>
  </div>`;
}

function amountOf({ bytesLoaded, bytesTotal }: Loading): string {
  const total = bytesTotal ? formatBytes(bytesTotal) : null;
  return strings.loadingProgress(formatBytes(bytesLoaded), total);
}
