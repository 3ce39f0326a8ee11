/**
 * shotglass: a quantized small GPT in the page, and the exact probability of every next token.
 *
 * {@link Model.load} starts a model in a worker; {@link renderPrompt} builds the prompts for it.
 *
 * @packageDocumentation
 */
export { type CachedModel, listCached, removeCached } from './cached.js';
export {
  type Classification,
  type ClassifyOptions,
  classify,
  classifyByChannel,
  contentFree,
  contentFreePrompts,
  type Label,
  type LabelReading,
  type Rule,
  readLabels,
  rules,
  taskLabels,
} from './classify.js';
export { defaultModel, type KnownModel } from './default-model.js';
export { type ErrorCode, ShotglassError } from './errors.js';
export type { Step } from './experiments/step.js';
export { type Build, type Features, features } from './features.js';
export { type Finding, type LintCode, lint } from './lint.js';
export { applyMend, type Change, type TaskPlace, type TextPlace } from './mend.js';
export { Model } from './model.js';
export type {
  AttentionOptions,
  CallOptions,
  GenerateOptions,
  LoadOptions,
  LogprobsOptions,
  PredictOptions,
  Reference,
  RunOptions,
  ScoreOptions,
  SurprisalOptions,
} from './model-options.js';
export { type ParsedPrompt, type ParseHint, parsePrompt } from './parse-prompt.js';
export { renderPrompt } from './prompt.js';
export type {
  Snapshot,
  SnapshotModel,
  SnapshotShots,
  SnapshotToken,
} from './snapshot.js';
export {
  type CompareOptions,
  compareSnapshots,
  type SnapshotDifference,
} from './snapshot-compare.js';
export {
  type ElementHtmlOptions,
  type ElementTable,
  elementHtml,
  type SnapshotHtmlOptions,
  type SnapshotView,
  snapshotHtml,
} from './snapshot-html.js';
export { parseSnapshot } from './snapshot-parse.js';
export { type SnapshotOptions, type SnapshotProgress, takeSnapshot } from './snapshot-take.js';
export type { ByteReader, ByteStream, FileSource, ModelSource } from './source.js';
export {
  type Demonstration,
  type Prompt,
  type RenderOptions,
  type Span,
  type Task,
  type Template,
  templateParts,
} from './task.js';
export type {
  Attention,
  Candidate,
  Finish,
  Forms,
  GeneratedToken,
  GenerateStep,
  Keeping,
  LoadProgress,
  ModelInfo,
  Prediction,
  Rest,
  Retry,
  RunProgress,
  Score,
  ScoredToken,
  SurprisalEntry,
  Token,
} from './types.js';
export { version } from './version.js';
export {
  type ContinuationNode,
  type Continuations,
  type ContinuationsOptions,
  continuations,
  type SpelledToken,
  type Spelling,
  type Word,
} from './words.js';
