/** A lesson that the reader is making: what its steps become with each wish. */
import type { Lesson, LessonStep, LessonWish } from '../../app/lesson.ts';
import { longestCaption, longestTitle, mostSteps } from '../../share/lesson.ts';

export const emptyLesson: Lesson = { title: '', steps: [] };

/** The lesson after a wish; the same one where the wish is for something else. `here` is the state that may be added. */
export function made(
  lesson: Lesson,
  wish: LessonWish,
  here: Pick<LessonStep, 'draft' | 'settings'>,
): Lesson {
  const { steps } = lesson;
  switch (wish.do) {
    case 'title':
      return { ...lesson, title: wish.text.slice(0, longestTitle) };
    case 'add': {
      if (steps.length >= mostSteps) return lesson;
      const step: LessonStep = {
        draft: { ...here.draft, id: null },
        settings: here.settings,
        caption: '',
        question: '',
        target: null,
      };
      return { ...lesson, steps: [...steps, step] };
    }
    case 'say':
      return changed(lesson, wish.at, { caption: wish.caption.slice(0, longestCaption) });
    case 'ask':
      return changed(lesson, wish.at, { question: wish.question.slice(0, longestCaption) });
    case 'remove':
      return { ...lesson, steps: steps.filter((_, at) => at !== wish.at) };
    case 'move': {
      const moved = steps[wish.at];
      const to = wish.at + wish.by;
      if (!moved || to < 0 || to >= steps.length) return lesson;
      const rest = steps.filter((_, at) => at !== wish.at);
      return { ...lesson, steps: [...rest.slice(0, to), moved, ...rest.slice(to)] };
    }
    default:
      return lesson;
  }
}

function changed(lesson: Lesson, at: number, change: Partial<LessonStep>): Lesson {
  const step = lesson.steps[at];
  if (!step) return lesson;
  return { ...lesson, steps: lesson.steps.with(at, { ...step, ...change }) };
}
