/** Every number on the page goes through here, so that one quantity is always written one way. */

import { formatProbability as packageProbability } from 'shotglass/format';
import { strings } from '../strings/index.ts';
import { formatCount } from '../util/numerals.ts';

const minus = '−';

export { formatChoices, formatEntropy, formatLogprob } from 'shotglass/format';

/** A probability, as the package writes it, in the language of the page. */
export function formatProbability(p: number): string {
  return packageProbability(p, strings.words.oneIn);
}

/** The same where columns are narrow: below 0.01 % as a power of ten, "3.2e−5". */
export function compactProbability(p: number): string {
  return p > 0 && p < 0.0000995 ? p.toExponential(1).replace('-', minus) : formatProbability(p);
}

/** A probability in a sentence read aloud: "72 percent", "less than 1 percent". */
export function spokenProbability(p: number): string {
  if (p < 0.005) return strings.words.lessThanOnePercent;
  if (p > 0.995 && p < 1) return strings.words.moreThan99Percent;
  return strings.words.spokenPercent(Math.round(p * 100));
}

/** Bits, two decimals; a sum of many needs only one. */
export function formatBits(bits: number): string {
  if (bits < 100) return bits.toFixed(2);
  return bits < 1000 ? bits.toFixed(1) : formatCount(bits);
}

/** How long something took. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1) return strings.words.under1Ms;
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** How long something is going to take, as coarse as it is known: "0.4 s", "3 s", "40 s". */
export function formatEstimate(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 0.1) return '0.1 s';
  if (seconds < 10) return `${Number(seconds.toPrecision(1))} s`;
  if (seconds < 120) return `${Math.round(seconds / 10) * 10} s`;
  return `${formatCount(seconds / 60)} min`;
}

/** How long something will still take; coarse, for it is a guess. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return strings.words.secondsLeft(0);
  if (seconds < 90) return strings.words.secondsLeft(Math.ceil(seconds / 10) * 10);
  return strings.words.minutesLeft(Math.ceil(seconds / 60));
}

/** 134,515,008 → "135 million" */
export function formatParameters(count: number): string {
  return count >= 1e6 ? strings.words.parameters(count) : formatCount(count);
}

/** A difference of probabilities in percentage points: "+12.3", "−0.4"; what rounds to nothing is "0.0". */
export function formatPoints(difference: number): string {
  const points = Math.abs(difference * 100).toFixed(1);
  if (points === '0.0') return points;
  return `${difference < 0 ? minus : '+'}${points}`;
}

/** A divergence in nats: three decimals, and more for a small one, which is not none. */
export function formatDivergence(nats: number): string {
  if (nats === Number.POSITIVE_INFINITY) return '∞';
  if (nats === 0 || nats >= 0.0995) return nats.toFixed(3);
  return nats >= 1e-6
    ? String(Number(nats.toPrecision(2)))
    : nats.toExponential(1).replace('-', minus);
}

/** As many significant digits as say something: "0.000123", "2.7e−7". */
export function formatDigits(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits))).replaceAll('-', minus);
}
