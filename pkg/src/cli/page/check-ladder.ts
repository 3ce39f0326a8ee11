/** Whether the table of a ladder says what the model says. */

import { drawnName, shotsNamed } from '../../element/state/ladder.js';
import { tokenLabel } from '../../format/visible.js';
import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import { answerLogprob } from '../../scoring/whole-word.js';
import type { FoundRow, FoundTable } from './find-elements.js';
import { moved, sameMarks } from './moved.js';

/** The most probable tokens among which one that was recorded is looked for. */
const TOP_K = 60;

/** Asks again for each number of shots; a sentence for each number that has moved. */
export async function checkLadder(
  model: Model,
  { head, rows }: FoundTable,
  { task, answer }: { task: Task; answer: string | null },
  { tolerance, signal }: { tolerance: number; signal: AbortSignal },
): Promise<string[]> {
  const followed = sameMarks(head);
  if (answer === null && followed === '') {
    return ['The table does not say which answer its numbers are of. Write it as answer="…".'];
  }
  if (answer !== null && followed !== '' && followed !== drawnName(answer)) {
    return [`The table is of '${followed}', and the right answer is '${drawnName(answer)}'.`];
  }
  const messages: string[] = [];
  for (const row of rows) messages.push(...(await checkRow(row)));
  return messages;

  async function checkRow(row: FoundRow): Promise<string[]> {
    const shots = shotsNamed(row.name);
    const most = task.demonstrations.length;
    if (shots === null || shots > most) {
      return [`'${row.name}' is not a number of shots from 0 to ${most}.`];
    }
    const p = await probabilityAfter(shots);
    const message = moved({ ...row, name: `${head} after ${row.name}` }, p, tolerance);
    return message === null ? [] : [message];
  }

  async function probabilityAfter(shots: number): Promise<number | null> {
    const prompt = renderPrompt(task, { shots });
    if (answer === null) {
      const { candidates } = await model.predict(prompt, { topK: TOP_K, signal });
      return candidates.find(({ bytes }) => tokenLabel(bytes) === followed)?.p ?? null;
    }
    return Math.exp(await answerLogprob(model, task, prompt, answer, { signal }));
  }
}
