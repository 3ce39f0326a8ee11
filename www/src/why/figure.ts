import type { Classification, Demonstration, Label, Normalization, Task } from 'shotglass';
import type {
  Accuracy,
  ChoiceMethod,
  Comparison,
  Direction,
  Evaluation,
  LabelVariant,
  PairedPoint,
  ParadigmAccuracy,
  ProbeReading,
  ProbeResult,
} from 'shotglass/experiments';
import type { Calibration } from './evaluate/calibrations.ts';
import type { PinnedQuestion } from './evaluate/pair/pairing.ts';
import type { LeftOut } from './evaluate/rows.ts';
import type { HeadsFigure } from './heads/heads-figure.ts';
import type { LensFigure } from './lens/lens-figure.ts';
import type { ComparedModel, ModelCurve } from './models/curves.ts';
import type { PatchFigure } from './patch/patch-figure.ts';

/** What one prompt makes of the answers. */
export interface Reading {
  /** The posterior where the task has labels; in free text the probability of the very words. */
  answers: readonly { name: string; p: number }[];
  /** Index of the most probable. */
  predicted: number;
  /** How much of the whole distribution they own together. */
  mass: number;
}

/** A picture's data, without a word: the words come when it is drawn, for the language may change. */
export type Figure =
  | EffectsFigure
  | OrderFigure
  | LabelsFigure
  | CalibrationFigure
  | FormatFigure
  | LensFigure
  | PatchFigure
  | HeadsFigure
  | ProbeFigure
  | VectorFigure
  | ChooseFigure
  | ManyShotsFigure
  | SentencesFigure
  | EvaluationFigure
  | PairFigure
  | ModelsFigure;

interface About {
  /** The answer whose probability is looked at. */
  about: string;
  /** Whether the answers are texts of any kind, not labels. */
  isFree: boolean;
  /** Whether it was recorded, and not run on this page. */
  isRecorded?: boolean;
}

/** What parts of the prompt do to the answer, in nats. */
export interface EffectsFigure extends About {
  experiment: 'influence' | 'attribution';
  method: 'shapley' | 'leaveOneOut' | 'parts';
  /** P(answer) with everything, and with no demonstration; null where it is not known. */
  all: number;
  none: number | null;
  effects: readonly PartEffect[];
}

export interface PartEffect {
  role: 'instruction' | 'demonstration' | 'input' | 'output' | 'query';
  /** Index among the demonstrations that are shown; null outside them. */
  demonstration: number | null;
  text: string;
  /** Of a whole demonstration; null of any other part. */
  output: string | null;
  /** With it, less without it; null while it is not known. */
  nats: number | null;
  /** Its coefficient in a linear model of the answer (LIME), in nats; null where there is none. */
  lime?: number | null;
}

/** P(answer) for each order of the demonstrations. */
export interface OrderFigure extends About {
  experiment: 'order';
  /** The first is the order that the prompt has. */
  orders: readonly OrderDot[];
  /** The outputs that can stand last, so that their room is there from the first. */
  lasts: readonly string[];
}

export interface OrderDot {
  order: readonly number[];
  p: number;
  predicted: string;
  /** The output that stands last, next to the query. */
  last: string;
}

/** The answers when the outputs of the demonstrations are others. */
export interface LabelsFigure extends About {
  experiment: 'labels';
  variants: readonly { variant: LabelVariant; reading: Reading | null }[];
}

/** The answers when they are asked for, when nothing is asked, and the one by the other. */
export interface CalibrationFigure extends About {
  experiment: 'calibrate';
  answers: readonly { name: string; asked: number; empty: number; calibrated: number }[];
  /** What is asked each time that nothing is asked, and what comes of it. */
  inputs: readonly { input: string; reading: Reading }[];
  /** P(query | answer) instead, with labels equally probable beforehand. */
  channel: Reading | null;
}

/** The answers under other templates; undefined while one is not read, null where it cannot be. */
export interface FormatFigure extends About {
  experiment: 'format';
  /** Without a name: the template that the prompt has. */
  formats: readonly { name: string | null; reading: Reading | null | undefined }[];
}

/** How well labels are read from the state after each layer, beside prompts on the same rows. */
export interface ProbeFigure extends About {
  experiment: 'probe';
  /** How many rows the probe learns from, and how many are held out. */
  train: number;
  rows: number;
  layers: readonly ProbedLayer[];
  best: ProbeResult['best'];
  /** Of the prompts that are evaluated. */
  prompts: readonly { shots: number; accuracy: Accuracy }[];
  leftOut: LeftOut;
}

/** How often each classifier is right, on the held-out rows and in the cross-validation. */
export interface ProbedLayer {
  layer: number;
  regression: Pick<ProbeReading, 'accuracy' | 'validation'>;
  prototypes: Pick<ProbeReading, 'accuracy' | 'validation'>;
}

/** The answers with the state of a few-shot prompt in the zero-shot prompt, and with directions added. */
export interface VectorFigure extends About {
  experiment: 'vector';
  /** How many demonstrations the vector stands for. */
  shots: number;
  /** The last layer of the model. */
  last: number;
  zeroShot: Reading;
  fewShot: Reading;
  layers: readonly { layer: number; reading: Reading }[];
  /** The lowest layer whose vector makes the answer nearly as probable as any does. */
  best: number;
  steered: readonly SteeredAnswers[];
}

/** The answers after the zero-shot prompt, with a direction added so many times. */
export interface SteeredAnswers {
  /** What the direction is: what the demonstrations add, or what inputs with the answer have that others have not. */
  kind: 'examples' | 'answer';
  direction: Direction;
  readings: readonly { coefficient: number; reading: Reading }[];
}

