/** The steps of a generation, as the worker sends them. */

import { abortError, ShotglassError } from '../errors.js';
import type { GenerateStep } from '../types.js';
import type { Call } from './client.js';

/** Yields the steps of a call. They arrive whether or not the last one has been taken; leaving the loop stops the call. */
export async function* stepsOf(
  start: (onStep: (step: GenerateStep) => void) => Call<null>,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerateStep, void, undefined> {
  const steps: GenerateStep[] = [];
  let over = false;
  let wake = () => {};
  const call = start((step) => {
    steps.push(step);
    wake();
  });
  const answered = call.answer.finally(() => {
    over = true;
    wake();
  });
  // The loop throws a failure to its caller. A caller that has left the loop needs no error.
  answered.catch(() => {});
  try {
    for (;;) {
      // An abort or a failure comes before the steps that are still waiting to be read.
      if (signal?.aborted) throw abortError(signal);
      if (over) await answered;
      const step = steps.shift();
      if (step) yield step;
      else if (over) return;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    call.cancel(new ShotglassError('aborted', 'The loop was left.'));
  }
}
