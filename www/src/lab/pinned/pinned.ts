import type { Classification } from 'shotglass';
import type { PinnedView } from '../../answer/compare/pinned-view.ts';
import { type Held, type SideBySide, sideBySide } from '../../answer/compare/side-by-side.ts';
import { type Ladder, ladderKey, ladderOf, type Rungs } from '../../answer/ladder/ladder.ts';
import { climb, climbCalls } from '../../answer/ladder/ladder-run.ts';
import { greedy } from '../../answer/text/generation.ts';
import { growth, type Tree } from '../../answer/tree/tree.ts';
import type { ChatTemplate } from '../../app/chat.ts';
import type { Job } from '../../app/job.ts';
import { type LabModel, lackOf } from '../../app/lab-model.ts';
import type { Models } from '../../app/models.ts';
import { labelsOf } from '../../app/own-task.ts';
import { askedOf, type LabPrompt, promptOf } from '../../app/prompt.ts';
import { type Settings, viewOf } from '../../app/settings.ts';
import type { Draft, LabState } from '../../app/state.ts';
import { type SentCheck, verifySent } from '../../share/receipt-check.ts';
import type { Sent } from '../../share/sent.ts';
import { latest } from '../../util/latest.ts';
import { Classifier } from '../classification.ts';
import { solutionOf } from '../recorded/solution.ts';
import type { First } from '../recorded-or-live.ts';
import { type JobRequest, type Step, step } from '../schedule.ts';
import { PinnedTold, type Told } from './told.ts';

/** The part of the lab that a pinned prompt is set beside. */
interface Lab {
  readonly state: LabState;
  readonly settings: Settings;
  readonly prompt: LabPrompt;
  readonly chat: ChatTemplate | null;
  readonly first: First;
  readonly models: Models;
}

