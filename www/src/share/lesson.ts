/** A lesson as a file and as a link. */
import { type Lesson, type LessonStep, type Target, targets } from '../app/lesson.ts';
import { deflated, inflated } from './link.ts';
import { field, fields, inside, integer, list, oneOf, text } from './packed/check.ts';
import { Unreadable } from './packed/unreadable.ts';
import { type Packed, pack, unpack } from './shared.ts';

const fileFormat = 'shotglass-lesson';
const fileVersion = 1;
/** What is longer is not read, and not made. */
export const longestFile = 1_000_000;
export const longestTitle = 200;
export const longestCaption = 2000;
export const mostSteps = 50;

interface PackedStep extends Packed {
  caption: string;
  question?: string;
  target?: Target;
}

interface PackedLesson {
  format: typeof fileFormat;
  version: number;
  title: string;
  steps: PackedStep[];
}

/** A lesson that was read; `drifted` where a preset that it builds on has changed since. */
export interface OpenedLesson {
  lesson: Lesson;
  drifted: boolean;
}

function packLesson({ title, steps }: Lesson): PackedLesson {
  return {
    format: fileFormat,
    version: fileVersion,
    title,
    steps: steps.map(({ caption, question, target, draft, settings }) => ({
      caption,
      ...(question !== '' && { question }),
      ...(target && { target }),
      ...pack({ draft, settings, receipt: null }),
    })),
  };
}

/**
 * A lesson from plain JSON.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the value.
 */
function unpackLesson(value: unknown): OpenedLesson {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Unreadable('other');
  const file = fields(value, 'file');
  if (field(file, 'format') !== fileFormat) throw new Unreadable('other');
  if (integer(field(file, 'version'), 'version', 1, 1e6) > fileVersion)
    throw new Unreadable('newer');
  const title = text(field(file, 'title'), 'title', longestTitle);
  const opened = list(field(file, 'steps'), 'steps', unpackStep, mostSteps);
  if (opened.length === 0) throw new Unreadable('wrong', 'steps');
  return {
    lesson: { title, steps: opened.map(({ step }) => step) },
    drifted: opened.some(({ drifted }) => drifted),
  };
}

function unpackStep(value: unknown, where: string): { step: LessonStep; drifted: boolean } {
  const packed = fields(value, where);
  const question = field(packed, 'question');
  const target = field(packed, 'target');
  const caption = text(field(packed, 'caption'), `${where}.caption`, longestCaption);
  const { draft, settings, drifted } = inside(where, () => unpack(packed));
  const step: LessonStep = {
    draft,
    settings,
    caption,
    question: question === undefined ? '' : text(question, `${where}.question`, longestCaption),
    target: target === undefined ? null : oneOf(target, `${where}.target`, targets),
  };
  return { step, drifted };
}

export function lessonFile(lesson: Lesson): string {
  return `${JSON.stringify(packLesson(lesson), null, 2)}\n`;
}

/**
 * Reads what `lessonFile` wrote.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export function readLessonFile(text: string): OpenedLesson {
  if (text.length > longestFile) throw new Unreadable('long');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unreadable('other');
  }
  return unpackLesson(value);
}

/** What follows the `#` of a link to a lesson. */
export async function encodeLesson(lesson: Lesson): Promise<string> {
  return `lesson=${await deflated(packLesson(lesson))}`;
}

/**
 * What a link to a lesson says, with or without its `#`.
 *
 * @throws {@link Unreadable}, and nothing else, whatever the text.
 */
export async function decodeLesson(hash: string): Promise<OpenedLesson> {
  return unpackLesson(await inflated(hash.replace(/^#?lesson=/, '')));
}
