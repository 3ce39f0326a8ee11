import type { ResultFigure } from 'shotglass';
import { strings } from '../strings/index.ts';
import { formatDigits } from '../ui/numbers.ts';
import { pieces } from '../ui/visible.ts';
import type { Comparison } from './receipt-check.ts';

/** What the comparison of earlier numbers with those here has found, as a sentence. */
export function comparedSentence({ largest, entropy }: Omit<Comparison, 'agrees'>): string {
  const exceeded = largest?.differs ? largest : entropy;
  if (exceeded) return differenceOf(exceeded);
  return strings.keep.receipt.matches(formatDigits((largest?.difference ?? 0) * 100, 2));
}

function differenceOf({ what, name, recorded, fresh }: ResultFigure): string {
  const words = strings.keep.receipt;
  const label = pieces(name ?? '')
    .map(({ text }) => text)
    .join('');
  const subject = {
    token: words.tokenIs(name ?? ''),
    label: words.labelIs(label),
    rest: words.restIs,
    entropy: words.entropyIs,
    mass: words.massIs,
    answer: words.answerIs,
  }[what];
  return words.difference(
    subject,
    formatDigits(recorded, 6),
    fresh === null ? words.nothing : formatDigits(fresh, 6),
  );
}
