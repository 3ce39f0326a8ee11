/** From all that was said of a task, the task: a pure function. */

import { questionAnswer } from '../../presets/templates.js';
import { answerText } from '../../prompt/answer.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import type { Snapshot } from '../../snapshot/index.js';
import { checkTaskSize } from '../../snapshot/limits.js';
import type { Strings } from '../strings/index.js';
import type { Declared } from './attributes.js';
import { snapshotAnswer } from './ladder.js';
import type { LightDom } from './light-dom.js';
import type { View } from './view.js';

/** What there is to go by. */
export interface Sources {
  declared: Declared;
  light: LightDom;
  /** Set as a property. */
  given: Task | null;
  /** What the package has of the preset; null where none is named, or it is not there. */
  preset: Pick<Snapshot, 'task' | 'opensWith' | 'answer'> | null;
  snapshot: Snapshot | null;
}

/** What comes of it. */
export interface Resolved {
  /** Null where there is nothing to ask. */
  task: Task | null;
  /** How many shots, where none are asked for. */
  shots: number;
  /** The right answer to the query of the task, as it follows the prompt; null if none is known. */
  answer: string | null;
  /** The task as it is written, in the page or in a property; null where it is not. */
  written: Task | null;
  /** The prompt after some shots of what stands in the page, for which its table was recorded. */
  promptInPage(shots: number | null): string | null;
  problems: string[];
}

/**
 * The task. What is nearer wins: the property, the attribute `task`, the light DOM with the template
 * and labels of the attributes or of the preset, the preset, the snapshot.
 *
 * The light DOM may hold only as many demonstrations as its table has shots. Where the preset or the
 * snapshot has the same prompt and more demonstrations, theirs is the task.
 */
export function resolve(sources: Sources, strings: Strings): Resolved {
  const { declared, light, given, preset, snapshot } = sources;
  const problems: string[] = [];
  const own = given ?? declared.task ?? inPage(sources) ?? preset?.task ?? null;
  const isChecked = own === null || isSound(own, problems, strings);
  const written = isChecked ? own : null;
  const longer = [preset?.task, snapshot?.task].filter((task) => task !== undefined);
  const task =
    written === null || given || declared.task
      ? (written ?? (own ? null : (snapshot?.task ?? null)))
      : longer.reduce(
          (task, other) => (isContinuedBy(task, other) ? continued(task, other) : task),
          written,
        );
  if (task === null && isChecked && declared.preset === null) problems.push(strings.empty);
  if (task && written && snapshot && !isContinuedBy(written, snapshot.task)) {
    const isRecorded = isContinuedBy(snapshot.task, written);
    if (!isRecorded) problems.push(strings.snapshotOther);
  }
  const source = own === null ? snapshot : own === preset?.task ? preset : null;
  const inLight = light.demonstrations.length;
  return {
    task: task && withLabels(task, declared.labels),
    shots: source?.opensWith ?? (inLight > 0 ? inLight : (task?.demonstrations.length ?? 0)),
    answer: task && answerOf(task, sources),
    written,
    promptInPage: (shots) => (written === null ? null : promptOf(written, shots)),
    problems,
  };
}

/** The view that is asked for, or that suits the task. */
export function viewOf(view: View | null, task: Task, problems: string[], strings: Strings): View {
  const labels = task.labels ?? [...new Set(task.demonstrations.map(({ output }) => output))];
  if (view === 'labels' && new Set(labels).size < 2) {
    problems.push(strings.noLabels);
    return 'tokens';
  }
  return view ?? ((task.labels?.length ?? 0) > 1 ? 'labels' : 'tokens');
}

/** The author's own answer, else that of the first record of the same query. */
function answerOf(task: Task, { declared, preset, snapshot }: Sources): string | null {
  if (declared.answer !== null) return answerText(task, declared.answer);
  const record = [snapshot, preset].find(
    (one) => one?.answer !== undefined && (one.task.query ?? '') === (task.query ?? ''),
  );
  return record ? snapshotAnswer(record) : null;
}

/** What stands in the page, in the template that goes with it. */
function inPage({ declared, light, preset, snapshot }: Sources): Task | null {
  const { instruction, demonstrations, query } = light;
  if (query === null && demonstrations.length === 0) return null;
  const base = preset?.task ?? snapshot?.task;
  const labels = declared.labels ?? base?.labels;
  return {
    instruction: instruction ?? preset?.task.instruction ?? '',
    template: declared.template ?? base?.template ?? questionAnswer,
    demonstrations,
    query: query ?? base?.query ?? '',
    ...(labels && { labels }),
  };
}

function isSound(task: Task, problems: string[], strings: Strings): boolean {
  try {
    checkTaskSize(task);
    renderPrompt(task);
    return true;
  } catch (error) {
    problems.push(strings.badTask(error instanceof Error ? error.message : String(error)));
    return false;
  }
}

/** Whether the other has the same prompt after all demonstrations of the one, and maybe more of them. */
function isContinuedBy(one: Task, other: Task): boolean {
  const shots = one.demonstrations.length;
  return shots <= other.demonstrations.length && promptOf(one, shots) === promptOf(other, shots);
}

function continued(task: Task, other: Task): Task {
  const labels = task.labels ?? other.labels;
  return { ...other, ...(labels && { labels }) };
}

function withLabels(task: Task, labels: string[] | null): Task {
  return labels === null ? task : { ...task, labels };
}

function promptOf(task: Task, shots: number | null): string {
  const all = task.demonstrations.length;
  return renderPrompt(task, { shots: Math.min(shots ?? all, all) }).text;
}
