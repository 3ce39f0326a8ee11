import type { AnyPrompt, GenerateStep, PredictOptions, RunProgress } from 'shotglass';
import { ShotglassError } from 'shotglass';
import type { LabModel } from '../app/lab-model.ts';

/** What experiments ask of a model. */
export type AskedModel = Pick<
  LabModel,
  | 'score'
  | 'surprisal'
  | 'generate'
  | 'tokenize'
  | 'predict'
  | 'logprobs'
  | 'attention'
  | 'lens'
  | 'states'
  | 'embed'
  | 'scoreConcurrency'
  | 'concurrency'
>;

/** One call of a model, and what came of it. */
export interface Call {
  /** Fingerprint of what was asked. */
  asked: number;
  /** How many tokens were run. */
  tokens: number;
  /** What the model answered, or why it could not. */
  answer: { value: unknown } | { tooLong: string };
}

/** The calls end before the experiment does, and there is no model to go on with. */
export class TapeEnded extends Error {}

/** The calls are of another experiment. */
export class TapeDiffers extends Error {}

type Progress = { onProgress?: ((progress: RunProgress) => void) | undefined };
type Written = Pick<GenerateStep, 'textDelta' | 'finish'>;

/** For so long a tape may play before others on the page have their turn. */
const turnMs = 12;

/**
 * A model with a memory of what it has said: it answers from the known calls first, in their order, and asks the model
 * itself after them. An experiment asks the same in the same order each time, so one that goes on comes to the same
 * figures, bit for bit, as one that was never interrupted.
 */
export class Tape implements AskedModel {
  readonly #model: AskedModel | null;
  readonly #known: readonly Call[];
  readonly #record: (call: Call) => void;
  /** The calls under way, in the order in which they were made; null until it is known what came of one. */
  readonly #underWay: (Call | null)[] = [];
  #recorded = 0;
  #at = 0;
  #turn = performance.now();

  constructor(model: AskedModel | null, known: readonly Call[], record: (call: Call) => void) {
    this.#model = model;
    this.#known = known;
    this.#record = record;
  }

  /** Whether all known calls have been answered: what follows takes the model's time. */
  get isLive(): boolean {
    return this.#at >= this.#known.length;
  }

  get scoreConcurrency(): number {
    const { scoreConcurrency, concurrency = 1 } = this.#model ?? {};
    return scoreConcurrency ?? concurrency;
  }

