/** Where the reader is in a lesson, kept in the tab across a reload, and the lesson that they are making. */
import { type Lesson, type ShippedId, shippedIds } from '../../app/lesson.ts';
import { lessonFile, readLessonFile } from '../../share/lesson.ts';
import type { Shelf } from '../../share/store.ts';

const progressKey = 'shotglass.lesson';
const makingKey = 'shotglass.lesson-made';

/** What is played: a lesson of the page, or one that somebody made. */
export type Source = { id: ShippedId | 'tour' } | { lesson: Lesson };

export interface Progress {
  source: Source;
  step: number;
}

export function readProgress(shelf: Shelf | null): Progress | null {
  try {
    const { id, file, step } = JSON.parse(shelf?.getItem(progressKey) ?? 'null');
    if (!Number.isInteger(step) || step < 0) return null;
    const known = [...shippedIds, 'tour' as const].find((one) => one === id);
    if (known) return { source: { id: known }, step };
    return { source: { lesson: readLessonFile(String(file)).lesson }, step };
  } catch {
    // Nothing is kept, or it is damaged: the lesson begins again when it is next opened.
    return null;
  }
}

export function writeProgress(shelf: Shelf | null, { source, step }: Progress): void {
  const kept = 'id' in source ? { id: source.id } : { file: lessonFile(source.lesson) };
  put(shelf, progressKey, JSON.stringify({ ...kept, step }));
}

export function forgetProgress(shelf: Shelf | null): void {
  remove(shelf, progressKey);
}

export function readMaking(shelf: Shelf | null): Lesson | null {
  try {
    const text = shelf?.getItem(makingKey);
    return text ? readLessonFile(text).lesson : null;
  } catch {
    return null;
  }
}

/** A lesson without a step is none yet. */
export function writeMaking(shelf: Shelf | null, lesson: Lesson | null): void {
  if (!lesson || lesson.steps.length === 0) remove(shelf, makingKey);
  else put(shelf, makingKey, lessonFile(lesson));
}

function put(shelf: Shelf | null, key: string, text: string): void {
  try {
    shelf?.setItem(key, text);
  } catch {
    // Where nothing may be stored, it is there until the page is left.
  }
}

function remove(shelf: Shelf | null, key: string): void {
  try {
    shelf?.removeItem(key);
  } catch {
    // What may not be touched was not written either.
  }
}
