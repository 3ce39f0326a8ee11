/** The states that the lessons of the page and its tour show; their words are in `strings`. */
import type { PresetId } from 'shotglass/presets';
import type { Lesson, LessonStep, ShippedId, Target } from '../../app/lesson.ts';
import { defaultSettings, type Settings } from '../../app/settings.ts';
import { draftOf } from '../../app/state.ts';
import { presetById } from '../../presets/index.ts';
import type { Facts, LessonWords } from '../../strings/facts.ts';

interface Place {
  preset: PresetId;
  shots: number;
  /** A recorded query; absent for the preset's own. */
  query?: string;
  target?: Target;
  settings?: Partial<Settings>;
}

const badReview = 'Two hours of my life that I will never get back.';

const fewShot: readonly Place[] = [
  { preset: 'plural', shots: 0, target: 'answer' },
  { preset: 'plural', shots: 1, target: 'shots' },
  { preset: 'plural', shots: 2, target: 'ladder' },
  { preset: 'plural', shots: 4, target: 'prompt' },
  { preset: 'plural', shots: 2, query: 'mouse', target: 'queries' },
  { preset: 'plural', shots: 2, query: 'sheep', target: 'ladder' },
  { preset: 'capital', shots: 4, query: 'South Korea', target: 'answer' },
  { preset: 'capital', shots: 4, query: 'Morocco', target: 'answer' },
  { preset: 'arithmetic', shots: 8, target: 'answer' },
  { preset: 'plural', shots: 4, target: 'task' },
];

const bias: readonly Place[] = [
  { preset: 'sentiment', shots: 0, target: 'answer' },
  { preset: 'sentiment', shots: 4, target: 'answer' },
  { preset: 'sentiment', shots: 4, query: badReview, target: 'answer' },
  { preset: 'imbalanced', shots: 4, target: 'examples' },
  { preset: 'imbalanced', shots: 6, target: 'ladder' },
  { preset: 'topics', shots: 1, target: 'examples' },
  { preset: 'topics', shots: 1, target: 'why', settings: { experiment: 'calibrate' } },
  { preset: 'imbalanced', shots: 4, target: 'ladder' },
  { preset: 'flipped', shots: 4, target: 'examples' },
  { preset: 'bad-example', shots: 5, target: 'examples' },
];

const evaluate: readonly Place[] = [
  { preset: 'plural', shots: 4, target: 'answer' },
  { preset: 'plural', shots: 4, query: 'goose', target: 'queries' },
  { preset: 'plural', shots: 1, target: 'shots' },
  { preset: 'sentiment', shots: 8, target: 'ladder' },
  { preset: 'sentiment', shots: 4, target: 'ladder' },
  { preset: 'sentiment', shots: 8, query: badReview, target: 'ladder' },
  { preset: 'bad-example', shots: 5, target: 'examples' },
  { preset: 'double-space', shots: 4, target: 'prompt' },
  { preset: 'qa', shots: 4, target: 'answer' },
  { preset: 'plural', shots: 4, target: 'why', settings: { experiment: 'evaluate' } },
];

const tour: readonly Place[] = [
  { preset: 'plural', shots: 0, target: 'shots' },
  { preset: 'plural', shots: 1, target: 'shots' },
  { preset: 'plural', shots: 4, target: 'prompt' },
  { preset: 'plural', shots: 4, query: 'mouse', target: 'queries' },
  { preset: 'plural', shots: 4, target: 'task' },
  { preset: 'arithmetic', shots: 4, target: 'answer' },
];

export const shipped: Record<ShippedId | 'tour', readonly Place[]> = {
  'few-shot': fewShot,
  bias,
  evaluate,
  tour,
};

/** The presets whose records a lesson needs. */
export function presetsOf(id: ShippedId | 'tour'): PresetId[] {
  return [...new Set(shipped[id].map(({ preset }) => preset))];
}

/** One of them, in the language of its words. */
export function shippedLesson(id: ShippedId | 'tour', words: LessonWords, facts: Facts): Lesson {
  const steps = shipped[id].map((place, at): LessonStep => {
    const { preset, shots, query, target = null, settings } = place;
    const say = words.steps[at];
    if (!say) throw new Error(`Step ${at} of ${id} has no words.`);
    const { caption, question = '' } = say(facts);
    const draft = draftOf(presetById(preset));
    return {
      draft: { ...draft, shots, query: query ?? draft.query },
      settings: { ...defaultSettings, ...settings },
      caption,
      question,
      target,
    };
  });
  return { title: words.title, steps };
}
