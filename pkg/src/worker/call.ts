import type { AdapterUse, Calls, EditsMessage, PromptMessage } from '../protocol.js';
import type { Attention, Prediction, RunProgress, SurprisalEntry, Token } from '../types.js';
import type { Adapter, Engine, EngineInfo, EngineModule, TrainingRun } from './engine.js';
import { yieldToMessages } from './port.js';
import { samplerOf } from './sampler.js';

/** Tokens per slice of `surprisal`, each with a distribution to compute. */
const SURPRISAL_SLICE = 16;

/** Tokens per slice of `tokenize`, each an object to make. */
const TOKENS_SLICE = 4096;

/** What the worker has loaded. */
export interface Loaded {
  module: EngineModule;
  engine: Engine;
  info: EngineInfo;
  contextLength: number;
  /** Those that the page knows, by their numbers. */
  adapters: {
    nextId: number;
    byId: Map<number, Adapter>;
    active: AdapterUse | null;
  };
  trainings: { nextId: number; byId: Map<number, TrainingRun> };
}

/** What stops a run that its caller no longer wants. It never leaves the worker. */
export class Cancelled extends Error {}

/** One call under way in the worker. */
export class Run {
  readonly #report: (progress: RunProgress) => void;
  #cancelled = false;
  #onCancel = () => {};

  constructor(report: (progress: RunProgress) => void) {
    this.#report = report;
  }

  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** Makes the next pause throw, and what is waited for. */
  cancel(): void {
    this.#cancelled = true;
    this.#onCancel();
  }

