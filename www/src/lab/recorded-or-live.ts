import { type Classification, defaultModel } from 'shotglass';
import { type Headline, headlineOf } from '../answer/headline.ts';
import {
  type Ladder,
  ladderOf as ladderFrom,
  ladderKey,
  ladderShots,
  type Rungs,
} from '../answer/ladder/ladder.ts';
import type { Draw } from '../answer/text/generation.ts';
import type { Tree } from '../answer/tree/tree.ts';
import type { Answer, Origin } from '../app/answer.ts';
import type { JobState } from '../app/job.ts';
import type { LabModel } from '../app/lab-model.ts';
import type { Models } from '../app/models.ts';
import { presetOf } from '../app/own-task.ts';
import { type Probe, probe } from '../app/probe.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import type { LabPrompt } from '../app/prompt.ts';
import { isPlain, type Settings } from '../app/settings.ts';
import { modelName } from '../app/source.ts';
import type { Draft, LabState } from '../app/state.ts';
import { presetById } from '../presets/index.ts';
import type { Preset } from '../presets/preset.ts';
import { leadRecorded, predictionFrom, recordedOf } from '../recorded/index.ts';
import type { Recorded, RecordedModel, RecordedShots, ToldPrediction } from '../recorded/types.ts';
import type { Sent } from '../share/sent.ts';
import { latest } from '../util/latest.ts';
import { type Prospect, prospect } from './prospect.ts';
import { isInOrder, ladderOf } from './recorded/ladder.ts';
import { type PromptToken, promptTokens } from './recorded/prompt-tokens.ts';
import {
  type NextWords,
  nextWords,
  type Place,
  placeOf,
  type QueryResult,
  type RecordedQuery,
  recordedQueries,
} from './recorded/queries.ts';
import { type Agreement, agreementOf, answerFrom, recordedText } from './recorded/reading.ts';
import { solutionOf } from './recorded/solution.ts';
import { classificationOf, drawOf, treeOf } from './recorded/views.ts';
import { Sender } from './sender.ts';

/** The model is needed, and is on the device or would have to be fetched. */
export interface Need {
  isKept: boolean;
  /** How much there is to download. */
  bytesLeft: number;
}

/** The part of the lab that the model answers in. */
interface Live {
  readonly state: LabState;
  readonly settings: Settings;
  readonly prompt: LabPrompt;
  readonly models: Models;
  readonly answer: { readonly jobState: JobState<Answer> };
  readonly classification: { readonly jobState: JobState<Classification | null> };
  readonly generation: { readonly jobState: JobState<Draw[]> };
  readonly tree: { readonly jobState: JobState<Tree> };
  readonly ghost: { readonly jobState: JobState<string> };
  readonly ladder: { readonly jobState: JobState<Rungs> };
}

