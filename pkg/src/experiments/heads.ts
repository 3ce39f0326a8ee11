import type { Model } from '../model/model.js';
import type { Prompt } from '../prompt/task.js';
import type { Attention, CallOptions, Token } from '../types.js';
import type { Step } from '../util/step.js';
import { only, promptText } from '../util/validate.js';

/** The patterns that {@link heads} looks for. */
export const headPatterns = ['previous', 'same', 'induction'] as const;

/** One of the patterns that {@link heads} looks for; see {@link headTargets}. */
export type HeadPattern = (typeof headPatterns)[number];

/** How much the heads of a model follow one pattern. */
export interface HeadScores {
  /** Number of attending tokens that have a target; the scores are means over them. */
  count: number;
  /**
   * The mean share of attention on the targets, from 0 to 1, for each layer and head. The shape is
   * `(layers, heads)`, with the last index varying fastest. Null if `count` is 0.
   */
  scores: Float32Array | null;
  /** What a head would score that attends to all tokens alike. Null if `count` is 0. */
  chance: number | null;
}

/** What the heads of a model attend to in a prompt. */
export interface HeadsResult extends Record<HeadPattern, HeadScores> {
  /** The tokens of the prompt. */
  tokens: Token[];
  /** Number of layers. The first one is closest to the prompt. */
  layers: number;
  /** Number of heads in each layer. */
  heads: number;
}

/**
 * Where the token `t` of a prompt would look by each pattern, as indices of tokens (Olsson et al. 2022):
 *
 * - `previous`: the token before it, `t − 1`;
 * - `same`: all `s < t` with the same token as `t`;
 * - `induction`: all `s + 1 < t` such that `s` is the same token as `t`: what followed it before.
 *
 * The first token of the prompt is never a target. Many heads rest on it, whatever it is (the attention sink,
 * Xiao et al. 2024), and that is not one of the patterns. Needs no model.
 *
 * @param ids The ids of the tokens of the prompt.
 * @param t Index of the attending token.
 */
export function headTargets(ids: readonly number[], t: number): Record<HeadPattern, number[]> {
  const earlier = [...ids.keys()].slice(0, t).filter((s) => ids[s] === ids[t]);
  const isTarget = (s: number) => s > 0 && s < t;
  return {
    previous: [t - 1].filter(isTarget),
    same: earlier.filter(isTarget),
    induction: earlier.map((s) => s + 1).filter(isTarget),
  };
}

/**
 * Which heads of a model look at the previous token, at earlier occurrences of the same token, and at what
 * followed these? The last are induction heads, which copy patterns and are held to carry much of in-context
 * learning (Olsson et al. 2022). The score of a head is its share of attention on the targets of
 * {@link headTargets}, as a mean over all tokens of the prompt that have one. There is one step for each token.
 *
 * @throws {@link ShotglassError} as {@link Model.attention}, from the loop. After `aborted`, the steps before
 * it remain valid.
 */
export async function* heads(
  model: Pick<Model, 'attention'>,
  prompt: string | Prompt,
  options: CallOptions = {},
): AsyncGenerator<Step<HeadsResult>, void, undefined> {
  only(options, { signal: true });
  const text = promptText(prompt);
  let total = 1;
  let sums: Record<HeadPattern, Sum> | undefined;
  for (let position = 0; position < total; position++) {
    const attention = await model.attention(text, { position, signal: options.signal });
    const { tokens, layers, heads } = attention;
    total = tokens.length;
    const size = layers * heads;
    sums ??= { previous: none(size), same: none(size), induction: none(size) };
    const targets = headTargets(
      tokens.map(({ id }) => id),
      position,
    );
    for (const pattern of headPatterns) add(sums[pattern], targets[pattern], attention);
    const { previous, same, induction } = sums;
    const result = {
      tokens,
      layers,
      heads,
      previous: mean(previous),
      same: mean(same),
      induction: mean(induction),
    };
    yield { done: position + 1, total, result };
  }
}

/** Shares of attention, added up over the attending tokens that have a target. */
interface Sum {
  count: number;
  /** One for each layer and head. */
  shares: Float64Array;
  chance: number;
}

function none(size: number): Sum {
  return { count: 0, shares: new Float64Array(size), chance: 0 };
}

function add(sum: Sum, targets: readonly number[], { position, weights }: Attention): void {
  if (targets.length === 0) return;
  sum.count += 1;
  sum.chance += targets.length / (position + 1);
  for (let head = 0; head < sum.shares.length; head++) {
    const start = head * (position + 1);
    for (const target of targets) {
      sum.shares[head] = (sum.shares[head] as number) + (weights[start + target] as number);
    }
  }
}

function mean({ count, shares, chance }: Sum): HeadScores {
  if (count === 0) return { count, scores: null, chance: null };
  return {
    count,
    scores: Float32Array.from(shares, (share) => share / count),
    chance: chance / count,
  };
}