/** Demonstrations chosen for the query in several ways. */
export interface ChooseFigure extends About {
  experiment: 'choose';
  /** The demonstrations of the table; choices are indices into them. */
  pool: readonly Demonstration[];
  /** How many of them could be chosen, and how many are. */
  candidates: number;
  shots: number;
  /** Whose answers the candidates were scored by. */
  judgedBy: 'answer' | 'neighbours';
  /** How many were left out because their input is the query. */
  leftOut: number;
  choices: readonly ChosenRows[];
  /** How many held-out rows are asked. */
  rows: number;
  bars: readonly { method: ChoiceMethod; accuracy: Accuracy | null; isTooLong: boolean }[];
}

export interface ChosenRows {
  method: ChoiceMethod;
  /** In the order of the prompt. */
  shown: readonly number[];
  /** Null where it cannot be read. */
  reading: Reading | null;
}

/** P(answer) and accuracy after ever more demonstrations. */
export interface ManyShotsFigure extends About {
  experiment: 'manyShots';
  /** How many demonstrations the table has, and how many held-out rows are asked. */
  pool: number;
  rows: number;
  points: readonly ManyShotsPoint[];
  /** The number of demonstrations that does not fit any more; null where all fit. */
  ended: number | null;
}

export interface ManyShotsPoint {
  k: number;
  p: number;
  /** Of the rows that are known; null where none is. */
  accuracy: Accuracy | null;
}

/** Which sentence of each pair is more probable. */
export interface SentencesFigure extends About {
  experiment: 'sentences';
  /** Whether the pair is the reader's own. */
  isOwn: boolean;
  pairs: readonly ReadPair[];
  accuracy: Accuracy | null;
  paradigms: readonly ParadigmAccuracy[];
  /** How many pairs could not be scored. */
  notRun: number;
}

/** The sentences of a pair: of the reader's own, the good one is the first. */
export interface ReadPair {
  paradigm: string | null;
  good: string;
  bad: string;
  /** In nats, the good one minus the bad one. */
  difference: number;
  correct: boolean;
  parts: readonly PairPart[];
  /** Index of the part that decides. */
  decisive: number;
}

export interface PairPart {
  first: string;
  second: string;
  differs: boolean;
  nats: number;
}

export interface EvaluationFigure extends About {
  experiment: 'evaluate';
  evaluation: Evaluation;
  leftOut: LeftOut;
  calibration: Calibration;
}

/** The pinned prompt and the present one on the same rows. */
export interface PairFigure extends About {
  experiment: 'compare';
  /** Of the pinned prompt, which is evaluated first. */
  a: Evaluation;
  /** Of the present one; null until it has begun. */
  b: Evaluation | null;
  /** How they compare at each number of shots that is known of both. */
  points: readonly PairedPoint[];
  leftOut: LeftOut;
  calibration: Calibration;
}

/** Several models on the same rows; `about` is the right answer to the query, empty where nobody knows it. */
export interface ModelsFigure extends About {
  experiment: 'models';
  query: string;
  /** The smallest first. */
  models: readonly ModelCurve[];
  leftOut: LeftOut;
}

/** A file that the reader can keep. */
export interface FigureFile {
  name: string;
  type: string;
  /** One after the other they are the file. */
  parts: () => BlobPart[];
}

/** What the reader asks about. */
export interface Question {
  /** With the demonstrations that the shots show, and no others. */
  task: Task;
  /** All demonstrations of the table that are not excluded. */
  pool: readonly Demonstration[];
  query: string;
  /** Whether the task has no labels: any text may be right. */
  isFree: boolean;
  /** What is compared; of a task in free text the outputs that compete with the right answer. */
  labels: readonly Label[];
  /** Name of the answer to look at. Null: the predicted label, or what the model itself would write. */
  answer: string | null;
  /** The token of the prompt up to which layers are read, from 0; null: the last one. */
  lookAt: number | null;
  /** The pinned prompt, where states are to be put into it. */
  into: string | null;
  /** The right answer to the query: an output, or the name of a label. Null where nobody knows it. */
  right: string | null;
  /** How logprobs of different lengths are compared. */
  rule: Normalization;
  /** What scores are compared with. */
  comparison: Comparison;
  /** Rows to evaluate. */
  rows: readonly Demonstration[];
  /** The demonstrations that an evaluation draws from: those of the table that are not held out. */
  train: readonly Demonstration[];
  /** How an evaluation calibrates its labels. */
  calibration: Calibration;
  /** Numbers of shots to evaluate at. */
  shots: readonly number[];
  /** How often demonstrations are drawn for an evaluation, and in how many orders each draw is shown. */
  draws: Draws;
  /** Two sentences of the reader to compare; null for the pairs of the package. */
  sentences: Sentences | null;
  /** The pinned prompt, on the same rows; null while none is pinned. */
  pinned: PinnedQuestion | null;
  /** The model that is asked, where several are asked the same; else null. */
  asks: ComparedModel | null;
}

export interface Sentences {
  first: string;
  second: string;
}

export interface Draws {
  seeds: number;
  orders: number;
}

/** A question whose answer is known by name, or is the predicted label. */
export type Settled = Question & { signal: AbortSignal };

/** What a classification says of the answers. */
export function readingOf({ labels, predicted, mass }: Classification, isFree: boolean): Reading {
  return {
    answers: labels.map(({ label, p, logprob }) => ({
      name: label,
      p: isFree ? Math.exp(logprob) : p,
    })),
    predicted,
    mass,
  };
}

/** How probable one answer is in a reading. */
export function shareOf({ answers }: Reading, about: string): number {
  return answers.find(({ name }) => name === about)?.p ?? 0;
}

export const predictedOf = ({ answers, predicted }: Reading): string =>
  answers[predicted]?.name ?? '';
