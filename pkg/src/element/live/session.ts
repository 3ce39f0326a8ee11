/** One element's dealings with the model that it shares: wanting it, asking it, and remembering what it said. */
import { type ErrorCode, ShotglassError } from '../../errors.js';
import type { Model } from '../../model/model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { ModelInfo } from '../../types.js';
import type { Asked, LiveResult } from '../state/ask.js';
import type { Reading } from '../state/reading.js';
import { type ModelName, type ModelStatus, type SharedModel, sharedModel } from './shared-model.js';

/** What it said. */
export interface LiveAnswer {
  reading: Reading;
  info: Readonly<ModelInfo>;
}

/** A problem; `code` is the code of the package's error, if it is one. */
export interface ElementProblem {
  code: ErrorCode | 'unknown';
  message: string;
}

/** What the element is told. */
export interface LiveHooks {
  changed(): void;
  answered(result: LiveResult): void;
  failed(problem: ElementProblem): void;
}

/** While a reader types or drags, the model need not run for every step. */
const PAUSE_MS = 120;

/** Prompts whose answers are remembered. */
const REMEMBERED = 64;

export class LiveSession {
  /** The reader wants live numbers here. */
  isWanted = false;
  /** They did, and stopped it: an edit is no reason to begin again. */
  isDeclined = false;
  /** Why what was asked last has no answer. */
  problem: (ElementProblem & { key: string }) | null = null;
  readonly #hooks: LiveHooks;
  readonly #answers = new Map<string, LiveAnswer>();
  #name: ModelName = { id: null, url: null, sha256: null };
  #shared: SharedModel | null = null;
  #deafen: () => void = () => {};
  #asking: { key: string; controller: AbortController } | null = null;

  constructor(hooks: LiveHooks) {
    this.#hooks = hooks;
  }

  get status(): ModelStatus {
    return this.#shared?.status ?? { kind: 'idle' };
  }

  get isAsking(): boolean {
    return this.#asking !== null;
  }

  /** Whether a reason to run it, other than the reader's word, would begin anything. */
  get canBegin(): boolean {
    return !this.isDeclined && (!this.isWanted || this.status.kind === 'idle');
  }

  /** Which model it is about. Another one than before is not asked until a reader asks for it. */
  use(name: ModelName): void {
    const isSame = JSON.stringify(name) === JSON.stringify(this.#name);
    if (this.#shared && isSame) return;
    this.#stopAsking();
    this.#deafen();
    this.#shared?.cancel(this);
    this.#answers.clear();
    this.isWanted = false;
    this.isDeclined = false;
    this.problem = null;
    this.#name = name;
    this.#shared = sharedModel(name);
    this.#listen();
  }

  /** The reader wants it, or wants it again. */
  start(): void {
    this.isWanted = true;
    this.isDeclined = false;
    this.problem = null;
    this.#shared?.want(this);
    this.#hooks.changed();
  }

  /** The reader does not want it any more. */
  cancel(): void {
    this.isWanted = false;
    this.isDeclined = true;
    this.#stopAsking();
    this.#shared?.cancel(this);
    this.#hooks.changed();
  }

  /** The element is in the page. */
  enter(): void {
    this.#listen();
    if (this.isWanted) this.#shared?.comeBack(this);
  }

  /** It is not, for now or for good. */
  leave(): void {
    this.#stopAsking();
    this.#deafen();
    this.#shared?.leave(this);
  }

  /** What the model said, if it was asked; of a ladder, all columns that are remembered. */
  answerTo(asked: Asked): LiveAnswer | null {
    if (asked.view !== 'ladder') return this.#answers.get(keyOf(asked)) ?? null;
    const columns = [...this.#answers].flatMap(([key, { reading, info }]) =>
      reading.view === 'ladder' && keyOf({ ...asked, shots: reading.shots }) === key
        ? [{ reading, info }]
        : [],
    );
    const [first] = columns;
    if (!first) return null;
    const rungs = columns.flatMap(({ reading }) => reading.rungs);
    return { reading: { ...first.reading, rungs }, info: first.info };
  }

  /** Why it said nothing. */
  problemOf(asked: Asked): ElementProblem | null {
    return this.problem?.key === keyOf(asked) ? this.problem : null;
  }

  /** Asks, unless that is known or being asked; whatever else was being asked is no longer of interest. */
  ask(asked: Asked): void {
    const { status } = this;
    const key = keyOf(asked);
    const isReady = status.kind === 'ready' && this.isWanted;
    if (isReady && this.#asking?.key === key) return;
    this.#stopAsking();
    if (!isReady || this.#answers.has(key) || this.problem?.key === key) return;
    this.problem = null;
    const controller = new AbortController();
    this.#asking = { key, controller };
    setTimeout(() => void this.#run(status.model, asked, key, controller), PAUSE_MS);
  }

  async #run(model: Model, asked: Asked, key: string, { signal }: AbortController): Promise<void> {
    if (signal.aborted) return;
    try {
      // It came with the model.
      const { ask, liveReading } = await import('../state/ask.js');
      const result = await ask(model, { ...asked, signal });
      if (signal.aborted) return;
      this.#asking = null;
      this.#remember(key, { reading: liveReading(result), info: model.info });
      this.#hooks.answered(result);
    } catch (error) {
      if (signal.aborted) return;
      this.#asking = null;
      const problem = problemOf(error);
      // Closed by whoever else shares it: the status says what has become of it.
      if (problem.code === 'crashed') this.#shared?.crashed(model, error);
      else if (problem.code !== 'closed') {
        this.problem = { ...problem, key };
        this.#hooks.failed(problem);
      }
    }
    this.#hooks.changed();
  }

  #remember(key: string, answer: LiveAnswer): void {
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > REMEMBERED && oldest !== undefined) this.#answers.delete(oldest);
  }

  #stopAsking(): void {
    this.#asking?.controller.abort();
    this.#asking = null;
  }

  #listen(): void {
    this.#deafen();
    let before = this.status.kind;
    const unlisten = this.#shared?.listen(() => {
      const { status } = this;
      const hasFailed = status.kind === 'failed' && before !== 'failed';
      before = status.kind;
      if (hasFailed && this.isWanted) this.#hooks.failed(problemOf(status.error));
      this.#hooks.changed();
    });
    this.#deafen = () => unlisten?.();
  }
}

/** An error of any origin. */
export function problemOf(error: unknown): ElementProblem {
  if (error instanceof ShotglassError) return { code: error.code, message: error.message };
  return { code: 'unknown', message: error instanceof Error ? error.message : String(error) };
}

function keyOf({ task, shots, view, rule, answer }: Asked): string {
  const labels = view === 'labels' ? JSON.stringify([rule, task.labels ?? null]) : '';
  const followed = view === 'ladder' ? JSON.stringify(answer) : '';
  return `${view} ${labels}${followed} ${renderPrompt(task, { shots }).text}`;
}