  /** Waits for something from outside of the worker. */
  async wait<Answer>(answer: Promise<Answer>): Promise<Answer> {
    if (this.#cancelled) throw new Cancelled();
    const cancelled = new Promise<never>((_, reject) => {
      this.#onCancel = () => reject(new Cancelled());
    });
    return Promise.race([answer, cancelled]);
  }

  /** Receives the messages that have come, and throws if one of them cancelled this run. */
  async pause(): Promise<void> {
    await yieldToMessages();
    if (this.#cancelled) throw new Cancelled();
  }

  progress(progress: RunProgress): void {
    this.#report(progress);
  }
}

/** The tokens of a text. */
export interface Encoded {
  ids: Uint32Array;
  /** For each of them, how many of its first bytes the text does not have. */
  added: Uint32Array;
}

/** The tokens of a prompt, which the context must hold, with a pause between its parts. */
export async function promptOf(loaded: Loaded, prompt: PromptMessage, run: Run): Promise<Encoded> {
  if (typeof prompt === 'string') return encode(loaded, prompt, run, loaded.contextLength);
  return plain(prompt);
}

/** Tokens that were not made of a text. */
function plain(ids: readonly number[]): Encoded {
  return { ids: Uint32Array.from(ids), added: new Uint32Array(ids.length) };
}

/** What ids stand for. */
export function detokenize(
  { engine }: Loaded,
  { ids }: Calls['detokenize']['ask'],
  run: Run,
): Promise<Token[]> {
  return tokensOf(engine, plain(ids), run);
}

/** The tokens of any text, with a pause between its parts. */
export async function tokenize(loaded: Loaded, text: string, run: Run): Promise<Token[]> {
  return tokensOf(loaded.engine, await encode(loaded, text, run), run);
}

export async function encode(
  { module, engine }: Loaded,
  text: string,
  run: Run,
  limit?: number,
): Promise<Encoded> {
  const encoding = new module.Encoding(text, limit);
  try {
    while (!engine.encode(encoding)) await run.pause();
    return { ids: encoding.ids(), added: encoding.added() };
  } finally {
    encoding.free();
  }
}

export async function tokensOf(
  engine: Engine,
  { ids, added }: Encoded,
  run: Run,
): Promise<Token[]> {
  const tokens: Token[] = [];
  for (let from = 0; from < ids.length; from += TOKENS_SLICE) {
    if (from > 0) await run.pause();
    const slice = engine.tokens(ids.subarray(from, from + TOKENS_SLICE));
    tokens.push(...slice.map((token, i) => inText(token, added[from + i])));
  }
  return tokens;
}

/** A token where it stands in a text, which may lack some of its bytes. */
function inText(token: Token, added = 0): Token {
  return added > 0 ? { ...token, added } : token;
}

/**
 * Runs the model up to the last of the tokens, with a pause before each chunk.
 * Answers how many did not have to be run.
 */
export async function prefill(
  engine: Engine,
  ids: Uint32Array,
  run: Run,
  edits: EditsMessage | null = null,
  promptTokens?: Token[],
): Promise<number> {
  const cachedTokens = engine.begin(ids, edits?.places, edits?.rows);
  await advance(engine, ids.length, run, promptTokens);
  return cachedTokens;
}

/** The distribution after a prompt, and whatever else is wanted of it. */
export async function predict(
  loaded: Loaded,
  { prompt, topK, promptTokens, logprobs, sampling, edits }: Calls['predict']['ask'],
  run: Run,
): Promise<Prediction> {
  const start = performance.now();
  const { module, engine, info } = loaded;
  const encoded = await promptOf(loaded, prompt, run);
  const { ids } = encoded;
  const tokens = promptTokens ? await tokensOf(engine, encoded, run) : undefined;
  const cachedTokens = await prefill(engine, ids, run, edits, tokens);
  const sampler = sampling ? samplerOf(module, info.vocabularySize, sampling) : undefined;
  const prediction: Prediction = {
    ...engine.predict(topK, sampler),
    tokens: ids.length,
    cachedTokens,
    durationMs: performance.now() - start,
  };
  return logprobs ? { ...prediction, logprobs: engine.logprobs() } : prediction;
}

/** Log-probabilities of all tokens after a prompt and ids behind it. */
export async function logprobs(
  loaded: Loaded,
  { prompt, appended, edits }: Calls['logprobs']['ask'],
  run: Run,
): Promise<Float32Array> {
  const { ids } = await promptOf(loaded, prompt, run);
  await prefill(loaded.engine, Uint32Array.from([...ids, ...appended]), run, edits);
  return loaded.engine.logprobs();
}

/** What one token attends to, with a pause before each chunk of those before it. */
export async function attention(
  loaded: Loaded,
  { prompt, position }: Calls['attention']['ask'],
  run: Run,
): Promise<Attention> {
  const { engine } = loaded;
  const encoded = await encode(loaded, prompt, run, loaded.contextLength);
  const { ids } = encoded;
  const tokens = await tokensOf(engine, encoded, run);
  engine.beginAttention(ids, position ?? undefined);
  await advance(engine, (position ?? ids.length - 1) + 1, run);
  return { tokens, ...engine.attention() };
}

export async function advance(
  engine: Engine,
  tokensTotal: number,
  run: Run,
  promptTokens?: Token[],
): Promise<void> {
  const cachedTokens = engine.cachedTokens();
  const first = { tokensDone: cachedTokens, tokensTotal, cachedTokens };
  run.progress(promptTokens ? { ...first, promptTokens } : first);
  for (let left = tokensTotal - cachedTokens; left > 0; ) {
    await run.pause();
    left = engine.advance();
    const tokensDone = tokensTotal - left;
    run.progress({ tokensDone, tokensTotal, cachedTokens: engine.cachedTokens() });
  }
}

/** The surprisal of the tokens in a range, with a pause before each chunk and each slice. */
export async function surprisal(
  loaded: Loaded,
  { text, from, to, topK }: Calls['surprisal']['ask'],
  run: Run,
): Promise<SurprisalEntry[]> {
  const { engine } = loaded;
  const { ids: all, added } = await promptOf(loaded, text, run);
  const end = Math.min(to ?? all.length, all.length);
  const entries: SurprisalEntry[] = [];
  // The engine refuses a text without tokens, also where the range is empty.
  const cachedTokens = engine.begin(all.subarray(0, Math.max(end, 1)));
  let ran = cachedTokens;
  run.progress({ tokensDone: 0, tokensTotal: end, cachedTokens });
  for (let done = from; done < end; ) {
    const until = Math.min(done + SURPRISAL_SLICE, end);
    while (ran < until) {
      await run.pause();
      ran = end - engine.advance();
      if (ran < from) run.progress({ tokensDone: ran, tokensTotal: end, cachedTokens });
    }
    await run.pause();
    const slice = engine.surprisal(done, until, topK);
    for (const [i, entry] of slice.entries()) {
      entries.push({ ...entry, token: inText(entry.token, added[done + i]) });
    }
    done = until;
    run.progress({ tokensDone: done, tokensTotal: end, cachedTokens });
  }
  return entries;
}
