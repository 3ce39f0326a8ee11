/** Scores of continuations, as `Model.score` gives them. */
import { type ErrorCode, type ErrorReport, ShotglassError } from '../../errors.js';
import type { Score, ScoredToken } from '../../types.js';
import { invalid } from '../../util/validate.js';
import type { Place } from './completions.js';
import { type Connection, emptyPrompt, tooLong } from './connection.js';
import { average, formsOf, minus } from './forms.js';
import { placesOf } from './places.js';
import { type Split, split } from './tokens/split.js';

interface Asked {
  context: string;
  continuations: readonly string[];
  references: readonly string[];
}

/** The scores, and how many tokens were sent for them. */
export async function score(
  connection: Connection,
  { context, continuations, references }: Asked,
  signal: AbortSignal | undefined,
): Promise<{ scores: Score[]; tokens: number }> {
  const splits = await splitsOf(connection, 'context', context, continuations, signal);
  // All contexts are followed by the same texts, which bring their own white space.
  const texts = splits.map(({ text }) => text);
  const isSpaced = texts.some((text) => text.startsWith(' '));
  const others = await Promise.all(
    references.map(async (reference) => {
      const bare = isSpaced ? reference.replace(/ +$/, '') : reference;
      const text = bare === '' ? await emptyContext(connection, signal) : bare;
      return splitsOf(connection, 'reference', text, texts, signal);
    }),
  );
  const all = [splits, ...others].flat();
  const sequences = all.map(({ context, continuation }) => ({
    ids: [...context, ...continuation.map(({ id }) => id)],
    from: context.length,
  }));
  const { completions, capabilities } = connection;
  const places = await placesOf(completions, capabilities, sequences, 0, signal);
  const formsAt = (i: number) =>
    formsOf(
      all[i]?.text ?? '',
      (places[i] ?? []).map(({ logprob }) => logprob),
    );
  const scores = splits.map((split, i) => {
    const forms = formsAt(i);
    const tokens = scoredTokens(split, places[i] ?? []);
    const compared = others.map((_, j) => formsAt((j + 1) * splits.length + i));
    const reference = compared.length > 0 ? average(compared) : null;
    return {
      continuation: continuations[i] ?? '',
      isGreedy: tokens.every(({ rank }) => rank === 1),
      tokens,
      ...forms,
      reference,
      adjusted: reference && minus(forms, reference),
    };
  });
  return { scores, tokens: sequences.reduce((sum, { ids }) => sum + ids.length, 0) };
}

async function splitsOf(
  { tokenizer, info: { contextLength } }: Connection,
  name: string,
  context: string,
  continuations: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Split[]> {
  const encoded = await Promise.all(
    continuations.map((continuation) => tokenizer.tokenize(context + continuation, signal)),
  );
  const bos = tokenizer.addsBos ? tokenizer.bosToken : null;
  const splits = split(context, continuations, encoded, bos);
  if (splits.some((split) => split.context.length === 0)) {
    if (context === '') throw emptyPrompt();
    throw invalid(name, 'more than white space that becomes a part of the continuations');
  }
  // The last token is not read.
  const longest = Math.max(
    ...splits.map(({ context, continuation }) => context.length + continuation.length - 1),
  );
  if (contextLength !== null && longest > contextLength) throw tooLong(longest, contextLength);
  return splits;
}

/** The text that stands for an empty context, as in the engine. */
async function emptyContext(
  { tokenizer }: Connection,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (tokenizer.addsBos) return '';
  const end = '<|endoftext|>';
  if ((await tokenizer.tokenize(end, signal)).length === 1) return end;
  const { bosToken } = tokenizer;
  if (bosToken !== null) {
    const [{ text } = { text: '' }] = await tokenizer.tokensOf([bosToken], signal);
    if ((await tokenizer.tokenize(text, signal))[0]?.id === bosToken) return text;
  }
  throw invalid(
    'reference',
    'a text that is not empty: no token of this model is known to begin texts',
  );
}

function scoredTokens({ continuation }: Split, places: readonly Place[]): ScoredToken[] {
  return continuation.map((token, i) => {
    const { logprob, rank } = places[i] as Place;
    return { ...token, logprob, rank };
  });
}

/** Errors that are of one continuation: others may well be scored. */
const ofOne: ReadonlySet<ErrorCode> = new Set([
  'merged-continuation',
  'prompt-too-long',
  'invalid-text',
]);

/** The scores of all together, or of each by itself if one of them cannot be scored. */
export async function eachScore(
  continuations: string[],
  score: (continuations: string[]) => Promise<Score[]>,
): Promise<(Score | ErrorReport)[]> {
  try {
    return await score(continuations);
  } catch (error) {
    reportOfOne(error);
  }
  const each = continuations.map((one) =>
    score([one]).then(([found]) => found as Score, reportOfOne),
  );
  return Promise.all(each);
}

function reportOfOne(error: unknown): ErrorReport {
  if (!(error instanceof ShotglassError && ofOne.has(error.code))) throw error;
  const { code, message } = error;
  return { code, message };
}
