/** Numbers formatted for people. */

const minus = '−';
const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const exactPercent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 9 });

/** Writes "1 in N" in some language. `count` is already formatted, as by {@link formatCount}. */
export type OneIn = (count: string) => string;

/** An integer with thousands separators: 49142 → "49,142". */
export function formatCount(count: number): string {
  return integer.format(count);
}

/** A number of bytes in decimal units: 98,362,432 → "98 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${formatCount(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${formatCount(bytes / 1e3)} kB`;
  return `${formatCount(bytes)} B`;
}

/** "1 in N" in English. */
export const englishOneIn: OneIn = (count) => `1 in ${count}`;

/**
 * A probability from 0 to 1, for a table: from 1 % it has one decimal, from 0.01 % to 1 % two significant digits, zeros
 * included; below that it is "<0.01%", and above 99.99 % ">99.99%". With `oneIn` it is for a sentence: a small one is
 * "1 in N", and one close to 1 has as many digits as it needs. NaN is a dash.
 */
export function formatProbability(p: number, oneIn?: OneIn): string {
  if (Number.isNaN(p)) return '–';
  if (p <= 0) return '0%';
  // "100%" would mean that nothing else can happen.
  if (p >= 1) return '100%';
  if (p > 0.9999 && !oneIn) return '>99.99%';
  if (p >= 0.9995) {
    const decimals = Math.min(7, Math.ceil(-Math.log10(1 - p)) - 1);
    return `${floor(p * 100, decimals).toFixed(decimals)}%`;
  }
  // The rounding must not carry a value over the border into the other form, so borders are tested on what is printed.
  if (p >= 0.00995) return `${(p * 100).toFixed(1)}%`;
  if (p >= 0.0000995) return `${(p * 100).toPrecision(2)}%`;
  if (!oneIn) return '<0.01%';
  if (p >= 1e-9) return oneIn(formatCount(Number((1 / p).toPrecision(2))));
  return `<${oneIn(formatCount(1e9))}`;
}

/** A probability in full, as for the title of a rounded one: "0.00303412345%". Below 10⁻¹² it only says so. */
export function formatExactProbability(p: number): string {
  if (Number.isNaN(p)) return '–';
  return p > 0 && p < 1e-12 ? '<0.0000000001%' : exactPercent.format(p);
}

function floor(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.floor(value * unit) / unit;
}

/** A log-probability in nats, with three decimals and a proper minus sign: "−0.323". */
export function formatLogprob(logprob: number): string {
  if (logprob === Number.NEGATIVE_INFINITY) return `${minus}∞`;
  return logprob
    .toFixed(3)
    .replace('-', minus)
    .replace(/^−(0\.000)$/, '$1');
}

/** An entropy in nats, with two decimals. */
export function formatEntropy(entropy: number): string {
  return entropy.toFixed(2);
}

/** The number of equally likely tokens with this entropy (in nats): exp(entropy). */
export function formatChoices(entropy: number): string {
  const choices = Math.exp(entropy);
  return choices < 100 ? choices.toFixed(1) : formatCount(choices);
}
