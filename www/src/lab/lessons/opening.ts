/** Lessons from outside: by their name in the address, from a file, and what is said of one that cannot be read. */
import { type Lesson, type ShippedId, shippedIds } from '../../app/lesson.ts';
import { lessonFile, longestFile, type OpenedLesson, readLessonFile } from '../../share/lesson.ts';
import { Unreadable } from '../../share/packed/unreadable.ts';
import { strings } from '../../strings/index.ts';
import { lessonWords } from '../../strings/lesson-words.ts';
import type { Progress } from './progress.ts';

/** There is no such file on this site. */
class NotThere extends Error {
  constructor(readonly lesson: string) {
    super(lesson);
  }
}

export function shippedNamed(name: string): ShippedId | undefined {
  return shippedIds.find((id) => id === name);
}

/** A lesson that lies beside the page, in its folder `lessons`. */
export async function fetchNamed(name: string): Promise<OpenedLesson> {
  if (!/^[\w-]{1,60}$/.test(name)) throw new NotThere(name);
  const response = await fetch(new URL(`lessons/${name}.json`, document.baseURI));
  if (!response.ok) throw new NotThere(name);
  return readLessonFile(await response.text());
}

export async function readFile(file: File): Promise<OpenedLesson> {
  if (file.size > longestFile) throw new Unreadable('long');
  return readLessonFile(await file.text());
}

/** Where the reader was in this lesson. */
export function stepOf(kept: Progress | null, lesson: Lesson): number {
  if (!kept || !('lesson' in kept.source)) return 0;
  return lessonFile(kept.source.lesson) === lessonFile(lesson) ? kept.step : 0;
}

/** Why a lesson could not be read, in the language of the page. */
export function whyUnread(from: 'link' | 'file', error: unknown): () => string {
  if (error instanceof NotThere) return () => lessonWords().notFound(error.lesson);
  const { why, where } = error instanceof Unreadable ? error : new Unreadable('damaged');
  return () => {
    const { fileProblem, linkProblem, why: reasons } = strings.keep;
    const reason = why === 'wrong' ? reasons.wrong(where) : reasons[why];
    return from === 'link' ? linkProblem(reason) : fileProblem(reason);
  };
}
