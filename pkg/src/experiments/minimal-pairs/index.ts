import type { ShotglassError } from '../../errors.js';
import { type Accuracy, accuracy, sum } from '../../math/statistics.js';
import type { Model } from '../../model/model.js';
import type { CallOptions, Score, ScoredToken } from '../../types.js';
import type { Step } from '../../util/step.js';
import { invalid, only, text } from '../../util/validate.js';
import { attempt } from '../planned.js';

/** Two sentences that differ in as little as possible, of which only one is acceptable. */
export interface MinimalPair {
  /** The acceptable sentence. */
  good: string;
  /** The unacceptable sentence. */
  bad: string;
  /** What the pair is an example of, such as `'subject-verb agreement'`. Default: nothing. */
  paradigm?: string | undefined;
}

/** Options of {@link minimalPairs}. */
export interface MinimalPairsOptions extends CallOptions {
  /**
   * What stands before each sentence, so that its first token has a probability too. Default: nothing where the model
   * adds a begin token; otherwise `'<|endoftext|>'`, which preceded each text in the training of most other models;
   * a line break if the model does not have that token.
   */
  context?: string | undefined;
}

/** A sentence and its probability. */
export interface SentenceReading {
  text: string;
  /** `Σ ln p(token | tokens before it)`, in nats. */
  logprob: number;
  tokens: ScoredToken[];
  /** Index of the first token that the other sentence does not have at this place. */
  from: number;
  /** Index behind the last token that differs; equal to `from` if the other sentence only has more tokens here. */
  to: number;
}

/** A place of the two sentences: tokens that differ, or one token that both have. */
export interface PairPart {
  /** Whether the tokens differ. There is one such part; it may have several tokens, or none in one sentence. */
  differs: boolean;
  good: ScoredToken[];
  bad: ScoredToken[];
  /** `ln p` of the tokens in the good sentence, minus that in the bad one, in nats. All parts sum to `difference`. */
  nats: number;
}

/** Which of two sentences is more probable, and where. */
export interface PairFound {
  good: SentenceReading;
  bad: SentenceReading;
  /** Log-probability of the good sentence minus that of the bad one, in nats. */
  difference: number;
  /** Whether the good sentence is more probable. Equal ones do not count as correct. */
  correct: boolean;
  /** The two sentences from left to right. */
  parts: PairPart[];
  /** Index of the part that speaks the most for the more probable sentence. */
  decisive: number;
}

/** What was found about a pair, or the error if it could not be scored. */
export type PairReading = { pair: MinimalPair } & (PairFound | { error: ShotglassError });

/** Accuracy on the pairs of one paradigm. */
export interface ParadigmAccuracy {
  paradigm: string;
  accuracy: Accuracy;
}

/** The result of {@link minimalPairs}. */
export interface MinimalPairsResult {
  /** The readings so far, in the order of the pairs. */
  readings: PairReading[];
  /** The share of pairs whose good sentence is more probable, over those that were scored; null if none was. */
  accuracy: Accuracy | null;
  /** The same for each paradigm, in the order of their first pairs. */
  paradigms: ParadigmAccuracy[];
}

/**
 * Which sentence of a pair is more probable, and by which token (BLiMP, Warstadt et al. 2020): does the model prefer
 * the acceptable one? The log-probability of a sentence is the sum over all its tokens, without normalization, as
 * in the paper. The tokens that differ are one part of a reading; a shared token before them adds nothing to the
 * difference, and one behind them adds what follows from them. There is one step for each pair.
 *
 * @throws {@link ShotglassError} from the loop: `invalid-option` if there is no pair, a sentence is blank, or the two of a
 * pair are equal; and the errors of {@link Model.score} except those of one prompt, which are reported. After `aborted`, the
 * steps before it remain valid.
 */
