// As many digits as it takes for a recorded number to be shown as the live one is.
import { formatChoices, formatEntropy, formatLogprob, formatProbability } from './lab.mjs';

/** The shortest of some roundings that all `views` show like the number itself. */
function shortest(value, rounded, views) {
  const shown = views.map((view) => view(value));
  return rounded.find((one) => views.every((view, i) => view(one) === shown[i])) ?? value;
}

const precisions = [6, 7, 8, 9, 10, 12, 14];

export function probability(p) {
  const rounded = precisions.map((digits) => Number(p.toPrecision(digits)));
  return shortest(p, rounded, [formatProbability]);
}

export function logprob(value) {
  const rounded = precisions.map((digits) => Number(value.toFixed(digits - 1)));
  return shortest(value, rounded, [formatLogprob, (nats) => formatProbability(Math.exp(nats))]);
}

export function entropy(value) {
  const rounded = precisions.map((digits) => Number(value.toPrecision(digits)));
  return shortest(value, rounded, [formatEntropy, formatChoices]);
}
