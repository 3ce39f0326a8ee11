import type { Calls } from '../protocol.js';
import type { Attention, RunProgress, Score, SurprisalEntry, Token } from '../types.js';
import type { Engine, EngineModule } from './engine.js';
import { yieldToMessages } from './port.js';

/** Tokens per slice of `surprisal`, each with a distribution to compute. */
const SURPRISAL_SLICE = 16;

/** Tokens per slice of `tokenize`, each an object to make. */
const TOKENS_SLICE = 4096;

/** What the worker has loaded. */
export interface Loaded {
  module: EngineModule;
  engine: Engine;
  contextLength: number;
}

/** What stops a run that its caller no longer wants. It never leaves the worker. */
export class Cancelled extends Error {}

/** One call under way in the worker. */
export class Run {
  readonly #report: (progress: RunProgress) => void;
  #cancelled = false;

  constructor(report: (progress: RunProgress) => void) {
    this.#report = report;
  }

  /** Makes the next pause throw. */
  cancel(): void {
    this.#cancelled = true;
  }

  /** Receives the messages that have come, and throws if one of them cancelled this run. */
  async pause(): Promise<void> {
    await yieldToMessages();
    if (this.#cancelled) throw new Cancelled();
  }

  progress(tokensDone: number, tokensTotal: number, cachedTokens: number): void {
    this.#report({ tokensDone, tokensTotal, cachedTokens });
  }
}

/** The ids of a prompt, which the context must hold, with a pause between its parts. */
export function idsOf(loaded: Loaded, prompt: string, run: Run): Promise<Uint32Array> {
  return encode(loaded, prompt, run, loaded.contextLength);
}

/** The tokens of any text, with a pause between its parts. */
export async function tokenize(loaded: Loaded, text: string, run: Run): Promise<Token[]> {
  return tokensOf(loaded.engine, await encode(loaded, text, run), run);
}

async function encode(
  { module, engine }: Loaded,
  text: string,
  run: Run,
  limit?: number,
): Promise<Uint32Array> {
  const encoding = new module.Encoding(text, limit);
  try {
    while (!engine.encode(encoding)) await run.pause();
    return encoding.ids();
  } finally {
    encoding.free();
  }
}

async function tokensOf(engine: Engine, ids: Uint32Array, run: Run): Promise<Token[]> {
  const tokens: Token[] = [];
  for (let from = 0; from < ids.length; from += TOKENS_SLICE) {
    if (from > 0) await run.pause();
    tokens.push(...engine.tokens(ids.subarray(from, from + TOKENS_SLICE)));
  }
  return tokens;
}

/**
 * Runs the model up to the last of the tokens, with a pause before each chunk.
 * Answers how many did not have to be run.
 */
export async function prefill(engine: Engine, ids: Uint32Array, run: Run): Promise<number> {
  const cachedTokens = engine.begin(ids);
  await advance(engine, ids.length, run);
  return cachedTokens;
}

/** The scores of all continuations after all contexts, with a pause before each chunk. */
export async function score(
  engine: Engine,
  { context, continuations, references }: Calls['score']['ask'],
  run: Run,
): Promise<Score[]> {
  await advance(engine, engine.beginScores(context, continuations, references), run);
  const scores = engine.scores();
  return scores.map((score, i) => ({ continuation: continuations[i] ?? '', ...score }));
}

/** What one token attends to, with a pause before each chunk of those before it. */
export async function attention(
  loaded: Loaded,
  { prompt, position }: Calls['attention']['ask'],
  run: Run,
): Promise<Attention> {
  const { engine } = loaded;
  const ids = await idsOf(loaded, prompt, run);
  const tokens = await tokensOf(engine, ids, run);
  engine.beginAttention(ids, position ?? undefined);
  await advance(engine, (position ?? ids.length - 1) + 1, run);
  return { tokens, ...engine.attention() };
}

async function advance(engine: Engine, tokens: number, run: Run): Promise<void> {
  const cached = engine.cachedTokens();
  run.progress(cached, tokens, cached);
  for (let left = tokens - cached; left > 0; ) {
    await run.pause();
    left = engine.advance();
    run.progress(tokens - left, tokens, engine.cachedTokens());
  }
}

/** The surprisal of every token, with a pause before each chunk and each slice. */
export async function surprisal(
  engine: Engine,
  ids: Uint32Array,
  topK: number,
  run: Run,
): Promise<SurprisalEntry[]> {
  const entries: SurprisalEntry[] = [];
  const cachedTokens = engine.begin(ids);
  let ran = cachedTokens;
  run.progress(0, ids.length, cachedTokens);
  while (entries.length < ids.length) {
    const from = entries.length;
    const to = Math.min(from + SURPRISAL_SLICE, ids.length);
    while (ran < to) {
      await run.pause();
      ran = ids.length - engine.advance();
    }
    await run.pause();
    entries.push(...engine.surprisal(from, to, topK));
    run.progress(to, ids.length, cachedTokens);
  }
  return entries;
}