/** The page before a model is loaded: what is recorded or was sent, and the way from there to the model itself. */
export class First {
  /** Of the preset that the draft came from; null while it is fetched. */
  recorded: Recorded | null = leadRecorded;
  /** Why there is none. */
  problem: Problem | null = null;
  probe: Probe | null = null;
  keeping: Prospect = null;
  /** How much of the default model there is to download. */
  bytesLeft = defaultModel.bytes;
  /** What a link brought. A record of the same prompt goes before it, for the project has checked that. */
  readonly sender = new Sender();
  /** Something was asked for that is in no record. */
  #wanted = false;
  /** The reader does not want it: it is not offered by surprise again. */
  #declined = false;
  // What a record says of a prompt is made once, so that nothing is drawn twice.
  readonly #answerOf = latest((told: ToldPrediction, text: string, topK: number, origin: Origin) =>
    answerFrom(predictionFrom(told), text, topK, origin),
  );
  readonly #queriesOf = latest((recorded: Recorded) =>
    recordedQueries(presetById(recorded.id), recorded),
  );
  readonly #placeOf = latest((preset: Preset, recorded: Recorded | null, text: string) => {
    // While the record is fetched its default query is known.
    const queries = recorded ? this.#queriesOf(recorded) : [{ query: preset.task.query ?? '' }];
    return placeOf(preset, queries, text);
  });
  readonly #wordsOf = latest(nextWords);
  readonly #treeOf = latest(treeOf);
  readonly #labelsOf = latest(classificationOf);
  readonly #tokensOf = latest(promptTokens);
  readonly #ladderOf = latest(ladderOf);
  readonly #headlineOf = latest(headlineOf);
  readonly #climbed = latest(
    (rungs: Rungs | null, draft: Draft, settings: Settings, of: Classification | null) =>
      ladderFrom(rungs, { draft, ...settings, classification: of }),
  );

  constructor(
    private readonly lab: Live,
    private readonly changed: () => void,
  ) {}

  /** What to draw as the answer: the model's, as soon as there is one. Without a prediction nothing is known. */
  get jobState(): JobState<Answer> {
    const { jobState } = this.lab.answer;
    if (jobState.result?.prediction) return jobState;
    const answer = this.#answer();
    if (!answer) return jobState;
    const { tokens, tokensOf } = jobState.result ?? answer;
    return { ...jobState, of: answer.predictionOf, result: { ...answer, tokens, tokensOf } };
  }

  /** The labels to draw: the model's, as soon as there are any; before that those of the plain sum. */
  get classification(): JobState<Classification | null> {
    const { jobState } = this.lab.classification;
    const told = this.#told;
    if (!told?.classification || !isPlain(this.lab.settings)) return jobState;
    return { ...jobState, of: this.lab.prompt.text, result: this.#labelsOf(told) };
  }

  /** The texts to draw: before there is a model the one that is recorded. */
  get generation(): JobState<Draw[]> {
    const { jobState } = this.lab.generation;
    const at = this.#at;
    const { text } = this.lab.prompt;
    return at ? { ...jobState, of: text, result: [drawOf(at, text)] } : jobState;
  }

  /** The answer in one word; null while it is not known of the prompt as it stands. */
  get headline(): Headline | null {
    const { text } = this.lab.prompt;
    const { jobState, classification } = this;
    const tree = this.tree.result;
    return this.#headlineOf(
      classification.of === text ? classification.result : null,
      tree?.prompt === text ? tree : null,
      jobState.result?.predictionOf === text ? jobState.result.prediction : null,
    );
  }

  /** What the model would write next, live or recorded; empty where that is not known of this prompt. */
  get ghost(): string {
    const { jobState } = this.lab.ghost;
    const { text } = this.lab.prompt;
    if (jobState.of === text) return jobState.result ?? '';
    return this.#at?.text.map((token) => token.text).join('') ?? '';
  }

  /**
   * The ladder, until the model has climbed all of its own: what is recorded of that model is what it is going to say. Null
   * where one of its prompts is neither recorded nor sent.
   */
  get ladder(): Ladder | null {
    const { place, sent } = this;
    const { draft } = this.lab.state;
    if (sent) return this.sender.ladder(sent, draft);
    const preset = presetOf(draft);
    const asked = place && this.queries[place.query];
    if (!asked || !preset || !isInOrder(draft, preset) || this.#hasClimbed) return null;
    return this.#ladderOf(asked, place.shots);
  }

  /** The ladder to draw: as it is known, else as far as the model has climbed it. */
  get drawnLadder(): Ladder {
    const { ladder, classification } = this;
    const { prompt, state, settings } = this.lab;
    const labels = classification.of === prompt.text ? classification.result : null;
    const { result } = this.lab.ladder.jobState;
    return ladder ?? this.#climbed(result, state.draft, settings, labels);
  }

  /** Whether the ladder of the model that is loaded is to be drawn, as far as it has come. */
  get #hasClimbed(): boolean {
    const { models, settings, state, ladder } = this.lab;
    if (!models.model) return false;
    if (models.model.info.sha256 !== this.recordedModel.sha256 || !isPlain(settings)) return true;
    const { result } = ladder.jobState;
    const all = ladderShots(state.draft.task.demonstrations.length);
    return (
      result?.rungs.length === all.length &&
      result.key === ladderKey(state.draft, settings.comparison)
    );
  }

  /** The words that may come next, where there is no model to look for any. */
  get words(): NextWords | null {
    const told = this.#told;
    return told && told.words.length > 0 ? this.#wordsOf(told, this.lab.prompt.text) : null;
  }

  /** The words to draw: before there is a model those of the record or the sender. */
  get tree(): JobState<Tree> {
    const { jobState } = this.lab.tree;
    const { words } = this;
    if (!words) return jobState;
    return { ...jobState, of: words.of, result: this.#treeOf(words) };
  }

  /** The recorded tokens of the prompt, where there is no model to cut it; null where they are not recorded. */
  get promptTokens(): readonly PromptToken[] | null {
    const { shots } = this;
    const recorded = this.#record;
    if (!recorded || shots === null || this.lab.models.model) return null;
    return this.#tokensOf(recorded, shots, this.lab.prompt.text);
  }

  /** The words and labels that are known of the prompt as it stands, where there is no model to ask. */
  get #told(): Pick<QueryResult, 'words' | 'classification'> | null {
    return this.#result ?? this.sent;
  }

  /** What is recorded of the default query; null where another is asked, or there is a model to ask. */
  get #at(): RecordedShots | null {
    const { shots } = this;
    if (this.lab.models.model || shots === null) return null;
    return this.#record?.results[shots] ?? null;
  }

  /** What is recorded of the prompt as it stands; null where there is a model to ask, or no record. */
  get #result(): QueryResult | null {
    const { place } = this;
    if (this.lab.models.model || !place) return null;
    return this.queries[place.query]?.results[place.shots] ?? null;
  }

  /** What came with a link of the prompt as it stands; null where there is a model to ask, or a record. */
  get sent(): Sent | null {
    return this.lab.models.model || this.#result ? null : this.sentOf;
  }

  /** The same, whether or not there is a model: what it is to be asked about. */
  get sentOf(): Sent | null {
    const { prompt, state, settings } = this.lab;
    return this.sender.of(prompt.text, state.draft, settings);
  }

  /** Null where nothing is known of the prompt as it stands. */
  get origin(): Origin | null {
    if (this.lab.answer.jobState.result?.prediction) return 'live';
    if (this.place && this.#record) return 'recorded';
    return this.sent ? 'sent' : null;
  }

  /** The record of the draft's preset; null until it is there, and of a task of the reader's own. */
  get #record(): Recorded | null {
    return this.recorded?.id === presetOf(this.lab.state.draft)?.id ? this.recorded : null;
  }

  /** The recorded queries of the preset, the default one first; empty while its record is fetched. */
  get queries(): readonly RecordedQuery[] {
    const recorded = this.#record;
    return recorded ? this.#queriesOf(recorded) : none;
  }

  /** Which recorded query the prompt, as it stands, asks after how many shots; null if it asks none. */
  get place(): Place | null {
    const { prompt, state } = this.lab;
    const preset = presetOf(state.draft);
    return preset && this.#placeOf(preset, this.#record, prompt.text);
  }

  /** The right answer to the query as it stands; null where none is known. */
  get solution(): string | null {
    return solutionOf(this.lab.state.draft, this.queries);
  }

  /** After how many shots the prompt, as it stands, asks the default query; null if it does not. */
  get shots(): number | null {
    const { place } = this;
    return place?.query === 0 ? place.shots : null;
  }

  /** The model that was asked of the preset; while its record is fetched, that of the first. */
  get recordedModel(): RecordedModel {
    return (this.#record ?? leadRecorded).model;
  }

  /** Whose the recorded numbers are, where another model is loaded: they are none of that one's. Null otherwise. */
  get measuredWith(): string | null {
    const { model } = this.lab.models;
    const { recordedModel } = this;
    const isOther = model !== null && model.info.sha256 !== recordedModel.sha256;
    return isOther ? modelName(recordedModel) : null;
  }

  /** Looks at this device, once the page has been drawn. */
  async look(): Promise<void> {
    // The page may have opened on another task than the first.
    void this.fetch();
    const looked = Promise.all([probe(), prospect()]);
    [this.probe, { keeping: this.keeping, bytesLeft: this.bytesLeft }] = await looked;
    this.changed();
    // What is on the device already costs nobody anything.
    if (this.keeping === 'is kept') this.#load();
  }

  /** Why the page asks whether to load the model: the prompt cannot be answered without. Null where it need not. */
  get need(): Need | null {
    const { model, loading, problem } = this.lab.models;
    if (model || loading || problem || !this.probe || this.probe.obstacle) return null;
    if (this.#isKnown && !this.#wanted) return null;
    return { isKept: this.keeping === 'is kept', bytesLeft: this.bytesLeft };
  }

  /** Called with every change of what is asked. */
  asked(): void {
    void this.fetch();
  }

  /** Whether all that the page is asked for is in the record, or came with the link. */
  get #isKnown(): boolean {
    const { settings } = this.lab;
    const { sent } = this;
    if (!this.place && !sent) return false;
    const most = sent?.prediction?.candidates.length ?? listed;
    return settings.topK <= most && isPlain(settings);
  }

  /** Called for something that is in no record. A download is for the reader to begin. */
  want(): void {
    this.#wanted = true;
    if (this.keeping === 'is kept') this.#load();
    this.changed();
  }

  #load(): void {
    const { model, loading, problem } = this.lab.models;
    if (model || loading || problem || this.#declined || this.probe?.obstacle) return;
    void this.lab.models.load({ kind: 'default' });
  }

  /** Whether what is loading is to answer a prompt of which nothing is known. */
  get byEdit(): boolean {
    const { model, loading } = this.lab.models;
    return !model && loading !== null && !this.#isKnown;
  }

  cancel(): void {
    this.#declined = true;
    this.lab.models.cancel();
  }

  /** The model's own word on a recorded prompt: on this one if it is recorded, else on the preset's. */
  async agreement(preset: Preset, model: LabModel, signal: AbortSignal): Promise<Agreement> {
    const recorded = await recordedOf(preset.id);
    if (model.info.sha256 !== recorded.model.sha256) return { kind: 'other' };
    const shots = this.shots ?? preset.shots;
    const at = recorded.results[shots];
    if (!at) throw new Error(`${preset.id} is not recorded for ${shots} shots.`);
    const logprobs = await model.logprobs(recordedText(preset, shots), { signal });
    return { ...agreementOf(at, logprobs), preset: preset.id };
  }

  /** The record of the preset, which all but the first fetch. Without it there are no numbers. The next edit tries again. */
  async fetch(): Promise<void> {
    const preset = presetOf(this.lab.state.draft)?.id;
    if (!preset) this.problem = null;
    if (!preset || this.recorded?.id === preset) return;
    this.recorded = null;
    let recorded: Recorded | null = null;
    let problem: Problem | null = null;
    try {
      recorded = await recordedOf(preset);
    } catch (error) {
      problem = problemOf(error);
    }
    if (presetOf(this.lab.state.draft)?.id !== preset) return;
    this.recorded = recorded;
    this.problem = problem;
    this.changed();
  }

  /** The answer that is recorded or was sent; null where there is none. */
  #answer(): Answer | null {
    const prediction = this.#at ?? this.sent?.prediction;
    const { origin } = this;
    const { prompt, settings } = this.lab;
    return prediction && origin
      ? this.#answerOf(prediction, prompt.text, settings.topK, origin)
      : null;
  }
}

const none: readonly RecordedQuery[] = [];

/** How many candidates a record has. */
const listed = 10;
