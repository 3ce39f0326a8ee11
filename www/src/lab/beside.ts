/** Experiments that stand beside the answer, and wait to be asked for where the model is one that others pay for. */
import { type LabModel, waitOf } from '../app/lab-model.ts';
import type { Place, Waits } from '../app/waits.ts';
import type { Step } from './schedule.ts';

export class Beside {
  constructor(private readonly steps: Readonly<Record<Place, readonly Step[]>>) {}

  waits(model: LabModel | null): Waits {
    const at = (place: Place) => this.#wait(model, this.steps[place]);
    return { ladder: at('ladder'), exact: at('exact'), fixes: at('fixes') };
  }

  /** Runs what waits in a place. An edit ends it, as it ends what the page runs by itself. */
  run(place: Place, model: LabModel): void {
    for (const step of this.steps[place]) if (step.left(model)) void step.run(model);
  }

  #wait(model: LabModel | null, steps: readonly Step[]): string | null {
    if (!model || waitOf(model, null) === null) return null;
    const left = steps.flatMap((step) => step.left(model) ?? []);
    if (left.length === 0) return null;
    const isKnown = left.every(({ calls }) => calls !== undefined);
    return waitOf(model, isKnown ? left.reduce((sum, { calls = 0 }) => sum + calls, 0) : null);
  }
}
