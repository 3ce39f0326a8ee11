/// <reference lib="esnext.disposable" preserve="true" />
import { adapterTargets } from '../adapters/targets.js';
import type {
  AdapterTarget,
  PlannedExample,
  TrainingPlan,
  TrainingStep,
} from '../adapters/types.js';
import { ShotglassError } from '../errors.js';
import type { Prompt } from '../prompt/task.js';
import type { AdapterMessage, TrainingMessage } from '../protocol.js';
import type { CallOptions, ModelInfo } from '../types.js';
import { unlessAborted } from '../util/unless-aborted.js';
import * as check from '../util/validate.js';
import type { Adapter } from './adapter.js';
import type { Client } from './client.js';

/** An answer that is to become probable after its prompt. */
export interface AnswerExample {
  /** The prompt, without a space at its end. */
  readonly prompt: string | Prompt;
  /** The answer, with the space before it. */
  readonly answer: string;
  /** Wrong answers, which {@link TrainingLoss} can make less probable. */
  readonly others?: readonly string[] | undefined;
  /**
   * Another prompt. The distributions over all tokens that the model itself, without an adapter, has after it
   * at each token of the answer, are then what is learned (context distillation, Snell et al. 2022), and not the answer.
   */
  readonly teacher?: string | Prompt | undefined;
}

/** A text all of whose tokens but the first are to become probable (domain adaptation). */
export interface TextExample {
  /** The text. */
  readonly text: string;
}

/** Something to learn from. */
export type TrainingExample = AnswerExample | TextExample;

/** What a training makes small, beside the cross-entropy of the answers (Liu et al. 2022, eq. 1 and 2). */
export interface TrainingLoss {
  /** Factor of the unlikelihood of wrong answers. Default 0. */
  unlikelihood?: number | undefined;
  /** Factor of the length-normalized loss, which ranks the answers. Default 0. */
  lengthNormalized?: number | undefined;
}

/** Options of {@link Model.train}. */
export interface TrainOptions extends CallOptions {
  /** LoRA (Hu et al. 2021), or (IA)³ (Liu et al. 2022). Default `'lora'`. */
  method?: 'lora' | 'ia3' | undefined;
  /** LoRA's rank, from 1 to 64. Default 8. */
  rank?: number | undefined;
  /** LoRA's α: its maps are multiplied by α divided by the rank. Default twice the rank. */
  alpha?: number | undefined;
  /** Whether LoRA's maps are multiplied by α/√rank instead (rsLoRA, Kalajdzievski 2023). Default false. */
  rankStabilized?: boolean | undefined;
  /** The matrices beside which LoRA stands. Default: all seven. */
  targets?: readonly AdapterTarget[] | undefined;
  /** How many layers are trained, from the last. Those below them run once for each example. Default: all. */
  layers?: number | undefined;
  /** The highest learning rate of AdamW. Default 1e-3 for LoRA, 3e-3 for (IA)³. */
  learningRate?: number | undefined;
  /** Number of steps. Default 40. */
  steps?: number | undefined;
  /** Examples in a step. Default 16. */
  batch?: number | undefined;
  /** Steps in which the learning rate rises. It then falls in equal parts. Default: a tenth of the steps. */
  warmUp?: number | undefined;
  /** Decoupled weight decay. Default 0. */
  weightDecay?: number | undefined;
  /** Most that the norm of all gradients together may be. Default 1. */
  clip?: number | undefined;
  /** How probable it is that an element of the input of LoRA's first map is dropped. Default 0. */
  dropout?: number | undefined;
  /** What is made small beside cross-entropy. Default: nothing. */
  loss?: TrainingLoss | undefined;
  /** Temperature of teacher and student (Hinton et al. 2015). Default 1. */
  temperature?: number | undefined;
  /** Makes LoRA's first maps, dropout, and the order of examples. Default 0. */
  seed?: number | undefined;
  /** Held-out examples, whose loss is measured. Default: none. */
  validation?: readonly TrainingExample[] | undefined;
  /** A text that has nothing to do with the task, on which forgetting is measured. Default: none. */
  neutral?: string | undefined;
  /** After how many steps validation and forgetting are measured; after the first and the last they always are. Default 5. */
  measureEvery?: number | undefined;
  /**
   * Called before each part of a step, which is about 40 ms of work. Where it gives a promise, the training waits for it:
   * so a page pauses the training while its reader asks something.
   */
  beforePart?: (() => void | Promise<void>) | undefined;
}

/** The names of those, to be checked. */
export const trainOptions = {
  method: true,
  rank: true,
  alpha: true,
  rankStabilized: true,
  targets: true,
  layers: true,
  learningRate: true,
  steps: true,
  batch: true,
  warmUp: true,
  weightDecay: true,
  clip: true,
  dropout: true,
  loss: true,
  temperature: true,
  seed: true,
  validation: true,
  neutral: true,
  measureEvery: true,
  beforePart: true,
  signal: true,
} as const;

