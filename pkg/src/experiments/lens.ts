import { ShotglassError } from '../errors.js';
import type { Model } from '../model/model.js';
import { renderPrompt } from '../prompt/render.js';
import type { Prompt, Task } from '../prompt/task.js';
import { taskLabels } from '../scoring/labels.js';
import type { CallOptions, Candidate, LensEntry } from '../types.js';
import type { Step } from '../util/step.js';
import { integer, invalid, only, text } from '../util/validate.js';
import { ascendingShots, attempt, withoutLastSpaces } from './planned.js';

/** Options of {@link lens}. */
export interface LensExperimentOptions extends CallOptions {
  /** The input to solve. Default: `task.query`, else `''`. */
  query?: string | undefined;
  /**
   * The continuations to follow through the layers, each with the space before it, such as `' Positive'`.
   * The lens reads the next token, so what is followed is the first token of each; no two of these may be
   * equal. Default: the words of {@link taskLabels}.
   */
  answers?: readonly string[] | undefined;
  /** Distinct numbers of demonstrations to show. Default: 0, 1, … up to all. */
  shots?: readonly number[] | undefined;
  /** Number of candidates to list in each layer, 0 or more. Default 1. */
  topK?: number | undefined;
}

/** A prompt with `k` demonstrations, and what is followed after it. */
export interface PlannedLens {
  /** Number of demonstrations. */
  k: number;
  prompt: Prompt;
  answers: readonly string[];
}

/** An answer in every layer: `layers[ℓ]` is its first token after layer `ℓ`. */
export interface FollowedAnswer {
  /** The continuation as it was passed. */
  answer: string;
  /** Its first token after each layer, from layer 0, the embedding. See {@link LensEntry}. */
  layers: Candidate[];
  /**
   * The lowest layer from which on, to the last, its first token is more probable than that of every
   * other answer; null if it is not ahead after the last layer, or if there is no other answer.
   */
  aheadFrom: number | null;
  /**
   * The lowest layer from which on, to the last, its first token is the most probable of all tokens; null
   * if it is not that after the last layer.
   */
  topFrom: number | null;
}

/**
 * The layers after `k` demonstrations. With an `error` the prompt was not run, because it does not fit into
 * the context (`prompt-too-long`), is empty (`empty-prompt`) or is joined with an answer (`merged-continuation`).
 */
export type LensReading = { k: number } & (
  | {
      /** One entry for each layer at the last token, from layer 0, the embedding. */
      entries: LensEntry[];
      answers: FollowedAnswer[];
    }
  | { error: ShotglassError }
);

/** In which layer the answer appears, for each number of demonstrations. */
export interface LensResult {
  /** The readings so far, in ascending order of k. */
  readings: LensReading[];
}

/**
 * The prompts of {@link lens}, in ascending order of k. Each begins with the demonstrations of the one
 * before it. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if a k occurs twice or exceeds the number of
 * demonstrations, if an answer is empty or occurs twice, or if the task or query is invalid.
 */
export function planLens(task: Task, options: LensExperimentOptions = {}): PlannedLens[] {
  const names = { query: true, answers: true, shots: true, topK: true, signal: true } as const;
  only(options, names);
  const { query, topK = 1 } = options;
  renderPrompt(task, { query });
  integer('topK', topK, 0);
  const answers = checkedAnswers(options.answers ?? taskLabels(task).flatMap(({ words }) => words));
  return ascendingShots(task, options.shots).map((k) => {
    return { k, prompt: renderPrompt(task, { query, shots: k }), answers };
  });
}

/**
 * In which layer does the answer appear, and how do demonstrations move it? The logit lens
 * (nostalgebraist 2020) at the last token of the prompt, after 0, 1, … K demonstrations: the prediction
 * after each layer, and the answers in it. There is one step for each k. If a prompt does not fit, that is
 * reported and the others run. See {@link LensEntry} for what early layers can and cannot say.
 *
 * @throws {@link ShotglassError} as {@link planLens}, {@link Model.score} and {@link Model.lens}, from the loop;
 * `invalid-option` also if two answers begin with the same token. After `aborted`, the steps before it
 * remain valid.
 */
export async function* lens(
  model: Pick<Model, 'score' | 'lens'>,
  task: Task,
  options: LensExperimentOptions = {},
): AsyncGenerator<Step<LensResult>, void, undefined> {
  const planned = planLens(task, options);
  const readings: LensReading[] = [];
  for (const { k, prompt, answers } of planned) {
    const outcome = await attempt(() => readLayers(model, prompt, answers, options));
    readings.push({ k, ...outcome });
    yield { done: readings.length, total: planned.length, result: { readings: [...readings] } };
  }
}

async function readLayers(
  model: Pick<Model, 'score' | 'lens'>,
  prompt: Prompt,
  answers: readonly string[],
  { topK, signal }: LensExperimentOptions,
): Promise<{ entries: LensEntry[]; answers: FollowedAnswer[] }> {
  const ids = await firstTokens(model, prompt, answers, signal);
  // A space at the end belongs to the answers, as in `score`.
  const { entries } = await model.lens(withoutLastSpaces(prompt), { topK, ids, signal });
  const layers = entries.map(([last]) => last as LensEntry);
  return { entries: layers, answers: answers.map((answer, i) => follow(answer, i, layers)) };
}

/** The ids of the tokens that the answers begin with after the prompt. */
async function firstTokens(
  model: Pick<Model, 'score'>,
  prompt: Prompt,
  answers: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number[]> {
  const scores = await model.score(prompt, answers, { signal });
  const ids = scores.map(({ tokens }) => tokens[0]?.id ?? -1);
  for (const [i, id] of ids.entries()) {
    const other = ids.indexOf(id);
    if (other === i) continue;
    const [a, b] = [answers[other], answers[i]].map((answer) => JSON.stringify(answer));
    throw new ShotglassError(
      'invalid-option',
      `answers: ${a} and ${b} begin with the same token, so the lens cannot tell them apart.`,
    );
  }
  return ids;
}

/** Answer `i` through the layers. */
function follow(answer: string, i: number, entries: readonly LensEntry[]): FollowedAnswer {
  const layers = entries.map(({ asked }) => asked[i] as Candidate);
  const isAhead = ({ asked }: LensEntry) =>
    asked.every((other, j) => j === i || (asked[i] as Candidate).logprob > other.logprob);
  const hasRivals = (entries[0]?.asked.length ?? 0) > 1;
  return {
    answer,
    layers,
    aheadFrom: hasRivals ? fromWhere(entries.map(isAhead)) : null,
    topFrom: fromWhere(layers.map(({ rank }) => rank === 1)),
  };
}

/** The first index from which on all are true; null if the last is not. */
function fromWhere(all: readonly boolean[]): number | null {
  const from = all.lastIndexOf(false) + 1;
  return from < all.length ? from : null;
}

/** Answers that can be told apart. */
function checkedAnswers(answers: readonly string[]): readonly string[] {
  if (!Array.isArray(answers) || answers.length === 0) {
    throw invalid('answers', 'a non-empty array of texts');
  }
  for (const [i, answer] of answers.entries()) {
    if (text('answers', answer) === '') throw invalid('answers', 'texts that are not empty');
    if (answers.indexOf(answer) < i) {
      throw invalid('answers', `distinct texts: ${JSON.stringify(answer)} occurs twice`);
    }
  }
  return answers;
}
