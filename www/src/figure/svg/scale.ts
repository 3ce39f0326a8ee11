/** The axis of the numbers: where each stands, and which of them are named. */
import { strings } from '../../strings/index.ts';
import { tableProbability } from '../../ui/numbers.ts';
import { formatCount } from '../../util/numerals.ts';
import type { Scale, Unit } from '../chart.ts';

const decades = 6;

/** 0 to 1 along the axis. */
export function placeOn({ from, to, isLog }: Scale, value: number): number {
  const place = isLog
    ? value > 0
      ? 1 + Math.log10(value) / decades
      : 0
    : (value - from) / (to - from || 1);
  return Math.min(1, Math.max(0, place));
}

export interface Tick {
  at: number;
  text: string;
}

export function ticksOf({ unit, from, to, isLog }: Scale): Tick[] {
  if (isLog) return [1e-6, 1e-3, 1].map((at) => ({ at, text: at === 1 ? '100%' : tableTick(at) }));
  if (unit === 'probability' || unit === 'share')
    return [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, text: `${100 * at}%` }));
  const step = stepOf((to - from) / 4);
  const ticks: Tick[] = [];
  for (let i = Math.ceil(from / step); i * step <= to + 1e-9; i++) {
    const at = i * step;
    ticks.push({ at, text: i === 0 ? '0' : signed(at, step < 1 ? decimalsOf(step) : 0) });
  }
  return ticks;
}

/** 1, 2 or 5 times a power of ten, and not less than this. */
function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)));
  return (([1, 2, 5].find((one) => one * power >= least * 0.999) ?? 10) as number) * power;
}

const decimalsOf = (step: number) => Math.ceil(-Math.log10(step) - 1e-9);

const signed = (value: number, decimals: number) =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(decimals)}`;

/** 0.0001% and 0.1%: a power of ten is a row of zeros that can be counted. */
const tableTick = (at: number) => `${Number((100 * at).toPrecision(1))}%`;

/** A number as the page writes it. */
export function shown(value: number, unit: Unit): string {
  if (unit === 'nats') return strings.why.nats(value);
  // The share of a difference may be more than all of it, or work against it.
  if (unit === 'share' && (value < 0 || value > 1))
    return `${signed(100 * value, 0).replace('+', '')}%`;
  return unit === 'rows' ? formatCount(value) : tableProbability(value);
}
