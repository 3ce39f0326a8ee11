/** The inside of the element: the views, the sentences above them, and the page's own content below. */
import { modelName } from '../../files/default-model.js';
import { TOLERANCE } from '../../snapshot/limits.js';
import { mergedLadder } from '../live/ladder.js';
import { runStatus } from '../live/run-status.js';
import { type LiveSession, problemOf } from '../live/session.js';
import type { LightDomInPage } from '../state/light-dom.js';
import { largestDifference } from '../state/reading.js';
import type { Scene } from '../state/scene.js';
import type { Strings } from '../strings/index.js';
import { type AnswerContent, AnswerView } from './answer.js';
import { h, setAttributes, setChildren, setText } from './dom.js';
import { formatPoints } from './numbers.js';
import { type PromptActions, PromptView } from './prompt.js';
import { button, type RunActions, RunView } from './run.js';

/** What is shown beside the scene. */
export interface PanelContent {
  scene: Scene;
  live: LiveSession;
  isEditable: boolean;
  canUndo: boolean;
  /** The reader has changed something: what stands in the page is not what is shown. */
  isTouched: boolean;
  light: LightDomInPage;
  /** The model is kept in this browser; null while that is not known. */
  isCached: boolean | null;
  /** Something recorded could not be fetched. */
  isRecordLost: boolean;
  /** Length of its file in bytes; null where nobody has said. */
  bytes: number | null;
}

/** What a reader can do. */
export interface PanelActions extends PromptActions, RunActions {
  /** Fetches what is recorded, where that failed. */
  fetchAgain(): void;
}

export class Panel {
  readonly #slot = h('div', { class: 'page' }, h('slot'));
  readonly #problems = h('div', { class: 'problems', part: 'problem', role: 'status' });
  readonly #fetchAgain = button('plain');
  readonly #waiting = h('p', { class: 'quiet', role: 'status' });
  readonly #glass = h('div', { class: 'glass', part: 'base' });
  readonly #prompt: PromptView;
  readonly #answer: AnswerView;
  readonly #run: RunView;
  /** In their order. */
  readonly nodes = [this.#glass, this.#slot];

  constructor(actions: PanelActions) {
    this.#fetchAgain.addEventListener('click', () => actions.fetchAgain());
    this.#prompt = new PromptView(actions);
    this.#run = new RunView(actions);
    this.#answer = new AnswerView(this.#run.node);
    this.#glass.hidden = true;
  }

  show(shown: PanelContent): void {
    const { scene, isEditable, canUndo, light, isRecordLost } = shown;
    const { asked, strings, problems, isPending } = scene;
    const isWaiting = isPending && asked === null && light.isBlank;
    this.#frame(asked !== null || problems.length > 0 || isWaiting, shown);
    setText(this.#waiting, strings.fetchingTask);
    setText(this.#fetchAgain, strings.retry);
    const hadFocus = this.#fetchAgain.matches(':focus');
    this.#say(problems);
    if (asked) {
      const { task, shots } = asked;
      this.#prompt.update({ task, shots, isEditable, canUndo, strings });
      this.#answer.update(answerContent(shown));
      this.#run.update(runStatus({ ...shown, asked }, strings), strings);
    }
    setChildren(this.#glass, [
      problems.length > 0 ? this.#problems : null,
      isRecordLost ? this.#fetchAgain : null,
      isWaiting ? this.#waiting : null,
      asked ? this.#prompt.node : null,
      asked ? this.#answer.node : null,
    ]);
    if (hadFocus && !isRecordLost) this.#run.node.focus();
  }

  /** What should never happen: a sentence, and what the page has. */
  fail(error: unknown, strings: Strings): void {
    this.#say([strings.unexpected(problemOf(error).message)]);
    setChildren(this.#glass, [this.#problems]);
    this.#glass.hidden = false;
    this.#slot.hidden = false;
  }

  #frame(isShown: boolean, { scene, isTouched, light, isEditable }: PanelContent): void {
    const hasOwnContent = light.recorded !== null || light.query !== null || light.hasUnreadTable;
    this.#glass.hidden = !isShown;
    this.#slot.hidden = !scene.isPageShown;
    setAttributes(this.#glass, {
      lang: scene.strings.language,
      'data-editable': isEditable,
      // On paper, what the author wrote, unless the reader sees something else.
      'data-print': hasOwnContent && !isTouched ? 'page' : null,
    });
  }

  #say(problems: readonly string[]): void {
    const said = [...this.#problems.children].map((node) => node.textContent);
    if (said.join('\n') === problems.join('\n')) return;
    this.#problems.replaceChildren(...problems.map((text) => h('p', { dir: 'auto' }, text)));
  }
}

function answerContent({ scene, live }: PanelContent): AnswerContent {
  const { asked, recorded, isPending, strings } = scene;
  const answer = asked && live.isWanted ? live.answerTo(asked) : null;
  const base = { shots: asked?.shots ?? 0, isBusy: live.isAsking, strings };
  if (asked && answer) {
    const { reading, info } = answer;
    const isLadder = reading.view === 'ladder';
    // Of a ladder, the others may still run.
    const isLive = !isLadder || reading.rungs.some(({ shots }) => shots === asked.shots);
    return {
      ...base,
      isBusy: live.isAsking && !(isLadder && isLive),
      reading: isLadder ? mergedLadder(asked, answer, recorded) : reading,
      absence: strings.running,
      origin: isLive || !recorded ? 'live' : 'recorded',
      source: strings.liveBy(modelName(info), info.sha256),
      verdict: verdict(reading, info.sha256, recorded, strings),
    };
  }
  const absence = live.isAsking ? strings.running : isPending ? strings.waiting : strings.noRecord;
  return {
    ...base,
    reading: recorded?.reading ?? null,
    absence,
    origin: recorded ? 'recorded' : null,
    source: recorded?.source ?? '',
    verdict: '',
  };
}

function verdict(
  reading: NonNullable<AnswerContent['reading']>,
  sha256: string,
  recorded: Scene['recorded'],
  strings: Strings,
): string {
  if (recorded?.sha256 == null) return '';
  if (recorded.sha256 !== sha256) return strings.other;
  if (reading.view === 'text' && recorded.reading.view === 'text') {
    return reading.text === recorded.reading.text ? strings.sameText : strings.otherText;
  }
  const difference = largestDifference(reading, recorded.reading);
  if (difference === null) return '';
  return difference <= TOLERANCE ? strings.same : strings.differs(formatPoints(difference));
}
