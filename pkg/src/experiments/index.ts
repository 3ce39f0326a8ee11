/**
 * `shotglass/experiments`: experiments on few-shot prompts. Each has a pure function that plans the prompts
 * to score, and an async generator that yields partial results.
 *
 * ```ts
 * for await (const { done, total, result } of shots(model, task)) console.log(done, total, result);
 * ```
 *
 * @packageDocumentation
 */
export type { CsvOptions } from '../format/csv.js';
export { type Random, random } from '../math/random.js';
export {
  type Accuracy,
  accuracy,
  bitsPerByte,
  brier,
  confusionMatrix,
  entropy,
  exactMatch,
  expectedCalibrationError,
  f1,
  type Interval,
  macroF1,
  mcnemar,
  normalizeAnswer,
  type PairedCounts,
  pairedInterval,
  perplexity,
  type ReliabilityBin,
  reliability,
  standardDeviation,
  wilson,
} from '../math/statistics.js';
export type { Step } from '../util/step.js';
export {
  type AttributionOptions,
  type AttributionResult,
  attribution,
  type Part,
  type PartEffect,
  type PlannedAttribution,
  type PlannedPart,
  planAttribution,
} from './attribution.js';
export { type ChoosingModel, choose } from './choose/index.js';
export { choiceMethods, type PlannedChoice, planChoose } from './choose/plan.js';
export type {
  Choice,
  ChoiceMethod,
  ChooseOptions,
  ChooseResult,
  ChosenForRow,
  ChosenRow,
  MethodAccuracy,
} from './choose/types.js';
export {
  type Comparison,
  contextualCalibration,
  type ExperimentOptions,
  referenceOf,
} from './compare.js';
export { compareModels } from './compare-models/index.js';
export type {
  CompareModelsOptions,
  ModelComparison,
  ModelDifference,
  ModelResult,
  NamedModel,
  QueryReading,
} from './compare-models/types.js';
export { curvePoint } from './evaluate/cells.js';
export { type HeldOut, type HoldOutOptions, holdOut } from './evaluate/hold-out.js';
export { evaluate } from './evaluate/index.js';
export {
  compareEvaluations,
  type PairedCell,
  type PairedEvaluation,
  type PairedPoint,
} from './evaluate/paired.js';
export type { EvaluatedModel, EvaluateOptions } from './evaluate/plan.js';
export { toCsv, toJsonl } from './evaluate/results.js';
export type {
  Cell,
  CurvePoint,
  EvaluatedRow,
  Evaluation,
  LabelFigures,
  NotRun,
  TextAnswer,
  TextFigures,
} from './evaluate/types.js';
export {
  type FormatOptions,
  type FormatReading,
  type FormatResult,
  format,
  type NamedTemplate,
  type PlannedFormat,
  planFormat,
} from './format.js';
export {
  type HeadPattern,
  type HeadScores,
  type HeadsResult,
  headPatterns,
  heads,
  headTargets,
} from './heads.js';
export {
  type Answer,
  type DemonstrationInfluence,
  type Effect,
  type InfluenceOptions,
  type InfluenceResult,
  influence,
  type PlannedInfluence,
  planInfluence,
} from './influence.js';
export {
  type LabelsOptions,
  type LabelsReading,
  type LabelsResult,
  type LabelVariant,
  labels,
  labelVariants,
  type PlannedLabels,
  planLabels,
} from './labels.js';
export {
  type FollowedAnswer,
  type LensExperimentOptions,
  type LensReading,
  type LensResult,
  lens,
  type PlannedLens,
  planLens,
} from './lens.js';
export {
  type LimeInfluence,
  type LimeOptions,
  type LimeResult,
  lime,
  type PlannedMask,
  planLime,
} from './lime.js';
export {
  type ManyShotsOptions,
  type ManyShotsReading,
  type ManyShotsResult,
  manyShots,
  type PlannedManyShots,
  planManyShots,
} from './many-shots.js';
export {
  type MinimalPair,
  type MinimalPairsOptions,
  type MinimalPairsResult,
  minimalPairs,
  type PairFound,
  type PairPart,
  type PairReading,
  type ParadigmAccuracy,
  type SentenceReading,
} from './minimal-pairs/index.js';
export { ownPairs } from './minimal-pairs/own-pairs.js';
export {
  type OrderOptions,
  type OrderReading,
  type OrderResult,
  order,
  type PlannedOrder,
  planOrder,
} from './order.js';
export { type PatchedModel, patch } from './patch/index.js';
export { planPatch } from './patch/plan.js';
export type {
  PatchColumn,
  PatchedCell,
  PatchOptions,
  PatchPlace,
  PatchResult,
  PatchRun,
  PatchSize,
  PlannedPatch,
} from './patch/types.js';
export type { Outcome, PlannedPrompt, QueryOptions, ShownOptions } from './planned.js';
export { probe } from './probe/index.js';
export { planProbe } from './probe/plan.js';
export type {
  PlannedProbe,
  PlannedState,
  ProbeLayer,
  ProbeOptions,
  ProbeReading,
  ProbeResult,
} from './probe/types.js';
export {
  type PlannedShots,
  planShots,
  type ShotsOptions,
  type ShotsReading,
  type ShotsResult,
  shots,
} from './shots.js';
export { type ControlVectorOptions, controlVectorGguf } from './steer/gguf.js';
export {
  type ContrastOptions,
  contrast,
  type Direction,
  type SteerOptions,
  steer,
  steering,
} from './steer/index.js';
export {
  type EvaluateTaskVectorOptions,
  evaluateTaskVector,
  type TaskVectorEvaluation,
} from './task-vector/evaluate.js';
export {
  type PlannedTaskVector,
  planTaskVector,
  type TaskVectorOptions,
  type TaskVectorReading,
  type TaskVectorResult,
  taskVector,
} from './task-vector/index.js';
