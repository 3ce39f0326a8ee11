/** The way to lessons, the tour and guessing, all of which are fetched when they are first asked for. */
import { type GuideView, hidesAnswer, type LessonWish } from '../app/lesson.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import { onLanguage } from '../strings/index.ts';
import { chunk } from '../util/chunk.ts';
import type { Keeping } from './keeping.ts';
import type { Lab } from './lab.ts';
import type { Lessons } from './lessons/lessons.ts';

const parts = chunk(() =>
  Promise.all([import('./lessons/lessons.ts'), import('../lessons/lab-guide.ts')]),
);

export class Guide {
  /** Why the parts are not there. */
  problem: Problem | null = null;
  /** Settled once a lesson is shown that the address or the tab asks for. */
  readonly opened: Promise<void>;
  #lessons: Lessons | null = null;

  constructor(
    private readonly lab: Lab,
    private readonly keeping: Keeping,
    private readonly told: () => void,
  ) {
    this.opened = isAskedFor() ? this.#with((lessons) => lessons.resume()) : Promise.resolve();
  }

  listen(): () => void {
    const asked = () => {
      if (location.hash.startsWith('#lesson=')) void this.#with((lessons) => lessons.resume());
    };
    window.addEventListener('hashchange', asked);
    const silence = onLanguage(() => this.#lessons?.spoken());
    return () => {
      window.removeEventListener('hashchange', asked);
      silence();
    };
  }

  get view(): GuideView | null {
    return this.#lessons?.view ?? null;
  }

  /** Whether the answer of the page is for the reader to guess. */
  get hides(): boolean {
    const { view } = this;
    return view !== null && hidesAnswer(view);
  }

  wish(wish: LessonWish): void {
    void this.#with((lessons) => lessons.wish(wish));
  }

  /** To be called after whatever has changed in the lab. */
  changed(): void {
    this.#lessons?.changed();
  }

  async #with(act: (lessons: Lessons) => Promise<void>): Promise<void> {
    try {
      if (!this.#lessons) {
        const [{ Lessons }] = await parts();
        this.#lessons ??= new Lessons(this.lab, this.keeping, this.told);
      }
      this.problem = null;
      await act(this.#lessons);
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.told();
  }
}

/** Whether the address names a lesson, or one is open in this tab. */
function isAskedFor(): boolean {
  const { hash, search } = location;
  if (hash.startsWith('#lesson=') || new URLSearchParams(search).has('lesson')) return true;
  try {
    return sessionStorage.getItem('shotglass.lesson') !== null;
  } catch {
    return false;
  }
}
