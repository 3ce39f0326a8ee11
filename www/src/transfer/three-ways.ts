/** The query asked three ways: of the model alone, after examples, and of the tuned model. */
import { type Adapter, type Model, taskLabels } from 'shotglass';
import type { Asked, Said, ThreeWays } from '../app/transfer.ts';
import { answerText, promptOf } from './plan.ts';
import { answerProbability } from './training.ts';

/** The answers are short; what goes on is cut. */
const maxTokens = 16;

/** The tuned answer, and the other two unless they are known. */
export async function askThreeWays(
  model: Model,
  asked: Asked,
  { adapter, scale }: { adapter: Adapter; scale: number },
  {
    signal,
    before,
  }: { signal: AbortSignal; before: Pick<ThreeWays, 'zeroShot' | 'fewShot'> | null },
): Promise<ThreeWays> {
  const { task, query, shots, isFree } = asked;
  const labels = isFree ? null : taskLabels(task);
  const answer = answerText(asked, labels);
  const say = async (one: Model, k: number): Promise<Said> => {
    const prompt = promptOf(task, query, k);
    const p =
      answer === null ? null : await answerProbability(one, prompt, { answer, labels }, signal);
    return { p, text: await written(one, prompt, task, signal) };
  };
  const tuned = await say(model.withAdapter(adapter, scale), 0);
  if (before) return { ...before, tuned };
  const plain = model.withAdapter(null);
  const zeroShot = await say(plain, 0);
  const fewShot = shots === 0 ? null : { shots, ...(await say(plain, shots)) };
  return { zeroShot, fewShot, tuned };
}

async function written(
  model: Model,
  prompt: string,
  { template }: Asked['task'],
  signal: AbortSignal,
): Promise<string> {
  const end = template.demonstrationSeparator;
  const { text } = await model.complete(prompt, {
    ...{ maxTokens, temperature: 0, signal },
    stop: end === '' ? [] : [end],
  });
  return text.trim();
}
