import { type Model, ShotglassError, taskLabels } from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import type { ChatTemplate } from '../../app/chat.ts';
import type { Work } from '../../app/job.ts';
import { problemOf } from '../../app/problem.ts';
import { askedOf, promptOf } from '../../app/prompt.ts';
import { type ComparisonName, comparisons, hasLabels } from '../../app/settings.ts';
import type { Draft } from '../../app/state.ts';
import { ladderKey, ladderShots, type Rung, type Rungs } from './ladder.ts';

type Reader = Pick<Model, 'predict' | 'score'>;

/** Errors that are of one number of shots: others may well run. */
const ofOnePrompt = ['prompt-too-long', 'empty-prompt', 'merged-continuation'];

/** The query after 0, 1, 2, … demonstrations. It goes on where a run of the same was broken off. */
export function climb(
  model: Reader,
  draft: Draft,
  comparison: ComparisonName,
  chat: ChatTemplate | null = null,
): Work<Rungs> {
  const key = ladderKey(draft, comparison);
  const { task } = askedOf(draft, chat);
  const labels = hasLabels(task.labels) ? taskLabels(task) : null;
  const words = labels?.flatMap((label) => label.words);
  return async function* ({ signal, before }) {
    const rungs: Rung[] = before?.key === key ? [...before.rungs] : [];
    yield { key, labels, rungs: [...rungs] };
    for (const k of ladderShots(task.demonstrations.length).slice(rungs.length)) {
      const { text } = promptOf({ ...draft, shots: k }, chat);
      try {
        if (words) {
          const reference = referenceOf(comparisons[comparison], task, { shots: k });
          rungs.push({ k, scores: await model.score(text, words, { reference, signal }) });
        } else {
          const { candidates, logprobs } = await model.predict(text, {
            topK: 1,
            logprobs: true,
            signal,
          });
          const [top] = candidates;
          if (top) rungs.push({ k, top, logprobs });
        }
      } catch (error) {
        if (!(error instanceof ShotglassError) || !ofOnePrompt.includes(error.code)) throw error;
        const problem = problemOf(error);
        if (problem) rungs.push({ k, problem });
      }
      yield { key, labels, rungs: [...rungs] };
    }
  };
}
