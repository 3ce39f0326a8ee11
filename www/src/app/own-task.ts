/** Whose task a draft is: a preset's, about which the page knows something, or the reader's own. */
import { templateParts } from 'shotglass';
import { type Preset, presetById } from '../presets/index.ts';
import { strings } from '../strings/index.ts';
import { counts, type Draft, type Row } from './state.ts';

const known = new WeakMap<Draft, Preset | null>();

/**
 * The preset whose task the draft still is; null once the reader has made it their own. What the page says of a preset it
 * may say only then. Which of the rows are used, in which order, and what is asked of them does not make another task.
 */
export function presetOf(draft: Draft): Preset | null {
  const before = known.get(draft);
  if (before !== undefined) return before;
  const preset = draft.preset === null ? null : presetById(draft.preset);
  const found = preset && isTaskOf(draft, preset) ? preset : null;
  known.set(draft, found);
  return found;
}

function isTaskOf({ task, text }: Draft, { task: shipped }: Preset): boolean {
  return (
    text === null &&
    task.instruction === shipped.instruction &&
    templateParts.every((part) => task.template[part] === shipped.template[part]) &&
    JSON.stringify(task.labels) === JSON.stringify(shipped.labels) &&
    setOf(task.demonstrations) === setOf(shipped.demonstrations)
  );
}

/** A row without an output is not a part of the task yet. */
function setOf(rows: readonly Row[]): string {
  const pairs = rows.flatMap(({ input, output }) => (output === '' ? [] : [[input, output]]));
  return JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).sort());
}

/** Whether two drafts are stages of one task. */
export function isSameTask(a: Draft, b: Draft): boolean {
  return a.preset === b.preset && (a.id === b.id || a.id === null || b.id === null);
}

/** The labels that the task names, or else those of the reader's own task that show by themselves. */
export function labelsOf(draft: Draft): readonly string[] | undefined {
  const { labels, demonstrations } = draft.task;
  if (labels || presetOf(draft)) return labels;
  return foundLabels(demonstrations) ?? undefined;
}

/**
 * Outputs that are labels by the look of them: two or more, each at least twice. One that is still being typed does not
 * hide the others.
 */
export function foundLabels(rows: readonly Row[]): string[] | null {
  const times = new Map<string, number>();
  for (const { output } of rows.filter(counts)) times.set(output, (times.get(output) ?? 0) + 1);
  const labels = [...times.keys()].filter((output) => (times.get(output) ?? 0) > 1);
  const single = [...times.keys()].filter((output) => times.get(output) === 1);
  const isBegun = single.length === 1 && labels.some((label) => label.startsWith(single[0] ?? ''));
  return labels.length > 1 && (single.length === 0 || isBegun) ? labels : null;
}

/** What files of a draft are called, before their ending: `shotglass`, or with it the name of the reader's own task. */
export function stemOf(draft: Draft): string {
  const name = wordsOf(draft, /[^\p{L}\p{M}\p{N}]+/gu, '-');
  return name === '' ? 'shotglass' : `shotglass-${name}`;
}

/** What a program calls the task of a draft: letters and digits of ASCII. */
export function identifierOf(draft: Draft): string {
  const preset = presetOf(draft);
  const name = preset ? preset.id.replace(/\W+/g, '_') : wordsOf(draft, /\W+/g, '_');
  return `shotglass_${name || 'task'}`;
}

const longestWords = 60;

function wordsOf(draft: Draft, others: RegExp, joint: string): string {
  if (presetOf(draft)) return '';
  const parts = draft.name.normalize('NFC').split(others);
  const words = parts.filter((part) => part !== '').join(joint);
  return [...words].slice(0, longestWords).join('');
}

/** Whether nothing has been written into a task yet. */
export function isBlank({ name, query, task }: Draft): boolean {
  const { instruction, demonstrations } = task;
  const rows = demonstrations.flatMap(({ input, output }) => [input, output]);
  return [name, query, instruction, ...rows].every((text) => text === '');
}

/** What a task is called on the page. */
export function nameOf(draft: Draft): string {
  const preset = presetOf(draft);
  if (preset) return preset.name;
  const from = draft.preset === null ? null : presetById(draft.preset).name;
  return draft.name.trim() || strings.tasks.own(from);
}

/** An id to keep a task under. */
export function newTaskId(): string {
  return [...crypto.getRandomValues(new Uint32Array(3))].map((n) => n.toString(36)).join('');
}
