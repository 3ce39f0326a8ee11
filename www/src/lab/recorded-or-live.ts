import { type Classification, defaultModel, listCached, type Model } from 'shotglass';
import { type Headline, headlineOf } from '../answer/headline.ts';
import type { Ladder } from '../answer/ladder/ladder.ts';
import type { Draw } from '../answer/text/generation.ts';
import type { Tree } from '../answer/tree/tree.ts';
import type { Answer } from '../app/answer.ts';
import type { JobState } from '../app/job.ts';
import type { ModelSlot } from '../app/model-slot.ts';
import { type Probe, probe } from '../app/probe.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import type { LabPrompt } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import type { LabState } from '../app/state.ts';
import { presetById } from '../presets/index.ts';
import { leadRecorded, recordedOf } from '../recorded/index.ts';
import type { Recorded, RecordedShots } from '../recorded/types.ts';
import { ladderOf } from './recorded/ladder.ts';
import {
  type Agreement,
  agreementOf,
  recordedAnswer,
  recordedShots,
  recordedText,
} from './recorded/reading.ts';
import { classificationOf, drawOf } from './recorded/views.ts';

/**
 * Where the numbers come from that are shown: computed in this tab, recorded of this very prompt, or recorded of an
 * earlier one.
 */
export type Origin = 'live' | 'recorded' | 'outdated';

/** Whether a download is kept for the next visit; null while that is not known. */
export type Prospect = 'is kept' | 'will be kept' | 'not kept' | null;

/** The part of the lab that the model answers in. */
interface Live {
  readonly state: LabState;
  readonly settings: Settings;
  readonly prompt: LabPrompt;
  readonly slot: ModelSlot;
  readonly answer: { readonly jobState: JobState<Answer> };
  readonly classification: { readonly jobState: JobState<Classification | null> };
  readonly generation: { readonly jobState: JobState<Draw[]> };
  readonly tree: { readonly jobState: JobState<Tree> };
  readonly ghost: { readonly jobState: JobState<string> };
}

/** The page before a model is loaded: what is recorded, and the way from there to the model itself. */
export class First {
  /** Of the preset that the draft came from; null while it is fetched. */
  recorded: Recorded | null = leadRecorded;
  /** Why there is none. */
  problem: Problem | null = null;
  probe: Probe | null = null;
  keeping: Prospect = null;
  /** The reader does not want it: it is not offered by surprise again. */
  #declined = false;
  /** Something has asked for the model, be it before the device was looked at. */
  #wanted = false;
  #shown: { recorded: Recorded; shots: number; topK: number; answer: Answer } | null = null;
  /** Where a prompt was found among the recorded ones, so that it is looked for once. */
  #found: { prompt: LabPrompt; shots: number | null } | null = null;

  constructor(
    private readonly lab: Live,
    private readonly changed: () => void,
  ) {}

  /** What to draw as the answer: the model's, as soon as there is one. */
  get jobState(): JobState<Answer> {
    const { jobState } = this.lab.answer;
    if (jobState.result?.prediction) return jobState;
    const answer = this.#answer();
    const { tokens, tokensOf } = jobState.result ?? answer;
    return { ...jobState, of: answer.predictionOf, result: { ...answer, tokens, tokensOf } };
  }

  /** The labels to draw: the model's, as soon as there are any; of a record those of the plain sum. */
  get classification(): JobState<Classification | null> {
    const { jobState } = this.lab.classification;
    const at = this.#at();
    if (!at || !isPlain(this.lab.settings)) return jobState;
    return { ...jobState, of: this.lab.prompt.text, result: classificationOf(at) };
  }

  /** The texts to draw: before there is a model the one that is recorded. */
  get generation(): JobState<Draw[]> {
    const { jobState } = this.lab.generation;
    const at = this.#at();
    const { text } = this.lab.prompt;
    return at ? { ...jobState, of: text, result: [drawOf(at, text)] } : jobState;
  }

  /** The answer in one word; null while it is not known of the prompt as it stands. */
  get headline(): Headline | null {
    const { text } = this.lab.prompt;
    const { jobState, classification } = this;
    const tree = this.lab.tree.jobState.result;
    return headlineOf({
      classification: classification.of === text ? classification.result : null,
      tree: tree?.prompt === text ? tree : null,
      prediction: jobState.result?.predictionOf === text ? jobState.result.prediction : null,
    });
  }

  /** What the model would write next, live or recorded; empty where that is not known of this prompt. */
  get ghost(): string {
    const { jobState } = this.lab.ghost;
    const { text } = this.lab.prompt;
    if (jobState.of === text) return jobState.result ?? '';
    const at = this.#at();
    return at ? at.text.map((token) => token.text).join('') : '';
  }

  /** The recorded ladder, where there is no model to climb one. */
  get ladder(): Ladder | null {
    if (this.lab.slot.model) return null;
    const { recorded, shots } = this.source;
    const { answer } = presetById(recorded.id);
    return { ...ladderOf(recorded, shots, answer), old: this.origin === 'outdated' };
  }

