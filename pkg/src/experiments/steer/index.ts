import type { Model } from '../../model/model.js';
import type { AnyPrompt, Edit } from '../../model/options.js';
import type { Prompt } from '../../prompt/task.js';
import type { CallOptions, Score } from '../../types.js';
import { integer, invalid, only, promptText } from '../../util/validate.js';
import { withoutLastSpaces } from '../planned.js';

/** A row to add to the residual stream after one layer. */
export interface Direction {
  /** The layer; see {@link States}. */
  layer: number;
  /** `info.hiddenSize` numbers, in the units of the residual stream. */
  row: Float32Array;
}

/** Options of {@link contrast}. */
export interface ContrastOptions extends CallOptions {
  /** The layer, from 0 to `info.layers`; see {@link States}. */
  layer: number;
}

/** Options of {@link steer}. */
export interface SteerOptions extends CallOptions {
  /**
   * The position from which on the direction is added: `'last'` for the last token of the prompt, or an
   * index from 0, as llama.cpp adds a control vector. Positions before it come from the cache. Default
   * `'last'`.
   */
  from?: number | 'last' | undefined;
}

/**
 * The direction from some texts to others: the mean state of the last token of the `positive` ones minus that
 * of the `negative` ones, after one layer (Turner et al. 2023; Rimsky et al. 2024). From prompts without
 * demonstrations to the same prompts with them, it is what the demonstrations add (Hendel et al. 2023).
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no texts, and the errors of {@link Model.states}.
 */
export async function contrast(
  model: Pick<Model, 'states'>,
  positive: readonly (string | Prompt)[],
  negative: readonly (string | Prompt)[],
  options: ContrastOptions,
): Promise<Direction> {
  only(options, { layer: true, signal: true });
  const { signal } = options;
  const layer = integer('layer', options.layer, 0);
  const sides = [texts('positive', positive), texts('negative', negative)];
  const means: Float64Array[] = [];
  for (const side of sides) {
    let mean = new Float64Array();
    for (const text of side) {
      const { rows } = await model.states(text, { layers: [layer], signal });
      if (mean.length === 0) mean = new Float64Array(rows.length);
      for (const [j, x] of rows.entries()) mean[j] = (mean[j] as number) + x / side.length;
    }
    means.push(mean);
  }
  const [plus, minus] = means as [Float64Array, Float64Array];
  return { layer, row: Float32Array.from(plus, (x, j) => x - (minus[j] as number)) };
}

/**
 * The edit that adds a direction times a coefficient at all positions `from` one on: `h ← h + c · v`. It goes
 * into the option `edits` of {@link Model.predict}, {@link Model.score} or {@link Model.generate}.
 */
export function steering({ layer, row }: Direction, coefficient: number, from: number): Edit {
  if (!Number.isFinite(coefficient)) throw invalid('coefficient', 'a finite number');
  return { layer, from, add: Array.from(row, (x) => coefficient * x) };
}

/**
 * How probable continuations are after a prompt while a direction is added, `coefficient` times. With 0 the
 * scores are those of {@link Model.score} to the last bit.
 *
 * @throws {@link ShotglassError} `invalid-option` also if the coefficient is not finite; and the errors of
 * {@link Model.score}.
 */
export async function steer(
  model: Pick<Model, 'tokenize' | 'score'>,
  prompt: string | Prompt,
  continuations: readonly string[],
  direction: Direction,
  coefficient: number,
  options: SteerOptions = {},
): Promise<Score[]> {
  only(options, { from: true, signal: true });
  const { from = 'last', signal } = options;
  const position = from === 'last' ? await lastPosition(model, prompt, signal) : from;
  const edits = [steering(direction, coefficient, position)];
  return model.score(prompt, continuations, { edits: coefficient === 0 ? [] : edits, signal });
}

/** The position of the last token of a prompt. Spaces at its end belong to what follows, as in `score`. */
export async function lastPosition(
  model: Pick<Model, 'tokenize'>,
  prompt: AnyPrompt,
  signal?: AbortSignal,
): Promise<number> {
  if (isIds(prompt)) return Math.max(0, prompt.length - 1);
  const text = withoutLastSpaces({ text: promptText(prompt) });
  // An empty prompt is refused by whatever runs it.
  return Math.max(0, (await model.tokenize(text, { signal })).length - 1);
}

function isIds(prompt: AnyPrompt): prompt is readonly number[] {
  return Array.isArray(prompt);
}

function texts(name: string, values: readonly (string | Prompt)[]): string[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw invalid(name, 'a non-empty array of texts');
  }
  return values.map((value, i) => withoutLastSpaces({ text: promptText(value, `${name}[${i}]`) }));
}
