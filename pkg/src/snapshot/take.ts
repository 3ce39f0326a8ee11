import { abortError } from '../errors.js';
import type { Model } from '../model/model.js';
import { answerText } from '../prompt/answer.js';
import { renderPrompt } from '../prompt/render.js';
import type { Prompt, Task } from '../prompt/task.js';
import { classify, taskLabels } from '../scoring/classify.js';
import { answerLogprob, type WordReader } from '../scoring/whole-word.js';
import type { CallOptions, GenerateStep, Token } from '../types.js';
import { names } from '../util/option-names.js';
import * as check from '../util/validate.js';
import { version } from '../version.js';
import * as digits from './digits.js';
import type { Snapshot, SnapshotShots, SnapshotToken } from './index.js';
import { checkTaskSize, MAX_ENTRIES, MAX_TEXT_TOKENS } from './limits.js';

/** Options of {@link takeSnapshot}. */
export interface SnapshotOptions extends CallOptions {
  /** A number of shots, or several distinct ones. Default: all, from 0 to the number of demonstrations. */
  shots?: number | readonly number[] | undefined;
  /** Number of candidates to record, 1 to 1,000. Default 10. */
  topK?: number | undefined;
  /** The right output for the query, whose probability is recorded for each number of shots. Default: none. */
  answer?: string | undefined;
  /** Called after each number of shots. */
  onProgress?: ((progress: SnapshotProgress) => void) | undefined;
}

/** Progress of {@link takeSnapshot}. */
export interface SnapshotProgress {
  /** How many numbers of shots are done. */
  done: number;
  /** How many there are in total. */
  total: number;
}

/**
 * Records everything that a page shows of a task without a model: for each number of shots the most probable next tokens
 * and the rest, the greedy continuation, and the posterior of the labels if the task has labels.
 *
 * Load the model with `activationBits: 16`, as the element does, so that recorded and live numbers agree. Numbers are
 * stored with as many digits as they need to look like the live ones.
 *
 * @throws {@link ShotglassError} `invalid-option` for more shots than the task has demonstrations, for a task that is
 * too large for {@link parseSnapshot}, or if an adapter is active; `aborted`; and the errors of {@link Model.predict}, {@link Model.generate} and
 * {@link Model.score}.
 */
export async function takeSnapshot(
  model: Pick<Model, 'info' | 'predict' | 'generate'> &
    Partial<Pick<Model, 'adapter'>> &
    WordReader,
  task: Task,
  options: SnapshotOptions = {},
): Promise<Snapshot> {
  check.only(options, { shots: true, topK: true, answer: true, ...names.run });
  // A snapshot names the model by its hash, which says nothing of an adapter.
  if (model.adapter)
    throw check.invalid('model', 'without an adapter: call setAdapter(null) before');
  const signal = check.signal(options.signal);
  const topK = check.integer('topK', options.topK ?? 10, 1, MAX_ENTRIES);
  const answer = options.answer === undefined ? null : check.text('answer', options.answer);
  const onProgress = check.callback('onProgress', options.onProgress);
  // Says what is wrong with the task.
  renderPrompt(task, { shots: 0 });
  checkTaskSize(task);
  const wanted = wantedShots(task, options.shots);
  const results: SnapshotShots[] = [];
  for (const shots of wanted) {
    if (signal?.aborted) throw abortError(signal);
    results.push(await recorded(model, task, shots, { topK, answer, signal }));
    onProgress?.({ done: results.length, total: wanted.length });
  }
  const { name, sha256, bytes, quantization, activationBits } = model.info;
  return {
    version: 1,
    shotglass: version,
    model: { name, sha256, bytes, quantization, activationBits },
    task,
    ...(answer === null ? {} : { answer }),
    results,
  };
}

function wantedShots(task: Task, asked: SnapshotOptions['shots']): number[] {
  const most = task.demonstrations.length;
  if (asked === undefined) return Array.from({ length: most + 1 }, (_, shots) => shots);
  const list = typeof asked === 'number' ? [asked] : [...asked];
  if (list.length === 0) throw check.invalid('shots', 'a number, or a non-empty array of numbers');
  for (const shots of list) check.integer('shots', shots, 0, most);
  if (new Set(list).size < list.length) {
    throw check.invalid('shots', 'distinct numbers');
  }
  return list.sort((a, b) => a - b);
}

async function recorded(
  model: Pick<Model, 'predict' | 'generate'> & WordReader,
  task: Task,
  shots: number,
  {
    topK,
    answer,
    signal,
  }: { topK: number; answer: string | null; signal: AbortSignal | undefined },
): Promise<SnapshotShots> {
  const prompt = renderPrompt(task, { shots });
  const { candidates, rest, entropy, tokens } = await model.predict(prompt, { topK, signal });
  const logprob =
    answer === null
      ? undefined
      : await answerLogprob(model, task, prompt, answerText(task, answer), { signal });
  return {
    shots,
    tokens,
    candidates: candidates.map(recordedToken),
    rest: { count: rest.count, p: digits.probability(rest.p) },
    entropy: digits.entropy(entropy),
    text: (await greedy(model, prompt, signal)).map(recordedToken),
    classification: task.labels ? await classification(model, task, prompt, signal) : null,
    ...(logprob !== undefined && { answer: digits.logprob(logprob) }),
  };
}

async function classification(
  model: Pick<Model, 'score'>,
  task: Task,
  prompt: Prompt,
  signal: AbortSignal | undefined,
): Promise<NonNullable<SnapshotShots['classification']>> {
  const { labels, mass } = await classify(model, prompt, taskLabels(task), { signal });
  return {
    rule: 'sum',
    labels: labels.map(({ label, p }) => ({ label, p: digits.probability(p) })),
    mass: digits.probability(mass),
  };
}

async function greedy(
  model: Pick<Model, 'generate'>,
  prompt: Prompt,
  signal: AbortSignal | undefined,
): Promise<GenerateStep[]> {
  const steps: GenerateStep[] = [];
  const options = { maxTokens: MAX_TEXT_TOKENS, stop: '\n', signal };
  for await (const step of model.generate(prompt, options)) {
    // The token that ends it is no part of the text, unless there is some before the new line in it.
    const isPart = step.finish === null || step.finish === 'length' || step.textDelta !== '';
    if (isPart) steps.push(step);
  }
  return steps;
}

function recordedToken({ id, text, bytes, logprob }: Token & { logprob: number }): SnapshotToken {
  const written = new TextEncoder().encode(text);
  const isWhole = written.length === bytes.length && written.every((byte, i) => byte === bytes[i]);
  return {
    id,
    text,
    ...(isWhole ? {} : { bytes: hex(bytes) }),
    logprob: digits.logprob(logprob),
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
