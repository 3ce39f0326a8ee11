// What is measured has digits like what is recorded.
export { logprob, probability } from '../../pkg/dist/snapshot/digits.js';

/** The logprob of a token in a prompt, in nats: with at least 3 decimals, and as many as it takes for the same bits. */
export function surprisal(value) {
  const bits = (nats) => (-nats / Math.LN2).toFixed(2);
  const rounded = [3, 4, 5, 6, 8].map((decimals) => Number(value.toFixed(decimals)));
  return rounded.find((one) => bits(one) === bits(value)) ?? value;
}
