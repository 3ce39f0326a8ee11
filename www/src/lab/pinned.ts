import type { Classification, Model } from 'shotglass';
import { type Held, type SideBySide, sideBySide } from '../answer/compare/side-by-side.ts';
import { type Ladder, ladderKey, ladderOf, type Rungs } from '../answer/ladder/ladder.ts';
import { climb } from '../answer/ladder/ladder-run.ts';
import { greedy } from '../answer/text/generation.ts';
import { growth, type Tree } from '../answer/tree/tree.ts';
import type { ChatTemplate } from '../app/chat.ts';
import type { Job } from '../app/job.ts';
import { labelsOf } from '../app/own-task.ts';
import { askedOf, type LabPrompt } from '../app/prompt.ts';
import { type Settings, viewOf } from '../app/settings.ts';
import type { Draft, LabState } from '../app/state.ts';
import { latest } from '../util/latest.ts';
import { Classifier } from './classification.ts';
import type { RecordedQuery } from './recorded/queries.ts';
import { solutionOf } from './recorded/solution.ts';
import { type JobRequest, type Step, step } from './schedule.ts';

/** The part of the lab that a pinned prompt is set beside. */
interface Lab {
  readonly state: LabState;
  readonly settings: Settings;
  readonly prompt: LabPrompt;
  readonly chat: ChatTemplate | null;
  readonly first: { readonly queries: readonly RecordedQuery[] };
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
  }

  release(): void {
    this.held = null;
    for (const job of [this.sideBySide, this.classification, this.tree, this.text, this.ladder])
      job.reset();
  }

  /** Its ladder as far as it is known; null where nothing is pinned. */
  get drawnLadder(): Ladder | null {
    const { held } = this;
    const { result } = this.ladder.jobState;
    return held && result && this.#drawn(result, held.draft, this.lab.settings);
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
      'idle',
      () => this.ladder,
      (model, { draft }) => {
        const { settings, chat, first } = this.lab;
        const { comparison } = settings;
        const solution = solutionOf(draft, first.queries);
        const of = ladderKey(draft, comparison);
        const key = JSON.stringify([of, solution ?? draft.shots]);
        return { key, of, work: climb(model, draft, { comparison, chat, solution }) };
      },
    ),
  ];

  get #view() {
    return viewOf(this.lab.settings, labelsOf(this.lab.state.draft));
  }

  /** A step that does nothing while nothing is pinned. */
  #step<Result>(
    when: Step['when'],
    job: () => Job<Result>,
    request: (model: Model, held: Held) => JobRequest<Result> | null,
  ): Step {
    return {
      when,
      run: (model) =>
        step(when, job(), (model) => this.held && request(model, this.held)).run(model),
    };
  }
}
