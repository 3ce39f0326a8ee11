import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Prompt, Task } from '../../prompt/task.js';
import { contentFree, taskLabels } from '../../scoring/classify.js';
import type { CallOptions, Score } from '../../types.js';
import type { Step } from '../../util/step.js';
import { integer, invalid, only, text } from '../../util/validate.js';
import { ascendingLayers, withoutLastSpaces } from '../planned.js';
import { type Direction, lastPosition } from '../steer/index.js';

/** Options of {@link taskVector}. */
export interface TaskVectorOptions extends CallOptions {
  /** The input to solve. Default: `task.query`, else `''`. */
  query?: string | undefined;
  /**
   * The continuations to score, each with the space before it, such as `' Positive'`. Default: the words of
   * {@link taskLabels}.
   */
  answers?: readonly string[] | undefined;
  /** Number of demonstrations that the vector stands for, 1 or more. Default: all. */
  shots?: number | undefined;
  /**
   * The input after the demonstrations when the vector is read; it must not be the query. Default: the first
   * demonstration that is not shown, else the content-free `'N/A'`.
   */
  dummy?: string | undefined;
  /** Distinct layers to try, from 0 to `info.layers`; see {@link States}. Default: all. */
  layers?: readonly number[] | undefined;
}

/** The prompts of {@link taskVector}. */
export interface PlannedTaskVector {
  /** The query without demonstrations: the vector is put in at its last token. */
  zeroShot: Prompt;
  /** The query after the demonstrations. */
  fewShot: Prompt;
  /** The dummy input after the demonstrations: the vector is the state of its last token. */
  source: Prompt;
  answers: readonly string[];
  /** The layers to try, in ascending order; undefined for all. */
  layers: readonly number[] | undefined;
}

/** The answers after the zero-shot prompt with the vector of one layer in it. */
export interface TaskVectorReading {
  /** The layer; see {@link States}. */
  layer: number;
  /** The scores of the answers, in their order. */
  scores: Score[];
}

/** The result of {@link taskVector}. */
export interface TaskVectorResult {
  answers: readonly string[];
  /** The scores of the answers without demonstrations. */
  zeroShot: Score[];
  /** The scores of the answers after the demonstrations. */
  fewShot: Score[];
  /** The layers so far, in ascending order. */
  layers: TaskVectorReading[];
  /** For each answer, the layer so far whose vector makes it the most probable; null before the first layer. */
  best: (number | null)[];
  /** The vectors of all layers that are tried. */
  vectors: Direction[];
}

/**
 * The prompts of {@link taskVector}. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` for a task or options that are wrong.
 */
export function planTaskVector(task: Task, options: TaskVectorOptions = {}): PlannedTaskVector {
  const names = { query: true, answers: true, shots: true, dummy: true, layers: true } as const;
  only(options, { ...names, signal: true });
  const { query = task?.query ?? '' } = options;
  const zeroShot = renderPrompt(task, { query, shots: 0 });
  const all = task.demonstrations.length;
  const shots = integer('shots', options.shots ?? all, 1, all);
  const answers = options.answers ?? taskLabels(task).flatMap(({ words }) => words);
  if (!Array.isArray(answers) || answers.length === 0 || answers.includes('')) {
    throw invalid('answers', 'a non-empty array of texts that are not empty');
  }
  for (const answer of answers) text('answers', answer);
  const dummy = text('dummy', options.dummy ?? dummyInput(task, shots, query));
  if (dummy.trim() === query.trim()) {
    throw invalid('dummy', 'another input than the query: its answer would be in the vector');
  }
  return {
    zeroShot,
    fewShot: renderPrompt(task, { query, shots }),
    source: renderPrompt(task, { query: dummy, shots }),
    answers,
    layers: ascendingLayers(options.layers),
  };
}

/**
 * Can one vector stand for all demonstrations? The task vector (Hendel et al. 2023) is the state of the last
 * token of a few-shot prompt whose query is a dummy. For each layer, it is put into the zero-shot prompt of the
 * real query, in place of the state of its last token there, and the answers are scored; beside them, without
 * demonstrations and after them.
 *
 * Layer 0 holds the token itself, so its vector changes nothing if both prompts end in the same token. After
 * the last layer nothing of the query is left: the scores are those of the dummy input.
 *
 * A step follows each layer.
 *
 * @throws {@link ShotglassError} as {@link planTaskVector}, {@link Model.states} and {@link Model.score}, from
 * the loop. After `aborted`, the steps before it remain valid.
 */
export async function* taskVector(
  model: Pick<Model, 'states' | 'tokenize' | 'score'>,
  task: Task,
  options: TaskVectorOptions = {},
): AsyncGenerator<Step<TaskVectorResult>, void, undefined> {
  const { zeroShot, fewShot, source, answers, layers: asked } = planTaskVector(task, options);
  const { signal } = options;
  const without = await model.score(zeroShot, answers, { signal });
  const after = await model.score(fewShot, answers, { signal });
  const vectors = await taskVectors(model, source, asked, signal);
  const position = await lastPosition(model, zeroShot, signal);
  const layers: TaskVectorReading[] = [];
  for (const { layer, row } of vectors) {
    const edits = [{ layer, position, replace: row }];
    layers.push({ layer, scores: await model.score(zeroShot, answers, { edits, signal }) });
    const result = {
      ...{ answers, zeroShot: without, fewShot: after, layers: [...layers], vectors },
      best: answers.map((_, i) => best(layers, (reading) => reading.scores[i]?.logprob)),
    };
    yield { done: layers.length, total: vectors.length, result };
  }
}

/** The states of the last token of a prompt, one for each layer. */
export async function taskVectors(
  model: Pick<Model, 'states'>,
  source: Prompt,
  layers: readonly number[] | undefined,
  signal: AbortSignal | undefined,
): Promise<Direction[]> {
  const states = await model.states(withoutLastSpaces(source), { layers, signal });
  const { size, rows } = states;
  return states.layers.map((layer, i) => ({ layer, row: rows.slice(i * size, (i + 1) * size) }));
}

/** An input to read a vector at: not one of those shown, nor the query. */
export function dummyInput({ demonstrations }: Task, shots: number, query: string): string {
  const others = demonstrations.slice(shots).map(({ input }) => input);
  return [...others, ...contentFree].find((input) => input.trim() !== query.trim()) ?? '';
}

/** The layer with the highest number; null for none. */
export function best<Reading extends { layer: number }>(
  readings: readonly Reading[],
  of: (reading: Reading) => number | undefined,
): number | null {
  let found: Reading | null = null;
  for (const reading of readings) {
    if (!found || (of(reading) ?? 0) > (of(found) ?? 0)) found = reading;
  }
  return found?.layer ?? null;
}