/** A prompt that the reader has pinned, and what the model says of it, to be set beside the present one in every view. */
export class Pinned {
  held: Held | null = null;
  /** The tokens of both prompts. */
  readonly sideBySide: Job<SideBySide>;
  readonly classification: Job<Classification | null>;
  readonly tree: Job<Tree>;
  readonly text: Job<string>;
  readonly ladder: Job<Rungs>;
  /** Whether the model here says of it what the sender of a link has seen. */
  readonly check: Job<SentCheck>;
  readonly #told = new PinnedTold();
  readonly #viewOf = latest(pinnedView);
  readonly #classifier = new Classifier();
  readonly #drawn = latest((rungs: Rungs, draft: Draft, settings: Settings) =>
    ladderOf(rungs, { draft, ...settings, classification: null }),
  );

  constructor(
    private readonly lab: Lab,
    newJob: <Result>() => Job<Result>,
  ) {
    this.sideBySide = newJob();
    this.classification = newJob();
    this.tree = newJob();
    this.text = newJob();
    this.ladder = newJob();
    this.check = newJob();
  }

  release(): void {
    this.held = null;
    for (const job of [this.sideBySide, this.classification, this.tree, this.text, this.ladder])
      job.reset();
    this.check.reset();
  }

  /** What the sender of a link has seen of it; null where no link brought that. */
  get sent(): Sent | null {
    const { held } = this;
    const { first, settings } = this.lab;
    return held && first.sender.ofPinned(held.text, held.draft, settings);
  }

  /** To be called where the form of conversations has become another. */
  rewrite(): void {
    const { held } = this;
    if (held?.draft.chat)
      this.held = { draft: held.draft, text: promptOf(held.draft, this.lab.chat).text };
  }

  /** What to draw of it; null where nothing is pinned. */
  get view(): PinnedView | null {
    const { held, sent } = this;
    if (!held) return null;
    const jobs = [this.sideBySide.jobState, this.text.jobState] as const;
    const { note, told, classification, tree, ladder } = this.lab.models.model
      ? this.#live(held, sent)
      : this.#told.view(held, sent, this.lab);
    return this.#viewOf(held, ...jobs, note, told, classification, tree, ladder);
  }

  /** What the model here says of it. */
  #live(held: Held, sent: Sent | null): Told {
    const { of, result: check } = this.check.jobState;
    return {
      note: sent && check && of === held.text ? this.#told.checked(sent, check) : null,
      told: null,
      classification: this.classification.jobState.result,
      tree: this.tree.jobState.result,
      ladder: this.#drawnLadder(held),
    };
  }

  /** Its ladder as far as the model has climbed it. */
  #drawnLadder({ draft }: Held): Ladder | null {
    const { result } = this.ladder.jobState;
    return result && this.#drawn(result, draft, this.lab.settings);
  }

  /** What is to be known of it in the view that is open, and then, when the reader is idle, the rest. */
  readonly steps: readonly Step[] = [
    this.#step(
      'at once',
      () => this.sideBySide,
      (model, held) => {
        const { prompt, settings } = this.lab;
        const { topK } = settings;
        const key = JSON.stringify([topK, held.text, prompt.text]);
        return { key, of: prompt.text, work: sideBySide(model, held, prompt.text, topK) };
      },
    ),
    this.#step(
      'at once',
      () => this.classification,
      (model, held) => {
        const { state, settings, chat } = this.lab;
        const { labels } = askedOf(state.draft, chat).task;
        return this.#classifier.request(model, held, { settings, chat, labels });
      },
    ),
    this.#step(
      'at once',
      () => this.tree,
      (model, { text }) =>
        this.#view === 'words' ? { key: text, of: text, work: growth(model, text, []) } : null,
    ),
    this.#step(
      'at once',
      () => this.text,
      (model, { text }) =>
        this.#view === 'text' ? { key: text, of: text, work: greedy(model, text) } : null,
    ),
    this.#step(
      'experiment',
      () => this.ladder,
      (model, { draft }) => {
        if (lackOf(model, 'scores') !== null) return null;
        const { settings, chat, first } = this.lab;
        const { comparison } = settings;
        const solution = solutionOf(draft, first.queries);
        const of = ladderKey(draft, comparison);
        const key = JSON.stringify([of, solution ?? draft.shots]);
        const options = { comparison, chat, solution };
        return { key, of, work: climb(model, draft, options), calls: climbCalls(draft, options) };
      },
    ),
    this.#step(
      'idle',
      () => this.check,
      (model, { draft, text }) => {
        const { sent } = this;
        if (!sent?.prediction) return null;
        const { chat, state } = this.lab;
        const { labels } = askedOf(state.draft, chat).task;
        const asked = askedOf(draft, chat);
        // The labels are those of the present prompt.
        const both = { ...asked, task: { ...asked.task, ...(labels && { labels }) } };
        const work = verifySent(model, text, both, { ...sent, prediction: sent.prediction });
        return { key: JSON.stringify([model.info.sha256, text, sent]), of: text, work };
      },
    ),
  ];

  get #view() {
    const { settings, state, models } = this.lab;
    return viewOf(settings, labelsOf(state.draft), models.hasWords);
  }

  /** A step that does nothing while nothing is pinned. */
  #step<Result>(
    when: Step['when'],
    job: () => Job<Result>,
    request: (model: LabModel, held: Held) => JobRequest<Result> | null,
  ): Step {
    const own = () => step(when, job(), (model) => this.held && request(model, this.held));
    return { when, run: (model) => own().run(model), left: (model) => own().left(model) };
  }
}

/** The same of the same parts is the same object, so that nothing is drawn twice. */
function pinnedView(
  held: Held,
  sideBySide: PinnedView['sideBySide'],
  text: PinnedView['text'],
  note: PinnedView['note'],
  told: PinnedView['told'],
  classification: PinnedView['classification'],
  tree: PinnedView['tree'],
  ladder: PinnedView['ladder'],
): PinnedView {
  return { held, sideBySide, text, note, told, classification, tree, ladder };
}