export async function* minimalPairs(
  model: Pick<Model, 'score' | 'tokenize'>,
  pairs: readonly MinimalPair[],
  options: MinimalPairsOptions = {},
): AsyncGenerator<Step<MinimalPairsResult>, void, undefined> {
  only(options, { context: true, signal: true });
  const { signal } = options;
  const all = checkedPairs(pairs);
  const context = text('context', options.context ?? (await beginning(model, signal)));
  const readings: PairReading[] = [];
  for (const pair of all) {
    const outcome = await attempt(async () => {
      const [good, bad] = await model.score(context, [pair.good, pair.bad], { signal });
      return readPair(good as Score, bad as Score);
    });
    readings.push({ pair, ...outcome });
    yield { done: readings.length, total: all.length, result: resultOf(readings) };
  }
}

const endOfText = '<|endoftext|>';

/** What precedes a text in training, as a context. */
async function beginning(
  model: Pick<Model, 'tokenize'>,
  signal: AbortSignal | undefined,
): Promise<string> {
  // Only a begin token is added to a text, so nothing else can be in the empty one.
  if ((await model.tokenize('', { signal })).length > 0) return '';
  const tokens = await model.tokenize(endOfText, { signal });
  return tokens.length === 1 ? endOfText : '\n';
}

/** What follows from the scores of two sentences. */
function readPair(good: Score, bad: Score): PairFound {
  const [a, b] = [good.tokens, bad.tokens];
  const most = Math.min(a.length, b.length);
  let before = 0;
  while (before < most && a[before]?.id === b[before]?.id) before += 1;
  let behind = 0;
  while (behind < most - before && a.at(-1 - behind)?.id === b.at(-1 - behind)?.id) behind += 1;
  const [goodTo, badTo] = [a.length - behind, b.length - behind];
  const shared = (i: number, j: number) => partOf(a.slice(i, i + 1), b.slice(j, j + 1), false);
  const parts = [
    ...a.slice(0, before).map((_, i) => shared(i, i)),
    partOf(a.slice(before, goodTo), b.slice(before, badTo), true),
    ...a.slice(goodTo).map((_, i) => shared(goodTo + i, badTo + i)),
  ];
  const difference = good.logprob - bad.logprob;
  const towards = parts.map(({ nats }) => (difference < 0 ? -nats : nats));
  return {
    good: { text: good.continuation, logprob: good.logprob, tokens: a, from: before, to: goodTo },
    bad: { text: bad.continuation, logprob: bad.logprob, tokens: b, from: before, to: badTo },
    difference,
    correct: difference > 0,
    parts,
    decisive: towards.indexOf(Math.max(...towards)),
  };
}

function partOf(good: ScoredToken[], bad: ScoredToken[], differs: boolean): PairPart {
  const total = (tokens: readonly ScoredToken[]) => sum(tokens.map(({ logprob }) => logprob));
  return { differs, good, bad, nats: total(good) - total(bad) };
}

function resultOf(readings: readonly PairReading[]): MinimalPairsResult {
  const scored = readings.flatMap((reading) => ('error' in reading ? [] : [reading]));
  const of = (some: typeof scored) => accuracy(some.map(({ correct }) => correct));
  const names = new Set(scored.flatMap(({ pair }) => pair.paradigm ?? []));
  return {
    readings: [...readings],
    accuracy: scored.length > 0 ? of(scored) : null,
    paradigms: [...names].map((paradigm) => {
      return { paradigm, accuracy: of(scored.filter(({ pair }) => pair.paradigm === paradigm)) };
    }),
  };
}

function checkedPairs(pairs: readonly MinimalPair[]): readonly MinimalPair[] {
  if (!Array.isArray(pairs) || pairs.length === 0) throw invalid('pairs', 'a non-empty array');
  for (const [i, pair] of pairs.entries()) {
    const name = `pair ${i + 1}`;
    for (const which of ['good', 'bad'] as const) {
      const sentence = text(`The ${which} sentence of ${name}`, pair?.[which]);
      if (sentence.trim() === '') throw invalid(`The ${which} sentence of ${name}`, 'not blank');
    }
    if (pair.good === pair.bad) throw invalid(`The sentences of ${name}`, 'different');
    if (pair.paradigm !== undefined) text(`The paradigm of ${name}`, pair.paradigm);
  }
  return pairs;
}
