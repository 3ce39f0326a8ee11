/** What a run is going to learn from, and what it is measured on. */
import { type Demonstration, type Label, renderPrompt, type Task, taskLabels } from 'shotglass';
import { LabError } from '../app/problem.ts';
import type { Asked, Obstacle, TransferSettings } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';

/** As many held-out rows are answered anew as the run goes on. */
const mostHeld = 8;
/** Of pasted texts every fifth is held out, if there are as many. */
const holdOutEvery = 5;

export interface TransferPlan {
  settings: TransferSettings;
  /** Its demonstrations are those that are learned from, or that the teacher has. */
  task: Task;
  labels: readonly Label[] | null;
  query: string;
  /** With the space before it; null where none is known. */
  answer: string | null;
  /** How many examples the picture sets beside the steps, from 0. */
  shots: readonly number[];
  held: readonly Demonstration[];
  /** Inputs on which a teacher is asked. */
  inputs: readonly string[];
  texts: readonly string[];
  heldTexts: readonly string[];
}

/** How many examples are learned from: those of the prompt, or all where it has none. */
export function examplesOf({ examples }: TransferSettings, { task, shots }: Asked): number {
  const all = task.demonstrations.length;
  return Math.min(examples ?? (shots === 0 ? all : shots), all);
}

/** Why nothing can be trained as things stand; null where it can. */
export function obstacleOf(settings: TransferSettings, asked: Asked): Obstacle | null {
  if (settings.way === 'adapt') return textsOf(settings).length === 0 ? 'no-texts' : null;
  if (asked.isChat) return 'chat';
  if (examplesOf(settings, asked) === 0) return 'no-examples';
  if (settings.way === 'distil' && inputsOf(settings, asked).length === 0) return 'no-inputs';
  return null;
}

/**
 * The plan of a run.
 *
 * @throws {@link LabError} if nothing can be trained as things stand.
 */
export function planOf(settings: TransferSettings, asked: Asked): TransferPlan {
  const obstacle = obstacleOf(settings, asked);
  if (obstacle) throw new LabError(() => transferWords().obstacles[obstacle]);
  const { task: whole, query, isFree } = asked;
  const demonstrations = whole.demonstrations.slice(0, examplesOf(settings, asked));
  const task = { ...whole, demonstrations };
  const labels = isFree ? null : taskLabels(whole);
  const texts = settings.way === 'adapt' ? textsOf(settings) : [];
  const isHeld = (index: number) => index % holdOutEvery === holdOutEvery - 1;
  const inputs = settings.way === 'distil' ? inputsOf(settings, asked) : [];
  const learned = new Set(
    [...demonstrations.map(({ input }) => input), ...inputs, query].map(trim),
  );
  return {
    settings,
    task,
    labels,
    query,
    answer: answerText(asked, labels),
    shots: shotsOf(demonstrations.length),
    held: heldOutRows(asked, learned).slice(0, mostHeld),
    inputs,
    texts: texts.filter((_, index) => !isHeld(index)),
    heldTexts: texts.filter((_, index) => isHeld(index)),
  };
}

/** The rows that have none of these inputs. */
export function heldOutRows({ rows }: Asked, learned: ReadonlySet<string>): Demonstration[] {
  return rows.filter(({ input }) => !learned.has(trim(input)));
}

/** The zero-shot prompt of an input. */
export function promptOf(task: Task, query: string, shots = 0): string {
  return renderPrompt(task, { shots, query }).text;
}

/** What is scored as the answer; with labels the first word of the right one. */
export function answerText(
  { task, answer }: Pick<Asked, 'task' | 'answer'>,
  labels: readonly Label[] | null,
): string | null {
  if (answer === null) return null;
  if (labels === null) return task.template.outputSeparator + answer;
  return labels.find(({ name }) => name === answer)?.words[0] ?? null;
}

/** Examples whose outputs the teacher is not shown. */
function inputsOf(settings: TransferSettings, asked: Asked): string[] {
  const { demonstrations } = asked.task;
  const shown = new Set(
    [
      ...demonstrations.slice(0, examplesOf(settings, asked)).map(({ input }) => input),
      asked.query,
    ].map(trim),
  );
  return demonstrations.map(({ input }) => input).filter((input) => !shown.has(trim(input)));
}

function textsOf({ texts }: TransferSettings): string[] {
  return texts.split('\n').filter((line) => line.trim() !== '');
}

/** 0, 1, 2, 4, … and all. */
function shotsOf(examples: number): number[] {
  const doublings = [];
  for (let k = 1; k < examples; k *= 2) doublings.push(k);
  return [...new Set([0, ...doublings, examples])];
}

const trim = (text: string) => text.trim();
