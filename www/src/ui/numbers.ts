/** Every number on the page goes through here, so that one quantity is always written one way. */

import { formatProbability as packageProbability } from 'shotglass/format';
import { strings } from '../strings/index.ts';
import { formatCount } from '../util/numerals.ts';

const minus = '−';

export {
  formatChoices,
  formatEntropy,
  formatExactProbability,
  formatLogprob,
} from 'shotglass/format';

/** A probability in a sentence, where a small one is "1 in N" in the language of the page. */
export function formatProbability(p: number): string {
  return packageProbability(p, strings.words.oneIn);
}

/** A probability in a table or a figure, where a small one is "<0.01%". */
export function tableProbability(p: number): string {
  return packageProbability(p);
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

/** A large count as the field writes it: "135M", "1.7B", "2T". */
export function shortCount(count: number): string {
  const units = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
  ] as const;
  // 999,885,952 parameters are a billion.
  const [unit, letter] = units.find(([one]) => count >= 0.995 * one) ?? [1, ''];
  const value = count / unit;
  return unit === 1
    ? formatCount(count)
    : `${Number(value.toPrecision(value < 10 ? 2 : 3))}${letter}`;
}

/** A difference of probabilities in percentage points: "+12.3", "−0.4"; what rounds to nothing is "0.0". */
export function formatPoints(difference: number): string {
  const points = Math.abs(difference * 100).toFixed(1);
  if (points === '0.0') return points;
  return `${difference < 0 ? minus : '+'}${points}`;
}

/** The p-value of a test: three decimals, and what is smaller than them as such. */
export function formatPValue(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

/** A divergence in nats: three decimals, and more for a small one, which is not none. */
export function formatDivergence(nats: number): string {
  if (nats === Number.POSITIVE_INFINITY) return '∞';
  return nats === 0 || nats >= 0.0995 ? nats.toFixed(3) : formatDigits(nats, 2);
}

/** As many significant digits as say something, and never a power of ten: "0.000123", "0.00000027". */
export function formatDigits(value: number, digits: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: digits, useGrouping: false })
    .format(value)
    .replace('-', minus);
}
