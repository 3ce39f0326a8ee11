import type { Model } from '../model/model.js';
import type { Prompt, Task } from '../prompt/task.js';
import type { CallOptions, ModelInfo, Score } from '../types.js';
import { promptText } from '../util/validate.js';
import { vocabularyOf } from './vocabulary.js';
import { lastStage } from './word-end.js';

/** What a whole word is scored with. */
export type WordReader = Pick<Model, 'score' | 'logprobs' | 'vocabulary'> & {
  readonly info: Pick<ModelInfo, 'endTokens'>;
};

/**
 * Log-probability, in nats, that a continuation follows and is whole: that of all its tokens, and of everything that may
 * come after them except more of the same word. `' sheep'` does not count where the model goes on to `' sheeps'`.
 *
 * The tokens are those of {@link Model.score}. Other spellings of the same word, which {@link continuations} finds, are
 * not added.
 *
 * @throws {@link ShotglassError} those of {@link Model.score} and {@link Model.logprobs}.
 */
export async function wordLogprob(
  model: WordReader,
  prompt: string | Prompt,
  continuation: string,
  options: CallOptions = {},
): Promise<number> {
  const text = promptText(prompt);
  const { logprob, tokens } = await scoreOne(model, text, continuation, options);
  const stage = lastStage(continuation);
  if (stage === null) return logprob;
  const appended = tokens.map(({ id }) => id);
  const after = await model.logprobs(text, { ...options, appended });
  const { ends } = await vocabularyOf(model, options);
  // The word has ended where nothing of the next token belongs to it.
  const ended = after.reduce(
    (sum, next, id) => (ends[stage][id] === 0 ? sum + Math.exp(next) : sum),
    0,
  );
  return logprob + Math.log(Math.min(1, ended));
}

/**
 * Log-probability, in nats, that a prompt is followed by the right answer, as {@link wordLogprob}; in a task with labels
 * that of the label, which may be the beginning of a longer word.
 *
 * @throws {@link ShotglassError} those of {@link Model.score} and {@link Model.logprobs}.
 */
export async function answerLogprob(
  model: WordReader,
  task: Task,
  prompt: string | Prompt,
  continuation: string,
  options: CallOptions = {},
): Promise<number> {
  if (!task.labels) return wordLogprob(model, prompt, continuation, options);
  return (await scoreOne(model, promptText(prompt), continuation, options)).logprob;
}

async function scoreOne(
  model: Pick<Model, 'score'>,
  prompt: string,
  continuation: string,
  options: CallOptions,
): Promise<Score> {
  const scores = await model.score(prompt, [continuation], options);
  return scores[0] as Score;
}
