/** Every number on the page goes through here, so that one quantity is always written one way. */

const minus = '−';
const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 49142 → "49,142" */
export function formatCount(count: number): string {
  return integer.format(count);
}

/**
 * A probability. At least 1 %: one decimal. 0.01 % to 1 %: two significant digits. Below: one in how many.
 * Close to certainty it takes the digits it needs, for "100%" would say that nothing else can happen.
 */
export function formatProbability(p: number): string {
  if (!(p > 0)) return '0%';
  if (p >= 1) return '100%';
  if (p >= 0.9995) {
    const decimals = Math.min(7, Math.ceil(-Math.log10(1 - p)) - 1);
    return `${floor(p * 100, decimals).toFixed(decimals)}%`;
  }
  // The rounding must not carry a value over the border into the other form, so borders are tested on what is printed.
  if (p >= 0.00995) return `${(p * 100).toFixed(1)}%`;
  if (p >= 0.0000995) return `${Number((p * 100).toPrecision(2))}%`;
  if (p >= 1e-9) return `1 in ${formatCount(Number((1 / p).toPrecision(2)))}`;
  return p.toExponential(1).replace('-', minus);
}

function floor(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.floor(value * unit) / unit;
}

/** A probability in a sentence read aloud: "72 percent", "less than 1 percent". */
export function spokenProbability(p: number): string {
  if (p < 0.005) return 'less than 1 percent';
  if (p > 0.995 && p < 1) return 'more than 99 percent';
  return `${Math.round(p * 100)} percent`;
}

/** Nats, three decimals, with a real minus sign: "−0.323". */
export function formatLogprob(logprob: number): string {
  if (logprob === Number.NEGATIVE_INFINITY) return `${minus}∞`;
  return logprob
    .toFixed(3)
    .replace('-', minus)
    .replace(/^−(0\.000)$/, '$1');
}

/** How many equally likely tokens would leave one as undecided: exp(entropy). */
export function formatChoices(entropy: number): string {
  const choices = Math.exp(entropy);
  return choices < 100 ? choices.toFixed(1) : formatCount(choices);
}

export function formatEntropy(entropy: number): string {
  return entropy.toFixed(2);
}

/** Bytes as people count a download: 98,362,432 → "98 MB". */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${formatCount(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${formatCount(bytes / 1e3)} kB`;
  return `${formatCount(bytes)} B`;
}

export function formatRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1e7) return `${formatCount(bytesPerSecond / 1e6)} MB/s`;
  if (bytesPerSecond >= 1e5) return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
  return `${formatCount(bytesPerSecond / 1e3)} kB/s`;
}

/** How long something took. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1) return 'under 1 ms';
  if (durationMs < 1000) return `${Math.round(durationMs)} ms`;
  return `${(durationMs / 1000).toFixed(1)} s`;
}

/** How long something will still take; coarse, for it is a guess. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 90) return `${Math.ceil(seconds / 10) * 10} seconds left`;
  return `${Math.ceil(seconds / 60)} minutes left`;
}

/** 134,515,008 → "135 million" */
export function formatParameters(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} billion`;
  if (count >= 1e6) return `${formatCount(count / 1e6)} million`;
  return formatCount(count);
}