  score: AskedModel['score'] = (context, continuations, options = {}) => {
    const references = [options.reference ?? []].flat().map(textOf);
    const edits = options.edits === undefined ? [] : ['', textIn(options.edits)];
    const asked = ['score', textOf(context), ...continuations, '', ...references, ...edits];
    return this.#call(asked, options, (model, hooks) =>
      model.score(context, continuations, { ...options, ...hooks }),
    );
  };

  surprisal: AskedModel['surprisal'] = (text, options = {}) =>
    this.#call(['surprisal', textOf(text)], options, (model, hooks) =>
      model.surprisal(text, { ...options, ...hooks }),
    );

  tokenize: AskedModel['tokenize'] = (prompt, options = {}) =>
    this.#call(['tokenize', textIn(prompt)], {}, (model) => model.tokenize(prompt, options));

  predict: AskedModel['predict'] = ((prompt: AnyPrompt, options: PredictOptions = {}) =>
    this.#call(askedOf('predict', prompt, options), options, (model, hooks) =>
      model.predict(prompt, { ...options, ...hooks }),
    )) as AskedModel['predict'];

  logprobs: AskedModel['logprobs'] = (prompt, options = {}) =>
    this.#call(askedOf('logprobs', prompt, options), options, (model, hooks) =>
      model.logprobs(prompt, { ...options, ...hooks }),
    );

  attention: AskedModel['attention'] = (prompt, options = {}) =>
    this.#call(askedOf('attention', prompt, options), options, (model, hooks) =>
      model.attention(prompt, { ...options, ...hooks }),
    );

  lens: AskedModel['lens'] = (prompt, options = {}) =>
    this.#call(askedOf('lens', prompt, options), options, (model, hooks) =>
      model.lens(prompt, { ...options, ...hooks }),
    );

  states: AskedModel['states'] = (prompt, options = {}) =>
    this.#call(askedOf('states', prompt, options), options, (model, hooks) =>
      model.states(prompt, { ...options, ...hooks }),
    );

  embed: AskedModel['embed'] = (texts, options = {}) =>
    this.#call(askedOf('embed', texts, options), options, (model, hooks) =>
      model.embed(texts, { ...options, ...hooks }),
    );

  generate: AskedModel['generate'] = (prompt, options = {}) => this.#generate(prompt, options);

  /** Yields the steps once the model has ended, because every experiment uses the whole text. */
  async *#generate(
    ...[prompt, options = {}]: Parameters<AskedModel['generate']>
  ): ReturnType<AskedModel['generate']> {
    const asked = ['generate', textOf(prompt), String(options.maxTokens), ...(options.stop ?? [])];
    const steps = await this.#call(asked, options, async (model, hooks) => {
      const written: Written[] = [];
      for await (const { textDelta, finish } of model.generate(prompt, { ...options, ...hooks }))
        written.push({ textDelta, finish });
      return written;
    });
    yield* steps as GenerateStep[];
  }

  async #call<Answer>(
    parts: readonly string[],
    options: Progress,
    ask: (model: AskedModel, hooks: Progress) => Promise<Answer>,
  ): Promise<Answer> {
    const asked = fingerprintOf(parts);
    const known = this.#known[this.#at];
    if (known) {
      if (known.asked !== asked) throw new TapeDiffers();
      this.#at += 1;
      await this.#takeTurns();
      const { tokens } = known;
      options.onProgress?.({ tokensDone: tokens, tokensTotal: tokens, cachedTokens: 0 });
      return given(known.answer) as Answer;
    }
    if (!this.#model) throw new TapeEnded();
    const place = this.#underWay.push(null) - 1;
    let tokens = 0;
    const onProgress = (progress: RunProgress) => {
      tokens = progress.tokensDone - progress.cachedTokens;
      options.onProgress?.(progress);
    };
    const answer = await ask(this.#model, { onProgress }).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (!(error instanceof ShotglassError && error.code === 'prompt-too-long')) throw error;
        return { tooLong: error.message };
      },
    );
    this.#underWay[place] = { asked, tokens, answer };
    this.#recordInOrder();
    return given(answer) as Answer;
  }

  /** Calls that are answered before an earlier one wait for it: they are asked in the same order again. */
  #recordInOrder(): void {
    for (;;) {
      const call = this.#underWay[this.#recorded];
      if (!call) return;
      this.#record(call);
      // What it held is in the record now.
      this.#underWay[this.#recorded] = null;
      this.#recorded += 1;
    }
  }

  async #takeTurns(): Promise<void> {
    if (performance.now() - this.#turn < turnMs) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#turn = performance.now();
  }
}

function given(answer: Call['answer']): unknown {
  if ('value' in answer) return answer.value;
  throw new ShotglassError('prompt-too-long', answer.tooLong);
}

const textOf = (prompt: AnyPrompt) =>
  typeof prompt === 'string' ? prompt : 'text' in prompt ? prompt.text : textIn(prompt);

/** What is asked of a method: all of its options but those that say nothing of the outcome. */
function askedOf(method: string, of: unknown, options: object): string[] {
  return [method, textIn(of), textIn({ ...options, signal: undefined, onProgress: undefined })];
}

/** The numbers of a row are told one by one. */
const textIn = (value: unknown) =>
  JSON.stringify(value, (_, part) =>
    ArrayBuffer.isView(part) ? [...(part as Float32Array)] : part,
  );

/** FNV-1a over UTF-16 code units. The key of an experiment says whose calls they are; this says that they fit. */
function fingerprintOf(parts: readonly string[]): number {
  let hash = 0x811c9dc5;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193);
    }
    hash = Math.imul(hash ^ 0x10000, 0x01000193);
  }
  return hash >>> 0;
}
