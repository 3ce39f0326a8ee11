import { type Task, templateParts } from '../prompt/task.js';
import { invalid } from '../util/validate.js';

/** How far a recorded probability may be from a new one: below it, two are shown alike. */
export const TOLERANCE = 1e-4;

/** The most tokens of a text that is recorded, and of one that is compared with it. */
export const MAX_TEXT_TOKENS = 12;

/** The most entries of each list that a page is to show: more than any model reads, and still drawn at once. */
export const MAX_ENTRIES = 1000;

/** The most UTF-16 code units of all texts together. */
const MAX_CHARACTERS = 1_000_000;

/** @throws `invalid-option`, which names the limit. */
export function atMost(name: string, count: number, most = MAX_ENTRIES, what = 'entries'): void {
  if (count > most) throw invalid(name, `at most ${most} ${what}; it has ${count}`);
}

/** @throws `invalid-option` where these texts are too long for a page. */
export function checkCharacters(name: string, count: number): void {
  atMost(name, count, MAX_CHARACTERS, 'characters');
}

/**
 * Whether a page can show a task, at any number of shots.
 *
 * @throws `invalid-option`, which names the list, or the task, and its limit.
 */
export function checkTaskSize(task: Task, name = 'task'): void {
  const { instruction, template, demonstrations, query = '', labels = [] } = task;
  atMost(`${name}.demonstrations`, demonstrations.length);
  atMost(`${name}.labels`, labels.length);
  const around = charactersOf(templateParts.map((part) => template[part]));
  const shown = demonstrations.flatMap(({ input, output }) => [input, output]);
  const own = charactersOf([instruction, query, ...labels, ...shown]);
  checkCharacters(name, own + around * (demonstrations.length + 1));
}

/** The length of all texts in some data. */
export function charactersOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return Object.values(Object(data)).reduce<number>((sum, one) => sum + charactersOf(one), 0);
}
