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

export interface AttributionOptions extends ShownOptions {
  /**
   * Name of the label whose probability is looked at. Default: the one that is predicted after the
   * whole prompt.
   */
  gold?: string | undefined;
}

/** A part of a prompt that can be left out. */
export interface Part {
  /**
   * `instruction` is the instruction with its separator, `demonstration` a demonstration with all of
   * its template, the others the bare text.
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
  whole: PlannedPrompt;
  /** In the order of the text, a demonstration before its input and output. */
  parts: PlannedPart[];
}

/** What a part of the prompt does to the answer. */
export interface PartEffect extends Part {
  /** The whole prompt less the prompt without the part; null while it is not known. */
  effect: Effect | null;
}

/** Where in the prompt the answer comes from. */
export interface AttributionResult {
  /** The tokens of the whole prompt; null while they are not known. */
  tokens: SurprisalEntry[] | null;
  /** Name of the label that is looked at. */
  label: string;
  /** How probable it is after the whole prompt. */
  answer: Answer;
  /** In the order of the text, a demonstration before its input and output. */
  parts: PartEffect[];
}

/**
 * The prompts of {@link attribution}: the whole one, and for each of its parts the one without it.
 * They are rendered anew, and differ from the whole by the text of the part alone. Parts without
 * text, and one without which nothing is left, are not among them. Needs no model.
 *
 * @throws {@link ShotglassError} `invalid-option`: gold, shots, a task, query or labels that are
 * wrong.
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
 * How surprising each token of the prompt is, and what each of its parts does to the answer: the
 * instruction, each demonstration, its input and its output, and the query are left out in turn. One
 * step for the whole prompt, one for the surprisals and one for each part, the last part first: its
 * prompt has most in common with the whole.
 *
 * @throws as {@link planAttribution}, {@link classify} and {@link Model.surprisal}, from the loop;
 * `aborted` leaves the steps that came before it.
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