  /** What is recorded of the prompt as it stands; null where there is a model to ask, or no record. */
  #at(): RecordedShots | null {
    if (this.lab.slot.model || this.origin !== 'recorded') return null;
    const { recorded, shots } = this.source;
    return recorded.results[shots] ?? null;
  }

  get origin(): Origin {
    if (this.lab.answer.jobState.result?.prediction) return 'live';
    return this.#answer().predictionOf === this.lab.prompt.text ? 'recorded' : 'outdated';
  }

  /** After how many shots the prompt, as it stands, was recorded; null if it was not. */
  get shots(): number | null {
    const { prompt, state } = this.lab;
    // Every draft has a prompt of its own, so another preset is another prompt.
    if (this.#found?.prompt !== prompt) {
      const shots = recordedShots(presetById(state.draft.preset), prompt.text);
      this.#found = { prompt, shots };
    }
    return this.#found.shots;
  }

  /** The record whose numbers are shown where no live ones are: its model, and after how many shots. */
  get source(): { recorded: Recorded; shots: number } {
    this.#answer();
    return this.#shown ?? { recorded: leadRecorded, shots: 0 };
  }

  /** Looks at this device, once the page has been drawn. */
  async look(): Promise<void> {
    // The page may have opened on another task than the first.
    void this.#fetch();
    [this.probe, this.keeping] = await Promise.all([probe(), keeping()]);
    this.changed();
    if (this.#wanted) this.want();
  }

  /** Called with every change of what is asked. One that is not recorded needs the model. */
  asked(): void {
    void this.#fetch();
    const { settings } = this.lab;
    if (this.shots === null || settings.topK > listed || !isPlain(settings)) this.want();
  }

  /** Starts the download for something that only the model can do, unless that would be against the reader's will. */
  want(): void {
    const { model, loading, problem } = this.lab.slot;
    const { probe } = this;
    this.#wanted = true;
    if (model || loading || problem || this.#declined) return;
    if (!probe || probe.obstacle || (probe.savesData && this.keeping !== 'is kept')) return;
    void this.lab.slot.load({ kind: 'default' });
  }

  /** Whether what is loading is to answer an edit, and not the button. */
  get byEdit(): boolean {
    return this.lab.slot.loading !== null && this.#wanted;
  }

  cancel(): void {
    this.#declined = true;
    this.#wanted = false;
    this.lab.slot.cancel();
  }

  /** The model's own word on a recorded prompt: on this one if it is recorded, else on the preset's. */
  async agreement(model: Model, signal: AbortSignal): Promise<Agreement> {
    if (model.info.sha256 !== leadRecorded.model.sha256) return { kind: 'other' };
    const preset = presetById(this.lab.state.draft.preset);
    const shots = this.shots ?? preset.shots;
    const recorded = await recordedOf(preset.id);
    const at = recorded.results[shots];
    if (!at) throw new Error(`${preset.id} is not recorded for ${shots} shots.`);
    const logprobs = await model.logprobs(recordedText(preset, shots), { signal });
    return { ...agreementOf(at, logprobs), preset: preset.id };
  }

  /** The record of the preset, which all but the first fetch. Without it the numbers of the last one stay, dimmed. The next edit tries again. */
  async #fetch(): Promise<void> {
    const { preset } = this.lab.state.draft;
    if (this.recorded?.id === preset) return;
    this.recorded = null;
    let recorded: Recorded | null = null;
    let problem: Problem | null = null;
    try {
      recorded = await recordedOf(preset);
    } catch (error) {
      problem = problemOf(error);
    }
    if (this.lab.state.draft.preset !== preset) return;
    this.recorded = recorded;
    this.problem = problem;
    this.changed();
  }

  /** The same object for the same numbers, so that nothing is drawn twice. */
  #answer(): Answer {
    const { recorded, shots } = this;
    const { draft } = this.lab.state;
    const topK = Math.min(this.lab.settings.topK, listed);
    const last = this.#shown;
    if (last && (!recorded || shots === null)) return last.answer;
    const source = recorded ?? leadRecorded;
    const at = Math.min(shots ?? draft.shots, source.results.length - 1);
    if (last?.recorded === source && last.shots === at && last.topK === topK) return last.answer;
    const text = recordedText(presetById(source.id), at);
    const answer = recordedAnswer(source, { shots: at, text, topK });
    this.#shown = { recorded: source, shots: at, topK, answer };
    return answer;
  }
}

/** Labels are recorded by the plain sum, compared with nothing. */
function isPlain({ rule, comparison }: Settings): boolean {
  return rule === 'sum' && comparison === 'nothing';
}

/** How many candidates a record has. */
const listed = 10;

/** What the package does with a download, where it says so. */
async function keeping(): Promise<Prospect> {
  try {
    const cached = await listCached();
    const isKept = cached.some(
      ({ sha256, complete }) => complete && sha256 === defaultModel.sha256,
    );
    if (isKept) return 'is kept';
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    return quota - usage > defaultModel.bytes ? 'will be kept' : 'not kept';
  } catch {
    // A browser that gives this page no storage keeps nothing.
    return 'not kept';
  }
}