/** What identifies a training: equal receipts are of equal runs, in any browser and on any number of threads. */
export interface TrainingReceipt {
  /** SHA-256 of the model's file. */
  model: string;
  /** Bits of the activations. */
  activationBits: number;
  /** What was learned, and how. */
  settings: TrainingPlan;
  /** The loss of each step. */
  losses: number[];
  /** SHA-256 of the adapter as a GGUF file of 32-bit numbers. */
  adapter: string;
}

/** @internal What a model gives its trainings. */
interface TrainingHost {
  client: Client;
  info: Readonly<ModelInfo>;
  adapterOf(message: AdapterMessage): Adapter;
}

/**
 * A training of an adapter on a model, a step for each turn of the loop. Other calls of the model are answered
 * in between. If the loop ends before the last step, by `break`, an abort or an error, {@link Training.adapter}
 * has what the last whole step left. After a `break` another loop goes on from there.
 *
 * ```ts
 * const training = model.train([{ prompt: 'walk →', answer: ' walked' }], { steps: 20 });
 * for await (const { step, loss } of training) console.log(step, loss);
 * await model.setAdapter(await training.adapter());
 * await training.close();
 * ```
 */
export class Training implements AsyncIterable<TrainingStep> {
  readonly #host: TrainingHost;
  readonly #ask: TrainingPlan;
  readonly #signal: AbortSignal | undefined;
  readonly #measureEvery: number;
  readonly #beforePart: () => void | Promise<void>;
  readonly #losses: number[] = [];
  #begun: Promise<TrainingMessage> | null = null;
  #isOpen = true;

  /** @internal */
  static of(
    host: TrainingHost,
    examples: readonly TrainingExample[],
    options: TrainOptions,
  ): Training {
    return new Training(host, examples, options);
  }

  private constructor(
    host: TrainingHost,
    examples: readonly TrainingExample[],
    options: TrainOptions,
  ) {
    this.#host = host;
    this.#ask = trainAsk(host.info, examples, options);
    this.#signal = check.signal(options.signal);
    this.#measureEvery = check.integer('measureEvery', options.measureEvery ?? 5, 1);
    this.#beforePart = check.callback('beforePart', options.beforePart) ?? (() => {});
  }

  /** Number of steps of the whole run. */
  get steps(): number {
    return this.#ask.settings.steps;
  }

