import type { GenerateStep, Model } from 'shotglass';
import type { Work } from './run.ts';
import type { Sampling } from './settings.ts';

/** The steps of a text that the model draws, one after the other. */
export function generation(model: Model, text: string, sampling: Sampling): Work<GenerateStep[]> {
  return async function* ({ signal }) {
    const { stopAtNewline, ...options } = sampling;
    const stop = stopAtNewline ? ['\n'] : [];
    const steps: GenerateStep[] = [];
    yield steps;
    for await (const step of model.generate(text, { ...options, stop, signal })) {
      steps.push(step);
      yield [...steps];
    }
  };
}
