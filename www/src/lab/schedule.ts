import type { Job, Work } from '../app/job.ts';
import { type LabModel, waitOf } from '../app/lab-model.ts';

/** How long the reader is idle before the model runs what follows an answer. */
const idleMs = 250;

/** Work for a job. */
export interface JobRequest<Result> {
  /** Equal keys are the same work. */
  key: string;
  /** What the result is about. */
  of: string;
  work: Work<Result>;
  /** How many calls of the model it takes at most; absent where that is not known, as where many tokens are listed. */
  calls?: number | undefined;
}

/** One line of a schedule. */
export interface Step {
  /** Right behind the answer, or once the reader is idle. An experiment may have to be asked for: {@link LabModel.waits}. */
  when: 'at once' | 'idle' | 'experiment';
  /** Does what is wanted now, if anything, and resolves when that has ended. */
  run: (model: LabModel) => Promise<boolean> | null;
  /** What is wanted now, and is neither under way nor done. */
  left: (model: LabModel) => Pick<JobRequest<unknown>, 'calls'> | null;
}

/** A step that gives a job its work; `request` answers null where nothing is wanted. */
export function step<Result>(
  when: Step['when'],
  job: Job<Result>,
  request: (model: LabModel) => JobRequest<Result> | null,
): Step {
  return {
    when,
    run: (model) => {
      const wanted = request(model);
      return wanted && job.request(wanted.key, wanted.of, wanted.work);
    },
    left: (model) => {
      const wanted = request(model);
      return wanted && !job.has(wanted.key) ? wanted : null;
    },
  };
}

/** Takes the steps one after the other, for as long as `goesOn`: an edit in between begins anew. */
export async function walk(
  steps: readonly Step[],
  model: LabModel,
  goesOn: () => boolean,
): Promise<void> {
  let isIdle = false;
  for (const { when, run } of steps) {
    if (when === 'experiment' && waitOf(model, null) !== null) continue;
    if (when !== 'at once' && !isIdle) {
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      isIdle = true;
    }
    if (!goesOn()) return;
    await run(model);
  }
}
