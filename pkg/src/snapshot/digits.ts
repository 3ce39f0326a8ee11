/** As many digits as it takes for a recorded number to be shown as the live one is. */
import {
  englishOneIn,
  formatChoices,
  formatEntropy,
  formatLogprob,
  formatProbability,
} from '../format/numbers.js';

/** The finest form that a probability is shown in. */
const shown = (p: number) => formatProbability(p, englishOneIn);

const precisions = [6, 7, 8, 9, 10, 12, 14];

/** A probability with the fewest digits that are shown like it. */
export function probability(p: number): number {
  const rounded = precisions.map((digits) => Number(p.toPrecision(digits)));
  return shortest(p, rounded, [shown]);
}

/** A logprob in nats with the fewest digits that are shown like it, and whose probability is too. */
export function logprob(value: number): number {
  const rounded = precisions.map((digits) => Number(value.toFixed(digits - 1)));
  return shortest(value, rounded, [formatLogprob, (nats) => shown(Math.exp(nats))]);
}

/** An entropy in nats with the fewest digits that are shown like it. */
export function entropy(value: number): number {
  const rounded = precisions.map((digits) => Number(value.toPrecision(digits)));
  return shortest(value, rounded, [formatEntropy, formatChoices]);
}

/** The first of some roundings that all `views` show like the number itself. */
function shortest(
  value: number,
  rounded: readonly number[],
  views: readonly ((value: number) => string)[],
): number {
  const own = views.map((view) => view(value));
  return rounded.find((one) => views.every((view, i) => view(one) === own[i])) ?? value;
}
