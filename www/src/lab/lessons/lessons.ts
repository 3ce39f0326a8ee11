/** Lessons, the tour, guessing, and the making of lessons: what the page shows of them, and what changes it. */
import type { Guessing, GuideView, Lesson, LessonWish, Making, Playing } from '../../app/lesson.ts';
import { presetOf } from '../../app/own-task.ts';
import { defaultSettings } from '../../app/settings.ts';
import { draftOf } from '../../app/state.ts';
import { type Preset, presets } from '../../presets/index.ts';
import type { PresetId } from '../../presets/preset.ts';
import { recordedOf } from '../../recorded/index.ts';
import type { Recorded } from '../../recorded/types.ts';
import { decodeLesson, encodeLesson, lessonFile, type OpenedLesson } from '../../share/lesson.ts';
import { browserShelves } from '../../share/store.ts';
import { strings } from '../../strings/index.ts';
import { lessonWords } from '../../strings/lesson-words.ts';
import { save } from '../../ui/save.ts';
import type { Keeping } from '../keeping.ts';
import type { Lab } from '../lab.ts';
import { recordedQueries } from '../recorded/queries.ts';
import { factsOf } from './facts.ts';
import { questionsOf, shotChoices } from './guess.ts';
import { emptyLesson, made } from './making.ts';
import { fetchNamed, readFile, shippedNamed, stepOf, whyUnread } from './opening.ts';
import {
  forgetProgress,
  type Progress,
  readMaking,
  readProgress,
  type Source,
  writeMaking,
  writeProgress,
} from './progress.ts';
import { sheetOf } from './sheet.ts';
import { presetsOf, shippedLesson } from './shipped.ts';

/** Longer links than this are cut by some programs that people send them with. */
const longestLink = 30_000;

export class Lessons {
  #playing: Playing | null = null;
  #source: Source | null = null;
  #guessing: Guessing | null = null;
  #guessed: { preset: Preset; record: Recorded } | null = null;
  #making: Making | null = null;
  /** Whether the reader makes a lesson now; what they made before waits in the library. */
  #isMaking = false;
  #isLibraryOpen = false;
  #problem: (() => string) | null = null;
  readonly #shelf = browserShelves().tab;
  readonly #records = new Map<PresetId, Recorded>();
  /** The last wish wins, however long the one before it takes to be fetched. */
  #asked = 0;

  constructor(
    private readonly lab: Lab,
    private readonly keeping: Keeping,
    private readonly told: () => void,
  ) {
    const lesson = readMaking(this.#shelf);
    if (lesson) this.#making = { lesson, link: null };
  }

  get view(): GuideView {
    return {
      playing: this.#playing,
      guessing: this.#guessing,
      making: this.#isMaking ? this.#making : null,
      isMade: this.#making !== null,
      isLibraryOpen: this.#isLibraryOpen,
      measuredWith: this.#tellsRecorded ? this.lab.first.measuredWith : null,
      problem: this.#problem,
    };
  }

  /** Whether a lesson of the page is played, whose captions name recorded numbers, or these are to be guessed. */
  get #tellsRecorded(): boolean {
    return this.#guessing !== null || (this.#source !== null && 'id' in this.#source);
  }

  // Opening

  /** Goes on where the tab was, or opens what the address names. */
  async resume(): Promise<void> {
    const kept = readProgress(this.#shelf);
    const { hash, search } = location;
    if (hash.startsWith('#lesson=')) await this.#open('link', () => decodeLesson(hash), kept);
    else {
      const named = new URLSearchParams(search).get('lesson');
      if (named !== null) await this.#openNamed(named, kept);
      else if (kept) await this.#play(kept.source, kept.step);
    }
  }

  async #openNamed(name: string, kept: Progress | null): Promise<void> {
    const id = shippedNamed(name);
    if (!id) return this.#open('file', () => fetchNamed(name), kept);
    const isSame = kept !== null && 'id' in kept.source && kept.source.id === id;
    await this.#play({ id }, isSame ? kept.step : 0);
  }