  /** How many numbers are trained. */
  async parameters(): Promise<number> {
    return (await this.#begin()).parameters;
  }

  /**
   * The steps that are left.
   *
   * @throws {@link ShotglassError} `invalid-option`, `prompt-too-long`, `merged-continuation` and `out-of-memory` before the
   * first step; `diverged` if a loss is not finite: the adapter is then the last with which it was.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingStep, void, undefined> {
    const { client } = this.#host;
    const { id } = await this.#begin();
    // A call that is aborted while it is answered could take a step with it, and calls are short.
    const goOn = async () => {
      await unlessAborted(Promise.resolve(this.#beforePart()), this.#signal);
    };
    const measure = async (what: 'validation' | 'neutral') => {
      for (;;) {
        await goOn();
        const found = await client.call('measureTraining', { id, what }).answer;
        if (found !== null) return found;
      }
    };
    let start = performance.now();
    while (this.#losses.length < this.steps) {
      await goOn();
      const ended = await client.call('advanceTraining', { id }).answer;
      if (ended === null) continue;
      this.#losses.push(ended.loss);
      const { step } = ended;
      const isMeasured = step === 1 || step === this.steps || step % this.#measureEvery === 0;
      const { validation, neutral } = this.#ask;
      const validationLoss =
        isMeasured && validation.length > 0 ? await measure('validation') : null;
      const forgetting = isMeasured && neutral !== null ? await measure('neutral') : null;
      const now = performance.now();
      yield { ...ended, validationLoss, forgetting, durationMs: now - start };
      start = performance.now();
    }
  }

  /** The adapter as the last whole step left it. It outlives the training. */
  async adapter(): Promise<Adapter> {
    const { id } = await this.#begin();
    return this.#host.adapterOf(await this.#host.client.call('adapterOfTraining', { id }).answer);
  }

  /** What identifies the run so far. */
  async receipt(): Promise<TrainingReceipt> {
    const adapter = await this.adapter();
    try {
      const [file] = await adapter.save('gguf');
      const hash = await crypto.subtle.digest('SHA-256', file?.bytes ?? new Uint8Array());
      const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0'));
      const { sha256, activationBits } = this.#host.info;
      return {
        model: sha256,
        activationBits,
        settings: this.#ask,
        losses: [...this.#losses],
        adapter: hex.join(''),
      };
    } finally {
      await adapter.close();
    }
  }

  /** Gives the memory of the training back. Adapters that were taken from it stay. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#begun === null) return;
    const { id } = await this.#begun;
    await this.#host.client.call('endTraining', { id }).answer;
  }

  /** {@link Training.close} at the end of a block: `await using training = model.train(…)`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #begin(): Promise<TrainingMessage> {
    if (!this.#isOpen) return Promise.reject(closed());
    if (this.#begun === null) {
      const hooks = { signal: this.#signal };
      const begun = this.#host.client.call('beginTraining', this.#ask, hooks).answer;
      this.#begun = begun;
      // After an error nothing is there, and the next loop begins anew.
      begun.catch(() => {
        this.#begun = null;
      });
    }
    return this.#begun;
  }
}

function closed(): ShotglassError {
  return new ShotglassError('closed', 'The training was closed.');
}

/** Checks everything. */
function trainAsk(
  info: Readonly<ModelInfo>,
  examples: readonly TrainingExample[],
  options: TrainOptions,
): TrainingPlan {
  check.only(options, trainOptions);
  const method = check.oneOf('method', options.method ?? 'lora', ['lora', 'ia3'] as const);
  const layers = check.integer('layers', options.layers ?? info.layers, 1, info.layers);
  const range = { from: info.layers - layers, to: info.layers };
  const seed = check.integer('seed', options.seed ?? 0, 0);
  const steps = check.integer('steps', options.steps ?? 40, 1);
  const loss = options.loss ?? {};
  check.only(loss, { unlikelihood: true, lengthNormalized: true });
  return {
    adapter: method === 'ia3' ? { kind: method, ...range } : { ...loraOf(options), ...range, seed },
    examples: exampleMessages('examples', examples),
    validation: exampleMessages('validation', options.validation ?? [], 0),
    neutral: options.neutral === undefined ? null : check.text('neutral', options.neutral),
    settings: {
      steps,
      batch: check.integer('batch', options.batch ?? 16, 1),
      learningRate: check.number(
        'learningRate',
        options.learningRate ?? (method === 'ia3' ? 3e-3 : 1e-3),
        0,
      ),
      warmUp: check.integer('warmUp', options.warmUp ?? Math.floor(steps / 10), 0, steps - 1),
      weightDecay: check.number('weightDecay', options.weightDecay ?? 0, 0),
      clip: check.number('clip', options.clip ?? 1, Number.MIN_VALUE),
      dropout: check.number('dropout', options.dropout ?? 0, 0, 0.99),
      unlikelihood: check.number('unlikelihood', loss.unlikelihood ?? 0, 0),
      lengthNormalized: check.number('lengthNormalized', loss.lengthNormalized ?? 0, 0),
      temperature: check.number('temperature', options.temperature ?? 1, 0.01, 100),
      seed,
    },
  };
}

function loraOf(options: TrainOptions) {
  const rank = check.integer('rank', options.rank ?? 8, 1, 64);
  const alpha = check.number('alpha', options.alpha ?? 2 * rank, 0);
  const targets = options.targets ?? adapterTargets;
  if (!Array.isArray(targets) || targets.length === 0) {
    throw check.invalid('targets', 'an array of at least one matrix');
  }
  return {
    kind: 'lora' as const,
    rank,
    // A factor of α/√rank is that of another α.
    alpha: options.rankStabilized ? alpha * Math.sqrt(rank) : alpha,
    targets: targets.map((target) =>
      adapterTargets.indexOf(check.oneOf('targets', target, adapterTargets)),
    ),
  };
}

function exampleMessages(
  name: string,
  examples: readonly TrainingExample[],
  least = 1,
): PlannedExample[] {
  if (!Array.isArray(examples) || examples.length < least) {
    throw check.invalid(name, `an array of at least ${least} example`);
  }
  return examples.map((example: TrainingExample, index) => {
    const at = `${name}[${index}]`;
    if ('text' in Object(example)) {
      return { kind: 'text', text: check.text(`${at}.text`, (example as TextExample).text) };
    }
    const { prompt, answer, others = [], teacher } = Object(example) as AnswerExample;
    if (check.text(`${at}.answer`, answer) === '') throw check.invalid(`${at}.answer`, 'non-empty');
    return {
      kind: 'answer',
      prompt: check.promptText(prompt, `${at}.prompt`),
      answer,
      others: others.map((other) => check.text(`${at}.others`, other)),
      teacher: teacher === undefined ? null : check.promptText(teacher, `${at}.teacher`),
    };
  });
}
