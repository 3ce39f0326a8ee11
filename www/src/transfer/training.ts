/** A run: the training of an adapter, and after each step what the tuned model says. */
import {
  type Adapter,
  classify,
  type Demonstration,
  type Label,
  type Model,
  type Training,
  type WordReader,
  wordLogprob,
} from 'shotglass';
import { adapt, distil, finetune } from 'shotglass/transfer';
import type { HeldAnswer, Moment, TransferRun } from '../app/transfer.ts';
import { promptOf, type TransferPlan } from './plan.ts';

/**
 * What the page measures forgetting on: plain sentences that have nothing to do with any task here.
 */
const neutral =
  'The train to the coast leaves at nine and arrives before noon. Most passengers read, a few sleep, and ' +
  'the children look out of the window. Behind the last village the line turns south, and the sea comes into view.';

/** Held-out loss, forgetting and held-out answers are measured after so many steps. */
export const measureEvery = 5;
/** So many moments of a run can be gone back to, at most. */
const mostSnapshots = 16;

export interface RunHooks {
  signal: AbortSignal;
  /** Waits while the page has something more urgent. */
  beforePart: () => void | Promise<void>;
}

/** What is new of a run. */
export type RunEvent =
  | { kind: 'shots'; shots: TransferRun['shots'] }
  | {
      kind: 'moment';
      moment: Moment;
      parameters: number | null;
      /** The adapter as a GGUF file of 16-bit numbers, if it is kept of this step. */
      file: Uint8Array<ArrayBuffer> | null;
    }
  | { kind: 'end'; sha256: string };

/** Asks the model alone, then trains. Whatever ends the loop early, what was yielded stands. */
export async function* runTransfer(
  model: Model,
  plan: TransferPlan,
  hooks: RunHooks,
): AsyncGenerator<RunEvent, void, undefined> {
  const { settings, task, query, answer } = plan;
  const { signal } = hooks;
  const plain = model.withAdapter(null);
  const shots: { k: number; p: number }[] = [];
  for (const k of answer === null ? [] : plan.shots) {
    await hooks.beforePart();
    const p = await answerProbability(plain, promptOf(task, query, k), plan, signal);
    shots.push({ k, p });
    yield { kind: 'shots', shots: [...shots] };
  }
  const first = {
    step: 0,
    loss: null,
    validationLoss: null,
    forgetting: 0,
    p: shots[0]?.p ?? null,
    held: await heldAnswers(plain, plan, signal),
    elapsedMs: 0,
  };
  yield { kind: 'moment', moment: first, parameters: null, file: null };
  const training = await trainingOf(model, plan, hooks);
  try {
    const parameters = await training.parameters();
    const keepEvery = Math.ceil(settings.steps / mostSnapshots);
    let elapsedMs = 0;
    for await (const one of training) {
      const { step, loss, validationLoss, forgetting, durationMs } = one;
      elapsedMs += durationMs;
      const isLast = step === settings.steps;
      const isMeasured = isLast || step === 1 || step % measureEvery === 0;
      const adapter = await training.adapter();
      try {
        const tuned = model.withAdapter(adapter);
        const held = isMeasured ? await heldAnswers(tuned, plan, signal) : null;
        const p =
          answer === null
            ? null
            : await answerProbability(tuned, promptOf(task, query), plan, signal);
        const isKept = isLast || step % keepEvery === 0;
        const file = isKept ? await fileOf(adapter, signal) : null;
        const moment = { step, loss, validationLoss, forgetting, p, held, elapsedMs };
        yield { kind: 'moment', moment, parameters, file };
      } finally {
        await closed(adapter);
      }
    }
    const { adapter: sha256 } = await training.receipt();
    yield { kind: 'end', sha256 };
  } finally {
    await training.close().catch(() => {});
  }
}

/** The probability of the answer after a prompt, in all text. */
export async function answerProbability(
  model: WordReader,
  prompt: string,
  { answer, labels }: Pick<TransferPlan, 'answer' | 'labels'>,
  signal?: AbortSignal,
): Promise<number> {
  const text = answer ?? '';
  if (labels === null) return Math.exp(await wordLogprob(model, prompt, text, { signal }));
  const [score] = await model.score(prompt, [text], { signal });
  return Math.exp(score?.logprob ?? Number.NEGATIVE_INFINITY);
}

/** What the model says to the held-out rows, with no example in the prompt. */
async function heldAnswers(
  model: WordReader,
  { held, task, labels }: TransferPlan,
  signal: AbortSignal,
): Promise<HeldAnswer[] | null> {
  if (held.length === 0) return null;
  const answers: HeldAnswer[] = [];
  for (const row of held) {
    const prompt = promptOf(task, row.input);
    const found = labels
      ? await labelled(model, prompt, row, labels, signal)
      : await free(model, prompt, task.template.outputSeparator + row.output, signal);
    if (found) answers.push({ input: row.input, output: row.output, ...found });
  }
  return answers;
}

async function free(model: WordReader, prompt: string, answer: string, signal: AbortSignal) {
  const [score] = await model.score(prompt, [answer], { signal });
  return score && { p: Math.exp(score.logprob), isRight: score.isGreedy };
}

async function labelled(
  model: WordReader,
  prompt: string,
  row: Demonstration,
  labels: readonly Label[],
  signal: AbortSignal,
) {
  const right = labels.findIndex(({ name }) => name === row.output);
  const { labels: scored, predicted } = await classify(model, prompt, labels, { signal });
  const answer = scored[right];
  return answer && { p: Math.exp(answer.logprob), isRight: predicted === right };
}

async function trainingOf(
  model: Model,
  plan: TransferPlan,
  { signal, beforePart }: RunHooks,
): Promise<Training> {
  const { settings, task, labels, held } = plan;
  const { way, method, steps, learningRate, layers, weightDecay, dropout, seed } = settings;
  const shared = {
    ...{ method, steps, learningRate, weightDecay, seed, neutral, measureEvery },
    layers: layers === null ? undefined : Math.min(layers, model.info.layers),
    ...(method === 'lora' && { rank: settings.rank, dropout }),
    ...{ signal, beforePart },
  };
  switch (way) {
    case 'finetune':
      return finetune(model, task, task.demonstrations, { ...shared, labels, validation: held });
    case 'distil':
      return distil(model, task, { ...shared, inputs: plan.inputs });
    case 'adapt':
      return adapt(model, plan.texts, { ...shared, validation: plan.heldTexts });
  }
}

async function fileOf(adapter: Adapter, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const [file] = await adapter.save('gguf', { bits: 16, signal });
  return file?.bytes ?? new Uint8Array();
}

/** Whatever ended the run, the memory of its adapter goes. */
function closed(adapter: Adapter): Promise<void> {
  return adapter.close().catch(() => {});
}

/** A run with what is new of it. */
export function grown(run: TransferRun, event: RunEvent): TransferRun {
  switch (event.kind) {
    case 'shots':
      return { ...run, shots: event.shots };
    case 'moment': {
      const { moment, parameters } = event;
      return { ...run, parameters, moments: [...run.moments, moment] };
    }
    case 'end':
      return { ...run, sha256: event.sha256 };
  }
}
