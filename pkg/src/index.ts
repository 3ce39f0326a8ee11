/**
 * shotglass: a small quantized GPT in the page, with the exact probability of every next token.
 *
 * {@link Model.load} loads a model in a worker; {@link renderPrompt} builds prompts for it.
 *
 * @packageDocumentation
 */

export type { AdapterFile } from './adapters/files.js';
export type {
  AdapterInfo,
  AdapterTarget,
  FreshAdapter,
  PlannedExample,
  TrainingPlan,
  TrainingStep,
  TrainSettings,
} from './adapters/types.js';
export { type ErrorCode, ShotglassError } from './errors.js';
export { type CachedModel, listCached, removeCached } from './files/cached.js';
export { defaultModel, type KnownModel } from './files/default-model.js';
export type {
  ByteReader,
  ByteStream,
  FileSource,
  FileSources,
  ModelSource,
  NamedSource,
} from './files/source.js';
export {
  type ActiveAdapter,
  Adapter,
  type AdapterSource,
  type SaveAdapterOptions,
} from './model/adapter.js';
export { Model } from './model/model.js';
export type {
  AllowedTokens,
  AnyPrompt,
  AttentionOptions,
  Edit,
  EditOptions,
  EmbedOptions,
  GenerateOptions,
  GenerationState,
  LensOptions,
  LoadOptions,
  LogprobsOptions,
  PerplexityOptions,
  PerplexityProgress,
  PredictOptions,
  Reference,
  RunOptions,
  SamplingOptions,
  ScoreOptions,
  ScoreRequest,
  StatesOptions,
  SurprisalOptions,
} from './model/options.js';
export type { RemoteModel } from './model/remote/remote-model.js';
export type {
  Capabilities,
  ConnectOptions,
  RemoteInfo,
  RemotePrediction,
  RemoteRest,
} from './model/remote/types.js';
export {
  type AnswerExample,
  type TextExample,
  Training,
  type TrainingExample,
  type TrainingLoss,
  type TrainingReceipt,
  type TrainOptions,
} from './model/training.js';
export type { ChatMessage } from './prompt/chat.js';
export { applyFix, applyMend, type Change, type TaskPlace, type TextPlace } from './prompt/fix.js';
export { type Finding, type LintCode, lint } from './prompt/lint.js';
export { type ParsedPrompt, type ParseHint, parsePrompt } from './prompt/parse.js';
export { renderPrompt } from './prompt/render.js';
export {
  type Demonstration,
  type Prompt,
  type RenderOptions,
  type Span,
  type Task,
  type Template,
  templateParts,
} from './prompt/task.js';
export {
  type AnyLabel,
  type Classification,
  type ClassifyOptions,
  classify,
  classifyByChannel,
  contentFree,
  contentFreePrompts,
  type Label,
  type LabelReading,
  type Normalization,
  normalizations,
  type Rule,
  readLabels,
  rules,
  taskLabels,
} from './scoring/classify.js';
export { answerLogprob, type WordReader, wordLogprob } from './scoring/whole-word.js';
export { wordGoesOn } from './scoring/word-end.js';
export type { SpelledToken, Spelling } from './scoring/word-found.js';
export {
  type ContinuationNode,
  type Continuations,
  type ContinuationsOptions,
  continuations,
  type Word,
} from './scoring/words.js';
export { compareSnapshots, type SnapshotDifference } from './snapshot/compare.js';
export {
  type CompareOptions,
  compareResults,
  type RecordedResult,
  type ResultFigure,
} from './snapshot/figures.js';
export {
  type ElementHtmlOptions,
  type ElementTable,
  elementHtml,
  type SnapshotHtmlOptions,
  type SnapshotView,
  snapshotHtml,
} from './snapshot/html.js';
export type {
  Snapshot,
  SnapshotModel,
  SnapshotShots,
  SnapshotToken,
} from './snapshot/index.js';
export { parseSnapshot } from './snapshot/parse.js';
export { type SnapshotOptions, type SnapshotProgress, takeSnapshot } from './snapshot/take.js';
export type {
  Attention,
  CallOptions,
  Candidate,
  Completion,
  EachScore,
  Finish,
  Forms,
  GeneratedToken,
  GenerateStep,
  Keeping,
  Lens,
  LensEntry,
  LoadProgress,
  ManyScores,
  ModelInfo,
  NamedToken,
  Perplexities,
  Perplexity,
  Prediction,
  Rest,
  Retry,
  RunProgress,
  Sampled,
  Score,
  ScoredToken,
  States,
  SurprisalEntry,
  Token,
} from './types.js';
export { type Build, type Features, features } from './util/features.js';
export type { Step } from './util/step.js';
export { version } from './version.js';