  async #open(
    from: 'link' | 'file',
    read: () => Promise<OpenedLesson>,
    kept: Progress | null = null,
  ): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    let opened: OpenedLesson | null = null;
    try {
      opened = await read();
    } catch (error) {
      if (asked === this.#asked) this.#problem = whyUnread(from, error);
      this.#isLibraryOpen = false;
    }
    if (!opened || asked !== this.#asked) return;
    const { lesson, drifted } = opened;
    await this.#play({ lesson }, stepOf(kept, lesson));
    if (drifted) this.#problem = () => strings.keep.drifted;
  }

  // Wishes

  async wish(wish: LessonWish): Promise<void> {
    this.#problem = null;
    switch (wish.do) {
      case 'tour':
        this.#leaveAddress();
        await this.#play({ id: 'tour' }, 0);
        break;
      case 'play':
        this.#leaveAddress();
        await this.#play({ id: wish.id }, 0);
        break;
      case 'open':
        this.#leaveAddress();
        await this.#open('file', () => readFile(wish.file));
        break;
      case 'library':
        this.#isLibraryOpen = true;
        break;
      case 'close':
        // The library is above the lesson that is made.
        if (this.#isLibraryOpen) this.#isLibraryOpen = false;
        else this.#isMaking = false;
        break;
      case 'dismiss':
        break;
      case 'leave':
        this.leave();
        break;
      case 'step':
        this.#step(wish.to);
        break;
      case 'present':
        if (this.#playing) this.#playing = { ...this.#playing, isPresented: wish.on };
        break;
      case 'reveal':
        this.#reveal(wish.guess);
        break;
      case 'guess':
        await this.#beginGuessing();
        break;
      case 'round':
        this.#beginRound(wish.shots);
        break;
      case 'next':
        this.#nextQuestion();
        break;
      default:
        await this.#make(wish);
    }
    this.told();
  }

  /** To be called after whatever has changed in the lab. */
  changed(): void {
    const isShown = this.#playing !== null || this.#guessing !== null;
    if (!isShown) return;
    // Something else was opened over the lesson.
    if (!this.keeping.isAside) this.#end();
    else if (this.lab.state.draft.id !== null) {
      const { draft } = this.lab.state;
      this.leave();
      this.lab.edit({ type: 'open', draft });
    }
  }

  /** Back to the reader's own work. */
  leave(): void {
    this.#end();
    this.keeping.bringBack();
  }

  #end(): void {
    this.#asked += 1;
    this.#playing = null;
    this.#source = null;
    this.#guessing = null;
    forgetProgress(this.#shelf);
    this.#leaveAddress();
  }

  /** The address names a lesson only while that one is played. */
  #leaveAddress(): void {
    const url = new URL(location.href);
    url.searchParams.delete('lesson');
    if (url.hash.startsWith('#lesson=')) url.hash = '';
    if (url.href !== location.href) history.replaceState(history.state, '', url);
  }

  // Playing

  async #play(source: Source, step: number): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const ids =
      'id' in source
        ? presetsOf(source.id)
        : source.lesson.steps.flatMap(({ draft }) => presetOf(draft)?.id ?? []);
    await this.#fetch(ids);
    if (asked !== this.#asked) return;
    const lesson = this.#lessonOf(source);
    this.#isLibraryOpen = false;
    this.#isMaking = false;
    this.#guessing = null;
    this.#source = source;
    this.#playing = {
      kind: 'id' in source && source.id === 'tour' ? 'tour' : 'lesson',
      lesson,
      step: 0,
      isRevealed: true,
      guess: null,
      isPresented: false,
      sheet: sheetOf(lesson.steps, this.#records),
    };
    this.#step(Math.min(step, lesson.steps.length - 1));
  }

  #lessonOf(source: Source): Lesson {
    if ('lesson' in source) return source.lesson;
    return shippedLesson(source.id, lessonWords().shipped[source.id], factsOf(this.#records));
  }

  /** The words of a lesson of the page, in the language that is spoken now. */
  spoken(): void {
    if (!this.#playing || !this.#source) return;
    const lesson = this.#lessonOf(this.#source);
    this.#playing = { ...this.#playing, lesson, sheet: sheetOf(lesson.steps, this.#records) };
    this.told();
  }

  #step(to: number): void {
    const { lesson } = this.#playing ?? {};
    const shown = lesson?.steps[to];
    if (!this.#playing || !this.#source || !shown) return;
    this.#playing = { ...this.#playing, step: to, isRevealed: shown.question === '', guess: null };
    writeProgress(this.#shelf, { source: this.#source, step: to });
    this.keeping.show(shown.draft, shown.settings);
  }

  async #fetch(ids: readonly PresetId[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#records.has(id));
    const fetched = await Promise.all(missing.map((id) => recordedOf(id)));
    for (const record of fetched) this.#records.set(record.id as PresetId, record);
  }

  #reveal(guess: number): void {
    const round = this.#guessing?.round;
    if (this.#playing) this.#playing = { ...this.#playing, isRevealed: true, guess };
    else if (this.#guessing && round && round.guesses.length === round.at) {
      const guesses = [...round.guesses, guess];
      this.#guessing = { ...this.#guessing, round: { ...round, guesses } };
    }
  }

  // Guessing

  async #beginGuessing(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const own = presetOf(this.lab.state.draft);
    const [lead] = presets;
    await this.#fetch([own?.id ?? lead.id, lead.id]);
    if (asked !== this.#asked) return;
    const isFit = own !== null && this.#questions(own, 1).length > 0;
    const preset = isFit ? own : lead;
    const record = this.#records.get(preset.id);
    if (!record) return;
    const url = new URL(location.href);
    url.hash = '';
    url.search = `?preset=${preset.id}`;
    if (this.#playing) this.leave();
    this.#guessed = { preset, record };
    this.#guessing = {
      task: preset.name,
      isFallback: !isFit,
      choices: shotChoices,
      round: null,
      address: url.href,
    };
    this.#showQuestion(preset.task.query ?? '', 0);
  }

  #questions(preset: Preset, shots: number) {
    const record = this.#records.get(preset.id);
    return record ? questionsOf(recordedQueries(preset, record), shots) : [];
  }

  #beginRound(shots: number): void {
    if (!this.#guessing || !this.#guessed) return;
    const questions = this.#questions(this.#guessed.preset, shots);
    this.#guessing = { ...this.#guessing, round: { shots, questions, guesses: [], at: 0 } };
    this.#showAsked();
  }

  #nextQuestion(): void {
    const round = this.#guessing?.round;
    if (!this.#guessing || !round || round.guesses.length <= round.at) return;
    this.#guessing = { ...this.#guessing, round: { ...round, at: round.at + 1 } };
    this.#showAsked();
  }

  #showAsked(): void {
    const round = this.#guessing?.round;
    const asked = round?.questions[round.at];
    if (asked) this.#showQuestion(asked.query, asked.shots);
  }

  #showQuestion(query: string, shots: number): void {
    if (!this.#guessed) return;
    const draft = draftOf(this.#guessed.preset);
    this.keeping.show({ ...draft, query, shots }, defaultSettings);
  }

  // Making

  async #make(wish: LessonWish): Promise<void> {
    if (wish.do === 'make') {
      this.#isLibraryOpen = false;
      this.#isMaking = true;
      this.#making ??= { lesson: emptyLesson, link: null };
      return;
    }
    if (!this.#making) return;
    const { lesson } = this.#making;
    const title = lesson.title.trim() || lessonWords().untitled;
    switch (wish.do) {
      case 'drop':
        this.#making = null;
        this.#isMaking = false;
        writeMaking(this.#shelf, null);
        return;
      case 'try':
        this.#leaveAddress();
        await this.#play({ lesson: { ...lesson, title } }, 0);
        return;
      case 'save': {
        const blob = new Blob([lessonFile({ ...lesson, title })], { type: 'application/json' });
        save('shotglass-lesson.json', blob);
        return;
      }
      case 'link': {
        const hash = await encodeLesson({ ...lesson, title });
        const url = new URL(location.href);
        url.search = '';
        url.hash = hash;
        const isFit = hash.length <= longestLink;
        if (!isFit) this.#problem = () => lessonWords().tooLong;
        this.#making = { lesson, link: isFit ? url.href : null };
        return;
      }
      default: {
        const { draft } = this.lab.state;
        const next = made(lesson, wish, { draft, settings: this.lab.settings });
        this.#making = { lesson: next, link: null };
        writeMaking(this.#shelf, next);
      }
    }
  }
}
