import type { Model } from '../model/model.js';
import type { Demonstration, Prompt, RenderOptions, Task } from '../prompt/task.js';
import type { Label } from '../scoring/classify.js';
import type { SurprisalEntry } from '../types.js';
import type { Step } from '../util/step.js';
import { only } from '../util/validate.js';
import { type Answer, answerOf, type Effect, effectOf, nameOf } from './influence.js';
import {
  checked,
  goldIndex,
  type PlannedPrompt,
  plan,
  queryOptions,
  read,
  type ShownOptions,
  showing,
} from './planned.js';

/** Options of {@link attribution}. */
export interface AttributionOptions extends ShownOptions {
  /**
   * Name of the label whose probability is measured. Default: the label predicted after the whole
   * prompt.
   */
  gold?: string | undefined;
}

/** A part of a prompt that can be left out. */
export interface Part {
  /**
   * `instruction` is the instruction with its separator, `demonstration` a demonstration with its part of
   * the template. The others are the plain text.
   */
  role: 'instruction' | 'demonstration' | 'input' | 'output' | 'query';
  /** Index into `task.demonstrations`; null outside the demonstrations. */
  demonstration: number | null;
  /** Offset of the first UTF-16 code unit in the whole prompt. */
  start: number;
  /** Offset after the last UTF-16 code unit. */
  end: number;
}

/** The prompt without one of its parts. */
export interface PlannedPart extends Part, PlannedPrompt {}

/** The prompts of an {@link attribution}. */
export interface PlannedAttribution {
  /** The whole prompt. */
  whole: PlannedPrompt;
  /** In text order, a demonstration before its input and output. */
  parts: PlannedPart[];
}

/** The effect of a part of the prompt on the answer. */
export interface PartEffect extends Part {
  /** The whole prompt minus the prompt without the part; null until it is known. */
  effect: Effect | null;
}

/** How much each part of the prompt contributes to the answer. */
export interface AttributionResult {
  /** The tokens of the whole prompt; null until they are known. */
  tokens: SurprisalEntry[] | null;
  /** Name of the measured label. */
  label: string;
  /** Its probability after the whole prompt. */
  answer: Answer;
  /** In text order, a demonstration before its input and output. */
  parts: PartEffect[];
}

/**
 * The prompts of {@link attribution}: the whole prompt, and for each of its parts the prompt without it.
 * Each is rendered and differs from the whole prompt only by the text of the part. Parts without text are
 * left out, and so is a part without which the prompt is empty. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option` if the gold label, shots, task, query or labels are
 * invalid.
 */
export function planAttribution(task: Task, options: AttributionOptions = {}): PlannedAttribution {
  only(options, { shots: true, gold: true, ...queryOptions });
  const { labels, shown } = checked(task, options);
  goldIndex(labels, options.gold);
  const whole = plan(task, labels, options, { shots: shown.length });
  const parts = partsOf(task, whole.prompt)
    .map((part) => ({ ...part, ...planWithout(part, task, labels, options, shown) }))
    .filter(({ prompt }) => prompt.text !== '');
  return { whole, parts };
}

/**
 * How surprising each token of the prompt is, and how each part affects the answer: the instruction, each
 * demonstration, its input and its output, and the query are left out in turn. There is one step for the
 * whole prompt, one for the surprisals, and one for each part. The last part comes first, because its
 * prompt has most in common with the whole.
 *
 * @throws {@link ShotglassError} as {@link planAttribution}, {@link classify} and {@link Model.surprisal},
 * from the loop. After `aborted`, the steps before it remain valid.
 */
export async function* attribution(
  model: Pick<Model, 'score' | 'surprisal'>,
  task: Task,
  options: AttributionOptions = {},
): AsyncGenerator<Step<AttributionResult>, void, undefined> {
  const { whole, parts } = planAttribution(task, options);
  const total = parts.length + 2;
  const effects: PartEffect[] = parts.map(({ role, demonstration, start, end }) => {
    return { role, demonstration, start, end, effect: null };
  });
  const classification = await read(model, whole, options);
  const index = goldIndex(whole.labels, options.gold) ?? classification.predicted;
  const label = nameOf(classification, index);
  const answer = answerOf(classification, index);
  yield { done: 1, total, result: { tokens: null, label, answer, parts: [...effects] } };

  const tokens = await model.surprisal(whole.prompt.text, { signal: options.signal });
  yield { done: 2, total, result: { tokens, label, answer, parts: [...effects] } };

  for (let i = parts.length - 1; i >= 0; i--) {
    const [part, known] = [parts[i] as PlannedPart, effects[i] as PartEffect];
    const without = answerOf(await read(model, part, options), index);
    effects[i] = { ...known, effect: effectOf(answer, without) };
    yield { done: total - i, total, result: { tokens, label, answer, parts: [...effects] } };
  }
}

/** What of a prompt can be left out. */
function partsOf({ instruction, template }: Task, { spans }: Prompt): Part[] {
  const parts: Part[] = [];
  let whole: Part | undefined;
  for (const { role, start, end, demonstration } of spans) {
    if (demonstration !== null && demonstration !== whole?.demonstration) {
      whole = { role: 'demonstration', demonstration, start, end };
      parts.push(whole);
    }
    if (whole && demonstration !== null) whole.end = end;
    if (role === 'instruction') {
      // The separator vanishes with it; its span may go on with the template of what follows.
      const length = instruction.length + template.instructionSeparator.length;
      parts.push({ role, demonstration, start, end: start + length });
    } else if (role !== 'template') {
      parts.push({ role, demonstration, start, end });
    }
  }
  return parts;
}

function planWithout(
  { role, demonstration }: Part,
  task: Task,
  labels: readonly Label[],
  options: AttributionOptions,
  shown: readonly number[],
): PlannedPrompt {
  const render: RenderOptions = { shots: shown.length };
  switch (role) {
    case 'instruction':
      return plan({ ...task, instruction: '' }, labels, options, render);
    case 'demonstration': {
      const others = shown.filter((index) => index !== demonstration);
      return plan(task, labels, options, showing(task, others));
    }
    case 'query':
      return plan(task, labels, options, { ...render, query: '' });
    default: {
      const blank = (one: Demonstration): Demonstration => ({ ...one, [role]: '' });
      const demonstrations = task.demonstrations.map((one, index) =>
        index === demonstration ? blank(one) : one,
      );
      return plan({ ...task, demonstrations }, labels, options, render);
    }
  }
}
